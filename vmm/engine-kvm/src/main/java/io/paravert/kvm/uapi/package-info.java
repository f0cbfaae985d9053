/**
 * The kernel's KVM interface in numbers: ioctl requests, capabilities, and the offsets of its structures on x86-64
 * ({@code linux/kvm.h}, {@code asm/kvm.h}). Nothing but constants; a test compares each with what the C compiler says. Only
 * {@link io.paravert.kvm} enters.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.kvm.uapi;
