package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.paravert.abi.AbiDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands beside {@code run}. */
class CommandsTest {
    @Test
    void helpShouldNameEveryCommand() {
        Invocation help = Invocation.of("--help");
        assertThat(help.status()).isZero();
        assertThat(help.out())
                .contains("run", "doctor", "lab", "load", "devices", "abi")
                .doesNotContain("\u001b");
    }

    @Test
    void versionShouldNameTheAbi() {
        assertThat(Invocation.of("--version").out()).startsWith("paravert ").contains(", ABI 1.");
    }

    @Test
    void anUnknownCommandShouldGetOneLine() {
        Invocation wrong = Invocation.of("doktor");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err())
                .isEqualTo("paravert: Unmatched argument at index 0: 'doktor'; did you mean doctor?"
                        + " (see paravert --help)\n");
    }

    @Test
    void abiShouldPrintEachForm() {
        for (AbiDocuments.Format format : AbiDocuments.Format.values()) {
            Invocation abi = Invocation.of("abi", "--format", format.option());
            assertThat(abi.status()).isZero();
            assertThat(abi.out()).isEqualTo(AbiDocuments.text(format));
        }
        assertThat(Invocation.of("abi", "--format", "pdf").status()).isEqualTo(2);
    }

    @Test
    void devicesShouldShowOptions() throws IOException {
        assertThat(Invocation.of("devices").out())
                .contains("bell            answers with its strokes\n  strokes=number (required)\n");
        JsonNode devices =
                new JsonMapper().readTree(Invocation.of("devices", "--json").out());
        assertThat(devices.at("/devices").findParents("type"))
                .filteredOn(device -> device.path("type").asText().equals("bell"))
                .extracting(device -> device.at("/options/0/name").asText())
                .containsExactly("strokes");
    }

    @Test
    void aPluginThatIsNotThereShouldGetOneLine(@TempDir Path directory) {
        String jar = directory.resolve("none.jar").toString();
        Invocation wrong = Invocation.of("devices", "--plugin-path", jar);
        assertThat(wrong.status()).isEqualTo(Status.USAGE);
        assertThat(wrong.err()).isEqualTo("paravert: plugin " + jar + " is not a file: give a jar\n");
    }

    @Test
    void labShouldListRunAndRefuse(@TempDir Path directory) throws IOException {
        assertThat(Invocation.of("lab").out()).contains("ruler           measures a ruler\n");
        Path page = directory.resolve("page.html");
        assertThat(Invocation.of("lab", "ruler", "--html", page.toString()).out())
                .isEqualTo("300 mm\n");
        assertThat(page).hasContent("<p>300 mm</p>");
        assertThat(Invocation.of("lab", "ruler", "--json").out()).isEqualTo("{\"mm\":300}\n");
        assertThat(Invocation.of("lab", "rule").err()).isEqualTo("paravert: no lab 'rule'; did you mean 'ruler'?\n");
        assertThat(Invocation.of("lab", "weight").err()).matches("paravert: no lab 'weight'; known: [a-z, ]+\n");
        assertThat(Files.exists(page)).isTrue();
    }

    @Test
    void doctorShouldKnowTheSoftwareEngine() throws IOException {
        Invocation doctor = Invocation.of("doctor", "--json");
        assertThat(doctor.status()).isZero();
        JsonNode found = new JsonMapper().readTree(doctor.out());
        assertThat(found.get("choice").asText()).isIn("kvm", "soft");
        assertThat(found.at("/engines/1/name").asText()).isEqualTo("soft");
        assertThat(found.at("/engines/1/usable").asBoolean()).isTrue();
        assertThat(found.get("host").get("Java").asText())
                .contains(Runtime.version().toString());
    }
}
