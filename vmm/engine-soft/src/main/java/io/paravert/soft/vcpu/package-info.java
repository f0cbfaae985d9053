/**
 * One vCPU's core: its decoded code and what instructions work with (registers, memory, segments, stack, exits). The rooms that
 * say what instructions do, {@code system} and {@code interpreter}, enter; this one knows {@code state} and {@code memory}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.vcpu;
