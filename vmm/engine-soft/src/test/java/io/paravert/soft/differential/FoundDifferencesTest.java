package io.paravert.soft.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.soft.numeric.ring3.Code;
import io.paravert.soft.numeric.ring3.Ring3;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What random sequences have found, each on many states. */
class FoundDifferencesTest {
    private static final int STATES = Ring3.BATCH;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "CMPXCHG leaves a 32-bit register that is not equal as it was, 0fb1c2",
        "FSTP by D9 D8+i raises nothing and copies no empty register, d9df",
        "CVTTSS2SI from memory is no vector operation by its operands, f30f2c3c2540000020",
        "CVTTSD2SI from memory, f2480f2c3c2540000020",
        "CVTPI2PD from memory leaves the x87 alone, 660f2a242548000020",
        "CVTPI2PS from memory leaves the x87 alone, 0f2a242548000020",
        "CVTTPD2PI enters MMX state though it raises, 660f2cf6",
        "a pending exception comes before a page fault, d9f8 0f2d042500100020",
        "an x87 store that raises faults for its page all the same, df342500100020",
        "FLDENV with 14 bytes has no opcode, 66d9242500000020",
        "FRSTOR with 94 bytes has no opcode, 66dd242500000020",
        "LEAVE across the canonical edge is a stack fault, 48bdffffffffff7f0000 c9",
        "a load across the canonical edge is no page fault, 48bbffffffffff7f0000 488b03",
        "MASKMOVQ enters MMX state before it faults, 31ff 0ff7c8",
        "a 32-byte load across the canonical edge is no page fault, 48bde9ffffffff7f0000 c5fd104500",
        "a 16-byte load across the canonical edge is no page fault, 48bdf8ffffffff7f0000 0f104500",
        "CMPS reads its target first, be02000000 bf5da9b783 a6",
        "REPE CMPS reads its source first, be02000000 bf5da9b783 b909000000 f3a6",
        "FLDENV reads word by word, 48bdfeffffffff7f0000 66d96500",
        "FRSTOR reads word by word, 48bdfcffffffff7f0000 dd6500",
        "FNSTENV writes word by word, 48bdf8ffffffff7f0000 d97500",
        "FNSAVE writes word by word, 48bde8ffffffff7f0000 66dd7500",
        "FSTP writes the significand first, 48bdf8ffffffff7f0000 db7d00",
        "SHA1NEXTE needs no alignment, 0f38c8042501000020",
        "SHA256RNDS2 needs no alignment, 0f38cb142501000020"
    })
    void agreesOn(String what, String code) {
        assumeTrue(Ring3.hostIsAmd(), "no native reference: the host's processor is not AMD's");
        try (Runs runs = new Runs(in -> true)) {
            assertEquals("", runs.fixed(Code.hex(code), 20261, STATES), what);
        }
    }
}
