package io.paravert.lab;

/**
 * How long is measured.
 *
 * @param warmMicros before the first round, us
 * @param roundMicros of each round, us
 */
record IoTimes(int rounds, int warmMicros, int roundMicros) {
    static final IoTimes USUAL = new IoTimes(5, 300_000, 100_000);
    static final IoTimes QUICK = new IoTimes(1, 60_000, 20_000);
}
