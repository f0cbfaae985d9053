package io.paravert.soft.translator;

import io.paravert.soft.interpreter.Code;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.CodeCache;
import io.paravert.soft.vcpu.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which blocks become one region, in the order in which they are laid out: the entry first, loops from their head on. Made on the
 * vCPU's thread, constant afterwards.
 */
final class RegionPlan {
    /** Bounds of a region. */
    record Limits(int blocks, int operations, int pages, int least) {}

    private boolean mayUseWindows;
    private boolean leaves;

    /** As they were found: the nearest to the entry first. */
    private final List<Block> order = new ArrayList<>();

    private final List<Block> blocks = new ArrayList<>();
    private final Map<Long, Integer> places = new HashMap<>();
    private final Map<Block, List<Block>> targets = new HashMap<>();
    private final Set<Object> pages = new HashSet<>();
    private final Limits limits;

    private RegionPlan(Limits limits) {
        this.limits = limits;
    }

    /** True if the block is such that a region can contain it at all. */
    static boolean isEligible(Block block) {
        return block.isValid() && block.second == null && block.protectedPage != -1;
    }

    static RegionPlan grow(CodeCache code, Block entry, Limits limits) {
        RegionPlan plan = new RegionPlan(limits);
        plan.mayUseWindows = !code.revokesUnseen();
        Map<Long, Block> chosen = new LinkedHashMap<>();
        ArrayDeque<Block> queue = new ArrayDeque<>();
        plan.choose(entry, chosen, queue);
        int operations = entry.ops.length;
        while (!queue.isEmpty()) {
            Block block = queue.remove();
            for (Block next : plan.successors(code, block)) {
                boolean fits = chosen.size() < limits.blocks
                        && operations + next.ops.length <= limits.operations
                        && (plan.pages.contains(next.page) || plan.pages.size() < limits.pages);
                if (fits && !chosen.containsKey(next.rip)) {
                    plan.choose(next, chosen, queue);
                    operations += next.ops.length;
                }
            }
        }
        plan.leaves = plan.mayUseWindows && chosen.values().stream().noneMatch(block -> block.wanders);
        for (Block block : chosen.values()) {
            plan.successors(code, block);
        }
        plan.layOut(chosen);
        return plan;
    }

    private void choose(Block block, Map<Long, Block> chosen, ArrayDeque<Block> queue) {
        chosen.put(block.rip, block);
        pages.add(block.page);
        queue.add(block);
    }

    /** Reverse postorder: every block after those that lead to it, but for the jumps back of loops. */
    private void layOut(Map<Long, Block> chosen) {
        order.addAll(chosen.values());
        Block entry = order.get(0);
        List<Block> postorder = new ArrayList<>();
        Set<Block> seen = new HashSet<>();
        ArrayDeque<Block> path = new ArrayDeque<>();
        ArrayDeque<ArrayDeque<Block>> rest = new ArrayDeque<>();
        seen.add(entry);
        path.push(entry);
        rest.push(within(entry, chosen));
        while (!path.isEmpty()) {
            Block next = rest.element().poll();
            if (next == null) {
                postorder.add(path.pop());
                rest.pop();
            } else if (seen.add(next)) {
                path.push(next);
                rest.push(within(next, chosen));
            }
        }
        for (int i = postorder.size() - 1; i >= 0; i--) {
            places.put(postorder.get(i).rip, blocks.size());
            blocks.add(postorder.get(i));
        }
    }

    private ArrayDeque<Block> within(Block block, Map<Long, Block> chosen) {
        ArrayDeque<Block> result = new ArrayDeque<>();
        for (Block next : targets.getOrDefault(block, List.of())) {
            if (next.equals(chosen.get(next.rip))) {
                result.addFirst(next);
            }
        }
        return result;
    }

    private List<Block> successors(CodeCache code, Block block) {
        List<Block> known = targets.get(block);
        if (known != null) {
            return known;
        }
        List<Block> result = new ArrayList<>();
        Op last = block.ops[block.ops.length - 1];
        switch (last.code) {
            case Code.CONTINUE, Code.JMP, Code.CALL -> add(code, result, last.immediate);
            case Code.RET -> addTargets(result, block);
            case Code.JUMP_STATEMENT -> {
                if (RegionEmitter.isIndirect(last)) {
                    addTargets(result, block);
                }
            }
            default -> {
                if (last.code >= Code.JCC && last.code < Code.JCC + 16) {
                    add(code, result, last.displacement);
                    add(code, result, last.immediate);
                }
            }
        }
        targets.put(block, result);
        return result;
    }

    private void add(CodeCache code, List<Block> result, long rip) {
        Block block = code.peek(rip);
        if (block != null && isWanted(block)) {
            result.add(block);
        }
    }

    private void addTargets(List<Block> result, Block block) {
        for (Block target : block.targets()) {
            if (isWanted(target) && target.page.context.equals(block.page.context)) {
                result.add(target);
            }
        }
    }

    private boolean isWanted(Block block) {
        return isEligible(block) && (block.heat >= limits.least || block.translation != null);
    }

    /** Whether translations of addresses stay as they are while the region runs. */
    boolean mayUseWindows() {
        return mayUseWindows;
    }

    /** Whether an access outside its window leaves the region. */
    boolean leaves() {
        return leaves;
    }

    /** The blocks of this plan, which made a method of {@code size} bytes, that are nearest to its entry, so that the method becomes short enough. */
    RegionPlan cut(int size) {
        RegionPlan result = new RegionPlan(limits);
        result.mayUseWindows = mayUseWindows;
        result.leaves = leaves;
        result.targets.putAll(targets);
        int kept = (int) Math.min(blocks.size() - 1, blocks.size() * (RegionCompiler.LONGEST_METHOD * 7L / 8) / size);
        Map<Long, Block> chosen = new LinkedHashMap<>();
        for (Block block : order.subList(0, Math.max(1, kept))) {
            chosen.put(block.rip, block);
        }
        result.layOut(chosen);
        return result;
    }

    List<Block> blocks() {
        return blocks;
    }

    /** Blocks of this region where the indirect jump that ends one goes. */
    List<Block> targetsOf(Block block) {
        List<Block> result = new ArrayList<>();
        for (Block target : targets.getOrDefault(block, List.of())) {
            int place = place(target.rip);
            if (place >= 0 && blocks.get(place).equals(target)) {
                result.add(target);
            }
        }
        return result;
    }

    /** Place of the block that begins at an address, or -1. */
    int place(long rip) {
        return places.getOrDefault(rip, -1);
    }
}
