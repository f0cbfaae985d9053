package io.paravert.soft;

import static io.paravert.vmm.engine.ExitReason.HALT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.memory.RawMemory;
import io.paravert.soft.numeric.ring3.Code;
import io.paravert.vmm.engine.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ring 3 cannot reach of the numeric families: their control bits, their state in memory, and faults between pages. */
class NumericStateTest {
    private static final int UD = 6;
    private static final int NM = 7;
    private static final int GP = 13;
    private static final int PF = 14;
    private static final int MF = 16;
    private static final int XF = 19;
    private static final long TS = 8;
    private static final long EM = 4;
    private static final long OSFXSR = 0x200;
    private static final long OSXMMEXCPT = 0x400;
    private static final long OSXSAVE = 0x4_0000;

    private static final String FLD1 = "d9e8";
    private static final String PXOR_MM = "0fefc0";
    private static final String PXOR_XMM = "660fefc0";
    private static final String VPXOR = "c5f9efc0";
    /** MOV EAX, 7; XOR EDX, EDX; XOR ECX, ECX; XSETBV. */
    private static final String ENABLE_AVX = "b807000000 31d2 31c9 0f01d1";

    private final SoftGuest guest = new SoftGuest();

    @AfterEach
    void close() {
        guest.close();
    }

    /** Runs code at privilege 0; the exception that it ended with, or -1. */
    private int run(String hex) {
        byte[] code = Code.hex(hex + "f4");
        RawMemory.write(guest.host(SoftGuest.CODE), code, 0, code.length);
        ((SoftMachine) guest.machine).memory().codeWatch().writtenRange(SoftGuest.CODE, code.length);
        guest.load();
        assertThat(guest.run()).isEqualTo(HALT);
        return guest.vector();
    }

    @ParameterizedTest
    @CsvSource({FLD1, PXOR_MM, PXOR_XMM, "0fae0425 00001800"})
    void shouldRaiseNmForTaskSwitched(String code) {
        guest.state.cr0 |= TS;
        assertThat(run(code)).isEqualTo(NM);
    }

    @Test
    void shouldRaiseByFamilyForEmulation() {
        guest.state.cr0 |= EM;
        assertThat(run(FLD1)).isEqualTo(NM);
        SoftGuest.setLongMode(guest.state);
        guest.state.cr0 |= EM;
        assertThat(run(PXOR_MM)).isEqualTo(UD);
        SoftGuest.setLongMode(guest.state);
        guest.state.cr0 |= EM;
        assertThat(run(PXOR_XMM)).isEqualTo(UD);
    }

    @Test
    void shouldHeedMpInFwaitAlone() {
        guest.state.cr0 = guest.state.cr0 & ~2L | TS;
        assertThat(run("9b")).isEqualTo(-1);
        SoftGuest.setLongMode(guest.state);
        guest.state.cr0 |= TS | 2;
        assertThat(run("9b")).isEqualTo(NM);
    }

    @Test
    void shouldRaiseUdWithoutOsfxsr() {
        guest.state.cr4 &= ~OSFXSR;
        assertThat(run(PXOR_XMM)).isEqualTo(UD);
    }

    @Test
    void shouldHaveAvxOnlyWhereXcr0HasIt() {
        assertThat(run(VPXOR)).as("without OSXSAVE").isEqualTo(UD);
        SoftGuest.setLongMode(guest.state);
        guest.state.cr4 |= OSXSAVE;
        assertThat(run(VPXOR)).as("XCR0 as after reset").isEqualTo(UD);
        SoftGuest.setLongMode(guest.state);
        guest.state.cr4 |= OSXSAVE;
        assertThat(run(ENABLE_AVX + VPXOR)).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"0", "2", "5", "8", "b"})
    void shouldRefuseXcr0(String value) {
        guest.state.cr4 |= OSXSAVE;
        assertThat(run("b80" + value + "000000 31d2 31c9 0f01d1")).isEqualTo(GP);
    }

    @Test
    void shouldTellTheSizesOfExtendedState() {
        guest.state.cr4 |= OSXSAVE;
        assertThat(run("b80d000000 31c9 0fa2 89de " + ENABLE_AVX + " b80d000000 31c9 0fa2"))
                .isEqualTo(-1);
        assertThat(guest.state.general[6]).isEqualTo(576);
        assertThat(guest.state.general[0]).isEqualTo(7);
        assertThat(guest.state.general[3]).isEqualTo(832);
        assertThat(guest.state.general[1]).isEqualTo(832);
    }

    /** YMM1 is all ones; XSAVE; both halves are cleared; XRSTOR. */
    @Test
    void shouldRestoreWhatXsaveStored() {
        guest.state.cr4 |= OSXSAVE;
        String saved = "c5f576c9 d9ee b807000000 31d2 0fae242500001800";
        assertThat(run(ENABLE_AVX + saved + "c5fc77 dbe3 0fae2c2500001800")).isEqualTo(-1);
        ByteBuffer area = ByteBuffer.wrap(guest.vcpu.readXsave()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(area.getLong(160 + 16)).isEqualTo(-1);
        assertThat(area.getLong(576 + 16)).isEqualTo(-1);
        assertThat(area.get(4)).as("the pushed zero is not empty").isEqualTo((byte) 0x80);
        assertThat(guest.get64(SoftGuest.DATA + 512)).isEqualTo(7);
    }

    @Test
    void shouldInitializeWhatTheHeaderDoesNotHave() {
        guest.state.cr4 |= OSXSAVE;
        guest.put64(SoftGuest.DATA + 24, 0x1f80);
        assertThat(run(ENABLE_AVX + "c5f576c9 b807000000 31d2 0fae2c2500001800"))
                .isEqualTo(-1);
        ByteBuffer area = ByteBuffer.wrap(guest.vcpu.readXsave()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(area.getLong(160 + 16)).isZero();
        assertThat(area.getLong(576 + 16)).isZero();
    }

    @Test
    void shouldRefuseImagesThatXrstorDoesNotTake() {
        guest.state.cr4 |= OSXSAVE;
        guest.put64(SoftGuest.DATA + 512, 4);
        assertThat(run("83c8ff 31d2 0fae2c2500001800"))
                .as("a component that XCR0 has not")
                .isEqualTo(GP);
        SoftGuest.setLongMode(guest.state);
        guest.state.cr4 |= OSXSAVE;
        assertThat(run("0fae2c2510001800")).as("not aligned to 64").isEqualTo(GP);
        SoftGuest.setLongMode(guest.state);
        assertThat(run("0fae2c2500001800")).as("without OSXSAVE").isEqualTo(UD);
    }

    @Test
    void shouldStoreAndCheckTheFxsaveImage() {
        assertThat(run("660f76c9 0fae042500001800")).isEqualTo(-1);
        assertThat(guest.get64(SoftGuest.DATA) & 0xffff).isEqualTo(0x37f);
        assertThat(guest.get64(SoftGuest.DATA + 24)).isEqualTo(0xffff_0000_1f80L);
        assertThat(guest.get64(SoftGuest.DATA + 176)).isEqualTo(-1);
        SoftGuest.setLongMode(guest.state);
        guest.put64(SoftGuest.DATA + 24, 0x1_0000);
        assertThat(run("0fae0c2500001800")).as("MXCSR bit 16").isEqualTo(GP);
        SoftGuest.setLongMode(guest.state);
        assertThat(run("0fae0c2508001800")).as("not aligned to 16").isEqualTo(GP);
    }

    @Test
    void shouldWriteNothingWhereTheSecondPageFaults() {
        guest.put64(SoftGuest.TABLE + 8 * 0x181, 0);
        guest.put64(SoftGuest.DATA + 0xff8, 0x1122_3344_5566_7788L);
        assertThat(run("660f76c9 0f110c25f80f1800")).isEqualTo(PF);
        assertThat(guest.state.cr2).isEqualTo(0x18_1000);
        assertThat(guest.get64(SoftGuest.DATA + 0xff8)).isEqualTo(0x1122_3344_5566_7788L);
    }

    @Test
    void shouldRaiseXfOrUdForUnmaskedExceptions() {
        guest.put64(SoftGuest.DATA, 0); // all unmasked: 0 / 0
        String code = "0fae142500001800 0f57c0 0f5ec0";
        assertThat(run(code)).isEqualTo(XF);
        SoftGuest.setLongMode(guest.state);
        guest.state.cr4 &= ~OSXMMEXCPT;
        assertThat(run(code)).isEqualTo(UD);
    }

    @Test
    void shouldRaiseMfAtTheNextWaitingInstruction() {
        guest.put64(SoftGuest.DATA, 0x340); // all unmasked: an empty register is stored
        String code = "dbe3 d92c2500001800 d9c0 dfe0 89c3";
        assertThat(run(code + "90")).as("FNSTSW does not wait").isEqualTo(-1);
        assertThat(guest.state.general[3] & 0x80c1).isEqualTo(0x80c1);
        SoftGuest.setLongMode(guest.state);
        assertThat(run(code + "9b")).isEqualTo(MF);
        assertThat(guest.faultRip(false)).isEqualTo(SoftGuest.CODE + 2 + 8 + 2 + 2 + 2 - 1);
    }

    @Test
    void shouldTakeAndGiveTheXsaveArea() {
        byte[] area = new byte[832];
        ByteBuffer b = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        b.putShort(0, (short) 0x27f).putInt(24, 0x1fa0).putInt(28, 0xffff).putLong(512, 7);
        b.putLong(160 + 15 * 16, 42)
                .putLong(576 + 15 * 16 + 8, 43)
                .putLong(32, 44)
                .putShort(40, (short) 0x3fff);
        guest.vcpu.writeXsave(area);
        assertThat(guest.vcpu.readXsave()).isEqualTo(area);
        b.putLong(512, 8);
        assertThatThrownBy(() -> guest.vcpu.writeXsave(area)).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> guest.vcpu.writeXsave(new byte[100])).isInstanceOf(EngineException.class);
    }
}
