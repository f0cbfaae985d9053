package io.paravert.cli;

/** Exit statuses that scripts can rely on. Any other is the guest's own. */
final class Status {
    static final int OK = 0;
    /** Something that should not have happened, or an output that is gone. */
    static final int FAILURE = 1;

    static final int USAGE = 2;
    static final int BAD_GUEST = 3;
    static final int NO_ENGINE = 4;
    static final int CRASHED = 5;
    static final int TIMED_OUT = 124;
    /** The user left the guest, as by Ctrl-C. */
    static final int LEFT = 130;

    private Status() {}
}
