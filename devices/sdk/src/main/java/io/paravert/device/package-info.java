/**
 * What a device author compiles against. A device states what it claims (ports, MMIO ranges, hypercall numbers), serves
 * requests, and sees guest memory only through checked views. Knows nothing of the monitor's inside; everyone may enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.device;
