package io.paravert.soft.vcpu;

import io.paravert.memory.RawMemory;
import io.paravert.soft.memory.CodeWatch;
import io.paravert.soft.memory.GuestPhysical;
import io.paravert.soft.memory.MachineMemory;
import io.paravert.soft.memory.Mmu;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoded code of one vCPU, and the way from RIP to it: a small cache of translated code pages, tagged by a <em>stamp</em> that
 * stands for address space, privilege, mode and the flushes so far; behind it one table by guest-physical page. Before both, a table
 * of the blocks that were looked up last, for returns and other indirect jumps. vCPU thread only.
 */
public final class CodeCache {
    private static final int SLOTS = 256;
    private static final int JUMPS = 2048;
    private static final long PAGE = GuestPhysical.PAGE;
    /** Blocks after which everything is forgotten, so that a guest that makes code for ever is not kept for ever. */
    private static final int MOST_BLOCKS = 400_000;

    private static final int MOST_CONTEXTS = 64;
    /** Most bytes that are looked at for one block. */
    private static final int WINDOW = 256;

    private static final int LONGEST = 15;
    private static final int REWRITES = 1024;
    private static final int MOST_REWRITES = 12;

    private final Cpu cpu;
    private final Mmu mmu;
    private final GuestPhysical physical;
    private final CodeWatch watch;
    private final BlockSource source;
    private final Mailbox mailbox;
    private final boolean revokesUnseen;

    private final long[] tags = new long[SLOTS];
    private final long[] stamps = new long[SLOTS];
    private final @Nullable CodePage[] slots = new CodePage[SLOTS];
    private final @Nullable Block[] jumps = new Block[JUMPS];
    private final long[] jumpStamps = new long[JUMPS];
    private final Map<Long, CodePage> pages = new HashMap<>();
    private final List<CodeContext> contexts = new ArrayList<>();
    /** Times that pages with translated code were written, by a hash of the page. */
    private final byte[] rewrites = new byte[REWRITES];

    private final byte[] window = new byte[WINDOW + LONGEST];

    private CodeContext context = new CodeContext(0, 0, 0, 0);
    private int nextContext = 1;
    private int epoch;
    private int blocks;
    private long stamp;

    private long decoded;
    private long invalidatedBlocks;
    private long invalidatedRegions;

    public CodeCache(Cpu cpu, Mmu mmu, MachineMemory machine, BlockSource source, Mailbox mailbox) {
        this.cpu = cpu;
        this.mmu = mmu;
        this.physical = machine.physical();
        this.watch = machine.codeWatch();
        this.source = source;
        this.mailbox = mailbox;
        this.revokesUnseen = machine.hasShadowPaging();
    }

    /** Must follow every change of mode, CS, privilege or address space, and every flush of translations. */
    public void select() {
        long base = cpu.is64() ? 0 : cpu.cs().base;
        long limit = cpu.is64() ? -1 : cpu.cs().limit;
        if (context.mode() != cpu.mode || context.base() != base || context.limit() != limit) {
            context = contextFor(cpu.mode, base, limit);
        }
        long key = mmu.key();
        stamp = key | (epoch + mmu.generation() & 0xffff_ffffL) << 12 | (long) context.id() << 44;
    }

    private CodeContext contextFor(int mode, long base, long limit) {
        for (int i = 0; i < contexts.size(); i++) {
            CodeContext known = contexts.get(i);
            if (known.mode() == mode && known.base() == base && known.limit() == limit) {
                return known;
            }
        }
        if (contexts.size() == MOST_CONTEXTS) {
            contexts.clear();
        }
        CodeContext fresh = new CodeContext(nextContext++ & 0xf_ffff, mode, base, limit);
        contexts.add(fresh);
        return fresh;
    }

    /** Changes whenever links across pages must be looked up anew. */
    public long stamp() {
        return stamp;
    }

    /** Translations of instruction addresses have changed. */
    public void flushTranslations() {
        epoch++;
        select();
    }

    /** True if a walk of page tables can take away rights that accesses had before it. */
    public boolean revokesUnseen() {
        return revokesUnseen;
    }

    /** Number of blocks held. */
    public int size() {
        return blocks;
    }

    /** Blocks decoded since the beginning. Any thread, as the next two; values may be a little old. */
    public long decoded() {
        return decoded;
    }

    /** Blocks dropped since the beginning because their bytes were written. */
    public long invalidatedBlocks() {
        return invalidatedBlocks;
    }

    /** Of these, the ones that had a translation. */
    public long invalidatedRegions() {
        return invalidatedRegions;
    }

    /**
     * The block at {@code cpu.rip}, decoded if need be.
     *
     * @throws GuestFault as the instruction's fetch does
     */
    public Block lookup() {
        long rip = cpu.rip;
        int jump = (int) (rip ^ rip >>> 11) & JUMPS - 1;
        Block known = jumps[jump];
        if (known != null && known.rip == rip && jumpStamps[jump] == stamp && known.valid) {
            return known;
        }
        Block block = find(rip);
        if (block.second == null) {
            jumps[jump] = block;
            jumpStamps[jump] = stamp;
        }
        return block;
    }

    private Block find(long rip) {
        if (rip > context.limit() && context.limit() >= 0) {
            throw cpu.fault(Vector.GP);
        }
        long linear = linear(rip);
        CodePage page = page(linear);
        int offset = (int) linear & (int) (PAGE - 1);
        Block block = page.find(offset);
        if (block == null || block.second != null && !secondStands(block)) {
            block = decode(page, rip, linear, offset);
        }
        return block;
    }

    private long linear(long rip) {
        return CodeMode.is64(context.mode()) ? rip : context.base() + rip & 0xffff_ffffL;
    }

    private boolean secondStands(Block block) {
        return page(nextPage(block.page.linear)) == block.second;
    }

    private long nextPage(long linear) {
        long next = (linear | (PAGE - 1)) + 1;
        return CodeMode.is64(context.mode()) ? next : next & 0xffff_ffffL;
    }

    private CodePage page(long linear) {
        long tag = linear & -PAGE;
        int slot = (int) (linear >>> 12 ^ linear >>> 20) & (SLOTS - 1);
        CodePage page = slots[slot];
        if (page != null && tags[slot] == tag && stamps[slot] == stamp && page.valid) {
            return page;
        }
        page = pageAt(mmu.translateFetch(linear) & -PAGE, tag);
        tags[slot] = tag;
        stamps[slot] = stamp;
        slots[slot] = page;
        return page;
    }

    private CodePage pageAt(long gpa, long linear) {
        CodePage first = pages.get(gpa);
        for (CodePage page = first; page != null; page = page.sibling) {
            if (page.linear == linear && page.context.id() == context.id()) {
                return page;
            }
        }
        CodePage page = new CodePage(gpa, linear, context, first);
        pages.put(gpa, page);
        return page;
    }

    /** The block at an address of the current context, if it is decoded and its page's translation is at hand. */
    public @Nullable Block peek(long rip) {
        long linear = linear(rip);
        long tag = linear & -PAGE;
        int slot = (int) (linear >>> 12 ^ linear >>> 20) & (SLOTS - 1);
        CodePage page = slots[slot];
        boolean known = page != null && tags[slot] == tag && stamps[slot] == stamp && page.valid;
        return known && page != null ? page.find((int) linear & (int) (PAGE - 1)) : null;
    }

    /** Whether a page's linear address still leads to it, for code of the current context. Never faults. */
    public boolean isCurrent(CodePage page) {
        long cr2 = cpu.cr2;
        try {
            return page.valid && page(page.linear) == page;
        } catch (GuestFault e) {
            cpu.cr2 = cr2;
            return false;
        }
    }

    private Block decode(CodePage page, long rip, long linear, int offset) {
        if (blocks >= MOST_BLOCKS) {
            forgetAll();
            page = page(linear);
        }
        int inPage = (int) Math.min(PAGE - offset, WINDOW);
        while (true) {
            read(page.gpa + offset, inPage, 0);
            CodePage second = null;
            int available = inPage;
            if (inPage < LONGEST && source.isTruncated(context.mode(), window, inPage)) {
                second = page(nextPage(linear));
                available = LONGEST;
                read(second.gpa, LONGEST - inPage, inPage);
            }
            Block block = source.decode(context, page, second, rip, window, available);
            if (isUnchanged(page.gpa + offset, Math.min(block.bytes(), inPage), 0)
                    && (second == null || isUnchanged(second.gpa, LONGEST - inPage, inPage))) {
                page.put(offset, block);
                blocks++;
                decoded++;
                return block;
            }
        }
    }

    /** Marks bytes as decoded, and says whether they still are what was decoded. */
    private boolean isUnchanged(long gpa, int length, int at) {
        if (watch.decoding(gpa, length, mailbox, mmu.bus())) {
            mmu.watch(gpa & -PAGE);
        }
        long host = physical.host(gpa);
        for (int i = 0; i < length && host != 0; i++) {
            if (window[at + i] != RawMemory.getByte(host + i)) {
                return false;
            }
        }
        return true;
    }

    /** Bytes from where there is no memory read as ones. */
    private void read(long gpa, int length, int at) {
        long host = physical.host(gpa);
        for (int i = 0; i < length; i++) {
            window[at + i] = host == 0 ? -1 : RawMemory.getByte(host + i);
        }
    }

    /** Forgets what was decoded from a guest-physical page. */
    public void codeWritten(long gpa) {
        for (CodePage page = pages.remove(gpa); page != null; page = page.sibling) {
            int hash = rewriteHash(page);
            if (page.hasTranslation() && rewrites[hash] < MOST_REWRITES) {
                rewrites[hash]++;
            }
            for (Block block : page.blocks()) {
                invalidatedBlocks++;
                invalidatedRegions += block.translation == null ? 0 : 1;
                blocks--;
            }
            page.invalidate();
        }
    }

    private static int rewriteHash(CodePage page) {
        return (int) (page.gpa >>> 12 ^ page.gpa >>> 22) & REWRITES - 1;
    }

    /** How often a page was written after some of it had been translated: 0 to 12. Pages may be taken for one another. */
    public int rewrites(CodePage page) {
        return rewrites[rewriteHash(page)];
    }

    /** Forgets everything. */
    public void forgetAll() {
        for (CodePage first : pages.values()) {
            for (CodePage page = first; page != null; page = page.sibling) {
                page.invalidate();
            }
        }
        pages.clear();
        Arrays.fill(slots, null);
        Arrays.fill(jumps, null);
        blocks = 0;
    }
}
