/**
 * Guests to run and to read, a file each: {@code paravert run NAME}. They show the guest kit and the device SDK from their
 * users' side, and know nothing else of the house. Nobody depends on them.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.examples;
