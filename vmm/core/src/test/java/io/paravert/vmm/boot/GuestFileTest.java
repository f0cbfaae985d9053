package io.paravert.vmm.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestFileTest {
    @TempDir
    Path folder;

    @Test
    void shouldParseAFileFromDisk() throws IOException {
        Path path = Files.write(folder.resolve("guest"), ElfFixture.hello().bytes());
        try (GuestImage image = GuestImage.parse(GuestFile.open(path))) {
            assertThat(image.entry()).isEqualTo(0x100000);
            assertThat(image.name()).isEqualTo(path.toString());
        }
    }

    @Test
    void shouldSayThatAFileDoesNotExist() {
        Path path = folder.resolve("absent");
        assertThatThrownBy(() -> GuestFile.open(path))
                .isInstanceOf(GuestFileException.class)
                .hasMessage("guest file " + path + " does not exist");
    }

    @Test
    void shouldRefuseADirectoryAndADevice() {
        assertThatThrownBy(() -> GuestFile.open(folder))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("is a directory");
        assertThatThrownBy(() -> GuestFile.open(Path.of("/dev/zero")))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("is not a regular file");
    }

    @Test
    void shouldNoticeThatAFileShrinksWhileItIsRead() throws IOException {
        Path path = Files.write(folder.resolve("guest"), new byte[8192]);
        try (GuestFile file = GuestFile.open(path)) {
            Files.write(path, new byte[100]);
            assertThatThrownBy(() -> file.read(4096, new byte[4096], 0, 4096, "segment"))
                    .isInstanceOf(GuestFileException.class)
                    .hasMessageContaining("the file ended while it was read");
        }
    }

    @Test
    void shouldRefuseRangesThatOverflow() {
        GuestFile file = GuestFile.of("guest", new byte[16]);
        assertThat(file.contains(16, 0)).isTrue();
        assertThat(file.contains(8, 8)).isTrue();
        assertThat(file.contains(8, 9)).isFalse();
        assertThat(file.contains(Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
        assertThat(file.contains(-1, 1)).isFalse();
        assertThat(file.contains(1, -1)).isFalse();
    }
}
