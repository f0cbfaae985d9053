package io.paravert.soft.translator;

import io.paravert.soft.memory.BulkAccess;
import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.memory.Windows;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Guards;
import io.paravert.soft.state.Pending;
import io.paravert.soft.state.Rflags;
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

    /** The region was left before an operation that the interpreter has to run. */
    static final int MISSED = -1;

    /** Misses that are counted before they are compared with the instructions between them; so many of these a miss may cost. */
    private static final int ROUND = 64;

    private static final long WORTH = 4096;
    /** So many rounds in succession with more misses than that show that it will go on so. */
    private static final int MOST_BAD_ROUNDS = 4;

    /** For accesses that have no window of their own. Never written. */
    static final long[] CLOSED_WINDOW = {0, Windows.CLOSED, 0};

    /** A little more than the calls after which HotSpot compiles. */
    private static final int REHEARSALS = 300;

    private final Op[] operations;
    private final int[] touched;
    private final Block[] blocks;
    private final Block entry;
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
    private int missedNumber;
    private long missedAddress;
    private int misses;
    private int badRounds;
    /** That were run since misses were last counted. */
    private long instructions;

    private long windowsKey;
    private long windowsRevoked;
    private long stamp;
    private long refused;

    Region(Layout layout) {
        operations = layout.operations;
        touched = layout.touched;
        blocks = layout.operationBlocks;
        entry = layout.entry;
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
        int number;
        try {
            number = execute(core, cpu, cpu.r, memory, cpu.pending);
        } finally {
            counters.instructions += cpu.instructions - before;
            instructions += cpu.instructions - before;
        }
        if (number == MISSED) {
            return null;
        }
        missed = -1;
        Exit exit = exits[number];
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
     * Leaves an operation, and what follows it in its block, to the interpreter, and takes back its count. If that happens often, the
     * region is to be written again so that it does without.
     */
    final void missed(Core core, int number, long va) {
        Cpu cpu = core.cpu;
        counters.missed++;
        last = blocks[number];
        missed = last.instructions - rest[number];
        cpu.instructions -= rest[number];
        missedNumber = number;
        missedAddress = va;
        reach(core);
        if (++misses == ROUND) {
            countRound();
        }
    }

    private void countRound() {
        badRounds = instructions < WORTH * ROUND ? badRounds + 1 : 0;
        if (badRounds == MOST_BAD_ROUNDS) {
            entry.wanders = true;
            entry.translation = null;
            entry.due = entry.heat + 1;
        }
        misses = 0;
        instructions = 0;
    }

    /** Moves the windows of the operation that was missed to where it accesses memory. */
    private void reach(Core core) {
        for (int mask = touched[missedNumber]; mask != 0; mask &= mask - 1) {
            int window = Integer.numberOfTrailingZeros(mask) * Windows.WORDS;
            Windows.reach(windows, window, core.memory, missedAddress, core.cpu.instructions);
        }
    }

    @Override
    public final void resumed(Core core) {
        if (core.memory.key() == windowsKey && core.memory.revoked() == windowsRevoked) {
            reach(core);
        }
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

    /** Runs; the number of the exit by which the region was left, or MISSED. In a rehearsal there is no core, and nothing is done. */
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

    /** Elements of a repeated MOVS that are copied at once; see {@link BulkAccess#move}. */
    static long moveBulk(Cpu cpu, LinearMemory memory, long to, long from, long count, int bytes) {
        return cpu.has(Rflags.DF) ? 0 : BulkAccess.move(to, from, count, bytes, memory);
    }

    /** Elements of a repeated STOS that are written at once; see {@link BulkAccess#fill}. */
    static long storeBulk(Cpu cpu, LinearMemory memory, long to, long value, long count, int bytes) {
        return cpu.has(Rflags.DF) ? 0 : BulkAccess.fill(to, value, count, bytes, memory);
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
