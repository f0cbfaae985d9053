package io.paravert.soft.litmus;

import static io.paravert.soft.litmus.Access.barrier;
import static io.paravert.soft.litmus.Access.ld;
import static io.paravert.soft.litmus.Access.st;
import static io.paravert.soft.litmus.Access.xchg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.soft.translator.Translator;
import io.paravert.soft.vcpu.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What x86-TSO forbids is never seen, on interpreter and translator; what it allows beyond sequential consistency is counted. More with
 * {@code -Dparavert.litmus.times=N}: each test runs N times.
 */
class LitmusTest {
    private static final int TIMES = Integer.getInteger("paravert.litmus.times", 1);
    private static final long SEED = Long.getLong("paravert.litmus.seed", 20261125);
    private static final int ROUNDS = 1024;
    private static final int RANDOM_TESTS = 8;
    /** Runs in which something that must be possible has to show itself; it usually does so in the first. */
    private static final int PATIENCE = 2000;

    private static final int X = 0;
    private static final int Y = 1;

    private enum Runner {
        INTERPRETER(() -> Tier.NONE),
        TRANSLATOR(() -> new Translator(Translator.Settings.EAGER, Runnable::run));

        final Supplier<Tier> tiers;

        Runner(Supplier<Tier> tiers) {
            this.tiers = tiers;
        }
    }

    private static final List<Access> W_X = List.of(st(X, 1));
    private static final List<Access> W_Y = List.of(st(Y, 1));

    /** The test, an outcome that is TSO's bound, and whether TSO allows it. */
    static Stream<Arguments> tests() {
        List<Arguments> all = new ArrayList<>(List.of(
                named(true, "00/11", "SB", List.of(st(X, 1), ld(Y)), List.of(st(Y, 1), ld(X))),
                named(false, "11/11", "LB", List.of(ld(X), st(Y, 1)), List.of(ld(Y), st(X, 1))),
                named(false, "10/11", "MP", List.of(st(X, 1), st(Y, 1)), List.of(ld(Y), ld(X))),
                named(false, "1010/11", "IRIW", W_X, W_Y, List.of(ld(X), ld(Y)), List.of(ld(Y), ld(X))),
                named(false, "/11", "2+2W", List.of(st(X, 1), st(Y, 2)), List.of(st(Y, 1), st(X, 2))),
                named(true, "0/12", "R", List.of(st(X, 1), st(Y, 1)), List.of(st(Y, 2), ld(X))),
                named(false, "1/21", "S", List.of(st(X, 2), st(Y, 1)), List.of(ld(Y), st(X, 1))),
                named(false, "110/11", "WRC", W_X, List.of(ld(X), st(Y, 1)), List.of(ld(Y), ld(X))),
                named(true, "100/11", "RWC", W_X, List.of(ld(X), ld(Y)), List.of(st(Y, 1), ld(X))),
                named(false, "10/1", "CoRR", W_X, List.of(ld(X), ld(X))),
                named(false, "/1", "CoWW", List.of(st(X, 1), st(X, 2))),
                named(false, "2/2", "CoRW", List.of(ld(X), st(X, 1)), List.of(st(X, 2))),
                named(true, "1010/11", "SB+rfi", List.of(st(X, 1), ld(X), ld(Y)), List.of(st(Y, 1), ld(Y), ld(X))),
                named(false, "0010/11", "SB+own", List.of(st(X, 1), ld(X), ld(Y)), List.of(st(Y, 1), ld(Y), ld(X))),
                named(true, "10/11", "n6", List.of(st(X, 1), ld(X), ld(Y)), List.of(st(Y, 1), st(X, 2))),
                named(false, "21/1", "n5", List.of(st(X, 1), ld(X)), List.of(st(X, 2), ld(X))),
                named(false, "0000/11", "SB+xchg", List.of(xchg(X, 1), ld(Y)), List.of(xchg(Y, 1), ld(X)))));
        for (Access.Kind kind : Access.Kind.values()) {
            Access b = barrier(kind);
            all.add(named(false, "00/11", "SB+" + kind, List.of(st(X, 1), b, ld(Y)), List.of(st(Y, 1), b, ld(X))));
            all.add(named(false, "0/12", "R+" + kind, List.of(st(X, 1), st(Y, 1)), List.of(st(Y, 2), b, ld(X))));
        }
        return all.stream();
    }

    @SafeVarargs
    private static Arguments named(boolean allowed, String bound, String name, List<Access>... threads) {
        return Arguments.of(name, allowed, bound, Litmus.of(name, threads));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tests")
    void modelKnowsTheBound(String name, boolean allowed, String bound, Litmus test) {
        assertThat(TsoModel.allowed(test).contains(bound)).as(name).isEqualTo(allowed);
        assertThat(TsoModel.sequentiallyConsistent(test)).as(name).doesNotContain(bound);
    }

    @ParameterizedTest
    @EnumSource
    void forbiddenOutcomesAreNeverSeen(Runner runner) {
        tests().forEach(arguments -> check((Litmus) arguments.get()[3], runner, 64));
    }

    /** Programs that nobody has chosen; variables in cache lines of their own, or side by side. */
    @ParameterizedTest
    @EnumSource
    void randomTestsKeepToTheModel(Runner runner) {
        System.out.println("litmus: -Dparavert.litmus.seed=" + SEED);
        for (int i = 0; i < RANDOM_TESTS; i++) {
            Random random = new Random(SEED + i);
            check(randomTest(random, "random " + (SEED + i)), runner, random.nextBoolean() ? 64 : 4);
        }
    }

    private static Litmus randomTest(Random random, String name) {
        int threads = 2 + random.nextInt(2);
        int variables = 2 + random.nextInt(2);
        List<List<Access>> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            List<Access> accesses = new ArrayList<>();
            for (int i = 2 + random.nextInt(3); i > 0; i--) {
                int variable = random.nextInt(variables);
                int value = 1 + t * 4 + i;
                accesses.add(
                        switch (random.nextInt(9)) {
                            case 0, 1, 2, 3 -> st(variable, value);
                            case 4, 5, 6, 7 -> ld(variable);
                            default -> xchg(variable, value);
                        });
            }
            all.add(List.copyOf(accesses));
        }
        return new Litmus(name, variables, List.copyOf(all));
    }

    private static void check(Litmus test, Runner runner, int distance) {
        Set<String> allowed = TsoModel.allowed(test);
        Set<String> relaxed = new TreeSet<>(allowed);
        relaxed.removeAll(TsoModel.sequentiallyConsistent(test));
        Map<String, Integer> seen = new TreeMap<>();
        for (int i = 0; i < TIMES; i++) {
            new LitmusGuest(test, ROUNDS, distance)
                    .run(runner.tiers)
                    .forEach((outcome, times) -> seen.merge(outcome, times, Integer::sum));
        }
        int beyond = seen.entrySet().stream()
                .filter(entry -> relaxed.contains(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
        System.out.printf(
                "%s %s: %d rounds, %d of %d outcomes, %d rounds beyond sequential consistency (%d such outcomes)%n",
                runner, test.name(), TIMES * ROUNDS, seen.size(), allowed.size(), beyond, relaxed.size());
        assertThat(seen.keySet()).as(test + " " + seen).isSubsetOf(allowed);
    }

    /** The harness can see a store that another vCPU's load has passed: else it would prove nothing. */
    @ParameterizedTest
    @EnumSource
    void storeBufferIsSeen(Runner runner) {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor reorders nothing");
        Litmus test = Litmus.of("SB", List.of(st(X, 1), ld(Y)), List.of(st(Y, 1), ld(X)));
        assertThat(appears(test, "00/11", runner)).isTrue();
    }

    /**
     * Forbidden outcomes show themselves as soon as two accesses change places, as they might on a host whose order is weaker.
     */
    @ParameterizedTest
    @CsvSource({
        "MP, 0, 0, 10/11, INTERPRETER",
        "LB, 0, 0, 11/11, TRANSLATOR",
        "2+2W, 0, 0, /11, TRANSLATOR",
        "CoWW, 0, 0, /1, TRANSLATOR",
        "SB+MFENCE, 0, 0, 00/11, INTERPRETER"
    })
    void aBrokenOrderIsSeen(String name, int thread, int access, String outcome, Runner runner) {
        Litmus test = tests().map(arguments -> (Litmus) arguments.get()[3])
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(appears(test.broken(thread, access), outcome, runner)).isTrue();
    }

    private static boolean appears(Litmus test, String outcome, Runner runner) {
        for (int i = 0; i < PATIENCE; i++) {
            Map<String, Integer> seen = new LitmusGuest(test, ROUNDS, 64).run(runner.tiers);
            if (seen.containsKey(outcome)) {
                System.out.printf(
                        "%s %s: %s in run %d, %d times%n", runner, test.name(), outcome, i, seen.get(outcome));
                return true;
            }
        }
        return false;
    }
}
