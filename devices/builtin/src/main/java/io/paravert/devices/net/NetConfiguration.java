package io.paravert.devices.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.paravert.devices.DevicePaths;
import org.jspecify.annotations.Nullable;

/** What {@code --device net,key=value} takes. Without a back end it is alone on a network of its own. */
public record NetConfiguration(
        @JsonPropertyDescription("name of a network in this process: interfaces of one name are joined") @Nullable String network,

        @JsonPropertyDescription(
                "listen:HOST:PORT or connect:HOST:PORT (TCP, as QEMU's -netdev stream), udp:PORT:HOST:PORT (as -netdev dgram)")
        @Nullable String socket,

        @JsonPropertyDescription("a TAP interface of the host; made if it is not there, where that is permitted")
        @Nullable String tap,

        @JsonPropertyDescription("its address, like 52:54:00:12:34:56; a random one if left out") @Nullable String mac,

        @JsonProperty(defaultValue = "1500") @JsonPropertyDescription("bytes behind a frame's header, 68 to 65532")
        int mtu,

        @JsonPropertyDescription("first port, 0 to choose by the device's number")
        int port,

        @JsonPropertyDescription("address of its registers, 0 to choose by the device's number")
        long mmio,

        @JsonPropertyDescription("refuse rings that poll for ever")
        boolean noPolling) {

    public NetConfiguration {
        int ends = (network == null ? 0 : 1) + (socket == null ? 0 : 1) + (tap == null ? 0 : 1);
        if (ends > 1) {
            throw new IllegalArgumentException(
                    "network, socket, tap: a cable has one other end; give one of the three");
        }
    }

    NetIdentity identity() {
        return new NetIdentity(
                mac == null ? MacAddress.random() : MacAddress.parse(mac), mtu == 0 ? NetIdentity.USUAL_MTU : mtu);
    }

    NetBackend backend() {
        if (socket != null) {
            return SocketBackends.of(socket);
        }
        if (tap != null) {
            return new TapBackend(tap);
        }
        return network == null ? new Network().port() : Network.port(network);
    }

    DevicePaths.Place place() {
        return DevicePaths.Place.of(port, mmio, !noPolling);
    }
}
