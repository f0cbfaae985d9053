package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.imm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.abi.Hypercall;
import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Formatter;
import io.paravert.isa.Instruction;
import io.paravert.isa.IsaException;
import io.paravert.isa.asm.Label;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AssembledProgramTest {
    private static final int MARK = 0x5a;

    private static GuestProgram program(GuestMode mode, Consumer<PvAssembler> body) {
        return PvAssembler.program("test", mode, body);
    }

    /** The instructions that {@code body} assembles to, without what stands around them. */
    private static List<String> listing(GuestMode mode, Consumer<PvAssembler> body) {
        Label[] ends = new Label[2];
        GuestProgram program = program(mode, g -> {
            ends[0] = g.here();
            body.accept(g);
            ends[1] = g.here();
        });
        GuestProgram.Segment segment = program.segments().get(0);
        CodeSize size = mode == GuestMode.LONG
                ? CodeSize.CODE64
                : mode == GuestMode.PROTECTED ? CodeSize.CODE32 : CodeSize.CODE16;
        List<String> lines = new ArrayList<>();
        Instruction instruction = new Instruction();
        int end = (int) (ends[1].address() - segment.gpa());
        for (int at = (int) (ends[0].address() - segment.gpa()); at < end; at += instruction.length()) {
            assertThat(new Decoder().decode(segment.bytes(), at, end, size, instruction))
                    .isPositive();
            lines.add(new Formatter().format(instruction, segment.gpa() + at).replaceAll(" +", " "));
        }
        return lines;
    }

    private static String text(GuestProgram program) {
        return new String(program.segments().get(0).bytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldMoveArgumentsIntoTheConventionsRegisters() {
        List<String> code =
                listing(GuestMode.LONG, g -> g.hypercall(Hypercall.CONSOLE_WRITE, RBX, imm(5), RDX, imm(-1), R8, R12D));

        assertThat(code)
                .hasSize(6)
                .startsWith("mov rdi,rbx", "mov esi,0x5", "mov r10,0xffffffffffffffff", "mov r9d,r12d", "mov eax,0x8");
        assertThat(code.get(5)).startsWith("call QWORD PTR [rip+");
    }

    @Test
    void shouldRefuseAnArgumentThatAnEarlierOneHasOverwritten() {
        assertThatThrownBy(() -> program(GuestMode.LONG, g -> g.hypercall(Hypercall.NULL, RSI, RDI)))
                .isInstanceOf(GuestProgramException.class)
                .hasMessage("argument 1 is in RDI, which argument 0 has just overwritten; use another register");
    }

    @Test
    void shouldFillTheSlotOf32BitCallsWith64BitNumbers() {
        List<String> code =
                listing(GuestMode.PROTECTED, g -> g.hypercall(Hypercall.CLOCK_ALARM, EBX, imm(0x1_0000_0002L)));

        assertThat(code)
                .contains(
                        "mov DWORD PTR [edx],0x13",
                        "mov DWORD PTR [edx+0x4],0x0",
                        "mov DWORD PTR [edx+0x8],ebx",
                        "mov DWORD PTR [edx+0xc],0x0",
                        "mov DWORD PTR [edx+0x10],0x2",
                        "mov DWORD PTR [edx+0x14],0x1",
                        "out dx,eax");
    }

    @Test
    void shouldReachTheCallPageThroughFsInRealMode() {
        assertThat(listing(GuestMode.REAL, g -> g.hypercall(Hypercall.NULL)))
                .contains("mov DWORD PTR fs:0x0,0x2", "out dx,eax", "mov eax,fs:0x38");
    }

    @Test
    void shouldCallThroughTheDoorbellWithoutPorts() {
        List<String> code = listing(GuestMode.LONG, g -> g.callDoorbell(RBX, RBP, 3, Hypercall.NULL));

        assertThat(code)
                .contains("mov DWORD PTR [rbx+0xc0],0x2", "mov DWORD PTR [rbp+0x0],0x3", "mov rax,QWORD PTR [rbx+0xf8]")
                .noneMatch(line -> line.startsWith("out"));
    }

    @Test
    void shouldRefuseASlotBeyondTheCallPage() {
        assertThatThrownBy(() -> program(GuestMode.LONG, g -> g.callSlot(RBX, 64, Hypercall.NULL)))
                .isInstanceOf(GuestProgramException.class)
                .hasMessage("slot 64 of a call page; expected 0 to 63");
    }

    @Test
    void shouldLayTheSameTextDownOnce() {
        String text = text(program(GuestMode.LONG, g -> {
            g.print("only once");
            g.print("only once");
        }));

        assertThat(text.indexOf("only once")).isPositive().isEqualTo(text.lastIndexOf("only once"));
    }

    @ParameterizedTest
    @EnumSource(GuestMode.class)
    void shouldKeepReservedMemoryOutOfTheFile(GuestMode mode) {
        int bytes = mode == GuestMode.REAL ? 0x4000 : 1 << 20;
        GuestProgram program = program(mode, g -> g.reserve("much", bytes, 16));

        GuestProgram.Segment last = program.segments().get(program.segments().size() - 1);
        assertThat(last.bytes().length).isLessThan(0x2000);
        assertThat(last.memoryBytes()).isGreaterThan(bytes);
    }

    @Test
    void shouldCutTheFileAtLongRunsOfZeros() {
        GuestProgram program = program(GuestMode.LONG, g -> g.data("far away", 1 << 20, () -> g.db(MARK)));

        assertThat(program.segments()).hasSize(2);
        GuestProgram.Segment far = program.segments().get(1);
        assertThat(far.bytes()[0]).isNotZero();
        assertThat(program.segments().get(0).end()).isEqualTo(far.gpa());
        assertThat(program.toElf().length).isLessThan(0x4000);
    }

    @Test
    void shouldRefuseARealModeProgramThatEndsBeyondItsRoom() {
        assertThatThrownBy(() -> program(GuestMode.REAL, g -> g.reserve("much", 0x8000, 16)))
                .isInstanceOf(GuestProgramException.class)
                .hasMessageContaining("expected at most 0x10000 in real mode");
    }

    @Test
    void shouldNameTheLineOfJavaWhereAnInstructionCannotBeEncoded() {
        assertThatThrownBy(() -> program(GuestMode.LONG, g -> g.pusha()))
                .isInstanceOf(IsaException.class)
                .hasMessageContaining("AssembledProgramTest.java:");
    }

    @Test
    void shouldNameTheLineOfJavaWhereACallsArgumentDoesNotReach() {
        assertThatThrownBy(() -> program(GuestMode.LONG, g -> g.hypercall(Hypercall.NULL, g.label("nowhere"))))
                .isInstanceOf(IsaException.class)
                .hasMessageContaining("nowhere is never bound (AssembledProgramTest.java:");
    }

    @Test
    void shouldRefuseTwoHandlersForOneVector() {
        assertThatThrownBy(() -> program(GuestMode.LONG, g -> {
                    Label handler = g.here();
                    g.interrupts().handle(3, 3, handler).handle(3, 0, handler);
                }))
                .isInstanceOf(GuestProgramException.class)
                .hasMessageContaining("vector 3 at privilege level 0");
    }

    @Test
    void shouldRefuseRingsOutside64BitMode() {
        assertThatThrownBy(() -> program(GuestMode.PROTECTED, g -> new KernelTables(g, page -> false, false)))
                .isInstanceOf(GuestProgramException.class)
                .hasMessage("rings in PROTECTED mode; the guest kit has them for LONG mode");
    }

    @Test
    void shouldGiveA64BitProgramAPvhEntryOfItsOwn() {
        GuestProgram program = program(GuestMode.LONG, g -> g.print("x"));

        assertThat(program.pvhEntry()).isPresent();
        assertThat(program.pvhEntry().getAsLong()).isNotEqualTo(program.entry());
        assertThat(program(GuestMode.PROTECTED, g -> g.print("x")).pvhEntry()).isEmpty();
    }
}
