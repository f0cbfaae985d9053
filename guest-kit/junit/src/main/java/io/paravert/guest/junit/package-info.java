/**
 * Guests in JUnit tests: a {@link io.paravert.guest.junit.GuestTest} runs on every engine present, and says by
 * {@link io.paravert.guest.junit.GuestRunAssert} what its guests did. Tests of any room above core enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.guest.junit;
