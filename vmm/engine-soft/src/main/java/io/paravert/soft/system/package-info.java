/**
 * The privileged architecture: descriptors, exceptions and interrupts, gates, tasks, system calls, control and model-specific
 * registers, CPUID. The interpreter's room enters, and the engine's face; this room knows {@code vcpu}, {@code memory} and {@code
 * state}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.system;
