package io.paravert.vmm.lab;

import java.util.function.Consumer;

/** The service by which {@code paravert lab NAME} finds experiments. */
public interface Lab {
    /** Lower case letters, digits and hyphens; unique. */
    String name();

    /** One line for the list of labs. */
    String summary();

    /**
     * Runs the experiment, on the calling thread, until it is finished or the thread is interrupted.
     *
     * @param progress told what is under way, one short line at a time; shown only on a terminal
     * @throws io.paravert.vmm.engine.EngineException if no engine is there that it needs
     */
    LabReport run(Consumer<String> progress);

    /** As {@link #run}, but measures so shortly that the figures show the shape of things and no more. */
    default LabReport runQuickly(Consumer<String> progress) {
        return run(progress);
    }
}
