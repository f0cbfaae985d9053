/**
 * An engine that plays exit sequences instead of running a guest, so that everything behind the engine's interface is tested
 * without one. A {@link io.paravert.vmm.script.Script} is the guest.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.script;
