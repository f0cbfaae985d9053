package io.paravert.soft.system;

import static io.paravert.soft.state.Cpu.R11;
import static io.paravert.soft.state.Cpu.RCX;
import static io.paravert.soft.state.Cpu.RDX;
import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;

/**
 * SYSCALL, SYSRET, SYSENTER and SYSEXIT as AMD has them (AMD APM vol. 2, 6.1): SYSENTER and SYSEXIT do not exist in long mode. RIP is
 * that of the next instruction when they begin.
 */
public final class SystemCalls {
    private static final int CODE = Segment.PRESENT | Segment.NOT_SYSTEM | 0xb | Segment.GRANULAR;
    private static final int DATA = Segment.PRESENT | Segment.NOT_SYSTEM | 0x3 | Segment.GRANULAR | Segment.BIG;
    private static final int USER = 3 << 5;
    private static final long FLAT_LIMIT = 0xffff_ffffL;

    private SystemCalls() {}

    private static void enter(Core core, int selector, int codeAttributes, int cpl) {
        Cpu cpu = core.cpu;
        int user = cpl == 3 ? USER : 0;
        cpu.cs().set(selector & 0xfffc | cpl, 0, FLAT_LIMIT, CODE | codeAttributes | user);
        cpu.cpl = cpl;
        core.contextChanged();
    }

    private static void setStack(Core core, int selector, int cpl) {
        core.cpu.ss().set(selector & 0xfffc | cpl, 0, FLAT_LIMIT, DATA | (cpl == 3 ? USER : 0));
    }

    private static void requireEnabled(Cpu cpu) {
        if ((cpu.efer & Control.EFER_SCE) == 0) {
            throw cpu.fault(Vector.UD);
        }
    }

    public static void syscall(Core core) {
        Cpu cpu = core.cpu;
        requireEnabled(cpu);
        int selector = (int) (cpu.msr.star >>> 32) & 0xffff;
        long target;
        if (cpu.isLong()) {
            target = cpu.is64() ? cpu.msr.lstar : cpu.msr.cstar;
            cpu.r[RCX] = cpu.rip;
            cpu.r[R11] = cpu.rflags() & ~Rflags.RF;
            int flags = cpu.rflags() & ~(int) cpu.msr.sfmask & ~Rflags.RF;
            FarReturns.setFlags(cpu, flags, Rflags.SYSTEM);
        } else {
            target = cpu.msr.star & 0xffff_ffffL;
            cpu.r[RCX] = cpu.rip & 0xffff_ffffL;
            cpu.systemFlags &= ~(Rflags.IF | Rflags.VM | Rflags.RF);
        }
        cpu.rip = target;
        setStack(core, selector + 8, 0);
        enter(core, selector, cpu.isLong() ? Segment.LONG : Segment.BIG, 0);
    }

    /** @param bits operand size: 64 returns to 64-bit code */
    public static void sysret(Core core, int bits) {
        Cpu cpu = core.cpu;
        requireEnabled(cpu);
        if (!cpu.isProtected()) {
            throw cpu.fault(Vector.GP);
        }
        Privilege.requireSupervisor(cpu);
        int selector = (int) (cpu.msr.star >>> 48);
        boolean to64 = bits == 64;
        long target = to64 ? cpu.r[RCX] : cpu.r[RCX] & 0xffff_ffffL;
        if (cpu.isLong()) {
            int known = Rflags.SYSTEM & ~(Rflags.RF | Rflags.VM);
            FarReturns.setFlags(cpu, (int) cpu.r[R11], known | LazyFlags.STATUS);
            cpu.systemFlags &= ~(Rflags.RF | Rflags.VM);
        } else {
            cpu.systemFlags |= Rflags.IF;
        }
        cpu.rip = target;
        setStack(core, selector + 8, 3);
        enter(core, to64 ? selector + 16 : selector, to64 ? Segment.LONG : Segment.BIG, 3);
    }

    public static void sysenter(Core core) {
        Cpu cpu = core.cpu;
        if (cpu.isLong()) {
            throw cpu.fault(Vector.UD);
        }
        int selector = (int) cpu.msr.sysenterCs & 0xfffc;
        if (!cpu.isProtected() || selector == 0) {
            throw cpu.fault(Vector.GP);
        }
        cpu.systemFlags &= ~(Rflags.IF | Rflags.VM | Rflags.RF);
        cpu.rip = cpu.msr.sysenterEip & 0xffff_ffffL;
        cpu.r[RSP] = cpu.msr.sysenterEsp & 0xffff_ffffL;
        setStack(core, selector + 8, 0);
        enter(core, selector, Segment.BIG, 0);
    }

    public static void sysexit(Core core) {
        Cpu cpu = core.cpu;
        if (cpu.isLong()) {
            throw cpu.fault(Vector.UD);
        }
        int selector = (int) cpu.msr.sysenterCs & 0xfffc;
        if (!cpu.isProtected() || selector == 0) {
            throw cpu.fault(Vector.GP);
        }
        Privilege.requireSupervisor(cpu);
        cpu.rip = cpu.r[RDX] & 0xffff_ffffL;
        cpu.r[RSP] = cpu.r[RCX] & 0xffff_ffffL;
        setStack(core, selector + 24, 3);
        enter(core, selector + 16, Segment.BIG, 3);
    }
}
