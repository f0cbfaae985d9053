package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.paravert.guest.GuestMode;
import io.paravert.guest.PvAssembler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code paravert run}: on the software engine, which is everywhere. */
class RunCommandTest {
    @TempDir
    Path directory;

    private static Invocation run(String guest, String... more) {
        String[] words = new String[more.length + 4];
        words[0] = "run";
        words[1] = guest;
        words[2] = "--engine";
        words[3] = "soft";
        System.arraycopy(more, 0, words, 4, more.length);
        return Invocation.of(words);
    }

    private static void assertRefused(Invocation run, int status, String line) {
        assertThat(run.err()).isEqualTo(line + "\n");
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldPrintTheConsoleAndASummary() {
        Invocation run = run("greets");
        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo("Good day\n");
        assertThat(run.err())
                .startsWith("greets exited with status 0\n  engine     soft, hypercalls by vmcall\n  time       ")
                .contains("ms on 1 vCPU\n  exits      2: hypercall 2\n")
                .contains("console_write 1")
                .doesNotContain("\u001b");
    }

    @Test
    void shouldSayWhatTheTranslatorDid() {
        Invocation run = run("loops", "--stats", "translator", "--stats", "paging");
        assertThat(run.err())
                .containsPattern("\n  translator 2000[0-9]{5} guest instructions, [0-9.]+ % in regions; [0-9]+ blocks")
                .containsPattern("\n  regions    [1-9][0-9]* of [0-9]+ blocks, [0-9]+ bytes of classes")
                .containsPattern("\n  left       [1-9][0-9]* entries; left direct ")
                .containsPattern("\n  paging     two-dimensional: [1-9][0-9]* walks");
    }

    @Test
    void shouldPutTheTranslatorsFiguresIntoTheRecord() throws IOException {
        Path file = directory.resolve("record.json");
        assertThat(run("loops", "--stats=translator", "--json=" + file).status())
                .isZero();
        JsonNode translator =
                JsonMapper.builder().build().readTree(file.toFile()).get("translator");
        assertThat(translator.get("instructions").asLong()).isBetween(200_000_000L, 200_100_000L);
        assertThat(translator.get("translated").asLong())
                .isBetween(1L, translator.get("instructions").asLong());
        assertThat(translator.get("regions").asLong()).isPositive();
        assertThat(translator.get("exits").get("direct").asLong()).isPositive();
    }

    @Test
    void shouldWriteRegionsAsGuestCodeAndBytecode() throws IOException {
        Path folder = directory.resolve("regions");
        assertThat(run("loops", "--dump-regions", folder.toString()).status()).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            Path first = files.sorted().findFirst().orElseThrow();
            assertThat(first.getFileName().toString()).startsWith("region-0001-");
            assertThat(Files.readString(first)).contains("dec    rcx\n").contains("lstore          rcx\n");
        }
    }

    @Test
    void shouldEndWithTheGuestsStatus() {
        assertThat(run("exits").status()).isEqualTo(7);
    }

    @Test
    void shouldGiveTheGuestItsDevices() {
        Invocation run = run("exits", "--device", "bell,strokes=42");
        assertThat(run.status()).isEqualTo(42);
        assertThat(run.err()).contains("  bell0      1 called\n");
    }

    @Test
    void shouldGiveTheGuestItsNetworkInterfaces() {
        Invocation run = run("interfaces", "--net", "lan0", "--net", "lan1,mtu=9000");
        assertThat(run.status()).isEqualTo((1500 + 9000) / 64);
    }

    @Test
    void shouldRunAnElfFile() throws IOException {
        Path file = directory.resolve("guest.elf");
        Files.write(
                file,
                PvAssembler.program("file", GuestMode.LONG, g -> {
                            g.print("From a file\n");
                            g.shutdown(3);
                        })
                        .toElf());
        Invocation run = run(file.toString());
        assertThat(run.out()).isEqualTo("From a file\n");
        assertThat(run.status()).isEqualTo(3);
        assertThat(run.err()).startsWith("guest.elf exited with status 3\n");
    }

    @Test
    void shouldWriteOneRecordToStandardError() throws IOException {
        Invocation run = run("greets", "--json", "--vcpus", "2");
        JsonNode record = new JsonMapper().readTree(run.err());
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEqualTo("Good day\n");
        assertThat(record.get("outcome").asText()).isEqualTo("exited");
        assertThat(record.get("status").asInt(-1)).isZero();
        assertThat(record.get("guest_code").asInt(-1)).isZero();
        assertThat(record.get("engine").asText()).isEqualTo("soft");
        assertThat(record.get("vcpus").asInt()).isEqualTo(2);
        assertThat(record.get("exits").get("total").asInt()).isEqualTo(2);
        assertThat(record.get("hypercalls")).hasSize(2);
    }

    @Test
    void shouldTakeTheGuestAfterJson() {
        Invocation run = Invocation.of("run", "--json", "greets", "--engine=soft");
        assertThat(run.status()).isZero();
        assertThat(run.err()).startsWith("{\"guest\":\"greets\"");
    }

    @Test
    void shouldWriteTheRecordToAFile() throws IOException {
        Path file = directory.resolve("record.json");
        Invocation run = run("crashes", "--json=" + file);
        assertThat(run.status()).isEqualTo(5);
        assertThat(run.err()).contains("as told").contains("\ncrashes crashed\n");
        JsonNode record = new JsonMapper().readTree(Files.readString(file));
        assertThat(record.get("crash").get("message").asText()).isEqualTo("as told");
        assertThat(record.get("crash").get("registers").get("rip").asText()).startsWith("0x");
    }

    @Test
    void shouldPutACrashIntoTheRecord() throws IOException {
        Invocation run = run("crashes", "--json");
        assertThat(run.status()).isEqualTo(5);
        assertThat(new JsonMapper().readTree(run.err()).at("/crash/cause").asText())
                .isEqualTo("guest_request");
    }

    @Test
    void shouldTimeOut() {
        Invocation run = run("spins", "--timeout", "0.2");
        assertThat(run.status()).isEqualTo(124);
        assertThat(run.out()).isEqualTo("spinning\n");
        assertThat(run.err()).startsWith("spins timed out after 0.2 s\n");
    }

    @Test
    void shouldTraceExits() {
        Invocation run = run("greets", "--trace", "exits");
        assertThat(run.err().lines().limit(2)).allMatch(l -> l.matches("\\[ *\\d+\\.\\d{6}] vcpu0 hypercall 0x.*"));
    }

    @Test
    void shouldLoseNothingOfABigPaste() {
        byte[] input = new byte[400 << 10];
        Invocation run = Invocation.with(input, "run", "counts", "--engine", "soft");
        assertThat(run.status()).isEqualTo(100);
    }

    @Test
    void shouldStopTheGuestWhenNobodyReads() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Stdio stdio = new Stdio(
                InputStream.nullInputStream(),
                gone,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                false);
        assertThat(CommandLineRun.execute(stdio, "run", "spins", "--engine", "soft"))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("paravert: the guest's console cannot be written: Broken pipe\n");
    }

    @Test
    void shouldRefuseWrongUsageWithOneLine() {
        String see = " (see paravert run --help)";
        assertRefused(Invocation.of("run"), 2, "paravert run: Missing required parameter: 'GUEST'" + see);
        assertRefused(
                run("greets", "--egnine"), 2, "paravert run: Unknown option: '--egnine'; did you mean --engine?" + see);
        assertRefused(
                run("greets", "--mem", "lots"),
                2,
                "paravert run: Invalid value for option '--mem': 'lots' is not an amount of memory: write 64M or 2G"
                        + see);
        assertRefused(
                run("greets", "--mem", "4K"),
                2,
                "paravert: memory of 4096 bytes: give at least 1 MiB and a multiple of 4096");
        assertRefused(run("greets", "--vcpus", "65"), 2, "paravert: 65 vCPUs: give 1 to 64");
        assertRefused(
                run("greets", "--mem", "100T"),
                4,
                "paravert: cannot map 109951162777600 bytes of host memory: the host has not that much memory or address"
                        + " space; give the guest less memory");
        assertRefused(
                run("greets", "--timeout", "-1"),
                2,
                "paravert run: Invalid value for option '--timeout': give a number of seconds above 0" + see);
        assertRefused(
                run("greets", "--device", "bel,strokes=1"), 2, "paravert: no device type 'bel'; did you mean 'bell'?");
        assertRefused(run("greets", "--device", "bell"), 2, "paravert: device bell needs strokes=number");
        assertRefused(
                run("greets", "--device", "bell,strokes=1,stroke=2"),
                2,
                "paravert: device bell has no option 'stroke'; did you mean 'strokes'?");
        assertRefused(
                run("greets", "--net", "socket=tcp:1"),
                2,
                "paravert: device net: socket=tcp:1: give listen:HOST:PORT, connect:HOST:PORT or udp:PORT:HOST:PORT, "
                        + "with ports from 1 to 65535");
        assertRefused(run("greets", "--net", "lan0,mtu=67"), 2, "paravert: device net: mtu=67: give 68 to 65532");
        assertRefused(
                run("greets", "--net", "lan0,taps=x"),
                2,
                "paravert: device net has no option 'taps'; did you mean 'tap'?");
        assertRefused(
                Invocation.of(), 2, "paravert: say what to do: paravert run hello, for example (see paravert --help)");
    }

    @Test
    void shouldRefuseABadGuestWithOneLine() throws IOException {
        assertRefused(
                run("greet"),
                3,
                "paravert: no guest 'greet': neither an example (did you mean 'greets'?) nor a file here; "
                        + "'paravert run --help' lists the examples");
        assertRefused(run("/no/such"), 3, "paravert: guest file /no/such does not exist");
        assertRefused(run("/tmp"), 3, "paravert: guest file /tmp is a directory; expected an ELF file");
        Path file =
                Files.writeString(directory.resolve("text"), "not a guest at all, but long enough to have a header");
        assertThat(run(file.toString()).err()).startsWith("paravert: guest file " + file + ", offset 0x0: ");
    }

    @Test
    void shouldPutARefusalIntoTheRecord() throws IOException {
        Invocation run = run("/no/such", "--json");
        assertThat(run.status()).isEqualTo(3);
        JsonNode record = new JsonMapper().readTree(run.err());
        assertThat(record.get("outcome").asText()).isEqualTo("not-run");
        assertThat(record.get("status").asInt()).isEqualTo(3);
        assertThat(record.get("message").asText()).isEqualTo("guest file /no/such does not exist");
    }

    @Test
    void shouldShowAStackTraceOnlyWhenAsked() {
        assertThat(run("/no/such", "--verbose").err())
                .startsWith("paravert: guest file /no/such does not exist\n")
                .contains("\tat io.paravert.");
    }

    @Test
    void shouldListTheGuestsInHelp() {
        Invocation help = Invocation.of("run", "--help");
        assertThat(help.status()).isZero();
        assertThat(help.err()).isEmpty();
        TestGuests.names().forEach(name -> assertThat(help.out()).contains("  " + name + " "));
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
    }
}
