/** CPU programs in C, the same file under the software engine and under QEMU's TCG: whole processes, so it enters no other room. */
@org.jspecify.annotations.NullMarked
package io.paravert.bench.cpu;
