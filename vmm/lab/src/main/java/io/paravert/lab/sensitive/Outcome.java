package io.paravert.lab.sensitive;

/**
 * What became of one try.
 *
 * @param vector of the exception, if it trapped, else -1
 * @param detail why nothing can be said, if it was not run
 */
record Outcome(Kind kind, int vector, String detail) {
    enum Kind {
        /** It was carried out, whatever it did. */
        EXECUTED,
        /** It raised an exception, which a monitor's handler sees. */
        TRAPPED,
        NOT_RUN
    }

    static final Outcome EXECUTED = new Outcome(Kind.EXECUTED, -1, "");

    private static final String[] NAMES = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "", "#TS", "#NP", "#SS", "#GP", "#PF"
    };

    static Outcome trapped(int vector) {
        return new Outcome(Kind.TRAPPED, vector, "");
    }

    static Outcome notRun(String why) {
        return new Outcome(Kind.NOT_RUN, -1, why);
    }

    /** At most five characters. */
    String text() {
        return switch (kind) {
            case EXECUTED -> "runs";
            case NOT_RUN -> "?";
            case TRAPPED -> vector < NAMES.length ? NAMES[vector] : "#" + vector;
        };
    }
}
