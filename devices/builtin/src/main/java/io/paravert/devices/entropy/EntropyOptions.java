package io.paravert.devices.entropy;

/** Entropy needs no options. */
public record EntropyOptions() {}
