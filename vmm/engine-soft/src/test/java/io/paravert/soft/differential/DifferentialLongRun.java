package io.paravert.soft.differential;

import io.paravert.soft.numeric.ring3.Ring3;

/**
 * The long run: {@code tools/differential [COUNT [FROM]]}. Prints each difference and how many sequences agreed; ends with status 1 after
 * twenty differences, or at the end if there was any.
 */
public final class DifferentialLongRun {
    private DifferentialLongRun() {}

    public static void main(String[] args) {
        long count = args.length > 0 ? Long.parseLong(args[0]) : 10_000_000;
        long from = args.length > 1 ? Long.parseLong(args[1]) : 1_000_000_000L;
        String only = args.length > 2 ? args[2] : "";
        int differences = 0;
        try (Runs runs = new Runs(in -> only.isEmpty() || in.mnemonic().name().matches(only))) {
            for (long done = 0; done < count; done += Ring3.BATCH) {
                String wrong = runs.batch(from + done, Ring3.BATCH);
                if (!wrong.isEmpty()) {
                    System.out.println(wrong);
                    differences++;
                }
                if (differences == 20) break;
                if (done % (Ring3.BATCH * 1000L) == 0)
                    System.out.println(done + " sequences, " + differences + " batches with differences");
            }
        }
        System.out.println(count + " sequences asked for, " + differences + " batches with differences");
        System.exit(differences == 0 ? 0 : 1);
    }
}
