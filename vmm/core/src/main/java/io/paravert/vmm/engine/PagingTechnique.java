package io.paravert.vmm.engine;

/** How guest-linear addresses are made to reach host memory. */
public enum PagingTechnique {
    /** What the engine does by itself. */
    ENGINE_CHOICE,
    /** The processor walks the guest's tables and the monitor's: nested paging, EPT. */
    TWO_DIMENSIONAL,
    /** The processor walks tables that the monitor derives from the guest's. */
    SHADOW
}
