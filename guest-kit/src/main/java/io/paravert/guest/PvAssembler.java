package io.paravert.guest;

import io.paravert.abi.Hypercall;
import io.paravert.abi.PvError;
import io.paravert.abi.ShutdownReason;
import io.paravert.isa.CodeSize;
import io.paravert.isa.Immediate;
import io.paravert.isa.Operand;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An assembler that knows the ABI: its calls are methods, so that a guest is a Java method and needs no toolchain.
 *
 * <pre>{@code
 * GuestProgram hello = PvAssembler.program("hello", GuestMode.LONG, g -> g.print("Hello\n"));
 * }</pre>
 *
 * <p>Before the body's first instruction stands a prologue: it takes a stack of {@value #STACK_BYTES} bytes, looks for Paravert by CPUID
 * and, in 64-bit mode, installs exception handlers that end the guest with a CRASH call. After the body's last instruction
 * the guest shuts down with code 0. A 64-bit guest that does not find Paravert (some other monitor started it by its PVH
 * note) has its console on a serial port, and every other call answers {@code -ENOSYS}.
 *
 * <p>In 64-bit mode calls go through the hypercall page, with the convention's registers; a call takes RAX, RCX, R11 and its
 * arguments' registers. In the other modes they go through slot 0 of the call page, and take EAX and EDX. What prints takes all
 * registers but RBX, RBP, RSP and R12 to R15, in all modes. One thread.
 */
public final class PvAssembler extends Assembler {
    /** Bytes of the stack of vCPU 0; in real mode the stack lies below the program instead. */
    public static final int STACK_BYTES = 16 * 1024;

    private final GuestMode mode;
    private final CallPath calls;
    private final Interrupts interrupts;
    private final Map<String, Label> strings = new LinkedHashMap<>();
    private final Map<String, Deferred> deferred = new LinkedHashMap<>();
    private final Map<String, Label> shared = new LinkedHashMap<>();
    private final List<Runnable> pending = new ArrayList<>();
    private final List<Reserved> reserved = new ArrayList<>();

    private record Deferred(Label label, Runnable code) {}

    private record Reserved(Label label, int bytes, int alignment) {}

    PvAssembler(GuestMode mode) {
        super(
                switch (mode) {
                    case REAL -> CodeSize.CODE16;
                    case PROTECTED -> CodeSize.CODE32;
                    case LONG -> CodeSize.CODE64;
                });
        for (Class<?> own :
                List.of(PvAssembler.class, CallPath.class, PageCalls.class, SlotCalls.class, KernelTables.class)) {
            hideCallers(own.getName());
        }
        this.mode = mode;
        this.calls = mode == GuestMode.LONG ? new PageCalls(this) : new SlotCalls(this);
        this.interrupts = new Interrupts(this);
    }

    /**
     * Builds a program.
     *
     * @param name for messages
     * @param body the guest's code, written to the assembler that it gets
     * @throws GuestProgramException if the program does not fit its mode
     * @throws io.paravert.isa.IsaException if an instruction cannot be encoded; it names the line of Java
     */
    public static GuestProgram program(String name, GuestMode mode, Consumer<PvAssembler> body) {
        return ProgramFrame.build(name, mode, body);
    }

    /** The mode in which the guest starts. */
    public GuestMode mode() {
        return mode;
    }

    // --- calls

    /**
     * Makes a call. In 64-bit mode the arguments are moved into the convention's registers, from the first to the last;
     * an argument in a register that an earlier one has overwritten is refused. A register as its own place costs nothing.
     *
     * @param number of the call
     * @param arguments constants, labels (whose address is meant) and general registers, at most six
     */
    public PvAssembler hypercall(int number, Operand... arguments) {
        if (arguments.length > CallPath.MAX_ARGUMENTS) {
            throw new GuestProgramException(
                    "%d arguments for call %s; expected at most %d",
                    arguments.length, Hypercall.nameOf(number), CallPath.MAX_ARGUMENTS);
        }
        calls.call(number, arguments);
        return this;
    }

    /**
     * Makes a call through the call page and the call port: possible in every mode, and in ring 3 with I/O privilege. Takes the
     * accumulator and DX; the result is in the slot and in the accumulator.
     *
     * @param page register that holds the address of the vCPU's call page; not the accumulator or DX
     * @param slot 0 to 63
     */
    public PvAssembler callSlot(Register page, int slot, int number, Operand... arguments) {
        SlotCalls.callByPort(this, page, slot, number, arguments);
        return this;
    }

    /**
     * Makes a call through the call page and the doorbell: for code without I/O privilege that has both mapped.
     *
     * @param doorbell register that holds the address of the doorbell page
     */
    public PvAssembler callDoorbell(Register page, Register doorbell, int slot, int number, Operand... arguments) {
        SlotCalls.callByDoorbell(this, page, doorbell, slot, number, arguments);
        return this;
    }

    /** Writes a text to the console, all of it. */
    public PvAssembler print(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        calls.write(string(text), Immediate.of(bytes.length));
        return this;
    }

    /** Writes bytes to the console, all of them: any length, from a label, register or constant address. */
    public PvAssembler write(Operand address, Operand bytes) {
        calls.write(address, bytes);
        return this;
    }

    /** Writes an unsigned number in decimal. */
    public PvAssembler printDecimal(Register number) {
        calls.printNumber(number, 10);
        return this;
    }

    /** Writes an unsigned number in hexadecimal, without prefix or leading zeros. */
    public PvAssembler printHex(Register number) {
        calls.printNumber(number, 16);
        return this;
    }

    /** Ends the guest. */
    public PvAssembler shutdown(int code) {
        return shutdown(Immediate.of(code));
    }

    /** Ends the guest with a code from a register. */
    public PvAssembler shutdown(Operand code) {
        hypercall(Hypercall.SHUTDOWN, code, Immediate.of(ShutdownReason.POWER_OFF));
        return halt();
    }

    /** Ends the guest as crashed, with a message. */
    public PvAssembler crash(String message) {
        int bytes = message.getBytes(StandardCharsets.UTF_8).length;
        hypercall(Hypercall.CRASH, string(message), Immediate.of(bytes));
        return halt();
    }

    /** Stands where nothing comes back. */
    PvAssembler halt() {
        Label again = here();
        hlt();
        jmp(again);
        return this;
    }

    /** Reads the monotonic clock: ns in RAX. */
    public PvAssembler clock() {
        return hypercall(Hypercall.CLOCK_READ);
    }

    /** Reads what was typed: bytes read in RAX, 0 at the end of the input, {@code -EAGAIN} when nothing waits. */
    public PvAssembler consoleRead(Operand address, int bytes) {
        return hypercall(Hypercall.CONSOLE_READ, address, Immediate.of(bytes));
    }

    /** Fills memory with random bytes. */
    public PvAssembler entropy(Operand address, int bytes) {
        return hypercall(Hypercall.ENTROPY, address, Immediate.of(bytes));
    }

    /**
     * Starts another vCPU in this guest's mode, at a label, with a stack; arguments for it are 0. Interrupts are off there and it has
     * no IDT until it loads one ({@link Interrupts#load}).
     */
    public PvAssembler vcpuStart(int vcpu, Label entry, Label stackTop) {
        Label start = VcpuStarts.data(this, entry, stackTop);
        return hypercall(Hypercall.VCPU_START, Immediate.of(vcpu), start);
    }

    /** Stops the vCPU that executes it. */
    public PvAssembler vcpuStop() {
        hypercall(Hypercall.VCPU_STOP, Immediate.of(-1));
        return halt();
    }

    /** Gives the host's processor away for a moment. */
    public PvAssembler vcpuYield() {
        return hypercall(Hypercall.VCPU_YIELD);
    }

    /**
     * Waits until an event channel of this vCPU is pending: its number in RAX, or a negative error.
     *
     * @param deadline ns of {@link #clock}; -1 waits without end
     */
    public PvAssembler vcpuPoll(Operand deadline) {
        return hypercall(Hypercall.VCPU_POLL, Immediate.of(0), deadline);
    }

    /** Names the event area: 8192 zeroed bytes at a multiple of 4096. */
    public PvAssembler eventArea(Operand address) {
        return hypercall(Hypercall.EVENT_PAGE_SETUP, address);
    }

    /** Binds a channel to a source: its number in RAX. */
    public PvAssembler eventBind(int kind, Operand source, int vcpu) {
        return hypercall(Hypercall.EVENT_BIND, Immediate.of(kind), source, Immediate.of(vcpu));
    }

    /** Signals the other side of a channel. */
    public PvAssembler eventSend(Operand channel) {
        return hypercall(Hypercall.EVENT_SEND, channel);
    }

    /** Makes a batch of calls in one exit: entries as in a call slot, 64 bytes each, at most 64. */
    public PvAssembler multicall(Operand entries, Operand count) {
        return hypercall(Hypercall.MULTICALL, entries, count, Immediate.of(0));
    }

    /** Ends the guest with the code if RAX (EAX) holds an error. */
    public PvAssembler exitOnError(int code) {
        Label fine = label();
        if (mode == GuestMode.LONG) {
            test(Register.RAX, Register.RAX);
        } else {
            test(Register.EAX, Register.EAX);
        }
        jns(fine);
        shutdown(code);
        bind(fine);
        return this;
    }

    /** Jumps if RAX (EAX) holds this error. */
    public PvAssembler jumpOnError(int error, Label target) {
        cmp(mode == GuestMode.LONG ? Register.RAX : Register.EAX, -error);
        je(target);
        return this;
    }

    /** Jumps if nothing is there now ({@code -EAGAIN}). */
    public PvAssembler jumpIfAgain(Label target) {
        return jumpOnError(PvError.EAGAIN, target);
    }

    // --- what the prologue has found

    /** Eight bytes with the address of vCPU 0's call page. */
    public Label callPages() {
        return calls.found().callPages();
    }

    /** Eight bytes with the address of the doorbell page. */
    public Label doorbell() {
        return calls.found().doorbell();
    }

    /** Eight bytes with the address of the boot-info page, 0 when Paravert was not found. */
    public Label bootInfo() {
        return calls.found().bootInfo();
    }

    // --- interrupts, 64-bit mode

    /** The parts of a 64-bit guest's interrupt table. */
    public Interrupts interrupts() {
        require64("interrupt handlers");
        return interrupts;
    }

    /** Takes a frame with vector and error code on top, and ends the guest. */
    Label unhandledException() {
        return routine("unhandled exception", () -> new ExceptionReport(this).emit());
    }

    void require64(String what) {
        if (mode != GuestMode.LONG) {
            throw new GuestProgramException("%s in %s mode; the guest kit has them for LONG mode", what, mode);
        }
    }

    // --- data

    /** The place of a text's UTF-8 bytes; the same text lies there once. */
    public Label string(String text) {
        return strings.computeIfAbsent(text, t -> label("string"));
    }

    /** Data that is laid down after the code, at a multiple of {@code alignment}; {@code emit} writes it there. */
    public Label data(String name, int alignment, Runnable emit) {
        Label label = label(name);
        pending.add(() -> {
            align(alignment, 0);
            bind(label);
            emit.run();
        });
        return label;
    }

    /** Zeroed memory behind the program; it takes no room in its file. */
    public Label reserve(String name, int bytes, int alignment) {
        if (bytes < 1 || Integer.bitCount(alignment) != 1) {
            throw new GuestProgramException(
                    "%d bytes reserved at a multiple of %d; expected 1 or more and a power of two", bytes, alignment);
        }
        Label label = label(name);
        reserved.add(new Reserved(label, bytes, alignment));
        return label;
    }

    /** As {@link #reserve}, the same memory for everybody who gives this name. */
    public Label shared(String name, int bytes, int alignment) {
        Label known = shared.get(name);
        if (known == null) {
            known = reserve(name, bytes, alignment);
            shared.put(name, known);
        }
        return known;
    }

    /** The end of a stack of its own for another vCPU or another ring. */
    public Label stack(int bytes) {
        Label top = label("stack top");
        reserve("stack", bytes, 16);
        reserved.add(new Reserved(top, 0, 16));
        return top;
    }

    /** A routine that is laid down once, when somebody has asked for it. */
    Label routine(String name, Runnable code) {
        Deferred known = deferred.get(name);
        if (known == null) {
            known = new Deferred(label(name), code);
            deferred.put(name, known);
            Deferred added = known;
            pending.add(() -> {
                align(16);
                bind(added.label());
                added.code().run();
            });
        }
        return known.label();
    }

    CallPath calls() {
        return calls;
    }

    /** Lays down what the code asked for, and what that asks for; returns nothing more to do. */
    void finish() {
        while (!pending.isEmpty()) {
            pending.remove(0).run();
        }
        strings.forEach((text, label) -> {
            bind(label);
            bytes(text.getBytes(StandardCharsets.UTF_8));
        });
        for (Reserved r : reserved) {
            align(r.alignment(), 0);
            bind(r.label());
            space(r.bytes());
        }
    }
}
