package io.paravert.soft.vcpu;

import io.paravert.soft.memory.AccessLog;
import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.memory.MachineMemory;
import io.paravert.soft.memory.Mmu;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Pending;
import io.paravert.soft.state.Rflags;
import org.jspecify.annotations.Nullable;

/** One vCPU, as its instructions see it. vCPU thread only, but for the mailbox. */
public final class Core implements AutoCloseable {
    public final Cpu cpu;
    public final Mmu mmu;
    public final LinearMemory memory;
    public final AccessLog log;
    public final Stack stack;
    public final CodeCache code;
    public final MachineMemory machine;
    public final Platform platform;
    public final Mailbox mailbox;
    public final Checkpoint checkpoint = new Checkpoint(this);

    /** Why an instruction that has retired wants to leave; meaningful while {@link Pending#EXIT} is raised. */
    public Leave leave = Leave.HALT;
    /** What went wrong when {@link #leave} is FAILED. */
    public String failure = "";

    /** The operation that was under way when something was thrown. */
    public @Nullable Op interrupted;

    /** Linear address of the operand that is being updated. */
    public long place;

    /** The monitor wants an exit after each instruction. */
    public boolean monitorSteps;

    /** An interrupt or exception has been delivered: an instruction that did so is followed by no single-step trap. */
    public boolean delivered;

    /** The next instruction follows a load of SS: debug exceptions wait for its end too. */
    public boolean stackShadow;

    /** An NMI is being handled: the next waits for IRET (AMD APM vol. 2, 8.2.3). */
    private boolean nmiBlocked;

    private boolean nmiLatched;

    private boolean stepping;
    /** Bits of {@link Pending} that wait for RFLAGS.IF. */
    private int deferred;

    public Core(Cpu cpu, MachineMemory machine, Platform platform, BlockSource source) {
        this.cpu = cpu;
        this.machine = machine;
        this.platform = platform;
        this.mailbox = new Mailbox(cpu.pending);
        this.mmu = new Mmu(cpu, machine, mailbox, platform.devices());
        this.memory = mmu.memory();
        this.log = mmu.log();
        this.stack = new Stack(cpu, memory);
        this.code = new CodeCache(cpu, mmu, machine, source, mailbox);
        machine.codeWatch().add(mailbox);
    }

    /** Why a vCPU leaves after an instruction. */
    public enum Leave {
        HALT,
        HYPERCALL,
        DEBUG,
        SHUTDOWN,
        FAILED
    }

    /** Before guest code runs, and before an instruction that was under way is completed. */
    public void enter() {
        mmu.bus().enter();
        if ((cpu.pending.poll() & Pending.MAIL) != 0) {
            mailbox.read(this);
        }
    }

    /** Between two instructions: whoever wants guest code to stand still goes first, and then his mail is read. */
    public void giveWay() {
        cpu.pending.clear(Pending.STOP);
        mmu.bus().giveWay();
        if ((cpu.pending.poll() & Pending.MAIL) != 0) {
            mailbox.read(this);
        }
    }

    /** When no guest code runs any more. */
    public void pause() {
        mmu.bus().leave();
    }

    /** Asks to leave before the next instruction. */
    public void leave(Leave why) {
        leave = why;
        cpu.pending.raise(Pending.EXIT);
    }

    /** Must follow every change of mode, segments, privilege, control registers or RFLAGS.AC. */
    public void contextChanged() {
        cpu.refreshMode();
        mmu.select();
        code.select();
        flagsChanged();
    }

    /** Must follow every change of RFLAGS.TF or IF. */
    public void flagsChanged() {
        boolean step = cpu.has(Rflags.TF) || cpu.breakpoints != 0 || cpu.watchpoints != 0 || monitorSteps;
        if (step != stepping) {
            stepping = step;
            if (step) {
                cpu.pending.raise(Pending.STEP);
            } else {
                cpu.pending.clear(Pending.STEP);
            }
        }
        if (deferred != 0 && cpu.has(Rflags.IF)) {
            cpu.pending.raise(deferred);
            deferred = 0;
        }
    }

    /** Puts a bit of {@link Pending} aside until RFLAGS.IF is set, so that it is not polled in vain. */
    public void defer(int bit) {
        cpu.pending.clear(bit);
        deferred |= bit;
    }

    /** Takes back what {@link #defer} put aside. */
    public void forget(int bit) {
        cpu.pending.clear(bit);
        deferred &= ~bit;
    }

    /** Takes an NMI that is pending; false if it has to wait for the end of the one before. */
    public boolean takeNmi() {
        cpu.pending.clear(Pending.NMI);
        if (nmiBlocked) {
            nmiLatched = true;
            return false;
        }
        nmiBlocked = true;
        return true;
    }

    public boolean isNmiBlocked() {
        return nmiBlocked;
    }

    /** IRET, or INIT. */
    public void unblockNmi() {
        nmiBlocked = false;
        if (nmiLatched) {
            nmiLatched = false;
            cpu.pending.raise(Pending.NMI);
        }
    }

    /** As {@link #contextChanged}, when all translations must go. */
    public void flushTranslations() {
        mmu.flushAll();
        code.flushTranslations();
    }

    @Override
    public void close() {
        machine.codeWatch().remove(mailbox);
        mmu.close();
    }
}
