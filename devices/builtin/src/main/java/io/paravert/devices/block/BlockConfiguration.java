package io.paravert.devices.block;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.paravert.devices.DevicePaths;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What {@code --device block,key=value} takes: a file, or a size for a disk in memory. */
public record BlockConfiguration(
        @JsonPropertyDescription("raw disk image; left out, the disk is in memory") @Nullable Path file,

        @JsonPropertyDescription("refuse writes") boolean readOnly,

        @JsonProperty(defaultValue = "64") @JsonPropertyDescription("MiB of a disk in memory, 1 to 65536")
        int sizeMib,

        @JsonPropertyDescription("what virtio's GET_ID answers, at most 20 characters") @Nullable String id,

        @JsonPropertyDescription("first port, 0 to choose by the device's number")
        int port,

        @JsonPropertyDescription("address of its registers, 0 to choose by the device's number")
        long mmio,

        @JsonPropertyDescription("refuse rings that poll for ever")
        boolean noPolling,

        @JsonPropertyDescription(
                "us for which the virtio queue is looked at before the driver has to notify, 0 to 1000")
        int busyPollMicros,

        @JsonProperty(defaultValue = "1") @JsonPropertyDescription("virtio queues, 1 to 16: one for each vCPU")
        int queues,

        @JsonPropertyDescription("offer virtio's IN_ORDER") boolean inOrder) {
    private static final int MOST_MICROS = 1000;
    private static final int USUAL_MIB = 64;
    private static final int MOST_MIB = 65536;

    public BlockConfiguration {
        if (sizeMib < 0 || sizeMib > MOST_MIB) {
            throw new IllegalArgumentException("size-mib=" + sizeMib + ": give 1 to " + MOST_MIB);
        }
        if (file != null && sizeMib != 0) {
            throw new IllegalArgumentException("size-mib and file: a file has its own size; give one of the two");
        }
        if (file == null && readOnly) {
            throw new IllegalArgumentException(
                    "read-only without file: an empty disk that cannot be written; give file=");
        }
        if (busyPollMicros < 0 || busyPollMicros > MOST_MICROS) {
            throw new IllegalArgumentException("busy-poll-micros=" + busyPollMicros + ": give 0 to " + MOST_MICROS);
        }
    }

    BlockStore store() {
        if (file != null) {
            return FileStore.open(file, readOnly);
        }
        return new MemoryStore((long) (sizeMib == 0 ? USUAL_MIB : sizeMib) << 20);
    }

    BlockDevice.Settings settings() {
        return new BlockDevice.Settings(
                id == null ? "paravert" : id,
                DevicePaths.Place.of(port, mmio, !noPolling),
                Duration.ofNanos(busyPollMicros * 1000L),
                queues == 0 ? 1 : queues,
                inOrder);
    }
}
