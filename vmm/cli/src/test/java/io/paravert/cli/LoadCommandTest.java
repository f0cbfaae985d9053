package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadCommandTest {
    private static Invocation load(String words) {
        String duration = words.contains("--duration") ? "" : "--duration 0.2 ";
        return Invocation.of(("load --engine soft " + duration + words).split(" "));
    }

    private static JsonNode json(String words) throws IOException {
        Invocation load = load(words + " --json");
        assertThat(load.err()).isEmpty();
        assertThat(load.status()).isZero();
        return new JsonMapper().readTree(load.out());
    }

    @Test
    void shouldReportAllThatALoadTestFinds() {
        Invocation load = load("--guests 3");
        assertThat(load.status()).isZero();
        assertThat(load.err()).as("no progress without a terminal").isEmpty();
        assertThat(load.out().lines())
                .extracting(line -> line.substring(0, 10).strip())
                .containsExactly("3 guests o", "boot", "memory", "throughput", "latency", "loop lag");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hypercall", "port", "mmio", "virtio", "ring", "ring-adaptive", "ring-polling"})
    void shouldDriveABlockDeviceOverEachPath(String path) throws IOException {
        JsonNode found = json("--guests 2 --target block --path " + path);
        assertThat(found.get("target").asText()).isEqualTo("block by " + path + ", reads of 4096 bytes");
        assertThat(found.get("operations").asLong()).isPositive();
        assertThat(found.get("failures").asLong()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtio", "ring", "ring-adaptive"})
    void shouldHaveSeveralOperationsUnderWay(String path) throws IOException {
        JsonNode found = json("--guests 2 --target block --depth 8 --path " + path);
        assertThat(found.get("target").asText()).isEqualTo("block by " + path + " x8, reads of 4096 bytes");
        assertThat(found.get("operations").asLong()).isPositive();
        assertThat(found.get("failures").asLong()).isZero();
    }

    @Test
    void shouldGiveEachDeviceOfAMixFaultsOfItsOwn() throws IOException {
        JsonNode parts = json("--guests 4 --mix block,path=virtio,depth=4,errors=1 --mix echo,path=port")
                .get("parts");
        assertThat(parts).hasSize(2).allSatisfy(part -> {
            assertThat(part.get("guests").asInt()).isEqualTo(2);
            assertThat(part.get("operations").asLong()).isPositive();
        });
        assertThat(parts.get(0).get("failures")).isEqualTo(parts.get(0).get("operations"));
        assertThat(parts.get(1).get("failures").asLong()).isZero();
    }

    @Test
    void shouldPrintWhatAMachineReads() throws IOException {
        JsonNode found = json("--guests 2 --rate 50 --path port");
        assertThat(found.get("engine").asText()).isEqualTo("soft");
        assertThat(found.get("guests").asInt()).isEqualTo(2);
        assertThat(found.get("operations").asLong())
                .isBetween(0L, 2 + (long) (2 * 50 * found.get("seconds").asDouble()));
        assertThat(found.at("/latencyNanos/count").asLong())
                .isGreaterThanOrEqualTo(found.get("operations").asLong());
        assertThat(found.at("/latencyNanos/p99").asLong())
                .isGreaterThanOrEqualTo(found.at("/latencyNanos/p50").asLong());
        assertThat(found.at("/bootNanos/count").asInt()).isEqualTo(2);
        assertThat(found.at("/eventLoopLagNanos/count").asInt()).isPositive();
        assertThat(found.get("bootsPerSecond").asDouble()).isPositive();
        assertThat(found.get("operationsOfEachGuest")).hasSize(2);
        assertThat(found.get("endedBadly")).isEmpty();
    }

    @Test
    void shouldInjectFaults() throws IOException {
        assertThat(json("--guests 1 --errors 1").get("failures").asLong()).isPositive();
        assertThat(json("--guests 1 --delay 1:20").at("/latencyNanos/p50").asLong())
                .isGreaterThan(19_000_000);
        JsonNode dropped = json("--guests 1 --duration 0.5 --drops 1 --deadline 0.1");
        assertThat(dropped.get("failures").asLong())
                .isPositive()
                .isEqualTo(dropped.get("operations").asLong());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--guests 0|0 guests: give 1 to 1000",
                "--guests 1001|1001 guests: give 1 to 1000",
                "--rate 0|option '--rate': give operations a second above 0",
                "--delay 0.5|option '--delay': give a share and milliseconds, as in 0.01:20",
                "--errors 1.5|share 1.5 of failed requests: give 0 to 1",
                "--errors 0.6 --drops 0.6|add up to 1.2: give at most 1",
                "--duration 0|option '--duration': give seconds above 0",
                "--target block --delivery inline|--delivery goes with --target echo",
                "--path ring|--path ring goes with --target block",
                "--depth 2|--depth goes with --target block",
                "--target block --path port --depth 2|depth 2 by port: a vCPU waits for its one operation there",
                "--target block --path virtio --depth 33|depth 33: give 1 to 32",
                "--mix block,pth=ring|'pth=ring' in --mix block,pth=ring; did you mean 'path='?",
                "--mix disk|target 'disk'; known: echo, block",
                "--mix block --path ring|--path and --mix: say it in --mix, as path=",
                "--guests 1 --mix block --mix echo|2 kinds of guests among 1 guests",
                "--mem 1M|1048576 bytes of memory a guest: give at least 2097152",
                "--path pipe|Invalid value for option '--path'"
            })
    void shouldRefuseWhatMakesNoSenseInOneLine(String words, String why) {
        Invocation wrong = load(words);
        assertThat(wrong.status()).isEqualTo(Status.USAGE);
        assertThat(wrong.out()).isEmpty();
        assertThat(wrong.err()).contains(why).hasLineCount(1);
    }

    @Test
    void shouldShowProgressOnATerminalOnly() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Stdio terminal = new Stdio(
                InputStream.nullInputStream(),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                true,
                false);
        int status = CommandLineRun.execute(terminal, "load", "--engine", "soft", "--guests", "1", "--duration", "0.3");
        assertThat(status).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("1 guests, 0.", "operations/s")
                .endsWith("\r\u001b[K");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("\u001b");
    }
}
