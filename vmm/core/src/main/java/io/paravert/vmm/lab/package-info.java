/**
 * Experiments that {@code paravert lab} runs: what virtualization does, measured on this machine. Engines, platform and examples
 * supply them through {@link java.util.ServiceLoader}; the CLI shows what they found.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.lab;
