package io.paravert.soft.system;

import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import org.jspecify.annotations.Nullable;

/** From a fault to its handler, over double fault to shutdown (AMD APM vol. 2, 8.2.9). */
public final class Exceptions {
    private Exceptions() {}

    /**
     * Delivers a fault that an instruction or a fetch raised at RIP.
     *
     * @param op that raised it
     */
    public static void raise(Core core, GuestFault fault, @Nullable Op op) {
        int vector = fault.vector();
        if (vector == GuestFault.NON_CANONICAL) {
            vector = op != null && op.segment == Segment.SS ? Vector.SS : Vector.GP;
        }
        raise(core, vector, fault.errorCode());
    }

    /** Delivers an exception; RIP is where its handler returns to. */
    public static void raise(Core core, int firstVector, int firstError) {
        Cpu cpu = core.cpu;
        int vector = firstVector;
        int error = cpu.isProtected() ? firstError : 0;
        while (true) {
            try {
                if (vector == Vector.DB) {
                    cpu.dr7 &= ~Control.DR7_GENERAL_DETECT;
                }
                Interrupts.deliver(core, vector, error, Interrupts.Kind.EXCEPTION);
                return;
            } catch (GuestFault second) {
                int next = second.vector() == GuestFault.NON_CANONICAL ? Vector.SS : second.vector();
                if (vector == Vector.DF) {
                    core.leave(Core.Leave.SHUTDOWN);
                    return;
                }
                if (Vector.makesDoubleFault(vector, next)) {
                    vector = Vector.DF;
                    error = 0;
                } else {
                    vector = next;
                    error = second.errorCode();
                }
            }
        }
    }

    /** Delivers an interrupt from outside; what delivering raises is delivered in its stead. */
    public static void interrupt(Core core, int vector) {
        try {
            Interrupts.deliver(core, vector, 0, Interrupts.Kind.EXTERNAL);
        } catch (GuestFault fault) {
            raise(core, fault, null);
        }
    }
}
