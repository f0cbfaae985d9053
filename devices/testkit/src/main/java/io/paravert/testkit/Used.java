package io.paravert.testkit;

/**
 * A buffer that has come back.
 *
 * @param ticket that of {@link DriverQueue#offer}
 * @param length bytes written, as the device says
 */
public record Used(int ticket, long length) {}
