package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.kvm.uapi.KvmRun;
import io.paravert.kvm.uapi.KvmRun.Exit;
import io.paravert.kvm.uapi.KvmRun.KvmInternalError;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person reads when KVM gives a vCPU up; the exits that are served are tested on KVM itself. */
class ExitDecoderTest {
    private final HostMapping page = HostMapping.allocate(HostMapping.PAGE);
    private final long run = page.address();

    @AfterEach
    void free() {
        page.close();
    }

    private String failure(int reason) {
        RawMemory.putInt(run + KvmRun.EXIT_REASON, reason);
        return ExitFailure.describe(run, 0x10004);
    }

    @Test
    void shouldShowTheInstructionThatKvmCannotEmulate() {
        RawMemory.putInt(run + KvmRun.INTERNAL_SUBERROR, KvmInternalError.EMULATION);
        RawMemory.putInt(run + KvmRun.INTERNAL_NDATA, 4);
        RawMemory.putLong(run + KvmRun.EMULATION_FLAGS, KvmInternalError.FLAG_INSTRUCTION_BYTES);
        RawMemory.putByte(run + KvmRun.EMULATION_INSN_SIZE, (byte) 4);
        RawMemory.putInt(run + KvmRun.EMULATION_INSN_BYTES, 0xc0d40f66);
        assertThat(failure(Exit.INTERNAL_ERROR))
                .isEqualTo("KVM cannot emulate the instruction at rip 0x10004: bytes 66 0f d4 c0");
    }

    @Test
    void shouldNotTrustTheLengthsInTheRecord() {
        RawMemory.putInt(run + KvmRun.INTERNAL_SUBERROR, KvmInternalError.EMULATION);
        RawMemory.putInt(run + KvmRun.INTERNAL_NDATA, Integer.MAX_VALUE);
        RawMemory.putLong(run + KvmRun.EMULATION_FLAGS, KvmInternalError.FLAG_INSTRUCTION_BYTES);
        RawMemory.putByte(run + KvmRun.EMULATION_INSN_SIZE, (byte) 255);
        assertThat(failure(Exit.INTERNAL_ERROR)).hasSizeLessThan(120);
        RawMemory.putInt(run + KvmRun.INTERNAL_SUBERROR, KvmInternalError.DELIVERY_EV);
        assertThat(failure(Exit.INTERNAL_ERROR)).hasSizeLessThan(200).contains("memory that is not there");
    }

    @Test
    void shouldSayWhatTheProcessorRefusedToEnter() {
        RawMemory.putLong(run + KvmRun.ENTRY_FAILURE_REASON, 0x8000_0021L);
        assertThat(failure(Exit.FAIL_ENTRY)).contains("0x80000021").contains("VMX: invalid guest state");
        RawMemory.putLong(run + KvmRun.ENTRY_FAILURE_REASON, -1);
        assertThat(failure(Exit.FAIL_ENTRY)).contains("SVM: invalid guest state");
        RawMemory.putLong(run + KvmRun.ENTRY_FAILURE_REASON, 7);
        assertThat(failure(Exit.FAIL_ENTRY)).endsWith("hardware reason 0x7");
    }

    @Test
    void shouldNameEveryOtherReasonInOneLine() {
        for (int reason = 0; reason < 64; reason++) {
            assertThat(failure(reason)).contains("rip 0x10004").doesNotContain("\n");
        }
        RawMemory.putInt(run + KvmRun.SYSTEM_EVENT_TYPE, 2);
        assertThat(failure(Exit.SYSTEM_EVENT)).contains("reset");
        RawMemory.putInt(run + KvmRun.INTERNAL_SUBERROR, KvmInternalError.UNEXPECTED_EXIT_REASON);
        RawMemory.putInt(run + KvmRun.INTERNAL_NDATA, 2);
        RawMemory.putLong(run + KvmRun.INTERNAL_DATA, 0x8d);
        assertThat(failure(Exit.INTERNAL_ERROR)).endsWith(": 0x8d 0x0");
    }
}
