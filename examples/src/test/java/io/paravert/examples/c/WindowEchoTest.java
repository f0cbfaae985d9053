package io.paravert.examples.c;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.guest.GuestProgram;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.devices.DeviceCatalog;
import java.util.function.Consumer;

/** Two guests and a window, on every engine. */
class WindowEchoTest {
    private static Consumer<VmConfig.Builder> window(String settings) {
        return config -> config.device("window", DeviceCatalog.ofClassPath().create("window,name=" + settings));
    }

    private static RunningGuest start(GuestHost host, GuestProgram program, String commandLine, String settings) {
        return host.start(program, commandLine, window(settings));
    }

    @GuestTest
    void shouldCarryPacketsAndOutliveTheSideThatLeavesFirst(GuestHost host) {
        RequiresCompiler.check();
        GuestProgram program = WindowEchoC.program();
        String name = "echo-" + host.engine().name();
        try (RunningGuest server = start(host, program, "serve=1 last=1", name)) {
            try (RunningGuest client = start(host, program, "", name)) {
                assertThat(client.await()).hasExited(0).hasPrinted("50 packets through the window\n");
            }
            assertThat(server.await())
                    .hasExited(0)
                    .hasPrinted("50 packets put back\nthe peer has gone, and the window is still here: 0\n");
        }
    }

    @GuestTest
    void shouldTakeAnotherPeerWhenOneHasGone(GuestHost host) {
        RequiresCompiler.check();
        GuestProgram program = WindowEchoC.program();
        String name = "again-" + host.engine().name();
        for (int round = 0; round < 2; round++) {
            try (RunningGuest server = start(host, program, "serve=1", name);
                    RunningGuest client = start(host, program, "", name)) {
                assertThat(client.await()).hasExited(0);
                assertThat(server.await()).hasExited(0);
            }
        }
    }

    @GuestTest
    void shouldRefuseAThirdSideAndAnotherSize(GuestHost host) {
        RequiresCompiler.check();
        GuestProgram program = WindowEchoC.program();
        String name = "third-" + host.engine().name();
        try (RunningGuest server = start(host, program, "serve=1", name)) {
            assertThatThrownBy(() -> start(host, program, "", name + ",size-kib=128"))
                    .hasMessageContaining(
                            "window " + name + " has 64 KiB already, not 128: give both sides the same size-kib");
            try (RunningGuest client = start(host, program, "", name)) {
                assertThatThrownBy(() -> start(host, program, "", name))
                        .hasMessageContaining("window " + name + " has two sides already: give another name");
                assertThat(client.await()).hasExited(0);
            }
            assertThat(server.await()).hasExited(0);
        }
    }

    @GuestTest
    void shouldRefuseAPlaceWhereThereIsRam(GuestHost host) {
        RequiresCompiler.check();
        assertThatThrownBy(() -> start(host, WindowEchoC.program(), "", "ram,gpa=4096"))
                .hasMessageContaining("where RAM is");
    }
}
