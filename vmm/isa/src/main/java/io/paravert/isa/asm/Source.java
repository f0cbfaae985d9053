package io.paravert.isa.asm;

import java.util.List;

/** Finds the line of Java that calls the assembler. */
final class Source {
    private static final List<String> OWN =
            List.of(Assembler.class.getName(), Instructions.class.getName(), Source.class.getName());

    private Source() {}

    /** {@code File.java:line} of the nearest caller that is neither the assembler nor in a hidden package. */
    static String line(List<String> hidden) {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(f -> !OWN.contains(f.getClassName())
                                && hidden.stream()
                                        .noneMatch(p -> f.getClassName().startsWith(p)))
                        .findFirst()
                        .map(f -> f.getFileName() + ":" + f.getLineNumber())
                        .orElse("unknown source"));
    }
}
