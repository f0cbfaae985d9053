package io.paravert.guest.junit;

import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link GuestTest} once for each engine on the class path. Engines are probed once a JVM. */
public final class GuestExtension implements TestTemplateInvocationContextProvider {
    static final Namespace NAMESPACE = Namespace.create(GuestExtension.class);

    private static final Path KVM = Path.of("/dev/kvm");

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(GuestTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        GuestTest test = context.getRequiredTestMethod().getAnnotation(GuestTest.class);
        List<EngineProvider> providers = providers(List.of(test.engines()));
        if (providers.isEmpty()) {
            throw new ExtensionConfigurationException(
                    "no engine for this test; add engine-kvm or engine-soft to the module's test dependencies");
        }
        return providers.stream().map(provider -> {
            EngineChoice choice =
                    EngineChoice.of(provider, report(provider, context), List.of(test.needs()), kvmMustRun());
            return new EngineInvocation(choice, test);
        });
    }

    private static List<EngineProvider> providers(List<String> wanted) {
        return ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> wanted.isEmpty() || wanted.contains(provider.name()))
                .sorted(Comparator.comparingInt(EngineProvider::preference).reversed())
                .toList();
    }

    private static EngineReport report(EngineProvider provider, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent("report of " + provider.name(), name -> provider.probe(), EngineReport.class);
    }

    private static boolean kvmMustRun() {
        return "true".equals(System.getenv("CI")) && Files.exists(KVM);
    }
}
