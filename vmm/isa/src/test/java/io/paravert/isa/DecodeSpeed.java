package io.paravert.isa;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** Measures decoding: {@code DecodeSpeed [file]}, by default libc's code. Prints instructions a second of CPU time and bytes allocated. */
public final class DecodeSpeed {
    private static final int ROUNDS = 12;
    private static final long ROUND_NANOS = 500_000_000L;

    private DecodeSpeed() {}

    public static void main(String[] args) throws Exception {
        byte[] code = ElfCode.read(Path.of(args.length > 0 ? args[0] : "/lib/x86_64-linux-gnu/libc.so.6"));
        Decoder decoder = new Decoder();
        Instruction instruction = new Instruction();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        for (int round = 0; round < ROUNDS; round++) {
            long allocated = threads.getThreadAllocatedBytes(self);
            long start = threads.getCurrentThreadCpuTime();
            long decoded = 0;
            long lengths = 0;
            while (threads.getCurrentThreadCpuTime() - start < ROUND_NANOS) {
                for (int at = 0; at < code.length; ) {
                    int length = decoder.decode(code, at, code.length, CodeSize.CODE64, instruction);
                    at += length > 0 ? length : 1;
                    lengths += length;
                    decoded++;
                }
            }
            double seconds = (threads.getCurrentThreadCpuTime() - start) / 1e9;
            allocated = threads.getThreadAllocatedBytes(self) - allocated;
            System.out.printf(
                    "%.1f million instructions/s, %.1f ns each, %d bytes allocated in %d instructions (%d)%n",
                    decoded / seconds / 1e6, seconds * 1e9 / decoded, allocated, decoded, lengths);
        }
    }
}
