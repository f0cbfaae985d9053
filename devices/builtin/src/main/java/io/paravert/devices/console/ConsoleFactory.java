package io.paravert.devices.console;

import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import io.paravert.virtio.mmio.VirtioOnMmio;
import io.vertx.core.Future;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code --device console}. */
public final class ConsoleFactory implements DeviceFactory<ConsoleOptions> {
    @Override
    public String type() {
        return "console";
    }

    @Override
    public String summary() {
        return "terminal and further byte ports (virtio-console)";
    }

    @Override
    public Class<ConsoleOptions> configuration() {
        return ConsoleOptions.class;
    }

    @Override
    public Device create(ConsoleOptions options) {
        List<ConsoleDevice.Port> ports = new ArrayList<>();
        String to = options.to();
        ports.add(new ConsoleDevice.Port("console", backend(to == null ? "stdio" : to)));
        if (options.ports() != null) {
            options.ports().forEach((name, target) -> ports.add(new ConsoleDevice.Port(name, backend(target))));
        }
        return new VirtioOnMmio(new ConsoleDevice(ports));
    }

    private static ConsoleBackend backend(String target) {
        if (target.equals("none")) {
            return bytes -> Future.succeededFuture();
        }
        if (target.equals("stdio")) {
            return new StreamBackend(new FileOutputStream(FileDescriptor.out), Optional.of(System.in), false);
        }
        if (target.startsWith("file:")) {
            return file(Path.of(target.substring("file:".length())));
        }
        if (target.matches("tcp:[0-9]{1,5}")) {
            return new SocketBackend(Integer.parseInt(target.substring("tcp:".length())));
        }
        throw new IllegalArgumentException(
                "a console cannot lead to \"" + target + "\": give stdio, none, file:PATH or tcp:PORT");
    }

    private static ConsoleBackend file(Path path) {
        try {
            return new StreamBackend(
                    Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                    Optional.empty(),
                    true);
        } catch (IOException e) {
            throw new IllegalArgumentException("the console cannot write to " + path + ": " + e, e);
        }
    }
}
