/**
 * What becomes of an exit: claims, routing, delivery to devices, counters and traces. Plain data in and out, no engine and no
 * thread of its own. Core's rooms enter; the records are for everybody who shows exits.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.exit;
