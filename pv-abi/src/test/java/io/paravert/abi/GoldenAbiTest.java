package io.paravert.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What was published stays: additions come with a new minor version, changes never. */
class GoldenAbiTest {
    private static final List<String> GOLDEN = lines("/abi-1.0.list");

    @Test
    void shouldKeepEveryNumberOfTheGoldenCopy() throws IOException {
        assertThat(lines("/io/paravert/abi/abi.list")).containsAll(GOLDEN);
    }

    @Test
    void shouldAddNothingWithoutNamingTheVersionThatBroughtIt() {
        List<String> added = new ArrayList<>(lines("/io/paravert/abi/abi.list"));
        added.removeAll(GOLDEN);
        assertThat(added).allSatisfy(line -> {
            int[] since = version(line.substring(line.lastIndexOf(' ') + 1));
            assertThat(since[0]).as(line).isEqualTo(AbiVersion.MAJOR);
            assertThat(since[1]).as(line).isBetween(1, AbiVersion.MINOR);
        });
    }

    @Test
    void shouldGiveJavaTheGoldenNumbers() throws ReflectiveOperationException {
        for (String line : GOLDEN) {
            String[] c = columns(line);
            Class<?> type = Class.forName("io.paravert.abi." + c[1]);
            switch (c[0]) {
                case "constant", "call", "size", "offset" ->
                    assertThat(((Number) type.getField(c[2]).get(null)).longValue())
                            .as(line)
                            .isEqualTo(Long.parseLong(c[4]));
                case "text" ->
                    assertThat('"' + (String) type.getField(c[2]).get(null) + '"')
                            .as(line)
                            .isEqualTo(c[4]);
                case "arguments" ->
                    assertThat(Hypercall.argumentCount(type.getField(c[2]).getInt(null)))
                            .as(line)
                            .isEqualTo(Integer.parseInt(c[4]));
                case "stub" ->
                    assertThat(HypercallStub.code(Transport.class.getField(c[2]).getInt(null)))
                            .as(line)
                            .isEqualTo(HexFormat.of().parseHex(c[4]));
                case "type" -> assertThat(c[4]).as(line).matches("(\\w+)\\[\\d+]");
                default -> throw new AssertionError(line);
            }
        }
    }

    @Test
    void shouldGiveCTheGoldenNumbers() {
        String header = AbiDocuments.text(AbiDocuments.Format.C);
        for (String line : GOLDEN) {
            String[] c = columns(line);
            switch (c[0]) {
                case "constant", "call", "text" ->
                    assertThat(find(header, "#define " + c[3] + " (?:UINT64_C\\(|\\()?([^ )]+)\\)? /\\*"))
                            .as(line)
                            .isEqualTo(c[0].equals("text") ? c[4] : Long.valueOf(c[4]));
                case "offset" -> {
                    String field = c[2].substring(0, c[2].length() - "_OFFSET".length())
                            .toLowerCase(java.util.Locale.ROOT);
                    String struct =
                            c[3].substring(0, c[3].length() - c[2].length() - 1).toLowerCase(java.util.Locale.ROOT);
                    assertThat(header)
                            .as(line)
                            .contains("offsetof(struct %s, %s) == %s,".formatted(struct, field, c[4]));
                }
                case "type" -> {
                    String field = c[3].substring(c[3].indexOf('.') + 1);
                    String count = c[4].endsWith("[1]") ? "" : c[4].substring(c[4].indexOf('['));
                    assertThat(header).as(line).contains(" " + field + count + "; ");
                }
                default -> {}
            }
        }
    }

    @Test
    void shouldGiveAssemblerTheGoldenNumbers() {
        String include = AbiDocuments.text(AbiDocuments.Format.ASM);
        for (String line : GOLDEN) {
            String[] c = columns(line);
            if (List.of("constant", "call", "size", "offset").contains(c[0])) {
                assertThat(find(include, "\\.set " + c[3] + ", (\\S+)\n"))
                        .as(line)
                        .isEqualTo(Long.valueOf(c[4]));
            }
        }
    }

    private static Object find(String text, String regex) {
        Matcher m = Pattern.compile(regex).matcher(text);
        if (!m.find()) {
            return "nothing matches " + regex;
        }
        String value = m.group(1);
        if (value.startsWith("\"")) {
            return value;
        }
        return value.startsWith("0x") ? Long.parseUnsignedLong(value.substring(2), 16) : Long.valueOf(value);
    }

    private static String[] columns(String line) {
        String[] columns = line.split(" ");
        assertThat(columns).as(line).hasSize(6);
        return columns;
    }

    private static int[] version(String text) {
        int dot = text.indexOf('.');
        return new int[] {Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1))};
    }

    private static List<String> lines(String resource) {
        try (InputStream in = GoldenAbiTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
