package io.paravert.vmm.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.CrashInfo;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.boot.ImageLoader;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.exit.ExitRecord;
import io.paravert.vmm.memory.GuestMemory;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CrashReportTest {
    private static final int MEMORY = 2 << 20;

    private final GuestMemory memory = GuestMemory.allocate(MEMORY);

    @AfterEach
    void close() {
        memory.close();
    }

    /** mov rax, [rbx]; ud2; nop; an undefined opcode. */
    private CpuState boot(EntryMode mode, long gpa) {
        byte[] code = HexFormat.of().parseHex("488b030f0b9006");
        BootFacts facts = new BootFacts(0, 1, 0, 1, MEMORY, 1, 0, 1, List.of());
        return new ImageLoader(GuestImage.flat("test", code, gpa, gpa, mode))
                .load(memory, facts)
                .state();
    }

    private static CrashInfo crash(CpuState state, String message) {
        ExitRecord first = new ExitRecord(1_000, 0, ExitReason.PORT_WRITE, 0xe9, 1, 1, 0x41, "debug-console");
        ExitRecord last = new ExitRecord(501_000, 0, ExitReason.MMIO_READ, 0xdead000, 4, 1, -1, "");
        return new CrashInfo(CrashInfo.Cause.TRIPLE_FAULT, 0, message, state, List.of(first, last));
    }

    private CrashReport report(CpuState state) {
        return CrashReport.of("test", "soft", crash(state, ""), memory);
    }

    @Test
    void shouldShowAllThatIsKnownOf64BitCode() {
        CpuState state = boot(EntryMode.LONG, 0x100000);
        state.general[3] = 0x1_2345_6000L;
        state.general[4] = 0x180000;
        state.cr2 = 0x1_2345_6000L;
        state.rflags = 0x10246;
        memory.putLong(0x180000, 0x1122334455667788L);
        String text = report(state).text();
        assertThat(text.lines().toList())
                .contains("guest test crashed on vCPU 0 (engine soft): triple fault")
                .contains("registers (64-bit mode, CPL 0)")
                .contains("  rip 0000000000100000  rflags 0x10246 (PF ZF IF RF)")
                .contains("  cs  0010 base 0000000000000000 limit ffffffff 64-bit code, DPL 0")
                .contains("  ss  0018 base 0000000000000000 limit ffffffff 32-bit data, DPL 0")
                .contains("  cr0  0x80010033 (PE MP ET NE WP PG)")
                .contains("  efer 0xd01 (SCE LME LMA NXE)")
                .contains("  -> 100000:  48 8b 03                        mov    rax,QWORD PTR [rbx]")
                .contains("     100003:  0f 0b                           ud2")
                .contains("     100006:  06                              (bad)")
                .contains("  instruction 0x100000 -> 0x100000 (4-level paging, page of 2048 KiB)")
                .contains("  faulting address (CR2) 0x123456000 -> not present (PDPTE) (4-level paging)")
                .contains("        -500.0  write port 0xe9 size 1 <- 0x41  debug-console")
                .contains("           0.0  read  gpa 0xdead000 size 4 -> 0xffffffffffffffff  (unclaimed)");
        assertThat(text).contains("\nstack\n  1122334455667788 0000000000000000");
        assertThat(text.lines().mapToInt(String::length).max().orElseThrow()).isLessThanOrEqualTo(100);
        assertThat(text).endsWith("\n");
    }

    @Test
    void shouldDisassembleRealModeCodeAtItsSegment() {
        CpuState state = boot(EntryMode.REAL, 0x7c00);
        state.segments[CpuState.CS].set(0x7b0, 0x7b00, 0xffff, 0x9b);
        state.rip = 0x103;
        assertThat(report(state).text())
                .contains("registers (real mode, CPL 0)")
                .contains("-> 7c03:  0f 0b")
                .contains("instruction 0x7c03 -> 0x7c03 (no paging)");
    }

    @Test
    void shouldSayThatTheInstructionPointerIsNotInMemory() {
        CpuState state = boot(EntryMode.LONG, 0x100000);
        state.rip = 0xffff_8000_0000_0000L;
        state.general[4] = 0x180001;
        assertThat(report(state).text())
                .contains("code: the instruction pointer is not in guest memory")
                .contains("stack: the stack pointer is not in guest memory, or not aligned")
                .contains("instruction 0xffff800000000000 -> not present (PML4E) (4-level paging)");
    }

    @Test
    void shouldMakeWhatTheGuestSaysHarmlessForATerminal() {
        CpuState state = boot(EntryMode.LONG, 0x100000);
        CrashReport report = CrashReport.of("test", "kvm", crash(state, "bad\u001b[2Jnews\nand ünïcode"), memory);
        assertThat(report.headline())
                .isEqualTo(
                        "guest test crashed on vCPU 0 (engine kvm): triple fault: bad\\u001b[2Jnews\\u000aand ünïcode");
    }

    @Test
    void shouldSayTheSameInJson() throws IOException {
        CpuState state = boot(EntryMode.LONG, 0x100000);
        state.cr2 = 0xdeadbeefL << 12;
        JsonNode json = new ObjectMapper()
                .readTree(CrashReport.of("test", "soft", crash(state, "line\nline"), memory)
                        .json());
        assertThat(json.get("cause").asText()).isEqualTo("triple_fault");
        assertThat(json.get("message").asText()).isEqualTo("line\nline");
        assertThat(json.get("registers").get("rip").asText()).isEqualTo("0x100000");
        assertThat(json.get("registers").get("cr0_flags").asText()).isEqualTo("PE MP ET NE WP PG");
        assertThat(json.get("segments").get("cs").get("meaning").asText()).isEqualTo("64-bit code, DPL 0");
        assertThat(json.get("code").get(1).get("text").asText()).isEqualTo("ud2");
        assertThat(json.get("page_walks").get(2).get("result").asText()).isEqualTo("not_present");
        assertThat(json.get("page_walks").get(0).get("steps").size()).isEqualTo(3);
        assertThat(json.get("last_exits").get(0).get("reason").asText()).isEqualTo("port_write");
    }

    @Test
    void shouldDescribeAnyStateAtAll() {
        long seed = Long.getLong("paravert.seed", 20261123L);
        SplittableRandom random = new SplittableRandom(seed);
        boot(EntryMode.LONG, 0x100000);
        for (int i = 0; i < 2_000; i++) {
            CpuState state = randomState(random);
            try {
                CrashReport report = report(state);
                assertThat(report.text()).isNotEmpty();
                assertThat(report.json()).startsWith("{").endsWith("}");
            } catch (RuntimeException e) {
                fail("seed " + seed + ", state " + i, e);
            }
        }
    }

    private static CpuState randomState(SplittableRandom random) {
        CpuState state = new CpuState();
        state.rip = random.nextLong() >> random.nextInt(64);
        state.rflags = random.nextLong();
        state.cr0 = random.nextLong();
        state.cr2 = random.nextLong();
        state.cr3 = random.nextBoolean() ? 0x10000 : random.nextLong();
        state.cr4 = random.nextLong();
        state.efer = random.nextLong();
        for (int i = 0; i < state.general.length; i++) {
            state.general[i] = random.nextLong() >> random.nextInt(64);
        }
        for (CpuState.Segment segment : state.segments) {
            segment.set(random.nextInt(), random.nextLong(), random.nextInt(), random.nextInt());
        }
        return state;
    }
}
