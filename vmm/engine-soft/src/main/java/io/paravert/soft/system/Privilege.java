package io.paravert.soft.system;

import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;

/** Who may do what. */
public final class Privilege {
    private Privilege() {}

    /** #GP(0) unless at privilege level 0. */
    public static void requireSupervisor(Cpu cpu) {
        if (cpu.cpl != 0) {
            throw cpu.fault(Vector.GP);
        }
    }

    /** #UD unless selectors name descriptors: not in real and virtual-8086 mode. */
    public static void requireDescriptors(Cpu cpu) {
        if (!cpu.usesDescriptors()) {
            throw cpu.fault(Vector.UD);
        }
    }

    /** SGDT, SIDT, SLDT, STR and SMSW with CR4.UMIP (Intel SDM vol. 3, 2.5). */
    public static void requireUnlessUmip(Cpu cpu) {
        if (cpu.cpl != 0 && (cpu.cr4 & Control.CR4_UMIP) != 0) {
            throw cpu.fault(Vector.GP);
        }
    }

    /** I/O privilege or, without it, the task's bitmap (AMD APM vol. 2, 12.2.5). */
    public static void requirePort(Core core, int port, int bytes) {
        Cpu cpu = core.cpu;
        boolean bitmapDecides = cpu.isProtected() && (cpu.cpl > cpu.iopl() || cpu.isVirtual8086());
        if (bitmapDecides && !TaskState.allowsPort(core, port, bytes)) {
            throw cpu.fault(Vector.GP);
        }
    }
}
