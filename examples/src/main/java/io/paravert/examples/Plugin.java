package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A hypercall of one's own: {@link GreeterDevice} claims a number in the plugins' range, and this guest calls it with a name and a
 * buffer. The call travels as an event to the device's Vert.x context; the vCPU waits for the answer. A second call, with an
 * address that is not the guest's memory, shows how an error comes back.
 */
public final class Plugin implements ExampleGuest {
    private static final String NAME = "guest";
    private static final int BUFFER_BYTES = 80;
    private static final long NOWHERE = 1L << 40;

    @Override
    public String name() {
        return "plugin";
    }

    @Override
    public String summary() {
        return "calls a hypercall that a device of the example's own serves";
    }

    @Override
    public List<String> devices() {
        return List.of(GreeterDevice.TYPE + ",greeting=Good day");
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.LONG, Plugin::body);
    }

    private static void body(PvAssembler g) {
        Label buffer = g.reserve("buffer", BUFFER_BYTES, 8);
        int bytes = NAME.getBytes(StandardCharsets.UTF_8).length;
        g.hypercall(GreeterDevice.GREET, g.string(NAME), imm(bytes), buffer, imm(BUFFER_BYTES));
        g.exitOnError(1);
        g.mov(RBX, RAX);
        g.print("The device says: ");
        g.write(buffer, RBX);
        g.print("\n");

        g.hypercall(GreeterDevice.GREET, imm(NOWHERE), imm(bytes), buffer, imm(BUFFER_BYTES));
        g.mov(RBX, RAX);
        g.neg(RBX);
        g.print("With a bad address it answers with error ");
        g.printDecimal(RBX);
        g.print(".\n");
    }
}
