package io.paravert.soft.vcpu;

import org.jspecify.annotations.Nullable;

/** Translated code that runs in the interpreter's place from one block on. vCPU thread only. */
public abstract class Translation {
    /** The block that the last {@link #run} left by: for linking. */
    public @Nullable Block last;

    /** The operation of {@link #last} from which on the interpreter has to run it to its end, or -1. */
    public int missed = -1;

    /** True if it may run now: its pages are where they were, and nothing asks for instructions one by one. */
    public abstract boolean mayRun(Core core);

    /** The interpreter has run what was {@link #missed}. */
    public void resumed(Core core) {}

    /**
     * Runs until the code is left or something is pending. What an instruction throws leaves registers, flags and RIP as they were
     * before it, and {@link Core#interrupted} set.
     *
     * @return the block that follows, or null if it has to be looked up at RIP
     */
    public abstract @Nullable Block run(Core core);
}
