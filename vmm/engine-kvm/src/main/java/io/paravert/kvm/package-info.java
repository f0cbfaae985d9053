/**
 * The KVM engine: {@code /dev/kvm} driven by ioctl(2). Core finds it as a service ({@link io.paravert.kvm.KvmEngineProvider})
 * and nobody else enters. Structures of the kernel lie in raw memory, their numbers in {@link io.paravert.kvm.uapi}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.kvm;
