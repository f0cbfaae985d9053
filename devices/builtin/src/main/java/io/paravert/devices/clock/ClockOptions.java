package io.paravert.devices.clock;

/** The clock needs no options. */
public record ClockOptions() {}
