package io.paravert.examples;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.Hypercall;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestNeed;
import io.paravert.guest.junit.Guest;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestRun;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;
import io.paravert.vmm.CrashInfo;
import io.paravert.vmm.VmOutcome;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** Every example, on every engine, against its golden file. */
class ExamplesTest {
    @GuestTest
    void helloShouldSayHello(@Guest(Hello.class) GuestRun run) {
        Golden.assertPrints(run, "hello");
        assertThat(run).hasExited(0).hasCalled(Hypercall.CONSOLE_WRITE, 1).hasCalled(Hypercall.SHUTDOWN, 1);
    }

    @GuestTest
    void realModeShouldShowOverlappingSegments(@Guest(RealMode.class) GuestRun run) {
        Golden.assertPrints(run, "real-mode");
        assertThat(run).hasExited(0);
    }

    @GuestTest
    void protectedModeShouldRunWithoutPaging(@Guest(ProtectedMode.class) GuestRun run) {
        Golden.assertPrints(run, "protected-mode");
        assertThat(run).hasExited(0);
    }

    @GuestTest(needs = GuestNeed.PAGING_32)
    void pagedModeShouldShowOnePageAtTwoAddresses(@Guest(PagedMode.class) GuestRun run) {
        Golden.assertPrints(run, "paged-mode");
        assertThat(run).hasExited(0);
    }

    @GuestTest
    void longModeShouldHaveRegistersOf64Bits(@Guest(LongMode.class) GuestRun run) {
        Golden.assertPrints(run, "long-mode");
        assertThat(run).hasExited(0);
    }

    @GuestTest
    void pingShouldMeasureOneByOneAndInBatches(@Guest(Ping.class) GuestRun run) {
        Golden.assertPrints(run, "ping");
        assertThat(run).hasExited(0).hasCalled(Hypercall.MULTICALL, 16);
    }

    @GuestTest
    void smpShouldLoseNoUpdate(@Guest(Smp.class) GuestRun run) {
        Golden.assertPrints(run, "smp");
        assertThat(run).hasExited(0);
    }

    @GuestTest
    void ring3ShouldServeAndThenStopItsApplication(@Guest(Ring3.class) GuestRun run) {
        Golden.assertPrints(run, "ring3");
        assertThat(run).hasExited(0);
    }

    @GuestTest
    void pluginShouldBeServedByItsDevice(@Guest(Plugin.class) GuestRun run) {
        Golden.assertPrints(run, "plugin");
        assertThat(run).hasExited(0).hasCalled(GreeterDevice.GREET, 2);
    }

    @GuestTest
    void crashShouldEndInATripleFaultWithTheFaultingAddress(@Guest(Crash.class) GuestRun run) {
        Golden.assertPrints(run, "crash");
        assertThat(run).hasCrashed(CrashInfo.Cause.TRIPLE_FAULT);
        CrashInfo crash = ((VmOutcome.Crashed) run.outcome()).crash();
        assertThat(crash.lastExits()).isNotEmpty();
    }

    @GuestTest
    void echoShouldEditLinesAndEndAtExit(GuestHost host) {
        try (RunningGuest guest = host.start(new Echo().program(), config -> {})) {
            guest.awaitConsole("> ");
            guest.type("helk\blo\r");
            guest.awaitConsole("You said: hello\n");
            guest.type("exit\n");

            assertThat(guest.await())
                    .hasExited(0)
                    .hasPrinted(
                            "Type something; 'exit' or Ctrl-D ends.\n> helk\b \blo\nYou said: hello\n> exit\nBye.\n");
        }
    }

    @GuestTest
    void echoShouldEndAtControlDAndAtTheEndOfItsInput(GuestHost host) {
        try (RunningGuest guest = host.start(new Echo().program(), config -> {})) {
            guest.type("\u0004");
            assertThat(guest.await())
                    .hasExited(0)
                    .printing(text -> assertThat(text).endsWith("> \nBye.\n"));
        }
        try (RunningGuest guest = host.start(new Echo().program(), config -> {})) {
            guest.awaitConsole("> ");
            guest.endInput();
            assertThat(guest.await())
                    .hasExited(0)
                    .printing(text -> assertThat(text).endsWith("> Bye.\n"));
        }
    }

    @Test
    void everyExampleShouldHaveANameOfItsOwnAndSayWhatItShows() {
        var examples = ServiceLoader.load(ExampleGuest.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();

        assertThat(examples).hasSizeGreaterThanOrEqualTo(11);
        assertThat(examples)
                .extracting(ExampleGuest::name)
                .doesNotHaveDuplicates()
                .allMatch(n -> n.matches("[a-z0-9-]+"));
        assertThat(examples)
                .extracting(ExampleGuest::summary)
                .doesNotHaveDuplicates()
                .allMatch(s -> !s.isBlank());
    }
}
