package io.paravert.isa.asm;

import java.util.List;

/** The line of Java that calls the assembler; kept with everything that can fail later, and worked out only if it does. */
final class Source {
    private static final List<String> OWN =
            List.of(Assembler.class.getName(), Instructions.class.getName(), Source.class.getName());

    private final Throwable trace = new Throwable();
    private final List<String> hidden;

    /** Remembers the current call; {@code hidden} are prefixes of class names to be passed over. */
    Source(List<String> hidden) {
        this.hidden = hidden;
    }

    /** {@code File.java:line} of the nearest caller that is neither the assembler nor hidden. */
    @Override
    public String toString() {
        for (StackTraceElement frame : trace.getStackTrace()) {
            if (!isHidden(frame.getClassName())) {
                return frame.getFileName() + ":" + frame.getLineNumber();
            }
        }
        return "unknown source";
    }

    private boolean isHidden(String className) {
        for (String prefix : hidden) {
            if (className.startsWith(prefix)) {
                return true;
            }
        }
        return OWN.contains(className);
    }
}
