package io.paravert.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paravert.vmm.lab.LabReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of the whole lab, on every engine here: what must hold however slow the machine is. */
class IoLabTest {
    private static final IoTimes SHORT = new IoTimes(1, 10_000, 10_000);

    private static List<IoResult> results;
    private static LabReport report;

    @BeforeAll
    static void run() {
        List<IoCase> cases = new ArrayList<>();
        for (IoPath path : IoPath.values()) {
            // One operation at a time over a polled path takes a time slice each where cores are taken: one such case
            // will do.
            int deepest = path.depths().get(path.depths().size() - 1);
            cases.add(new IoCase(path, deepest == 1 ? IoWorkload.READ : IoWorkload.WRITE, deepest, 3));
        }
        cases.add(new IoCase(IoPath.VIRTIO, IoWorkload.READ, 1, 3));
        cases.add(new IoCase(IoPath.RING_POLLING, IoWorkload.READ, 32, 0));
        cases.add(new IoCase(IoPath.VIRTIO, IoWorkload.MESSAGE_64, 32, 3));
        cases.add(new IoCase(IoPath.VIRTIO_PACKED, IoWorkload.MESSAGE_1500, 32, 3));
        cases.add(new IoCase(IoPath.RING_ADAPTIVE, IoWorkload.MESSAGE_64, 32, 3));
        cases.add(new IoCase(IoPath.MULTICALL, IoWorkload.MESSAGE_1500, 32, 3));
        cases.add(new IoCase(IoPath.PORT, IoWorkload.CONSOLE_LINE, 1, 3));
        cases.add(new IoCase(IoPath.CALL, IoWorkload.CONSOLE_LINE, 1, 3));
        cases.add(new IoCase(IoPath.VIRTIO, IoWorkload.CONSOLE_LINE, 32, 3));
        cases.add(new IoCase(IoPath.VIRTIO_PACKED, IoWorkload.CONSOLE_LINE, 32, 3));
        cases.add(new IoCase(IoPath.PORT, IoWorkload.READ, 1, 0, 2));
        cases.add(new IoCase(IoPath.RING_DOORBELL, IoWorkload.READ, 32, 0, 2));
        cases.add(new IoCase(IoPath.VIRTIO_IN_ORDER, IoWorkload.READ, 32, 0, 2));
        results = new IoLab(cases, SHORT).measure(line -> {});
        report = IoLab.report(results, "a quiet machine");
    }

    private static List<IoResult> of(IoPath path) {
        return results.stream()
                .filter(r ->
                        r.io().path() == path && r.io().workload() != IoWorkload.CONSOLE_LINE && r.io().vcpus() == 1)
                .toList();
    }

    @Test
    void shouldMeasureEveryCaseOnEveryEngine() {
        assertThat(results)
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.perSecond()).isPositive());
        assertThat(results.stream().map(IoResult::engine)).contains("soft");
    }

    @Test
    void shouldCountSevenExitsForPortsAndMmioAndOneForACall() {
        assertThat(of(IoPath.PORT))
                .allSatisfy(r -> assertThat(r.exitsPerOperation()).isEqualTo(7));
        assertThat(of(IoPath.MMIO))
                .allSatisfy(r -> assertThat(r.exitsPerOperation()).isEqualTo(7));
        assertThat(of(IoPath.CALL))
                .allSatisfy(r -> assertThat(r.exitsPerOperation()).isEqualTo(1));
        assertThat(of(IoPath.MULTICALL))
                .allSatisfy(r -> assertThat(r.exitsPerOperation()).isEqualTo(1 / 32.0));
    }

    @Test
    void shouldCountAnExitForEachByteOfALineAndOneForACall() {
        assertThat(results)
                .filteredOn(r -> r.io().workload() == IoWorkload.CONSOLE_LINE
                        && r.io().path() != IoPath.VIRTIO
                        && r.io().path() != IoPath.VIRTIO_PACKED)
                .isNotEmpty()
                .allSatisfy(r -> {
                    double expected = r.io().path() == IoPath.PORT ? 80 : 1;
                    // A full console takes part of a line; the rest is another call.
                    assertThat(r.exitsPerOperation()).isBetween(expected, 2 * expected);
                });
    }

    @Test
    void shouldCountWhatBothVcpusDo() {
        assertThat(results)
                .filteredOn(r -> r.io().vcpus() == 2)
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.rounds().get(0).operations())
                        .as("the second's beside those of the first, whose latencies are kept")
                        .isGreaterThan(r.latencies().getTotalCount()));
    }

    @Test
    void shouldNotExitAtAllOnAPollingRing() {
        assertThat(of(IoPath.RING_POLLING))
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.exitsPerOperation()).isZero());
    }

    @Test
    void shouldNotLeaveTheGuestForADoorbellThatTheEngineTakes() {
        for (IoPath path : List.of(
                IoPath.VIRTIO, IoPath.VIRTIO_PACKED, IoPath.VIRTIO_IN_ORDER, IoPath.VIRTIO_DATA, IoPath.RING_EVENT)) {
            assertThat(of(path)).allSatisfy(r -> {
                assertThat(r.kicksPerOperation()).isPositive();
                assertThat(r.exitsPerOperation()).isZero();
            });
        }
        assertThat(of(IoPath.RING_DOORBELL))
                .allSatisfy(r -> assertThat(r.exitsPerOperation()).isEqualTo(r.kicksPerOperation()));
    }

    @Test
    void shouldKeepTheQuickRunToAFewOfEachKind() {
        List<IoCase> few = IoCase.few();
        assertThat(IoCase.all()).containsAll(few).hasSizeGreaterThan(3 * few.size());
        assertThat(few.stream().map(IoCase::path)).contains(IoPath.values());
        assertThat(few.stream().map(IoCase::workload)).contains(IoWorkload.values());
        assertThat(few.stream().map(IoCase::vcpus)).contains(1, 2);
        assertThat(few.stream().map(IoCase::cpl)).contains(0, 3);
    }

    @Test
    void shouldTellTheSameInAllThreeForms() throws Exception {
        JsonNode json = new ObjectMapper().readTree(report.json());
        assertThat(json.get("results")).hasSize(results.size());
        assertThat(report.text().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        String page = report.html().orElseThrow();
        for (IoPath path : IoPath.values()) {
            assertThat(report.text()).contains(path.label());
            assertThat(page).contains(path.label());
        }
        assertThat(report.text()).contains("2 vCPUs");
        assertThat(page).contains("2 vCPUs");
        assertThat(page).doesNotContain("http://", "https://", "<script");
    }

    @Test
    void shouldLoadInABrowser(@TempDir Path folder) throws Exception {
        List<String> browsers = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser")
                .filter(b -> Files.isExecutable(Path.of(b)))
                .toList();
        org.junit.jupiter.api.Assumptions.assumeTrue(
                !browsers.isEmpty() || "true".equals(System.getenv("CI")),
                "Chromium is not installed: apt install chromium");
        assertThat(browsers).as("CI requires Chromium").isNotEmpty();
        Path page = Files.writeString(folder.resolve("lab.html"), report.html().orElseThrow());
        Path dom = folder.resolve("dom.html");
        Process browser = new ProcessBuilder(
                        browsers.get(0),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--dump-dom",
                        "--user-data-dir=" + folder.resolve("profile"),
                        page.toUri().toString())
                .redirectOutput(dom.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(browser.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            browser.destroyForcibly().waitFor();
        }
        String seen = Files.readString(dom);
        assertThat(seen).contains("One device, every path", "<polyline", "ring, polling", "</table>");
    }
}
