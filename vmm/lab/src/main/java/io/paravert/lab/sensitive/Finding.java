package io.paravert.lab.sensitive;

import java.util.List;

/**
 * What one instruction did on one engine.
 *
 * @param levels at privilege levels 0 to 3, without UMIP
 * @param umip at level 3 with CR4.UMIP set
 */
record Finding(String name, String what, List<Outcome> levels, Outcome umip) {
    private static final int USER = 3;

    enum Verdict {
        /** Traps at level 3 and not at level 0: a monitor that deprivileges its guest sees it. */
        PRIVILEGED("privileged"),
        /** Sensitive, and carried out at level 3: trap-and-emulate alone cannot virtualize it. */
        VIOLATOR("VIOLATOR"),
        /** Cannot be told here. */
        UNKNOWN("?");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    Verdict verdict() {
        Outcome user = levels.get(USER);
        return switch (user.kind()) {
            case EXECUTED -> Verdict.VIOLATOR;
            case TRAPPED -> levels.get(0).kind() == Outcome.Kind.EXECUTED ? Verdict.PRIVILEGED : Verdict.UNKNOWN;
            case NOT_RUN -> Verdict.UNKNOWN;
        };
    }
}
