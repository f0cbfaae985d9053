package thermometer;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.EventKind;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.GuestSource;
import io.paravert.guest.PvAssembler;

public final class ThermometerGuest implements GuestSource {
    @Override
    public GuestProgram program() {
        return PvAssembler.program("thermometer", GuestMode.LONG, g -> {
            g.mov(RBP, qwordAt(g.bootInfo()));
            g.mov(RBP, qword(RBP, BootInfoLayout.EVENT_AREA_OFFSET));
            g.eventArea(RBP);
            g.exitOnError(1);
            g.eventBind(EventKind.DEVICE, imm(1), 0);
            g.exitOnError(2);
            read(g, "It is ");
            g.vcpuPoll(imm(-1));
            g.exitOnError(3);
            read(g, "Alarm at ");
        });
    }

    private static void read(PvAssembler g, String text) {
        g.hypercall(Thermometer.READ);
        g.exitOnError(4);
        g.mov(RBX, RAX);
        g.print(text);
        g.printDecimal(RBX);
        g.print(" mK\n");
    }
}
