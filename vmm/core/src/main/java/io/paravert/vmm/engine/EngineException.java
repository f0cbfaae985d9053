package io.paravert.vmm.engine;

import org.jspecify.annotations.Nullable;

/** An engine cannot do what was asked: what failed and why, and what to do about it. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    /**
     * @param problem what failed and why, one line
     * @param remedy what the user can do, one line; may be empty
     */
    public EngineException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public EngineException(String problem, String remedy, @Nullable Throwable cause) {
        super(remedy.isEmpty() ? problem : problem + "; " + remedy, cause);
        this.remedy = remedy;
    }

    public String remedy() {
        return remedy;
    }
}
