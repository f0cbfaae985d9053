package io.paravert.soft.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.isa.CodeSize;
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
        agree(what, CodeSize.CODE64, code);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "an SSE operand's alignment comes before its segment's limit, CODE16, 660f3806aa0018",
        "VPINSRQ is no VPINSRD, CODE32, c4e3e122c000",
        "VPEXTRQ is no VPEXTRD, CODE32, c4e3f916c000",
        "VMASKMOVPD does not check what its mask leaves out, CODE16, bb000f c5f957c0 c4e27d2f07",
        "VMASKMOVPS wraps at 4 GiB element by element, CODE32, baffffffff c4e2692e22",
        "a load past 4 GiB is past the segment's limit, CODE32, baffffffff 0f1002",
        "a load of four bytes past 4 GiB is past the segment's limit, CODE32, bafdffffff 8b02",
        "a store past 4 GiB in the stack's segment is a stack fault, CODE32, bdfdffffff 894500",
        "PUSHA writes what comes before its fault, CODE32, bc08000020 60",
        "PUSHA of words writes what comes before its fault, CODE32, bc08000020 6660",
        "POPA has read what comes before its fault, CODE32, bce60f0020 61",
        "VGATHERDPD checks its elements alone, CODE32, bbf4ffffff 660f73dcdf c4e2f9927c2300",
        "FRSTOR checks limits word by word, CODE32, bbe8ffffff 66 2edd6300",
        "PUSHA wraps in its segment, CODE16, bc0600 60",
        "ARPL that changes nothing writes nothing, CODE32, b803000000 2e63041d00000020"
    })
    void agreesInLegacyCodeOn(String what, CodeSize size, String code) {
        agree(what, size, code);
    }

    private static void agree(String what, CodeSize size, String code) {
        assumeTrue(Ring3.hostIsAmd(), "no native reference: the host's processor is not AMD's");
        try (Runs runs = new Runs(size, in -> true)) {
            assertEquals("", runs.fixed(Code.hex(code), 20261, STATES), what);
        }
    }
}
