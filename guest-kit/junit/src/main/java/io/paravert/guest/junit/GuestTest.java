package io.paravert.guest.junit;

import io.paravert.guest.GuestNeed;
import io.vertx.junit5.VertxExtension;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is run once on every engine on the class path. Its parameters may be a {@link GuestHost}, any number of
 * {@link GuestRun}s annotated with {@link Guest}, and what vertx-junit5 offers ({@code Vertx}, {@code VertxTestContext}).
 *
 * <pre>{@code
 * @GuestTest
 * void shouldSayHello(@Guest(Hello.class) GuestRun run) {
 *     assertThat(run).hasExited(0).hasPrinted("Hello\n");
 * }
 * }</pre>
 *
 * <p>An engine that does not work here is skipped with its cause. But where the environment says {@code CI=true} and
 * {@code /dev/kvm} exists, a KVM engine that does not work is a failure: such a machine is there to run these tests.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith({VertxExtension.class, GuestExtension.class})
public @interface GuestTest {
    /** Names of the engines to run on; empty for all. */
    String[] engines() default {};

    /** An engine that reports one of these as missing is skipped, by name. */
    GuestNeed[] needs() default {};

    /**
     * How long each guest of the test may run, seconds. The system property {@code paravert.test.timeout.factor} multiplies it, for
     * slow machines.
     */
    int timeoutSeconds() default 20;
}
