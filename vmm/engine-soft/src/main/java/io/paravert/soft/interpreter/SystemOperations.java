package io.paravert.soft.interpreter;

import static io.paravert.soft.interpreter.InstructionSet.serializing;
import static io.paravert.soft.state.Cpu.RAX;
import static io.paravert.soft.state.Cpu.RBX;
import static io.paravert.soft.state.Cpu.RCX;
import static io.paravert.soft.state.Cpu.RDX;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Pending;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.system.ControlRegisters;
import io.paravert.soft.system.Cpuid;
import io.paravert.soft.system.Msrs;
import io.paravert.soft.system.Privilege;
import io.paravert.soft.system.SegmentLoads;
import io.paravert.soft.system.SystemCalls;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** Instructions of the operating system, and those that ask about the machine. */
final class SystemOperations {
    private final Cpuid cpuid;

    private SystemOperations(Cpuid cpuid) {
        this.cpuid = cpuid;
    }

    static void register(InstructionSet set, Cpuid cpuid) {
        SystemOperations system = new SystemOperations(cpuid);
        set.add(Mnemonic.CPUID, serializing(system::cpuid));
        set.addEnding(Mnemonic.CLI, SystemOperations::cli);
        set.addEnding(Mnemonic.STI, SystemOperations::sti);
        set.addEnding(Mnemonic.HLT, SystemOperations::hlt);
        set.addEnding(Mnemonic.VMCALL, (core, op) -> core.leave(Core.Leave.HYPERCALL));
        set.addEnding(Mnemonic.VMMCALL, (core, op) -> core.leave(Core.Leave.HYPERCALL));
        set.addEnding(Mnemonic.INVLPG, serializing(SystemOperations::invlpg));
        set.addEnding(Mnemonic.INVPCID, serializing(SystemOperations::invpcid));
        set.addEnding(Mnemonic.CLTS, SystemOperations::clts);
        set.addEnding(Mnemonic.LMSW, serializing(SystemOperations::lmsw));
        set.addEnding(Mnemonic.WRMSR, serializing(SystemOperations::wrmsr));
        set.addEnding(Mnemonic.INVD, serializing((core, op) -> Privilege.requireSupervisor(core.cpu)));
        set.addEnding(Mnemonic.WBINVD, serializing((core, op) -> Privilege.requireSupervisor(core.cpu)));
        set.addEnding(Mnemonic.SWAPGS, SystemOperations::swapgs);
        set.addJump(Mnemonic.SYSCALL, (core, op) -> SystemCalls.syscall(core), 0);
        set.addJump(Mnemonic.SYSRET, (core, op) -> SystemCalls.sysret(core, op.bits), 0);
        set.addJump(Mnemonic.SYSENTER, (core, op) -> SystemCalls.sysenter(core), 0);
        set.addJump(Mnemonic.SYSEXIT, (core, op) -> SystemCalls.sysexit(core), 0);
        set.add(Mnemonic.RDTSC, SystemOperations::rdtsc);
        set.add(Mnemonic.RDTSCP, SystemOperations::rdtscp);
        // There are no performance counters.
        set.add(Mnemonic.RDPMC, (core, op) -> {
            throw core.cpu.fault(Vector.GP);
        });
        set.add(Mnemonic.RDMSR, SystemOperations::rdmsr);
        set.add(Mnemonic.RDPID, (core, op) -> Place.write(core, op, core.cpu.msr.tscAux));
        set.add(Mnemonic.RDRAND, SystemOperations::random);
        set.add(Mnemonic.RDSEED, SystemOperations::random);
        set.add(Mnemonic.SMSW, SystemOperations::smsw);
        set.add(Mnemonic.SGDT, (core, op) -> storeTable(core, op, core.cpu.gdtLimit, core.cpu.gdtBase));
        set.add(Mnemonic.SIDT, (core, op) -> storeTable(core, op, core.cpu.idtLimit, core.cpu.idtBase));
        set.addEnding(Mnemonic.LGDT, serializing(SystemOperations::lgdt));
        set.addEnding(Mnemonic.LIDT, serializing(SystemOperations::lidt));
        set.add(Mnemonic.SLDT, (core, op) -> storeSelector(core, op, Segment.LDTR));
        set.add(Mnemonic.STR, (core, op) -> storeSelector(core, op, Segment.TR));
        set.addEnding(Mnemonic.LLDT, serializing(SystemOperations::lldt));
        set.addEnding(Mnemonic.LTR, serializing(SystemOperations::ltr));
        set.add(Mnemonic.STAC, (core, op) -> setAlignmentCheck(core, true));
        set.add(Mnemonic.CLAC, (core, op) -> setAlignmentCheck(core, false));
        set.add(Mnemonic.RDFSBASE, (core, op) -> readBase(core, op, Segment.FS));
        set.add(Mnemonic.RDGSBASE, (core, op) -> readBase(core, op, Segment.GS));
        set.add(Mnemonic.WRFSBASE, (core, op) -> writeBase(core, op, Segment.FS));
        set.add(Mnemonic.WRGSBASE, (core, op) -> writeBase(core, op, Segment.GS));
        set.add(Mnemonic.CLFLUSH, SystemOperations::touch);
        set.add(Mnemonic.CLFLUSHOPT, SystemOperations::touch);
        set.add(Mnemonic.CLWB, SystemOperations::touch);
    }

    private void cpuid(Core core, Op op) {
        Cpu cpu = core.cpu;
        int[] out = new int[4];
        cpuid.read(cpu, core.platform.apicId(), (int) cpu.r[RAX], (int) cpu.r[RCX], out);
        cpu.r[RAX] = out[0] & 0xffff_ffffL;
        cpu.r[RBX] = out[1] & 0xffff_ffffL;
        cpu.r[RCX] = out[2] & 0xffff_ffffL;
        cpu.r[RDX] = out[3] & 0xffff_ffffL;
    }

    /** The next instruction runs before interrupts (AMD APM vol. 2, 8.1.3). */
    static void shadow(Core core) {
        core.cpu.pending.raise(Pending.SHADOW);
    }

    /** As {@link #shadow}, after a load of SS. */
    static void stackShadow(Core core) {
        core.stackShadow = true;
        shadow(core);
    }

    static void cli(Core core, Op op) {
        Cpu cpu = core.cpu;
        requireInterruptControl(cpu);
        cpu.systemFlags &= ~Rflags.IF;
    }

    static void sti(Core core, Op op) {
        Cpu cpu = core.cpu;
        requireInterruptControl(cpu);
        if (!cpu.has(Rflags.IF)) {
            cpu.systemFlags |= Rflags.IF;
            shadow(core);
            core.flagsChanged();
        }
    }

    private static void requireInterruptControl(Cpu cpu) {
        if (cpu.isProtected() && cpu.cpl > cpu.iopl() || cpu.isVirtual8086() && cpu.iopl() < 3) {
            throw cpu.fault(Vector.GP);
        }
    }

    static void hlt(Core core, Op op) {
        Privilege.requireSupervisor(core.cpu);
        core.leave(Core.Leave.HALT);
    }

    static void invlpg(Core core, Op op) {
        Cpu cpu = core.cpu;
        Privilege.requireSupervisor(cpu);
        core.mmu.flushPage(cpu.r[op.segmentBase] + Segmentation.offset(cpu, op));
        core.code.flushTranslations();
    }

    static void invpcid(Core core, Op op) {
        Cpu cpu = core.cpu;
        Privilege.requireSupervisor(cpu);
        long place = Segmentation.linear(cpu, op, 16, false);
        long pcid = core.memory.load64(place);
        long address = core.memory.load64(place + 8);
        long type = op.dstKind == Op.REGISTER ? cpu.r[op.dst] : 0;
        boolean noPcids = (cpu.cr4 & Control.CR4_PCIDE) == 0 && pcid != 0;
        if (Long.compareUnsigned(type, 3) > 0 || type < 2 && (pcid >>> 12 != 0 || noPcids)) {
            throw cpu.fault(Vector.GP);
        }
        if (type == 0 && address << 16 >> 16 != address) {
            throw cpu.fault(Vector.GP);
        }
        if (type == 0) {
            core.mmu.flushPage(address);
        } else if (type == 1) {
            core.mmu.flushSpace((int) pcid);
        } else {
            core.mmu.flushAll();
        }
        core.code.flushTranslations();
    }

    static void clts(Core core, Op op) {
        Privilege.requireSupervisor(core.cpu);
        core.cpu.cr0 &= ~Control.CR0_TS;
        core.cpu.refreshMode();
    }

    static void lmsw(Core core, Op op) {
        Cpu cpu = core.cpu;
        Privilege.requireSupervisor(cpu);
        long word = Place.target(core, op) & 15 | cpu.cr0 & Control.CR0_PE;
        ControlRegisters.writeCr0(core, cpu.cr0 & ~15L | word | cpu.cr0 & Control.CR0_ET);
    }

    static void smsw(Core core, Op op) {
        Privilege.requireUnlessUmip(core.cpu);
        storeWide(core, op, core.cpu.cr0);
    }

    /** To memory 16 bits, to a register the operand size. */
    private static void storeWide(Core core, Op op, long value) {
        if (op.dstKind == Op.MEMORY) {
            core.memory.store16(Segmentation.linear(core.cpu, op, 2, true), value);
        } else {
            Place.writeRegister(core.cpu, Op.REGISTER, op.dst, op.bits, value);
        }
    }

    static void rdmsr(Core core, Op op) {
        Cpu cpu = core.cpu;
        Privilege.requireSupervisor(cpu);
        setPair(cpu, Msrs.read(core, (int) cpu.r[RCX]));
    }

    static void wrmsr(Core core, Op op) {
        Cpu cpu = core.cpu;
        Privilege.requireSupervisor(cpu);
        Msrs.write(core, (int) cpu.r[RCX], cpu.r[RDX] << 32 | cpu.r[RAX] & 0xffff_ffffL);
    }

    private static void setPair(Cpu cpu, long value) {
        cpu.r[RAX] = value & 0xffff_ffffL;
        cpu.r[RDX] = value >>> 32;
    }

    static void rdtsc(Core core, Op op) {
        Cpu cpu = core.cpu;
        if ((cpu.cr4 & Control.CR4_TSD) != 0 && cpu.cpl != 0) {
            throw cpu.fault(Vector.GP);
        }
        setPair(cpu, core.platform.ticks() + cpu.msr.tscOffset);
    }

    static void rdtscp(Core core, Op op) {
        rdtsc(core, op);
        core.cpu.r[RCX] = core.cpu.msr.tscAux;
    }

    static void random(Core core, Op op) {
        Place.write(core, op, core.platform.random());
        core.cpu.setStatus(LazyFlags.CF);
    }

    static void swapgs(Core core, Op op) {
        Cpu cpu = core.cpu;
        Privilege.requireSupervisor(cpu);
        long base = cpu.segments[Segment.GS].base;
        Msrs.setBase(core, Segment.GS, cpu.msr.kernelGsBase);
        cpu.msr.kernelGsBase = base;
    }

    /** A table register in memory: limit, then base, of which 16-bit operands have 24 bits. */
    private static void storeTable(Core core, Op op, int limit, long base) {
        Cpu cpu = core.cpu;
        Privilege.requireUnlessUmip(cpu);
        int bytes = cpu.is64() ? 8 : 4;
        long place = Segmentation.linear(cpu, op, 2 + bytes, true);
        LinearMemory memory = core.memory;
        memory.prepareStore(place, 2 + bytes);
        memory.store16(place, limit);
        memory.store(place + 2, bytes, base);
    }

    private static long loadBase(Core core, Op op, long place) {
        if (core.cpu.is64()) {
            long base = core.memory.load64(place + 2);
            if (base << 16 >> 16 != base) {
                throw core.cpu.fault(Vector.GP);
            }
            return base;
        }
        long base = core.memory.load32(place + 2);
        return op.detail == 16 ? base & 0xff_ffff : base;
    }

    private static long tablePlace(Core core, Op op) {
        Privilege.requireSupervisor(core.cpu);
        return Segmentation.linear(core.cpu, op, core.cpu.is64() ? 10 : 6, false);
    }

    static void lgdt(Core core, Op op) {
        long place = tablePlace(core, op);
        int limit = (int) core.memory.load16(place);
        core.cpu.gdtBase = loadBase(core, op, place);
        core.cpu.gdtLimit = limit;
    }

    static void lidt(Core core, Op op) {
        long place = tablePlace(core, op);
        int limit = (int) core.memory.load16(place);
        core.cpu.idtBase = loadBase(core, op, place);
        core.cpu.idtLimit = limit;
    }

    private static void storeSelector(Core core, Op op, int segment) {
        Privilege.requireDescriptors(core.cpu);
        Privilege.requireUnlessUmip(core.cpu);
        storeWide(core, op, core.cpu.segments[segment].selector);
    }

    private static int selector(Core core, Op op) {
        Privilege.requireDescriptors(core.cpu);
        Privilege.requireSupervisor(core.cpu);
        return (int) Place.target(core, op) & 0xffff;
    }

    static void lldt(Core core, Op op) {
        SegmentLoads.loadLdt(core, selector(core, op));
    }

    static void ltr(Core core, Op op) {
        SegmentLoads.loadTask(core, selector(core, op));
    }

    private static void setAlignmentCheck(Core core, boolean on) {
        Cpu cpu = core.cpu;
        if (cpu.cpl != 0) {
            throw undefined(cpu);
        }
        cpu.systemFlags = on ? cpu.systemFlags | Rflags.AC : cpu.systemFlags & ~Rflags.AC;
        core.mmu.select();
    }

    private static GuestFault undefined(Cpu cpu) {
        return cpu.fault(Vector.UD);
    }

    private static void requireBaseAccess(Cpu cpu) {
        if ((cpu.cr4 & Control.CR4_FSGSBASE) == 0) {
            throw undefined(cpu);
        }
    }

    private static void readBase(Core core, Op op, int segment) {
        requireBaseAccess(core.cpu);
        Place.write(core, op, core.cpu.segments[segment].base);
    }

    private static void writeBase(Core core, Op op, int segment) {
        Cpu cpu = core.cpu;
        requireBaseAccess(cpu);
        long base = Place.target(core, op);
        if (base << 16 >> 16 != base) {
            throw cpu.fault(Vector.GP);
        }
        Msrs.setBase(core, segment, base);
    }

    /** Cache-line operations fault as a load does, and do nothing else. */
    static void touch(Core core, Op op) {
        core.memory.load8(Segmentation.linear(core.cpu, op, 1, false));
    }
}
