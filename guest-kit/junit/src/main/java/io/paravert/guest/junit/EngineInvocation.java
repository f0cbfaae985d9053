package io.paravert.guest.junit;

import io.paravert.vmm.engine.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.opentest4j.AssertionFailedError;

/** One run of a {@link GuestTest}, on one engine. */
final class EngineInvocation
        implements TestTemplateInvocationContext, ExecutionCondition, BeforeEachCallback, ParameterResolver {
    private static final String TIMEOUT_FACTOR = "paravert.test.timeout.factor";

    private final EngineChoice choice;
    private final GuestTest test;

    EngineInvocation(EngineChoice choice, GuestTest test) {
        this.choice = choice;
        this.test = test;
    }

    @Override
    public String getDisplayName(int invocationIndex) {
        return choice.provider().name();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return choice.skip()
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("the engine works"));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        choice.failure().ifPresent(text -> {
            throw new AssertionFailedError(text);
        });
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == GuestHost.class || type == GuestRun.class && parameter.isAnnotated(Guest.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        GuestHost host = host(context);
        return parameter.findAnnotation(Guest.class).<Object>map(host::run).orElse(host);
    }

    private GuestHost host(ExtensionContext context) {
        return context.getStore(GuestExtension.NAMESPACE)
                .computeIfAbsent(
                        "host of " + choice.provider().name(),
                        key -> new GuestHost(engine(context), choice.report(), timeout(), () -> vertx(context)),
                        GuestHost.class);
    }

    private Duration timeout() {
        return Duration.ofSeconds((long) test.timeoutSeconds() * Integer.getInteger(TIMEOUT_FACTOR, 1));
    }

    /** The test's own, if vertx-junit5 has made one for it; else one that all tests share. */
    private static Vertx vertx(ExtensionContext context) {
        Object own = context.getStore(Namespace.GLOBAL).get(VertxExtension.VERTX_INSTANCE_KEY);
        if (own instanceof Supplier<?> scoped && scoped.get() instanceof Vertx vertx) {
            return vertx;
        }
        return context.getRoot()
                .getStore(GuestExtension.NAMESPACE)
                .computeIfAbsent("vertx", key -> new SharedVertx(Vertx.vertx()), SharedVertx.class)
                .vertx();
    }

    private record SharedVertx(Vertx vertx) implements AutoCloseable {
        @Override
        public void close() {
            vertx.close().await();
        }
    }

    private Engine engine(ExtensionContext context) {
        return context.getRoot()
                .getStore(GuestExtension.NAMESPACE)
                .computeIfAbsent(
                        "engine " + choice.provider().name(),
                        key -> choice.provider().open(),
                        Engine.class);
    }
}
