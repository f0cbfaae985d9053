package io.paravert.cli;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.imm;

import io.paravert.abi.Hypercall;
import io.paravert.abi.IoOp;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * A guest that writes to its disk for ever: block after block with a number that grows by one, each 8 bytes of a block the
 * number; after some blocks it flushes, and only when the flush has succeeded it prints the last number.
 */
final class WritingGuest {
    static final int BLOCK_BYTES = 4096;
    static final int BLOCKS = 64;
    /** Writes between two flushes. */
    static final int BATCH = 8;
    /** Odd, so that numbers go round all blocks in an order that is none. */
    static final int STRIDE = 29;

    private static final int DISK = 1;
    private static final int SECTORS = BLOCK_BYTES / 512;

    private WritingGuest() {}

    /** @param first number of the first write, a multiple of {@link #BATCH} plus 1 */
    static GuestProgram from(long first) {
        return PvAssembler.program("writer", GuestMode.LONG, g -> body(g, first));
    }

    /** The block that a number is written to. */
    static int blockOf(long number) {
        return (int) (number * STRIDE % BLOCKS);
    }

    private static void body(PvAssembler g, long first) {
        Label buffer = g.reserve("buffer", BLOCK_BYTES, BLOCK_BYTES);
        g.mov(R12, first);
        Label write = g.here();
        g.mov(RDI, buffer);
        g.mov(ECX, BLOCK_BYTES / Long.BYTES);
        g.mov(RAX, R12);
        g.rep().stosq();
        g.imul(RBX, R12, STRIDE);
        g.and(EBX, BLOCKS - 1);
        g.imul(RBX, RBX, SECTORS);
        g.mov(RBP, buffer);
        g.hypercall(Hypercall.BLOCK_SUBMIT, imm(DISK), imm(IoOp.WRITE), RBX, RBP, imm(BLOCK_BYTES));
        g.exitOnError(1);
        Label next = g.label("next");
        g.test(R12, BATCH - 1);
        g.jnz(next);
        g.hypercall(Hypercall.BLOCK_SUBMIT, imm(DISK), imm(IoOp.FLUSH), imm(0), imm(0), imm(0));
        g.exitOnError(2);
        g.printDecimal(R12);
        g.print("\n");
        g.bind(next);
        g.inc(R12);
        g.jmp(write);
    }
}
