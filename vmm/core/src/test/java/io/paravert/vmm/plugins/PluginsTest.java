package io.paravert.vmm.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.abi.CallRange;
import io.paravert.device.Device;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmException;
import io.paravert.vmm.VmState;
import io.paravert.vmm.devices.DeviceTextException;
import io.paravert.vmm.script.Script;
import io.paravert.vmm.script.Step;
import io.paravert.vmm.script.VmFixture;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginsTest {
    @RegisterExtension
    private final VmFixture fixture = new VmFixture();

    @TempDir
    Path folder;

    private final Plugins plugins = new Plugins();
    /** What the guest's last call answered. */
    private final AtomicLong answer = new AtomicLong();

    @AfterEach
    void close() {
        plugins.close();
    }

    /** A guest that calls the plugin's number for ever. */
    private Vm caller() {
        Script script = previous -> {
            answer.set(previous);
            return Step.call(CallRange.PLUGIN_FIRST);
        };
        return fixture.start(fixture.config("caller", script));
    }

    private void awaitAnswer(long expected) {
        VmFixture.await("the guest gets " + expected + ", last " + answer, () -> answer.get() == expected);
    }

    @Test
    void shouldServeARunningGuestAndComeBackAnewAfterAReload() throws IOException {
        Path jar = PluginJar.make(folder, "sensor", PluginJar.source("sensor", "20L + s.offset()"));
        Vm vm = caller();
        awaitAnswer(-38);
        Plugin first = plugins.load(jar);
        int number = VmFixture.get(vm.attachDevice("sensor0", plugins.catalog().create("sensor,offset=2")));
        awaitAnswer(22);

        PluginJar.make(folder, "sensor", PluginJar.source("sensor", "40L + s.offset()"));
        VmFixture.get(vm.detachDevice("sensor0"));
        awaitAnswer(-38);
        plugins.reload(first);
        int again = VmFixture.get(vm.attachDevice("sensor0", plugins.catalog().create("sensor,offset=2")));
        awaitAnswer(42);
        assertThat(again).as("the number of before").isEqualTo(number);
        assertThat(vm.state()).isEqualTo(VmState.RUNNING);
    }

    @Test
    void shouldLeaveNothingOfAPluginBehind() throws Exception {
        Path jar = PluginJar.make(folder, "sensor", PluginJar.source("sensor", "7L"));
        Vm vm = caller();
        WeakReference<ClassLoader> loader = loadUseAndUnload(vm, jar);
        awaitAnswer(-38);
        VmFixture.await("the class loader is collected", () -> {
            System.gc();
            return loader.get() == null;
        });
    }

    private WeakReference<ClassLoader> loadUseAndUnload(Vm vm, Path jar) {
        Plugin plugin = plugins.load(jar);
        Device device = plugins.catalog().createFromJson("{\"type\": \"sensor\", \"offset\": 1}", "test");
        VmFixture.get(vm.attachDevice("sensor0", device));
        awaitAnswer(7);
        VmFixture.get(vm.detachDevice("sensor0"));
        plugins.unload(plugin);
        return new WeakReference<>(device.getClass().getClassLoader());
    }

    @Test
    void shouldServeEveryCallWhileDevicesComeAndGo() throws IOException {
        plugins.load(PluginJar.make(folder, "sensor", PluginJar.source("sensor", "7L")));
        AtomicLong wrong = new AtomicLong();
        AtomicLong served = new AtomicLong();
        Script script = previous -> {
            served.addAndGet(previous == 7 ? 1 : 0);
            // Nobody there, or gone between the claim's look-up and the call.
            wrong.addAndGet(
                    previous == 7 || previous == 0 || previous == -38 || previous == -19 || previous == -110 ? 0 : 1);
            return Step.call(CallRange.PLUGIN_FIRST);
        };
        Vm vm = fixture.start(fixture.config("caller", script));
        for (int i = 0; i < 50; i++) {
            VmFixture.get(vm.attachDevice("sensor0", plugins.catalog().create("sensor")));
            long before = served.get();
            VmFixture.await("a call is served", () -> served.get() > before);
            VmFixture.get(vm.detachDevice("sensor0"));
        }
        assertThat(wrong).hasValue(0);
        assertThat(vm.state()).isEqualTo(VmState.RUNNING);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a static initializer that throws | static { if (true) throw new IllegalStateException(\"static\"); } | static",
                "a static initializer without end | static { deep(); } static void deep() { deep(); } | StackOverflowError",
                "a constructor that throws | public Factory() { throw new IllegalStateException(\"boom\"); } | boom",
                "a constructor that looks inside | public Factory() throws Exception { Class.forName(\"io.paravert.vmm.Vm\"); } | io.paravert.vmm.Vm",
                "a constructor that misses a class | public Factory() { throw new NoClassDefFoundError(\"a/B\"); } | a/B"
            })
    void shouldSayWhichPluginFailedToLoad(String name, String fault, String said) throws IOException {
        Path jar = PluginJar.make(folder, "bad", PluginJar.source("bad", "0L", fault, "return device(s);"));
        assertThatThrownBy(() -> plugins.load(jar))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("bad.jar")
                .hasMessageContaining(said)
                .hasMessageNotContaining("\n");
        assertThat(plugins.loaded()).isEmpty();
        assertThat(plugins.catalog().entries()).noneMatch(entry -> entry.type().equals("bad"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "create throws | throw new IllegalStateException(\"no sensor\"); | no sensor",
                "create recurses | return create(s); | StackOverflowError",
                "create returns null | return null; | returned null",
                "create misses a class | throw new NoClassDefFoundError(\"a/B\"); | a/B"
            })
    void shouldSayWhichPluginFailedToMakeADevice(String name, String fault, String said) throws IOException {
        plugins.load(PluginJar.make(folder, "bad", PluginJar.source("bad", "0L", "", fault)));
        assertThatThrownBy(() -> plugins.catalog().create("bad"))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("bad.jar")
                .hasMessageContaining(said);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "attach throws | return site -> { throw new IllegalStateException(\"attach\"); };",
                "attach recurses | return new Device() { public void attach(DeviceSite site) { attach(site); } };",
                "attach misses a class | return site -> { throw new NoClassDefFoundError(\"a/B\"); };",
                "attach claims what is taken | return site -> site.claimHypercalls(0, 1, Delivery.CALL, c -> null);",
                "start fails | return new Device() { public void attach(DeviceSite s) {} public Future<Void> start() { return Future.failedFuture(\"no\"); } };",
                "start throws | return new Device() { public void attach(DeviceSite s) {} public Future<Void> start() { throw new IllegalStateException(\"no\"); } };"
            })
    void shouldLeaveTheGuestAloneWhenADeviceCannotBeAttached(String name, String fault) throws IOException {
        plugins.load(PluginJar.make(folder, "bad", PluginJar.source("bad", "0L", "", fault)));
        Vm vm = caller();
        Device device = plugins.catalog().create("bad");
        assertThatThrownBy(() -> VmFixture.get(vm.attachDevice("bad0", device)))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("bad0");
        awaitAnswer(-38);
        assertThat(vm.state()).isEqualTo(VmState.RUNNING);
        Device good = site -> site.claimHypercalls(
                CallRange.PLUGIN_FIRST,
                1,
                io.paravert.device.Delivery.CALL,
                c -> io.vertx.core.Future.succeededFuture(5L));
        VmFixture.get(vm.attachDevice("bad0", good));
        awaitAnswer(5);
    }

    @Test
    void shouldRefuseUnknownKeysWithTheNearestKnownName() throws IOException {
        plugins.load(PluginJar.make(folder, "sensor", PluginJar.source("sensor", "7L")));
        assertThatThrownBy(() -> plugins.catalog().createFromJson("{\"type\":\"sensor\",\"ofset\":1}", "a.json"))
                .isInstanceOf(DeviceTextException.class)
                .hasMessageContaining("'ofset'")
                .hasMessageContaining("did you mean 'offset'?");
        assertThatThrownBy(() -> plugins.catalog().createFromJson("{\"type\":", "a.json"))
                .isInstanceOf(DeviceTextException.class)
                .hasMessageStartingWith("a.json is not JSON");
        assertThatThrownBy(() -> plugins.catalog().createFromJson("[]", "a.json"))
                .isInstanceOf(DeviceTextException.class)
                .hasMessageContaining("a.json does not describe a device");
    }

    @Test
    void shouldRefuseWhatIsNoPlugin() throws IOException {
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        assertThatThrownBy(() -> plugins.load(text))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("text.jar");
        assertThatThrownBy(() -> plugins.load(folder.resolve("none.jar")))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("is not a file");
        Path twice = PluginJar.make(folder, "sensor", PluginJar.source("sensor", "7L"));
        plugins.load(twice);
        assertThatThrownBy(() -> plugins.load(twice))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("device type sensor")
                .hasMessageContaining("there already");
    }

    @Test
    void shouldLoadAllJarsOfAFolder() throws IOException {
        Path path = Files.createDirectory(folder.resolve("plugins"));
        PluginJar.make(folder, "b", PluginJar.source("bb", "7L"));
        PluginJar.make(folder, "a", PluginJar.source("aa", "7L"));
        Files.move(folder.resolve("b.jar"), path.resolve("b.jar"));
        Files.move(folder.resolve("a.jar"), path.resolve("a.jar"));
        Files.writeString(path.resolve("README"), "not a jar");
        assertThat(plugins.loadPath(path))
                .extracting(p -> p.jar().getFileName().toString())
                .containsExactly("a.jar", "b.jar");
    }
}
