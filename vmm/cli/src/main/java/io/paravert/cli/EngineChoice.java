package io.paravert.cli;

/** What {@code --engine} takes. */
enum EngineChoice {
    /** The best engine that works here. */
    AUTO,
    KVM,
    SOFT
}
