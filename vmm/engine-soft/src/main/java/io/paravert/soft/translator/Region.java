package io.paravert.soft.translator;

import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.memory.Windows;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Guards;
import io.paravert.soft.state.Pending;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.CodePage;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Translation;
import org.jspecify.annotations.Nullable;

/** What all regions share; generated classes say what the instructions do. vCPU thread only. */
abstract class Region extends Translation {
    /** Ways out: RIP has to be looked up, or the block's direct jump or its continuation leads on. */
    enum Way {
        LOOKUP,
        TAKEN,
        NEXT
    }

    /** A place where the region is left. */
    record Exit(Block block, Way way) {}

    /** For accesses that have no window of their own. Never written. */
    static final long[] CLOSED_WINDOW = {0, Windows.CLOSED, 0};

    /** A little more than the calls after which HotSpot compiles. */
    private static final int REHEARSALS = 300;

    private final Op[] operations;
    /** By number of an operation: its address, and the instructions of its block from it on. */
    private final long[] addresses;

    private final int[] rest;
    private final Exit[] exits;
    /** All pages, or none if they are one. */
    private final CodePage[] pages;

    /** Families whose instructions are used without a further look; see {@link Guards}. */
    private final int guards;
    /** See {@link Windows}. */
    final long[] windows;

    private final Counters counters;
    private long windowsKey;
    private long windowsRevoked;
    private long stamp;
    private long refused;

    Region(Layout layout) {
        operations = layout.operations;
        addresses = layout.addresses;
        rest = layout.rest;
        exits = layout.exits;
        pages = layout.pages;
        counters = layout.counters;
        guards = layout.guards;
        windows = Windows.create(layout.windows);
    }

    @Override
    public final boolean mayRun(Core core) {
        return core.memory.isFast() && (core.cpu.guards & guards) == 0 && (pages.length == 0 || areCurrent(core));
    }

    private boolean areCurrent(Core core) {
        long now = core.code.stamp();
        if (now == refused) {
            return false;
        }
        boolean moved = now != stamp;
        for (CodePage page : pages) {
            if (!page.isValid() || moved && !core.code.isCurrent(page)) {
                refused = now;
                return false;
            }
        }
        stamp = now;
        return true;
    }

    @Override
    public final @Nullable Block run(Core core) {
        counters.entries++;
        Cpu cpu = core.cpu;
        LinearMemory memory = core.memory;
        if (memory.key() != windowsKey || memory.revoked() != windowsRevoked) {
            windowsKey = memory.key();
            windowsRevoked = memory.revoked();
            Windows.reset(windows);
        }
        long before = cpu.instructions;
        Exit exit;
        try {
            exit = exits[execute(core, cpu, cpu.r, memory, cpu.pending)];
        } finally {
            counters.instructions += cpu.instructions - before;
        }
        if (cpu.pending.poll() != 0) {
            counters.pending++;
        } else if (exit.way == Way.LOOKUP) {
            counters.indirect++;
        } else {
            counters.direct++;
        }
        Block left = exit.block;
        last = left;
        return switch (exit.way) {
            case LOOKUP -> null;
            case TAKEN -> left.taken(core.code.stamp());
            case NEXT -> left.next(core.code.stamp());
        };
    }

    /**
     * Calls the generated method in vain, as often as makes HotSpot compile it: the vCPU shall run as little as can be of what is hot
     * in HotSpot's interpreter, which is slower than this engine's. Before any vCPU runs this, on any thread.
     */
    final void rehearse() {
        for (int i = 0; i < REHEARSALS; i++) {
            execute(null, null, null, null, null);
        }
    }

    /** Runs; the number of the exit by which the region was left. In a rehearsal there is no core, and nothing is done. */
    abstract int execute(
            @Nullable Core core,
            @Nullable Cpu cpu,
            long @Nullable [] r,
            @Nullable LinearMemory memory,
            @Nullable Pending pending);

    /** Carries out an operation by its statement, on the processor's state. */
    final void statement(Core core, int number) {
        counters.statements++;
        Op op = operations[number];
        op.statement.execute(core, op);
    }

    /** Makes RIP that of an operation that did not complete, and takes back the count of what follows it. */
    final void abandon(Core core, int number) {
        counters.faults++;
        core.interrupted = operations[number];
        core.cpu.rip = addresses[number];
        core.cpu.instructions -= rest[number];
    }

    /** Refuses an operand that has to be aligned to 16 bytes and is not. */
    static void checkAligned(Cpu cpu, long va) {
        if ((va & 15) != 0) {
            throw cpu.fault(Vector.GP);
        }
    }

    /** Ends what a floating-point instruction has raised; see {@link Mxcsr#commit}. */
    static void commit(Cpu cpu, Mxcsr mxcsr) {
        if (mxcsr.raised() != 0 && mxcsr.commit()) {
            throw cpu.fault((cpu.cr4 & Control.CR4_OSXMMEXCPT) != 0 ? Vector.XF : Vector.UD);
        }
    }

    /** Refuses to go where the processor cannot. */
    static void check(Cpu cpu, long target) {
        if (target << 16 >> 16 != target) {
            throw cpu.fault(Vector.GP);
        }
    }
}
