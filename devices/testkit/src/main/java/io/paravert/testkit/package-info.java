/**
 * Tests a device without KVM and without a guest: a machine of memory and claims ({@link io.paravert.testkit.TestMachine}), and
 * a virtio driver that does what a script says, right or wrong ({@link io.paravert.testkit.MmioDriver}). Tests enter, ours and
 * those of plugin authors.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.testkit;
