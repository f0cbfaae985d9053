package io.paravert.vmm.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import io.paravert.device.DeviceSite;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How words become devices. */
class DeviceCatalogTest {
    enum Mode {
        FAST,
        SAFE
    }

    record Settings(
            @JsonProperty(required = true) @JsonPropertyDescription("where its bytes are")
            Path file,

            @JsonProperty(defaultValue = "512") long sectorBytes,
            boolean readOnly,
            Mode mode) {
        Settings {
            if (sectorBytes < 0) {
                throw new IllegalArgumentException("sector-bytes=" + sectorBytes + ": give 0 or more");
            }
        }
    }

    record Made(Settings settings) implements Device {
        @Override
        public void attach(DeviceSite site) {}
    }

    static final class Disk implements DeviceFactory<Settings> {
        @Override
        public String type() {
            return "disk";
        }

        @Override
        public String summary() {
            return "a disk";
        }

        @Override
        public Class<Settings> configuration() {
            return Settings.class;
        }

        @Override
        public Device create(Settings configuration) {
            return new Made(configuration);
        }
    }

    private final DeviceCatalog catalog = DeviceCatalog.of(List.of(new Disk()));

    private void assertRefused(String text, String message) {
        assertThatThrownBy(() -> catalog.create(text))
                .isInstanceOf(DeviceTextException.class)
                .hasMessage(message);
    }

    @Test
    void shouldBindWordsToTheRecord() {
        assertThat(catalog.create("disk,file=/tmp/a,,b,sector-bytes=4096,read-only,mode=safe"))
                .isEqualTo(new Made(new Settings(Path.of("/tmp/a,b"), 4096, true, Mode.SAFE)));
    }

    @Test
    void shouldTakeTheComponentsOwnSpellingToo() {
        assertThat(catalog.create("disk,file=x,sectorBytes=1,readOnly=false"))
                .isEqualTo(new Made(new Settings(Path.of("x"), 1, false, null)));
    }

    @Test
    void shouldListOptionsFromTheRecord() {
        assertThat(catalog.entries())
                .containsExactly(new DeviceCatalog.Entry(
                        "disk",
                        "a disk",
                        List.of(
                                new DeviceOption("file", "file", "path", true, "", "where its bytes are"),
                                new DeviceOption("sector-bytes", "sectorBytes", "number", false, "512", ""),
                                new DeviceOption("read-only", "readOnly", "true|false", false, "", ""),
                                new DeviceOption("mode", "mode", "fast|safe", false, "", ""))));
    }

    @Test
    void shouldRefuseWithOneLine() {
        assertRefused("dsik,file=x", "no device type 'dsik'; did you mean 'disk'?");
        assertRefused("network", "no device type 'network'; known: disk");
        assertRefused("disk", "device disk needs file=path");
        assertRefused("disk,file=x,readonly=true", "device disk has no option 'readonly'; did you mean 'read-only'?");
        assertRefused(
                "disk,file=x,speed=1",
                "device disk has no option 'speed'; its options: file, sector-bytes, read-only, mode");
        assertRefused("disk,file=x,sector-bytes=many", "device disk: sector-bytes=many is not a number");
        assertRefused("disk,file=x,mode=slow", "device disk: mode=slow is not one of fast|safe");
        assertRefused("disk,file=x,read-only=perhaps", "device disk: read-only=perhaps is not one of true|false");
        assertRefused("disk,file=x,sector-bytes=-1", "device disk: sector-bytes=-1: give 0 or more");
        assertRefused("disk,file=x,file=y", "device 'disk,file=x,file=y' gives file twice");
        assertRefused("disk,file=x,read-only,readOnly", "device disk gives read-only twice");
        assertRefused("disk,=x", "device 'disk,=x' has an option without a name: write type,key=value");
        assertRefused("", "device '' names no type: write type,key=value");
    }

    @Test
    void shouldRefuseTwoTypesOfOneName() {
        DeviceFactory<Settings> other = new DeviceFactory<>() {
            @Override
            public String type() {
                return "disk";
            }

            @Override
            public String summary() {
                return "another";
            }

            @Override
            public Class<Settings> configuration() {
                return Settings.class;
            }

            @Override
            public Device create(Settings configuration) {
                return new Made(configuration);
            }
        };
        assertThatThrownBy(() -> DeviceCatalog.of(List.of(new Disk(), other)))
                .isInstanceOf(DeviceTextException.class)
                .hasMessageStartingWith("two device types are called 'disk': ");
    }
}
