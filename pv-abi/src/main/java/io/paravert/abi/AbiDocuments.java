package io.paravert.abi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The ABI's documents, as the build made them from its one source. Any thread may ask. */
public final class AbiDocuments {
    /** The forms in which the ABI is published. */
    public enum Format {
        /** The reference page, Markdown. */
        MD("abi.md"),
        /** The C header {@code paravert.h}: C11 and C++11, freestanding. */
        C("paravert.h"),
        /** The assembler include {@code paravert.inc}: GNU as. */
        ASM("paravert.inc"),
        /** The source itself. */
        JSON("paravert-abi.json");

        private final String file;

        Format(String file) {
            this.file = file;
        }

        /** The file's name, as guests include it. */
        public String file() {
            return file;
        }

        /** The name that a command line gives the format: {@code md}, {@code c}, {@code asm}, {@code json}. */
        public String option() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private AbiDocuments() {}

    /** The whole document. */
    public static String text(Format format) {
        try (InputStream in = AbiDocuments.class.getResourceAsStream(format.file())) {
            if (in == null) {
                throw new IllegalStateException(format.file() + " is not beside " + AbiDocuments.class.getName()
                        + ": this jar was not built by the project's build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + format.file(), e);
        }
    }
}
