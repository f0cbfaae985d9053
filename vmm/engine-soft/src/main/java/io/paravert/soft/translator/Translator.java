package io.paravert.soft.translator;

import io.paravert.soft.state.CodeMode;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Tier;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** One vCPU's second tier: hot blocks become regions, compiled by whatever executor. vCPU thread only. */
public final class Translator implements Tier {
    /** @param threshold runs of a block after which it is hot */
    public record Settings(int threshold, int blocks, int operations, int pages) {
        public static final Settings USUAL = new Settings(1000, 64, 200, 6);

        /** For tests: everything that runs twice. */
        public static final Settings EAGER = new Settings(2, 64, 200, 6);
    }

    /** Regions after which everything is forgotten, so that a guest that makes code for ever does not fill the JVM. */
    private static final int MOST_REGIONS = 4000;

    private final Settings settings;
    private final RegionPlan.Limits limits;
    private final Executor executor;
    private final Counters counters = new Counters();
    private int sinceFlush;

    public Translator(Settings settings, Executor executor) {
        this.settings = settings;
        this.executor = executor;
        limits = new RegionPlan.Limits(
                settings.blocks, settings.operations, settings.pages, Math.max(1, settings.threshold / 16));
    }

    Counters counters() {
        return counters;
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
        int wanted = core.code.rewrites(block.page);
        if (block.patience < wanted) {
            // What is written after each translation is not worth many of them.
            block.patience = wanted;
            block.heat = settings.threshold - (settings.threshold << wanted);
            counters.refused++;
            return;
        }
        if (++sinceFlush > MOST_REGIONS) {
            // Blocks go, with them their regions, and with those their classes.
            sinceFlush = 0;
            counters.dropped++;
            core.code.forgetAll();
            return;
        }
        RegionPlan plan = RegionPlan.grow(core.code, block, limits);
        try {
            executor.execute(() -> translate(plan));
        } catch (RejectedExecutionException e) {
            counters.refused++;
            block.heat = 0;
        }
    }

    private void translate(RegionPlan wanted) {
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
        plan.blocks().get(0).translation = region;
        counters.regions++;
        counters.blocks += plan.blocks().size();
        counters.bytes += bytes.length;
        counters.nanoseconds += System.nanoTime() - from;
    }
}
