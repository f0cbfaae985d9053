package io.paravert.cli;

import io.paravert.guest.GuestNeed;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Opens the engine that the user asked for, or with {@code auto} the best that works. A named engine never gives way to another.
 *
 * @param engine open; the caller closes it
 * @param note why it is not the best one, if it is not; one line
 */
record EngineSelection(Engine engine, Optional<String> note) {

    /** The engines on the class path, the best first. */
    static List<EngineProvider> installed() {
        List<EngineProvider> found = new ArrayList<>();
        ServiceLoader.load(EngineProvider.class).forEach(found::add);
        found.sort(Comparator.comparingInt(EngineProvider::preference).reversed());
        return found;
    }

    static EngineSelection open(EngineChoice choice, Set<GuestNeed> needs) {
        return open(choice, needs, installed());
    }

    /** @throws CommandException if the engine, or every engine, does not work here */
    static EngineSelection open(EngineChoice choice, Set<GuestNeed> needs, List<EngineProvider> providers) {
        return choice == EngineChoice.AUTO
                ? openBest(needs, providers)
                : new EngineSelection(openNamed(choice, needs, providers), Optional.empty());
    }

    private static Engine openNamed(EngineChoice choice, Set<GuestNeed> needs, List<EngineProvider> providers) {
        String name = choice.name().toLowerCase(Locale.ROOT);
        EngineProvider provider = providers.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        Status.NO_ENGINE, "the engine " + name + " is not installed; installed: " + names(providers)));
        Optional<String> lack = lack(provider, needs);
        if (lack.isPresent()) {
            throw new CommandException(Status.NO_ENGINE, lack.get() + "; give --engine auto or another engine");
        }
        return provider.open();
    }

    private static EngineSelection openBest(Set<GuestNeed> needs, List<EngineProvider> providers) {
        List<String> refused = new ArrayList<>();
        for (EngineProvider provider : providers) {
            Optional<String> lack = lack(provider, needs);
            if (lack.isPresent()) {
                refused.add(lack.get());
                continue;
            }
            try {
                Engine engine = provider.open();
                return new EngineSelection(
                        engine,
                        refused.isEmpty()
                                ? Optional.empty()
                                : Optional.of(String.join("; ", refused) + "; using " + engine.name()));
            } catch (EngineException e) {
                refused.add(provider.name() + " is not usable: " + e.getMessage());
            }
        }
        throw new CommandException(
                Status.NO_ENGINE,
                refused.isEmpty() ? "no engine is installed" : "no engine works here: " + String.join("; ", refused));
    }

    /** What a guest needs that an engine says it cannot do; the engine is probed only if the guest needs something. */
    private static Optional<String> lack(EngineProvider provider, Set<GuestNeed> needs) {
        if (needs.isEmpty()) {
            return Optional.empty();
        }
        EngineReport report = provider.probe();
        return needs.stream()
                .map(GuestNeed::fact)
                .filter(fact -> report.facts().stream()
                        .anyMatch(f -> f.name().equals(fact) && f.value().startsWith("no")))
                .findFirst()
                .map(fact -> "the engine " + provider.name() + " cannot do " + fact + " here, which this guest needs");
    }

    private static List<String> names(Collection<EngineProvider> providers) {
        return providers.stream().map(EngineProvider::name).toList();
    }
}
