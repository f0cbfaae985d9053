package io.paravert.isa;

import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The long comparison with objdump: {@code ObjdumpLongRun [millions of candidates] [seed] [file...]}. Of ELF files the executable
 * segment is compared, of others every byte.
 */
public final class ObjdumpLongRun {
    private static final int SLOTS = 20_000;
    private static final int SHOWN = 400;

    private ObjdumpLongRun() {}

    public static void main(String[] args) throws Exception {
        double millions = args.length > 0 ? Double.parseDouble(args[0]) : 10;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        ObjdumpComparison comparison = new ObjdumpComparison();
        for (int i = 2; i < args.length; i++) {
            byte[] blob = ElfCode.read(Path.of(args[i]));
            comparison.compareAll(blob, CodeSize.CODE64);
            System.out.println(args[i] + ": " + comparison.compared + " compared so far");
        }
        CodeSize[] sizes = {CodeSize.CODE64, CodeSize.CODE64, CodeSize.CODE32, CodeSize.CODE16};
        long end = comparison.compared + (long) (millions * 1e6);
        for (int i = 0; comparison.compared < end; i++) {
            CodeSize size = sizes[i % sizes.length];
            comparison.compareSlots(Candidates.blob(random, SLOTS, size), size);
        }
        report(comparison);
    }

    private static void report(ObjdumpComparison comparison) {
        Map<String, Integer> byName = new TreeMap<>();
        for (ObjdumpComparison.Difference d : comparison.differences) {
            String name = d.objdump().split(" +")[1] + " / " + d.ours().split(" +")[1];
            int count = byName.merge(name, 1, Integer::sum);
            if (count <= 2 && byName.size() <= 4000) {
                System.out.println(d);
            }
        }
        comparison.prefixDifferences.forEach(System.out::println);
        System.out.println(comparison.prefixesDiffer + " with other prefixes without effect");
        System.out.println("by mnemonic: " + byName);
        comparison.explained.forEach((rule, count) -> System.out.println(count + " " + rule));
        System.out.println(comparison.compared + " instructions compared, " + comparison.differences.size()
                + " differences without a rule");
    }
}
