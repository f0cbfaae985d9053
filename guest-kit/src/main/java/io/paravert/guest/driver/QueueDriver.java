package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;

import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * A way to a device on which several operations are under way at once, each with a tag of the guest's, 0 to {@link #MOST} - 1.
 * It emits as {@link DeviceDriver} says.
 *
 * <pre>{@code
 * QueueDriver disk = DeviceDriver.virtioBlock(g, VirtioOption.EVENT_IDX);
 * disk.begin();
 * g.mov(ECX, 5).mov(EDI, 0).lea(RSI, at(buffer)).mov(EDX, 4096);
 * disk.submit(IoOp.READ);
 * disk.take();     // again and again, until RAX is 5: then RDX is the result
 * }</pre>
 */
public interface QueueDriver extends DeviceDriver {
    /** Operations that can be under way at once. */
    int MOST = 32;

    /**
     * Emits the beginning of an operation: place in RDI, address of the data in RSI, its bytes in EDX, and in ECX a tag that no
     * operation under way has. The device is told if it sleeps.
     */
    void submit(int op);

    /**
     * Emits a look for an operation that has ended. It leaves its tag in RAX and its result in RDX; or -1 in RAX, and in RDX 0, or
     * the error with which the device has given the whole queue up.
     */
    void take();

    /** Emits, after {@link #begin}, the binding of an event channel to the device's completions: its number, or an error, in RAX. */
    void bindEvent();

    /**
     * Emits the wish for an event at the next completion; until the next {@link #take} that finds one. It leaves 0 in RAX, or
     * something else if one is there already and no event may come.
     */
    void arm();

    /** The assembler into which it emits. */
    PvAssembler assembler();

    @Override
    default void operation(int op) {
        PvAssembler g = assembler();
        Label look = g.label();
        Label done = g.label();
        g.xor(ECX, ECX);
        submit(op);
        g.bind(look);
        take();
        g.test(RAX, RAX);
        g.jns(done);
        g.test(RDX, RDX);
        g.jnz(done);
        g.pause();
        g.jmp(look);
        g.bind(done);
        g.mov(RAX, RDX);
    }
}
