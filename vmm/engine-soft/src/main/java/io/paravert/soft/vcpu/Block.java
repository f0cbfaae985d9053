package io.paravert.soft.vcpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decoded instructions that are entered at the first and left at the last or by an exception. The last operation either sets RIP
 * or, where a block ends for its length or at its page's end, only continues. vCPU thread only.
 */
public final class Block {
    public final CodePage page;
    private static final int MOST_TARGETS = 24;
    private static final Block[] NONE = {};

    /** Offset in CS of the first instruction. */
    public final long rip;

    public final Op[] ops;
    /** Guest instructions. */
    public final int instructions;
    /** What the block's own stores must not change; see {@code Cpu.codePage}. */
    public final long protectedPage;

    /** The second page of a block that is one instruction across two pages; such blocks are never linked to. */
    public final @Nullable CodePage second;

    boolean valid = true;

    /** Times that the interpreter has run this block; see {@link Tier}. */
    public int heat;

    /** The {@link #heat} at which the second tier is asked. */
    public int due;

    /** Accesses of the region that began here were outside their windows too often for it to be left each time. */
    public boolean wanders;

    /** What runs instead of the interpreter from here; set by any thread to an object that is safe to publish by a race. */
    public @Nullable Translation translation;

    private @Nullable Block next;
    private long nextStamp;
    private @Nullable Block taken;
    private long takenStamp;

    private Block[] targets = NONE;

    public Block(CodePage page, @Nullable CodePage second, long rip, Op[] ops, int instructions, boolean alone) {
        this.page = page;
        this.second = second;
        this.rip = rip;
        this.ops = ops;
        this.instructions = instructions;
        this.protectedPage = alone || second != null ? -1 : page.gpa;
    }

    /**
     * Must not run again. Lets go of all that it leads to: another block may still know this one, and code that is made anew for
     * ever would make a chain of such without end.
     */
    void discard() {
        valid = false;
        translation = null;
        next = null;
        taken = null;
        targets = NONE;
    }

    /** Bytes of guest code, which may reach into {@link #second}. */
    public int bytes() {
        Op last = ops[ops.length - 1];
        return last.offset + last.length;
    }

    /**
     * The block where a conditional jump goes that is not taken, if it is known and its translation still stands, else null. Within a page the stamp does not
     * matter: whoever runs this block has translated its page.
     */
    public @Nullable Block next(long stamp) {
        Block b = next;
        return b != null && b.valid && (b.page == page || nextStamp == stamp) ? b : null;
    }

    /** The block where the direct jump or the continuation that ends this one goes; as {@link #next}. */
    public @Nullable Block taken(long stamp) {
        Block b = taken;
        return b != null && b.valid && (b.page == page || takenStamp == stamp) ? b : null;
    }

    /** Remembers a block that was found at RIP after this one, if a direct way leads there. */
    public void link(Block block, long stamp) {
        if (targets.length == MOST_TARGETS || block.second != null) {
            return;
        }
        if (ops[ops.length - 1].immediate == block.rip) {
            taken = block;
            takenStamp = stamp;
        } else if (rip + bytes() == block.rip) {
            next = block;
            nextStamp = stamp;
        } else {
            addTarget(block);
        }
    }

    private void addTarget(Block block) {
        for (int i = 0; i < targets.length; i++) {
            if (targets[i].rip == block.rip) {
                targets[i] = block;
                return;
            }
        }
        targets = Arrays.copyOf(targets, targets.length + 1);
        targets[targets.length - 1] = block;
    }

    /** Blocks where the indirect jump that ends this one was seen to go, no two at one RIP; some may be out of date. Not to be changed. */
    public Block[] targets() {
        return targets;
    }

    /** False once what it was decoded from has changed. */
    public boolean isValid() {
        return valid;
    }
}
