package io.paravert.vmm.engine;

/** The service by which core finds engines. Any thread. */
public interface EngineProvider {
    /** "kvm" or "soft". */
    String name();

    /** With {@code --engine auto} the usable engine of the highest preference is taken. */
    int preference();

    /** Looks whether the engine works here, quickly (under 200 ms) and leaving nothing behind. Never throws. */
    EngineReport probe();

    /** @throws EngineException with cause and remedy, if it is not usable */
    Engine open();
}
