package io.paravert.examples.c;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;

import io.paravert.examples.Golden;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestRun;
import io.paravert.guest.junit.GuestTest;

/** The examples in C, on every engine, against their golden files. */
class CGuestsTest {
    private static void check(GuestHost host, ExampleGuest example) {
        RequiresCompiler.check();
        GuestRun run = host.run(example.program(), config -> GuestHost.configure(config, example));
        Golden.assertPrints(run, example.name());
        assertThat(run).hasExited(0);
    }

    @GuestTest
    void helloShouldSayHello(GuestHost host) {
        check(host, new HelloC());
    }

    @GuestTest
    void smpShouldLoseNoUpdate(GuestHost host) {
        check(host, new SmpC());
    }

    @GuestTest
    void ring3ShouldServeItsApplicationAndSurviveItsFault(GuestHost host) {
        check(host, new Ring3C());
    }
}
