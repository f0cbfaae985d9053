package io.paravert.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HypercallCodeTest {
    @TempDir
    Path folder;

    @Test
    void shouldPutTheFastPortIntoItsStub() {
        assertThat(HypercallStub.code(Transport.FAST_PORT)[1]).isEqualTo((byte) Port.FAST);
    }

    @Test
    void shouldPutWhatKvmDemandsIntoTheMapGpaStub() {
        String code = HexFormat.of().formatHex(HypercallStub.code(Transport.VMCALL_MAP_GPA));
        assertThat(code)
                .contains("b8" + HexFormat.of().toHexDigits((byte) MapGpaHypercall.NUMBER) + "000000")
                .contains("b9" + HexFormat.of().toHexDigits((byte) MapGpaHypercall.COUNT) + "000000");
        assertThat(MapGpaHypercall.PAGE).isZero();
    }

    @Test
    void shouldLeadEveryNumberedStubToTheGenericOne() {
        ByteBuffer page = ByteBuffer.wrap(HypercallCode.page(Transport.VMCALL)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(page.capacity()).isEqualTo(HypercallPage.BYTES);
        for (int n = 1; n < HypercallPage.STUBS; n++) {
            int at = n * HypercallPage.STUB_BYTES;
            assertThat(page.getInt(at + 1)).isEqualTo(n);
            assertThat(at + 10 + page.getInt(at + 6)).isZero();
        }
    }

    @Test
    void shouldFillWhatIsNotCodeWithBreakpoints() {
        byte[] page = HypercallCode.page(Transport.FAST_PORT);
        assertThat(page[HypercallStub.code(Transport.FAST_PORT).length]).isEqualTo((byte) 0xcc);
        assertThat(page[HypercallPage.STUB_BYTES + 10]).isEqualTo((byte) 0xcc);
    }

    @Test
    void shouldRefuseATransportThatHasNoStub() {
        assertThatThrownBy(() -> HypercallCode.page(Transport.DOORBELL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transport DOORBELL has no stub");
    }

    /** The stubs stand in the source as bytes and as assembler; GNU as says whether these agree. */
    @Test
    void shouldAgreeWithTheAssemblerTextBesideTheBytes() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/as")), "GNU as is not installed");
        String table = AbiDocuments.text(AbiDocuments.Format.MD);
        table.lines()
                .filter(l -> l.startsWith("| V") || l.startsWith("| FAST_PORT"))
                .forEach(line -> {
                    String[] cells = line.split("`");
                    assertThat(assemble(cells[1])).as(line).isEqualTo(cells[3].replace(" ", ""));
                });
        assertThat(table.lines().filter(l -> l.startsWith("| V"))).hasSize(4);
    }

    private String assemble(String text) {
        try {
            Path source = Files.writeString(folder.resolve("stub.s"), text + "\n");
            Path object = folder.resolve("stub.o");
            Path code = folder.resolve("stub.bin");
            assertThat(run("as", "-o", object.toString(), source.toString())).isEmpty();
            assertThat(run("objcopy", "-O", "binary", "-j", ".text", object.toString(), code.toString()))
                    .isEmpty();
            return HexFormat.of().formatHex(Files.readAllBytes(code));
        } catch (Exception e) {
            throw new AssertionError(text, e);
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
