package io.paravert.examples.kv;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.devices.DevicePaths;
import io.paravert.devices.net.NetDevice;
import io.paravert.devices.net.NetIdentity;
import io.paravert.examples.c.RequiresCompiler;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The key-value server and its client, on every engine. */
class KeyValueTest {
    private static final int KEYS = 100;

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static byte[] value(int number) {
        return ("value " + number + " ").repeat(1 + number % 60).getBytes(StandardCharsets.UTF_8);
    }

    /** Starts a server, with a client as the other end of its interface. */
    private static RunningGuest serve(GuestHost host, KeyValueClient client) {
        RequiresCompiler.check();
        NetDevice net = new NetDevice(client, NetIdentity.random(), DevicePaths.Place.USUAL);
        RunningGuest server = host.start(KeyValueServer.program(), config -> config.device("net", net));
        server.awaitConsole("serving\n");
        return server;
    }

    @GuestTest
    void shouldAnswerManyRequestsThatAreUnderWayAtOnce(GuestHost host) throws Exception {
        KeyValueClient client = new KeyValueClient();
        try (RunningGuest server = serve(host, client)) {
            List<Future<?>> puts = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                puts.add(client.put("key " + i, value(i)));
            }
            await(Future.all(puts));
            List<Future<Optional<byte[]>>> gets = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                gets.add(client.get("key " + i));
            }
            for (int i = 0; i < KEYS; i++) {
                assertThat(await(gets.get(i)).orElseThrow()).as("key %d", i).isEqualTo(value(i));
            }
            client.shutDown();
            assertThat(server.await()).hasExited(0).hasPrinted("serving\n" + 2 * KEYS + " requests served\n");
        }
    }

    @GuestTest
    void shouldForgetWhatIsRemovedAndKeepTheRest(GuestHost host) throws Exception {
        KeyValueClient client = new KeyValueClient();
        try (RunningGuest server = serve(host, client)) {
            for (int i = 0; i < KEYS; i++) {
                await(client.put("key " + i, value(i)));
            }
            for (int i = 0; i < KEYS; i += 2) {
                assertThat(await(client.remove("key " + i))).isTrue();
            }
            assertThat(await(client.remove("key 0"))).as("a second time").isFalse();
            await(client.put("key 1", new byte[0]));
            for (int i = 0; i < KEYS; i++) {
                Optional<byte[]> there = await(client.get("key " + i));
                assertThat(there.isPresent()).as("key %d", i).isEqualTo(i % 2 == 1);
                if (there.isPresent()) {
                    assertThat(there.get()).isEqualTo(i == 1 ? new byte[0] : value(i));
                }
            }
            client.shutDown();
            assertThat(server.await()).hasExited(0);
        }
    }

    @GuestTest
    void shouldSayWhenTheTableIsFullAndWhenTheServerHasGone(GuestHost host) throws Exception {
        KeyValueClient client = new KeyValueClient();
        try (RunningGuest server = serve(host, client)) {
            for (int i = 0; i < 1024; i += 64) {
                List<Future<?>> some = new ArrayList<>();
                for (int k = i; k < i + 64; k++) {
                    some.add(client.put("key " + k, value(k)));
                }
                await(Future.all(some));
            }
            assertThatThrownBy(() -> await(client.put("one more", new byte[1])))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("table is full");
            assertThat(await(client.remove("key 1023"))).isTrue();
            await(client.put("one more", new byte[1]));
            client.shutDown();
            assertThat(server.await()).hasExited(0);
        }
        assertThatThrownBy(() -> await(client.get("key 1"))).isInstanceOf(ExecutionException.class);
        assertThatThrownBy(() -> await(client.put("k".repeat(65), new byte[0])))
                .hasMessageContaining("a key of 65 bytes");
    }
}
