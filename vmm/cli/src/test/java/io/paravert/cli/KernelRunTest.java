package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code paravert run --kernel}, with multiboot kernels of a few instructions. */
class KernelRunTest {
    private static final int LOAD = 0x10_0000;
    private static final int HEADER_BYTES = 32;

    /** {@code mov dx, 0x604; mov ax, 0x3400; out dx, ax}: S5 in PM1a_CNT. */
    private static final String POWER_OFF = "66ba0406 66b80034 66ef ";
    /** {@code mov dx, 0xcf9; mov al, 6; out dx, al}. */
    private static final String RESET = "66baf90c b006 ee ";
    /** {@code mov dx, 0x505; mov al, 1; out dx, al}. */
    private static final String PANIC = "66ba0505 b001 ee ";
    /** {@code mov dx, 0x3f8; mov al, 'R'; out dx, al}. */
    private static final String SAY_R = "66baf803 b052 ee ";
    /** {@code cli; hlt; jmp $-1}. */
    private static final String HANG = "fa f4 ebfd ";

    @TempDir
    Path directory;

    private Path kernel = Path.of("");

    @BeforeEach
    void makeKernel() throws IOException {
        kernel = kernel("off", POWER_OFF + HANG);
    }

    /** A multiboot 1 kernel, loaded where its header says (Multiboot Specification 0.6.96, 3.1.3). */
    private Path kernel(String name, String code) throws IOException {
        byte[] instructions = HexFormat.of().parseHex(code.replace(" ", ""));
        ByteBuffer file =
                ByteBuffer.allocate(HEADER_BYTES + instructions.length).order(ByteOrder.LITTLE_ENDIAN);
        int flags = 1 << 16;
        file.putInt(0x1bad_b002).putInt(flags).putInt(-(0x1bad_b002 + flags));
        file.putInt(LOAD).putInt(LOAD).putInt(0).putInt(0).putInt(LOAD + HEADER_BYTES);
        file.put(instructions);
        return Files.write(directory.resolve(name), file.array());
    }

    private static Invocation run(Path kernel, String... more) {
        String[] words = {"run", "--engine", "soft", "--mem", "16M", "--kernel", kernel.toString()};
        String[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return Invocation.of(all);
    }

    private static void assertRefused(Invocation run, int status, String line) {
        assertThat(run.err()).isEqualTo(line + "\n");
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldEndWellWhenTheKernelPowersOff() {
        Invocation run = run(kernel);
        assertThat(run.err()).startsWith("off exited with status 0\n");
        assertThat(run.status()).isZero();
    }

    @Test
    void shouldEndAtARebootIfTold() throws IOException {
        Invocation run = run(kernel("reset", RESET + HANG), "--no-reboot");
        assertThat(run.err()).startsWith("reset asked for a reboot, status 0\n");
        assertThat(run.status()).isZero();
    }

    @Test
    void shouldStartARebootingKernelAgainUntilItsLimit() throws IOException {
        Invocation run = run(kernel("again", SAY_R + RESET + HANG), "--timeout", "2");
        assertThat(run.out()).startsWith("RR");
        assertThat(run.err()).startsWith("again timed out after ");
        assertThat(run.status()).isEqualTo(124);
    }

    @Test
    void shouldCallAPanicACrash() throws IOException {
        Invocation run = run(kernel("panics", PANIC + HANG));
        assertThat(run.err()).contains("the guest's kernel has panicked").contains("\npanics crashed\n");
        assertThat(run.status()).isEqualTo(5);
    }

    @Test
    void shouldEndAHungKernelAtItsLimit() throws IOException {
        Invocation run = run(kernel("hangs", HANG), "--timeout", "0.3");
        assertThat(run.err()).startsWith("hangs timed out after 0.3 s\n  where      vCPU 0 ");
        assertThat(run.status()).isEqualTo(124);
    }

    /** Sends a text to COM1: {@code mov esi, text; mov dx, 0x3f8; lodsb; test al, al; jz ...; out dx, al; jmp lodsb}. */
    private Path saying(String name, String text, String then) throws IOException {
        String loop = "66baf803 ac 84c0 7403 ee ebf8 " + then + HANG;
        int address = LOAD + HEADER_BYTES + 5 + loop.replace(" ", "").length() / 2;
        String move = "be" + HexFormat.of().toHexDigits(Integer.reverseBytes(address));
        String bytes = HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
        return kernel(name, move + loop + bytes + "00");
    }

    @Test
    void shouldCallAResetAfterAPanicThatOnlyTheConsoleTellsACrash() throws IOException {
        Invocation run = run(saying("panics", "[    0.1] Kernel panic - not syncing: no init\r\n", RESET));
        assertThat(run.err()).startsWith("panics crashed: its kernel has panicked: no init\n");
        assertThat(run.status()).isEqualTo(5);
    }

    @Test
    void shouldSayWhenAKernelHasPanickedAndStaysSo() throws IOException {
        String text = "Kernel panic - not syncing: no init\n---[ end Kernel panic - not syncing: no init ]---\n";
        Invocation run = run(saying("stays", text, POWER_OFF));
        assertThat(run.err())
                .startsWith("paravert: the guest's kernel has panicked and stays so; panic=-1 on its command line");
    }

    @Test
    void shouldEndAtATripleFault() throws IOException {
        // lidt of what is not there, then ud2.
        Invocation run = run(kernel("faults", "0f011d00000000 0f0b"));
        assertThat(run.err()).contains("triple fault");
        assertThat(run.status()).isEqualTo(5);
    }

    @Test
    void shouldTakeDevicesThatAKernelFinds() throws IOException {
        Path disk = Files.write(directory.resolve("disk"), new byte[4096]);
        Invocation run = run(
                kernel,
                "--disk",
                disk.toString(),
                "--device",
                "balloon,pages=1",
                "--bus",
                "pci",
                "--console",
                "virtio");
        assertThat(run.err()).startsWith("off exited").contains("\n  disk0 ", "\n  balloon0 ", "\n  terminal ");
        assertThat(run.status()).isZero();
    }

    @Test
    void shouldGiveTheSerialPortWhatIsTyped() throws IOException {
        // Waits for a byte at 0x3fd, and sends it back.
        Path echo = kernel("echo", "66bafd03 ec a801 74fb 66baf803 ec ee" + POWER_OFF + HANG);
        Invocation run = Invocation.with(
                "Q".getBytes(StandardCharsets.US_ASCII),
                "run",
                "--engine",
                "soft",
                "--timeout",
                "20",
                "--kernel",
                echo.toString());
        assertThat(run.out()).isEqualTo("Q");
        assertThat(run.status()).isZero();
    }

    @Test
    void shouldLoseNothingOfABigPasteToTheSerialPort() throws IOException {
        // Sends back what comes, each byte when the transmitter is empty, until an end of transmission (4).
        String loop = "66bafd03 ec a801 74fb 66baf803 ec 3c04 7414 88c3 66bafd03 ec a820 74fb 66baf803 88d8 ee ebda";
        Path echo = kernel("paste", loop + POWER_OFF + HANG);
        SplittableRandom random = new SplittableRandom(20261125);
        byte[] paste = new byte[20_000];
        for (int i = 0; i < paste.length; i++) {
            paste[i] = (byte) (' ' + random.nextInt(95));
        }
        byte[] typed = Arrays.copyOf(paste, paste.length + 1);
        typed[paste.length] = 4;
        Invocation run = Invocation.with(
                typed, "run", "--engine", "soft", "--mem", "16M", "--timeout", "60", "--kernel", echo.toString());
        assertThat(run.out()).isEqualTo(new String(paste, StandardCharsets.US_ASCII));
        assertThat(run.status()).isZero();
    }

    @Test
    void shouldRefuseAFileThatIsNoKernel() throws IOException {
        Path file = Files.writeString(directory.resolve("text"), "Not a kernel, but long enough for a header.");
        Invocation run = run(file);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err())
                .startsWith("paravert: ")
                .contains("text", "a file of 43 bytes", "Linux bzImage or vmlinux");
        assertThat(run.status()).isEqualTo(3);
    }

    @Test
    void shouldRefuseAKernelThatIsCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(kernel);
        Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, 20));
        Invocation run = run(cut);
        assertThat(run.err()).contains("the file ends within its multiboot header");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.status()).isEqualTo(3);
    }

    @Test
    void shouldRefuseAModuleThatDoesNotFit() throws IOException {
        Path large = directory.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(32 << 20);
        }
        Invocation run = run(kernel, "--initrd", large.toString());
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("large").contains("memory");
        assertThat(run.status()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--initrd", "--module", "--disk"})
    void shouldNameTheFileThatIsMissing(String option) {
        Path missing = directory.resolve("missing");
        Invocation run = run(kernel, option, missing.toString());
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("paravert: ").contains(missing.toString());
        assertThat(run.status()).isEqualTo(3);
    }

    @Test
    void shouldRefuseACommandLineThatIsTooLong() {
        assertRefused(
                run(kernel, "--append", "x".repeat(5000)),
                3,
                "paravert: kernel command line of 5000 bytes: a guest takes at most 4095");
    }

    @Test
    void shouldRefuseToGiveOneDiskTwice() throws IOException {
        Path disk = Files.write(directory.resolve("disk"), new byte[4096]);
        Invocation run = run(kernel, "--disk", disk.toString(), "--disk", disk.toString());
        assertThat(run.err()).contains("another machine uses it");
        assertThat(run.status()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"--bus,usb", "--console,vga"})
    void shouldRefuseAWordThatIsNoChoice(String option, String value) {
        Invocation run = run(kernel, option, value);
        assertThat(run.err()).contains("Invalid value for option '" + option + "'");
        assertThat(run.status()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"--initrd,x", "--module,x", "--disk,x", "--append,x", "--bus,pci", "--console,virtio"})
    void shouldTakeAKernelsOptionsWithAKernelOnly(String option, String value) {
        Invocation run = Invocation.of("run", "greets", option, value);
        assertThat(run.err()).contains(option + " goes with --kernel");
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void shouldNotTakeAGuestAndAKernel() {
        Invocation run = Invocation.of("run", "greets", "--kernel", kernel.toString());
        assertThat(run.err()).contains("Give GUEST or --kernel, not both");
        assertThat(run.status()).isEqualTo(2);
    }
}
