package io.paravert.examples.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.paravert.examples.Hello;
import io.paravert.examples.Ring3;
import io.paravert.guest.ExampleGuest;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestFileException;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.boot.ImageLoader;
import io.paravert.vmm.memory.GuestMemory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real guest files, cut at every length and with every byte of their headers changed: loaded, or refused in one line. */
class HostileFilesTest {
    private static final int MEMORY = 4 << 20;
    /** The header, the program headers and the notes lie in here. */
    private static final int HEADERS = 640;

    private static final int[] BYTES = {0, 1, 0x7f, 0x80, 0xff};

    private final GuestMemory memory = GuestMemory.allocate(MEMORY);
    private int refused;

    static List<ExampleGuest> guests() {
        return List.of(new Hello(), new Ring3());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @ParameterizedTest
    @MethodSource("guests")
    void aFileThatIsCutShouldBeRefusedInOneLine(ExampleGuest example) {
        byte[] whole = example.program().toElf();
        load(whole, "the whole file");
        assertThat(refused).as("the whole file is fine").isZero();
        for (int length = 0; length < whole.length; length++) {
            load(Arrays.copyOf(whole, length), "cut to " + length);
        }
        // What is cut off may be nothing that is loaded; the headers never are.
        assertThat(refused).isGreaterThan(HEADERS);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void aFileWithAnyHeaderByteChangedShouldBeLoadedOrRefusedInOneLine(ExampleGuest example) {
        byte[] whole = example.program().toElf();
        for (int at = 0; at < HEADERS; at++) {
            for (int value : BYTES) {
                byte[] changed = whole.clone();
                changed[at] = (byte) value;
                load(changed, "byte " + at + " set to " + value);
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private void load(byte[] file, String what) {
        BootFacts facts = new BootFacts(0, 1, 0, 1, MEMORY, 1, 0, 1, List.of());
        try {
            GuestImage image = GuestImage.parse(GuestFile.of("hostile.elf", file));
            new ImageLoader(image).load(memory, facts);
        } catch (GuestFileException e) {
            refused++;
            // What, where in the file, and what was expected.
            assertThat(e.getMessage())
                    .as(what)
                    .startsWith("guest file hostile.elf")
                    .contains("expected")
                    .doesNotContain("\n");
        } catch (RuntimeException | Error e) {
            fail(what, e);
        }
    }
}
