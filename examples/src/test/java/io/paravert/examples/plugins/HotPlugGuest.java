package io.paravert.examples.plugins;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.CallRange;
import io.paravert.abi.EventAreaLayout;
import io.paravert.abi.EventKind;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/** Says what the thermometer reads, or that it is gone, at first and whenever the event DEVICE_LIST comes. */
final class HotPlugGuest {
    private HotPlugGuest() {}

    static GuestProgram program() {
        return PvAssembler.program("hotplug", GuestMode.LONG, HotPlugGuest::body);
    }

    private static void body(PvAssembler g) {
        g.mov(RBP, qwordAt(g.bootInfo()));
        g.mov(RBP, qword(RBP, BootInfoLayout.EVENT_AREA_OFFSET));
        g.eventArea(RBP);
        g.exitOnError(1);
        g.eventBind(EventKind.DEVICE_LIST, imm(0), 0);
        g.exitOnError(2);
        g.mov(R12, RAX);
        Label look = g.here();
        Label gone = g.label();
        Label sleep = g.label();
        // Taken back before the look: an event that comes during it wakes the guest again.
        g.lock().btr(qword(RBP, EventAreaLayout.PENDING_OFFSET), R12);
        g.hypercall(CallRange.PLUGIN_FIRST);
        g.test(RAX, RAX);
        g.js(gone);
        g.mov(RBX, RAX);
        g.print("reads ");
        g.printDecimal(RBX);
        g.print("\n");
        g.jmp(sleep);
        g.bind(gone);
        g.print("gone\n");
        g.bind(sleep);
        g.vcpuPoll(imm(-1));
        g.exitOnError(3);
        g.jmp(look);
    }
}
