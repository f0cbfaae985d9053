package io.paravert.examples;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.guest.junit.Guest;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestRun;
import io.paravert.guest.junit.GuestTest;
import io.paravert.vmm.CrashInfo;
import io.paravert.vmm.crash.CrashReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a person is told of a guest that died, on every engine, as text and as JSON. */
class CrashReportsTest {
    /** Guest-physical space without memory, which the guest's page tables map. */
    private static final long VOID = 0xc000_0000L;

    private static CrashReport report(GuestRun run) {
        return run.crashReport().orElseThrow(() -> new AssertionError("no crash: " + run.outcome()));
    }

    private static JsonNode json(GuestRun run) throws IOException {
        return new ObjectMapper().readTree(report(run).json());
    }

    private static List<String> texts(JsonNode list, String field) {
        List<String> texts = new ArrayList<>();
        list.forEach(entry -> texts.add(entry.get(field).asText()));
        return texts;
    }

    @GuestTest
    void aTripleFaultShouldShowTheInstructionAndTheWalkOfTheAddressThatFaulted(@Guest(Crash.class) GuestRun run)
            throws IOException {
        String text = report(run).text();
        assertThat(text.lines().toList().get(0))
                .matches("guest crash-\\d+ crashed on vCPU 0 \\(engine " + run.engine() + "\\): triple fault");
        assertThat(text)
                .containsPattern("\n {2}cr2 {2}0x123456789008\n")
                .containsPattern("\nregisters \\(64-bit mode, CPL 0\\)\n")
                .contains("rbx 0000123456789000")
                .containsPattern("\n {2}-> 1[0-9a-f]{5}: {2}48 8b 43 08 +mov +rax,QWORD PTR \\[rbx\\+0x8]\n")
                .containsPattern("\n {5}1[0-9a-f]{5}: {2}c3 +ret\n")
                .containsPattern("\n {2}faulting address \\(CR2\\) 0x123456789008 -> not present \\(PML4E\\) .*\n"
                        + " {4}PML4E at 0x[0-9a-f]+ +0000000000000000\n")
                .containsPattern("\n {2}instruction 0x1[0-9a-f]{5} -> 0x1[0-9a-f]{5} \\(4-level paging, page of")
                .containsPattern("\nlast exits, the oldest first");
        assertThat(text.lines()).allMatch(line -> line.length() <= 110);

        JsonNode json = json(run);
        assertThat(json.get("cause").asText()).isEqualTo("triple_fault");
        assertThat(json.get("engine").asText()).isEqualTo(run.engine());
        assertThat(json.at("/registers/cr2").asText()).isEqualTo("0x123456789008");
        assertThat(json.at("/code/0/bytes").asText()).isEqualTo("48 8b 43 08");
        assertThat(texts(json.get("page_walks"), "what"))
                .containsExactly("instruction", "stack", "faulting address (CR2)");
        assertThat(texts(json.get("page_walks"), "result")).containsExactly("mapped", "mapped", "not_present");
        assertThat(json.at("/page_walks/2/steps")).hasSize(1);
        assertThat(json.get("stack")).isNotEmpty();
        assertThat(json.get("last_exits")).isNotEmpty();
    }

    @GuestTest
    void bothEnginesShouldShowTheSameRegisters(@Guest(Crash.class) GuestRun run) throws IOException {
        JsonNode json = json(run);
        assertThat(json.at("/registers/cr0_flags").asText()).contains("PE", "PG");
        assertThat(json.at("/registers/efer_flags").asText()).contains("LME LMA");
        assertThat(json.at("/segments/cs/meaning").asText()).isEqualTo("64-bit code, DPL 0");
        assertThat(json.get("paging").asText()).isEqualTo("4-level paging");
        // The call's return address lies on top of the stack: the instruction after the call.
        long top = Long.decode(json.at("/stack/0").asText());
        assertThat(top).isBetween(0x10_0000L, 0x20_0000L);
    }

    @GuestTest
    void anEntryThatIsNoCodeShouldBeShownByItsBytes(GuestHost host) throws IOException {
        GuestProgram program = PvAssembler.program("noncode", GuestMode.LONG, g -> {
            g.interrupts().none();
            g.db(0x06, 0x06, 0x06); // No instruction of 64-bit mode.
        });
        GuestRun run = host.run(program);
        assertThat(run).hasCrashed(CrashInfo.Cause.TRIPLE_FAULT);
        assertThat(report(run).text()).containsPattern("\n {2}-> 1[0-9a-f]{5}: {2}06 +\\(bad\\)\n");
        assertThat(json(run).at("/code/0/text").asText()).isEqualTo("(bad)");
    }

    @GuestTest
    void aJumpToAnAddressThatIsNotMappedShouldSayThatThereIsNoCode(GuestHost host) throws IOException {
        GuestProgram program = PvAssembler.program("astray", GuestMode.LONG, g -> {
            g.interrupts().none();
            g.mov(RAX, 0x7fff_ffff_f000L);
            g.jmp(RAX);
        });
        GuestRun run = host.run(program);
        assertThat(run).hasCrashed(CrashInfo.Cause.TRIPLE_FAULT);
        assertThat(report(run).text())
                .contains("code: the instruction pointer is not in guest memory")
                .contains("instruction 0x7ffffffff000 -> not present (PML4E)");
        assertThat(json(run).get("code")).isEmpty();
        assertThat(json(run).at("/registers/rip").asText()).isEqualTo("0x7ffffffff000");
    }

    /** KVM cannot emulate code outside memory, which is the engine's failure; the software engine reads ones there, as a bus does. */
    @GuestTest
    void codeOutsideMemoryShouldBeExplained(GuestHost host) throws IOException {
        GuestProgram program = PvAssembler.program("void", GuestMode.LONG, g -> {
            g.interrupts().none();
            g.mov(EAX, (int) VOID);
            g.jmp(RAX);
        });
        GuestRun run = host.run(program);
        boolean kvm = run.engine().equals("kvm");
        assertThat(run).hasCrashed(kvm ? CrashInfo.Cause.ENGINE : CrashInfo.Cause.TRIPLE_FAULT);
        assertThat(report(run).text())
                .contains("code: the instruction pointer is not in guest memory")
                .contains("instruction 0xc0000000 -> 0xc0000000 (4-level paging");
        if (kvm) {
            assertThat(report(run).headline())
                    .contains(
                            "the engine cannot go on with this guest: KVM cannot emulate the instruction at rip 0xc0000000");
            assertThat(json(run).get("cause").asText()).isEqualTo("engine");
        }
    }

    @GuestTest
    void aGuestThatCannotWakeShouldBeACrashWithItsLastExit(GuestHost host) throws IOException {
        GuestProgram program = PvAssembler.program("asleep", GuestMode.LONG, g -> {
            g.print("good night\n");
            g.cli();
            g.hlt();
        });
        GuestRun run = host.run(program);
        assertThat(run).hasCrashed(CrashInfo.Cause.HALTED).hasPrinted("good night\n");
        assertThat(texts(json(run).get("last_exits"), "reason")).endsWith("halt");
    }

    @GuestTest
    void anAssertionThatFailsShouldShowTheReport(@Guest(Crash.class) GuestRun run) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> assertThat(run).hasExited(0)))
                .hasMessageContaining("expected a shutdown with code 0 on " + run.engine())
                .hasMessageContaining("mov    rax,QWORD PTR [rbx+0x8]");
    }
}
