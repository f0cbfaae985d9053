package io.paravert.soft.differential;

import io.paravert.isa.CodeSize;
import io.paravert.soft.numeric.ring3.Ring3;
import java.util.ArrayList;
import java.util.List;

/**
 * The long run: {@code tools/differential [COUNT [FROM]]}. Prints each difference and how many sequences agreed; ends with status 1 after
 * twenty differences, or at the end if there was any. Of each four batches two are 64-bit code, one is 32-bit, one 16-bit.
 */
public final class DifferentialLongRun {
    /** In turn, half of them 64-bit. */
    private static final CodeSize[] SIZES = {CodeSize.CODE64, CodeSize.CODE32, CodeSize.CODE64, CodeSize.CODE16};

    private DifferentialLongRun() {}

    public static void main(String[] args) {
        long count = args.length > 0 ? Long.parseLong(args[0]) : 10_000_000;
        long from = args.length > 1 ? Long.parseLong(args[1]) : 1_000_000_000L;
        String only = args.length > 2 ? args[2] : "";
        int differences = 0;
        List<Runs> all = new ArrayList<>();
        try {
            for (CodeSize size : SIZES) {
                all.add(new Runs(
                        size, in -> only.isEmpty() || in.mnemonic().name().matches(only)));
            }
            for (long done = 0; done < count; done += Ring3.BATCH) {
                Runs runs = all.get((int) (done / Ring3.BATCH % all.size()));
                String wrong = runs.batch(from + done, Ring3.BATCH);
                if (!wrong.isEmpty()) {
                    System.out.println(wrong);
                    differences++;
                }
                if (differences == 20) break;
                if (done % (Ring3.BATCH * 1000L) == 0)
                    System.out.println(done + " sequences, " + differences + " batches with differences");
            }
        } finally {
            all.forEach(Runs::close);
        }
        System.out.println(count + " sequences asked for, " + differences + " batches with differences");
        System.exit(differences == 0 ? 0 : 1);
    }
}
