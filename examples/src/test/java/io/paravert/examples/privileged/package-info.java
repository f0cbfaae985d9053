/** Privileged behaviour of the software engine beside QEMU's. */
@org.jspecify.annotations.NullMarked
package io.paravert.examples.privileged;
