/**
 * The machine's interrupt hardware and its clocks' chips: local APICs and the bus between them, I/O APIC, the pair of 8259
 * PICs, the 8254 timer. Models of state and time only: they know neither instructions nor threads, and reach the vCPUs through
 * {@link io.paravert.soft.irq.InterruptSink} and time through {@link io.paravert.soft.irq.Timeline}. The machine of the
 * software engine enters.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.irq;
