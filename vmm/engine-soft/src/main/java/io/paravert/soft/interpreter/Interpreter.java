package io.paravert.soft.interpreter;

import io.paravert.soft.memory.MachineMemory;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Pending;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Unwind;
import io.paravert.soft.state.Vector;
import io.paravert.soft.system.Exceptions;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Platform;
import io.paravert.soft.vcpu.Tier;
import io.paravert.soft.vcpu.Translation;
import org.jspecify.annotations.Nullable;

/** Runs a vCPU: blocks one after the other, and between them what is pending. vCPU thread only. */
public final class Interpreter {
    /** Why {@link #run} returned. */
    public enum Stop {
        /** An instruction asks for something; see {@link Core#leave}. */
        LEAVE,
        /** A device access waits in the access log. */
        DEVICE_ACCESS,
        KICKED,
        INTERRUPT_WINDOW,
        /** INIT or SIPI has come. */
        SIGNAL
    }

    private static final int NO_INTERRUPT = -1;

    private final Core core;
    private final Cpu cpu;
    private final HotLoop loop;
    private final Tier tier;
    private final boolean metered;
    /** Bits of {@link Pending} that ask for nothing. */
    private final int idle;

    private int interrupt = NO_INTERRUPT;
    /** The instruction at RIP must run alone: it is half done, or is about to change its own block. */
    private boolean alone;

    /** @param tier a faster way to run what is executed often */
    public Interpreter(Cpu cpu, MachineMemory machine, Platform platform, Instructions instructions, Tier tier) {
        this.cpu = cpu;
        this.tier = tier;
        metered = platform.isMetered();
        idle = metered ? Pending.METER : 0;
        cpu.pending.raise(idle);
        core = new Core(cpu, machine, platform, new BlockDecoder(instructions.set(), tier.threshold()));
        loop = new HotLoop(core);
    }

    public Core core() {
        return core;
    }

    /** An external interrupt is to be delivered before the next instruction that can take it. */
    public void setInterrupt(int vector) {
        interrupt = vector;
        cpu.pending.raise(Pending.INTERRUPT);
    }

    /** True if an interrupt could be delivered right now. */
    public boolean canTakeInterrupt() {
        return interrupt == NO_INTERRUPT
                && cpu.has(Rflags.IF)
                && (cpu.pending.poll() & Pending.SHADOW) == 0
                && !core.log.isOpen();
    }

    /** Asks for {@link Stop#INTERRUPT_WINDOW}, or no longer. */
    public void setWindowWanted(boolean wanted) {
        if (wanted) {
            cpu.pending.raise(Pending.WINDOW);
        } else {
            core.forget(Pending.WINDOW);
        }
    }

    /** Forgets an interrupt that was to be delivered. */
    public void dropInterrupt() {
        interrupt = NO_INTERRUPT;
        core.forget(Pending.INTERRUPT);
    }

    /** Runs the instruction that a served device access belongs to, and nothing else. True if it is done. */
    public boolean completeAccess() {
        core.log.serve();
        if (!core.log.isOpen()) {
            return true;
        }
        do {
            runAlone();
        } while (alone);
        return !core.log.isWaiting();
    }

    /** Runs until there is something for the monitor. */
    public Stop run() {
        if (core.log.isOpen()) {
            runAlone();
        }
        while (true) {
            if (metered) {
                core.platform.passed(cpu.instructions);
            }
            if (core.log.isWaiting()) {
                return Stop.DEVICE_ACCESS;
            }
            if (alone) {
                runAlone();
                continue;
            }
            if ((cpu.pending.poll() & ~idle) == 0) {
                runBlocks();
                continue;
            }
            Stop stop = attend();
            if (stop != null) {
                return stop;
            }
        }
    }

    /** Runs blocks until something is pending or one is left by an unwinding. */
    private void runBlocks() {
        try {
            Block block = core.code.lookup();
            while (true) {
                Block last = block;
                Block following;
                Translation translation = block.translation;
                if (translation != null && translation.mayRun(core)) {
                    following = translation.run(core);
                    last = translation.last;
                    if (translation.missed >= 0 && last != null) {
                        following = loop.run(last, translation.missed);
                        translation.resumed(core);
                    }
                } else {
                    if (++block.heat == block.due) {
                        tier.hot(core, block);
                    }
                    following = loop.run(block, 0);
                }
                if (isInterrupted()) {
                    return;
                }
                block = following != null ? following : link(last);
            }
        } catch (GuestFault fault) {
            raise(fault);
        } catch (Unwind unwind) {
            unwound(unwind);
        }
    }

    /** Between blocks: tells the time, and whether something is pending. */
    private boolean isInterrupted() {
        if (metered) {
            core.platform.passed(cpu.instructions);
        }
        return (cpu.pending.poll() & ~idle) != 0;
    }

    /** Looks up the block at RIP, and remembers the way there if the last one always takes it. */
    private Block link(@Nullable Block last) {
        core.interrupted = null;
        Block block = core.code.lookup();
        if (last != null) {
            last.link(block, core.code.stamp());
        }
        return block;
    }

    private void raise(GuestFault fault) {
        core.log.retire();
        Exceptions.raise(core, fault, core.interrupted);
        core.interrupted = null;
    }

    private void unwound(Unwind unwind) {
        if (unwind == Unwind.OWN_CODE_WRITE) {
            alone = true;
        } else if (unwind == Unwind.BUS_LOCKED) {
            core.giveWay();
        }
    }

    /**
     * Runs one instruction outside any block, with the interrupts and traps that are due kept waiting.
     *
     * @return true if it completed, or one iteration of a repeated one
     */
    private boolean runAlone() {
        alone = false;
        core.log.rewind();
        cpu.mode |= CodeMode.STEP;
        core.code.select();
        try {
            core.interrupted = null;
            loop.run(core.code.lookup(), 0);
            core.log.retire();
            return true;
        } catch (GuestFault fault) {
            raise(fault);
            return false;
        } catch (Unwind unwind) {
            if (unwind == Unwind.BUS_LOCKED) {
                core.giveWay();
                alone = core.log.isOpen();
            }
            return unwind == Unwind.REPEAT;
        } finally {
            cpu.mode &= ~CodeMode.STEP;
            core.code.select();
        }
    }

    /** Serves what is pending, the most urgent first (AMD APM vol. 2, 8.5). */
    private @Nullable Stop attend() {
        Pending pending = cpu.pending;
        int bits = pending.poll();
        if ((bits & Pending.MAIL) != 0) {
            core.mailbox.read(core);
        }
        if ((bits & Pending.STOP) != 0) {
            core.giveWay();
            return null;
        }
        if ((bits & Pending.EXIT) != 0) {
            pending.clear(Pending.EXIT);
            return Stop.LEAVE;
        }
        if ((bits & Pending.SHADOW) != 0 && core.stackShadow) {
            pending.clear(Pending.SHADOW);
            core.stackShadow = false;
            step(true);
            return null;
        }
        if ((bits & Pending.DEBUG_TRAP) != 0) {
            debugTrap();
            return null;
        }
        if ((bits & Pending.KICK) != 0) {
            pending.clear(Pending.KICK);
            return Stop.KICKED;
        }
        if ((bits & Pending.SIGNAL) != 0) {
            pending.clear(Pending.SIGNAL);
            return Stop.SIGNAL;
        }
        if ((bits & Pending.SHADOW) != 0) {
            pending.clear(Pending.SHADOW);
            if ((bits & ~(Pending.SHADOW | Pending.MAIL)) != 0) {
                step(false);
                return null;
            }
        }
        if ((bits & Pending.NMI) != 0 && core.takeNmi()) {
            Exceptions.interrupt(core, Vector.NMI);
            return null;
        }
        if ((bits & (Pending.INTERRUPT | Pending.WINDOW)) != 0 && interruptsServed(bits)) {
            return Stop.INTERRUPT_WINDOW;
        }
        if ((pending.poll() & Pending.STEP) != 0) {
            step(false);
        }
        return null;
    }

    /** Delivers the interrupt that waits, if the guest takes it; true if the monitor waits for the guest to take one. */
    private boolean interruptsServed(int bits) {
        if (!cpu.has(Rflags.IF)) {
            core.defer(bits & (Pending.INTERRUPT | Pending.WINDOW));
            return false;
        }
        if (interrupt != NO_INTERRUPT) {
            int vector = interrupt;
            dropInterrupt();
            Exceptions.interrupt(core, vector);
            return false;
        }
        cpu.pending.clear(Pending.INTERRUPT);
        int vector = core.platform.takeInterrupt();
        if (vector >= 0) {
            Exceptions.interrupt(core, vector);
            // Another may wait behind it.
            cpu.pending.raise(Pending.INTERRUPT);
            return false;
        }
        if ((bits & Pending.WINDOW) != 0) {
            cpu.pending.clear(Pending.WINDOW);
            return true;
        }
        return false;
    }

    private void debugTrap() {
        cpu.pending.clear(Pending.DEBUG_TRAP);
        cpu.dr6 |= cpu.debugHits;
        cpu.debugHits = 0;
        Exceptions.raise(core, Vector.DB, 0);
    }

    /**
     * One instruction, with its breakpoint before and its single-step trap after it.
     *
     * @param shadowed it follows a load of SS, which inhibits breakpoints (AMD APM vol. 2, 8.1.3 and 13.1)
     */
    private void step(boolean shadowed) {
        if (!shadowed && cpu.breakpoints != 0 && !cpu.has(Rflags.RF)) {
            long hits = breakpointsAtRip();
            if (hits != 0) {
                cpu.dr6 |= hits;
                Exceptions.raise(core, Vector.DB, 0);
                return;
            }
        }
        boolean traps = cpu.has(Rflags.TF);
        cpu.systemFlags &= ~Rflags.RF;
        core.delivered = false;
        boolean completed = runAlone();
        if (traps && completed && !core.delivered && !core.stackShadow) {
            cpu.debugHits |= Control.DR6_SINGLE_STEP;
            cpu.pending.raise(Pending.DEBUG_TRAP);
        }
        if (core.monitorSteps && !core.log.isWaiting() && (cpu.pending.poll() & Pending.EXIT) == 0) {
            core.leave(Core.Leave.DEBUG);
        }
    }

    private long breakpointsAtRip() {
        long linear = cpu.is64() ? cpu.rip : cpu.cs().base + cpu.rip & 0xffff_ffffL;
        long hits = 0;
        for (int i = 0; i < 4; i++) {
            if ((cpu.breakpoints >> i & 1) != 0 && cpu.dr[i] == linear) {
                hits |= 1L << i;
            }
        }
        return hits;
    }
}
