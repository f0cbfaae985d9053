package io.paravert.soft.translator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.paravert.isa.asm.Assembler;
import io.paravert.soft.SoftGuest;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.CodeCache;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.TranslationStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytecode that typical blocks become is kept as text beside this test, so that a change of the emitter shows what it changes.
 * {@code mvn -pl vmm/engine-soft test -Dtest=ApprovedBytecodeTest -Dparavert.approve} writes the texts anew.
 */
class ApprovedBytecodeTest {
    private static final Path APPROVED = Path.of("src/test/resources/io/paravert/soft/translator/approved");
    private static final boolean APPROVES = System.getProperty("paravert.approve") != null;
    private static final String WANDERING = "-wandering";
    private static final String HOW = "If that is what you meant, write the texts anew and look at the difference:\n"
            + "    mvn -pl vmm/engine-soft test -Dtest=ApprovedBytecodeTest -Dparavert.approve && git diff vmm/engine-soft";

    /** Plans a region as the translator would, and keeps its listing. */
    private static final class Listening implements Tier {
        private final boolean wanders;
        private @Nullable String text;

        Listening(boolean wanders) {
            this.wanders = wanders;
        }

        @Override
        public int threshold() {
            return 6;
        }

        @Override
        public void hot(Core core, Block block) {
            if (text == null) {
                block.wanders = wanders;
                RegionPlan plan = RegionPlan.grow(core.code, block, new RegionPlan.Limits(64, 200, 6, 1));
                text = new RegionListing(core, plan).text(plan);
            }
        }

        @Override
        public TranslationStatistics statistics(long instructions, CodeCache code) {
            return Tier.NONE.statistics(instructions, code);
        }
    }

    /** Each block as it is written at first, and some as they are where accesses outside their windows are many. */
    static Stream<String> names() {
        Stream<String> wandering = Stream.of(
                "load", "store", "add-to-memory", "push-pop", "vector-moves", "scalar-double", "packed-double");
        return Stream.concat(TypicalBlocks.all().keySet().stream(), wandering.map(name -> name + WANDERING));
    }

    private static String emitted(Consumer<Assembler> body, boolean wanders) {
        Listening tier = new Listening(wanders);
        try (SoftGuest guest = new SoftGuest(1, InterruptController.MONITOR, () -> tier)) {
            TypicalBlocks.load(guest, body);
            assertThat(guest.run()).isEqualTo(ExitReason.HALT);
            assertThat(guest.vector()).as("the body faults").isEqualTo(-1);
        }
        return String.valueOf(tier.text);
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldEmitWhatWasApproved(String name) throws IOException {
        Consumer<Assembler> body = TypicalBlocks.all().get(name.replace(WANDERING, ""));
        String found = emitted(body, name.endsWith(WANDERING));
        Path file = APPROVED.resolve(name + ".txt");
        if (APPROVES) {
            Files.createDirectories(APPROVED);
            Files.writeString(file, found);
            return;
        }
        String approved = Files.exists(file) ? Files.readString(file) : "";
        if (!found.equals(approved)) {
            fail(name + " has other bytecode than approved.\n" + difference(approved, found) + "\n" + HOW);
        }
    }

    @Test
    void shouldKeepNoTextThatNoBlockHas() throws IOException {
        Set<String> files = new TreeSet<>();
        try (Stream<Path> list = Files.list(APPROVED)) {
            list.forEach(file -> files.add(file.getFileName().toString()));
        }
        assertThat(files)
                .isEqualTo(new TreeSet<>(names().map(name -> name + ".txt").toList()));
    }

    /** What is between the lines that both begin and end with. */
    private static String difference(String approved, String found) {
        List<String> before = approved.lines().toList();
        List<String> after = found.lines().toList();
        int same = 0;
        while (same < before.size() && same < after.size() && before.get(same).equals(after.get(same))) {
            same++;
        }
        int tail = 0;
        while (tail < before.size() - same
                && tail < after.size() - same
                && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        StringBuilder text = new StringBuilder("from line " + (same + 1) + ":\n");
        before.subList(same, before.size() - tail)
                .forEach(line -> text.append("- ").append(line).append('\n'));
        after.subList(same, after.size() - tail)
                .forEach(line -> text.append("+ ").append(line).append('\n'));
        return text.toString();
    }
}
