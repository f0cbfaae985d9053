/**
 * The hypercall ABI as the monitor serves it: how calls arrive, and each group of calls. Arguments are checked here, once; a
 * guest gets an error number for everything it does wrong. Core's {@code Vm} puts it together; nobody else enters.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.pv;
