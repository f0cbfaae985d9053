package io.paravert.platform.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.paravert.platform.acpi.PlatformFacts.MmioWindow;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.memory.GuestMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AcpiTablesTest {
    private static final int VCPUS = 64;

    private final GuestMemory memory = GuestMemory.allocate(2 << 20);
    private final TreeMap<String, byte[]> tables = new TreeMap<>();
    private long rsdp;

    @TempDir
    Path directory;

    @BeforeEach
    void write() {
        PlatformFacts facts = new PlatformFacts(
                List.of(new MmioWindow(0xfeb9_0000L, 4096, 5), new MmioWindow(0xfeb9_1000L, 4096, 16)), true);
        rsdp = new AcpiTables(facts).write(memory, new BootFacts(0, 0, 0, VCPUS, 2 << 20, 1, 0, 1, List.of()));
        long xsdt = memory.getLong(rsdp + 24);
        take(xsdt);
        int pointers = (memory.getInt(xsdt + 4) - 36) / 8;
        for (int i = 0; i < pointers; i++) {
            take(memory.getLong(xsdt + 36 + 8L * i));
        }
        take(little(tables.get("FACP"), 140));
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private void take(long gpa) {
        byte[] table = bytes(gpa, memory.getInt(gpa + 4));
        tables.put(new String(table, 0, 4, StandardCharsets.US_ASCII), table);
    }

    private byte[] bytes(long gpa, int length) {
        byte[] bytes = new byte[length];
        memory.read(gpa, bytes, 0, length);
        return bytes;
    }

    private static long little(byte[] table, int at) {
        return java.nio.ByteBuffer.wrap(table)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong(at);
    }

    private static int sum(byte[] bytes) {
        int sum = 0;
        for (byte each : bytes) {
            sum += each;
        }
        return sum & 0xff;
    }

    @Test
    void everyTableIsReachedFromTheRootAndSumsUpToZero() {
        assertThat(tables.keySet()).containsExactly("APIC", "DSDT", "FACP", "XSDT");
        tables.values().forEach(table -> assertThat(sum(table)).isZero());
        assertThat(sum(bytes(rsdp, 20))).isZero();
        assertThat(sum(bytes(rsdp, 36))).isZero();
        assertThat(bytes(rsdp, 8)).isEqualTo("RSD PTR ".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void eachProcessorHasItsLocalApic() {
        byte[] madt = tables.get("APIC");
        int processors = 0;
        for (int at = 44; at < madt.length; at += madt[at + 1]) {
            processors += madt[at] == 0 ? 1 : 0;
        }
        assertThat(processors).isEqualTo(VCPUS);
    }

    /** Intel's own compiler reads what was encoded by hand, and warns of nothing. */
    @Test
    void iaslDisassemblesAndCompilesThem() throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/iasl"))).isTrue();
        for (var table : tables.entrySet()) {
            Files.write(directory.resolve(table.getKey() + ".aml"), table.getValue());
            String said = run("iasl", "-d", table.getKey() + ".aml");
            assertThat(said).contains("disassembl").doesNotContainIgnoringCase("error");
        }
        String source = Files.readString(directory.resolve("DSDT.dsl"));
        assertThat(source)
                .contains("EisaId (\"PNP0501\")", "\"LNRO0005\"", "0xFEB91000", "Name (\\_S5, Package")
                .contains("0x00000010,", "EisaId (\"PNP0A03\")", "_PRT");
        assertThat(run("iasl", "-vw", "2173", "DSDT.dsl")).contains("0 Errors, 0 Warnings");
    }

    private String run(String... command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }
}
