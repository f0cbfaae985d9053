package io.paravert.bench.cpu;

/** A measurement that cannot be had; the message says why. */
final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchException(String message) {
        super(message);
    }
}
