package io.paravert.guest.junit;

import io.paravert.abi.Hypercall;
import io.paravert.vmm.CrashInfo;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.engine.ExitReason;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** What a guest is expected to have done. Failures show the outcome and the console. */
public final class GuestRunAssert extends AbstractAssert<GuestRunAssert, GuestRun> {
    private GuestRunAssert(GuestRun actual) {
        super(actual, GuestRunAssert.class);
    }

    /** To be imported statically. */
    public static GuestRunAssert assertThat(GuestRun actual) {
        return new GuestRunAssert(actual);
    }

    /** It shut itself down with this code. */
    public GuestRunAssert hasExited(int code) {
        if (!(actual.outcome() instanceof VmOutcome.Shutdown shutdown) || shutdown.code() != code) {
            failWithMessage("expected a shutdown with code %d on %s, but %s", code, actual.engine(), story());
        }
        return this;
    }

    /** It wrote exactly this on its console. */
    public GuestRunAssert hasPrinted(String text) {
        if (!actual.console().equals(text)) {
            Assertions.assertThat(actual.console())
                    .as("console on %s, where %s", actual.engine(), outcome())
                    .isEqualTo(text);
        }
        return this;
    }

    /** Its console's text, to be looked at. */
    public GuestRunAssert printing(Consumer<String> requirements) {
        Assertions.assertThat(actual.console())
                .as("console on %s, where %s", actual.engine(), outcome())
                .satisfies(requirements);
        return this;
    }

    /** It crashed for this cause. */
    public GuestRunAssert hasCrashed(CrashInfo.Cause cause) {
        if (!(actual.outcome() instanceof VmOutcome.Crashed crashed)
                || crashed.crash().cause() != cause) {
            failWithMessage("expected a crash (%s) on %s, but %s", cause.text(), actual.engine(), story());
        }
        return this;
    }

    /** It ran until its time was over. */
    public GuestRunAssert hasTimedOut() {
        if (!(actual.outcome() instanceof VmOutcome.TimedOut)) {
            failWithMessage("expected a time-out on %s, but %s", actual.engine(), story());
        }
        return this;
    }

    /** It made this hypercall so often. */
    public GuestRunAssert hasCalled(int number, long times) {
        if (actual.calls(number) != times) {
            failWithMessage(
                    "expected %d calls of %s on %s, but there were %d; %s",
                    times, Hypercall.nameOf(number), actual.engine(), actual.calls(number), story());
        }
        return this;
    }

    /** It left the guest for this reason so often. */
    public GuestRunAssert hasExits(ExitReason reason, long times) {
        long found = actual.statistics().exits().getOrDefault(reason, 0L);
        if (found != times) {
            failWithMessage(
                    "expected %d exits for %s on %s, but there were %d; %s",
                    times, reason, actual.engine(), found, story());
        }
        return this;
    }

    private String story() {
        return "the outcome was " + outcome() + " after " + actual.statistics().totalExits()
                + " exits, and the console says:\n" + actual.console();
    }

    private String outcome() {
        return actual.crashReport().map(report -> "a crash:\n" + report.text()).orElseGet(actual.outcome()::toString);
    }
}
