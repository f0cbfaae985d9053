package io.paravert.soft.translator;

import io.paravert.soft.state.CodeMode;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.CodeCache;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.TranslationStatistics;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One vCPU's second tier: hot blocks become regions, compiled by whatever executor. vCPU thread only. */
public final class Translator implements Tier {
    /**
     * @param threshold runs of a block after which it is hot
     * @param isPaced whether a guest that has much hot code gets the hottest alone, and HotSpot compiles a region before the vCPU asks for
     *     it; else code is hot as the threshold says, whatever that costs
     */
    public record Settings(int threshold, int blocks, int operations, int pages, boolean isPaced) {
        public static final Settings USUAL = new Settings(1000, 64, 200, 6, true);

        /** As USUAL, but the same in every run. */
        public static final Settings REPEATABLE = new Settings(1000, 64, 200, 6);

        /** For tests: everything that runs twice. */
        public static final Settings EAGER = new Settings(2, 64, 200, 6);

        public Settings(int threshold, int blocks, int operations, int pages) {
            this(threshold, blocks, operations, pages, false);
        }
    }

    /** Regions after which everything is forgotten, so that a guest that makes code for ever does not fill the JVM. */
    private static final int MOST_REGIONS = 4000;

    /** Instructions for which a guest gets a region beyond those that all get. */
    private static final long EARNED_BY = 5_000_000;

    private static final int REGIONS_A_DOUBLING = 64;
    private static final int MOST_DOUBLINGS = 6;
    /** Blocks that have run less often than the entry by more than this factor stay out of a region: they cost as much as others. */
    private static final int LEAST_SHARE = 4;

    private final Settings settings;
    private final Executor executor;
    private final @Nullable RegionDump dump;
    private final int mostRegions;
    private final Counters counters = new Counters();
    private int sinceFlush;
    private int asked;
    private boolean neverLeaves;

    public Translator(Settings settings, Executor executor) {
        this(settings, executor, null, MOST_REGIONS);
    }

    /** @param dump where to write what each region is made of, or null */
    public Translator(Settings settings, Executor executor, @Nullable RegionDump dump) {
        this(settings, executor, dump, MOST_REGIONS);
    }

    /** @param mostRegions after which everything is forgotten */
    Translator(Settings settings, Executor executor, @Nullable RegionDump dump, int mostRegions) {
        this.mostRegions = mostRegions;
        this.dump = dump;
        this.settings = settings;
        this.executor = executor;
    }

    /** For tests: regions are written at once as they are where accesses wander. */
    void neverLeave(boolean never) {
        neverLeaves = never;
    }

    Counters counters() {
        return counters;
    }

    @Override
    public TranslationStatistics statistics(long instructions, CodeCache code) {
        Counters c = counters;
        return new TranslationStatistics(
                instructions,
                c.instructions,
                code.decoded(),
                c.regions,
                c.blocks,
                c.bytes,
                c.nanoseconds,
                c.entries,
                new TranslationStatistics.Exits(c.direct, c.indirect, c.pending, c.faults, c.missed),
                c.statements,
                code.invalidatedBlocks(),
                code.invalidatedRegions(),
                c.refused,
                c.dropped);
    }

    @Override
    public int threshold() {
        return settings.threshold;
    }

    @Override
    public void hot(Core core, Block block) {
        if (!CodeMode.is64(core.cpu.mode) || !RegionPlan.isEligible(block)) {
            return;
        }
        // What is written after each translation is not worth many of them.
        int wanted = settings.threshold << Math.max(core.code.rewrites(block.page), pressure(core.cpu.instructions));
        if (block.heat < wanted) {
            block.due = wanted;
            counters.refused++;
            return;
        }
        if (++sinceFlush > mostRegions) {
            // Blocks go, with them their regions, and with those their classes.
            sinceFlush = 0;
            counters.dropped++;
            core.code.forgetAll();
            return;
        }
        block.wanders |= neverLeaves;
        asked++;
        int least = Math.max(1, block.heat / LEAST_SHARE);
        RegionPlan plan = RegionPlan.grow(
                core.code, block, new RegionPlan.Limits(settings.blocks, settings.operations, settings.pages, least));
        try {
            RegionListing listing = dump == null ? null : new RegionListing(core, plan);
            executor.execute(() -> translate(plan, listing));
        } catch (RejectedExecutionException e) {
            counters.refused++;
            block.due = block.heat + settings.threshold;
        }
    }

    /**
     * Doublings of the threshold. The first regions are cheap to get; as long as more are asked for than the guest has earned by what it
     * has run, only the hottest code is worth HotSpot's time, which the vCPU may lack meanwhile.
     */
    private int pressure(long instructions) {
        if (!settings.isPaced) {
            return 0;
        }
        long excess = asked - instructions / EARNED_BY;
        return (int) Math.max(0, Math.min(MOST_DOUBLINGS, excess / REGIONS_A_DOUBLING));
    }

    private void translate(RegionPlan wanted, @Nullable RegionListing listing) {
        long from = System.nanoTime();
        RegionPlan plan = wanted;
        Layout layout = new Layout(plan.blocks(), counters);
        byte[] bytes = RegionCompiler.compile(plan, layout);
        while (bytes == null && plan.blocks().size() > 1) {
            plan = plan.cut(layout.size);
            layout = new Layout(plan.blocks(), counters);
            bytes = RegionCompiler.compile(plan, layout);
        }
        if (bytes == null) {
            counters.refused++;
            return;
        }
        Region region = RegionCompiler.define(bytes, layout);
        if (settings.isPaced) {
            region.rehearse();
        }
        plan.blocks().get(0).translation = region;
        counters.regions++;
        counters.blocks += plan.blocks().size();
        counters.bytes += bytes.length;
        counters.nanoseconds += System.nanoTime() - from;
        if (dump != null && listing != null) {
            dump.write(listing, plan, bytes.length);
        }
    }
}
