/** A clock with an alarm, in a few registers: what a guest without an RTC driver needs. */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.clock;
