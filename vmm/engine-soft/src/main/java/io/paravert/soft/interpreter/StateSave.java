package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Vector;
import io.paravert.soft.system.Cpuid;
import io.paravert.soft.system.ExtendedState;
import io.paravert.soft.system.Privilege;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** FXSAVE, XSAVE and their like, XGETBV, XSETBV (AMD APM vol. 2, 11.4 and 11.5; Intel SDM vol. 1, 13). */
final class StateSave {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int LEGACY_BYTES = 512;

    private StateSave() {}

    static void register(InstructionSet set, Cpuid cpuid) {
        set.add(Mnemonic.FXSAVE, (core, op) -> fxsave(core, op, false));
        set.add(Mnemonic.FXSAVE64, (core, op) -> fxsave(core, op, true));
        set.add(Mnemonic.FXRSTOR, (core, op) -> fxrstor(core, op, false));
        set.add(Mnemonic.FXRSTOR64, (core, op) -> fxrstor(core, op, true));
        set.add(Mnemonic.XSAVE, (core, op) -> xsave(core, op, false, false));
        set.add(Mnemonic.XSAVE64, (core, op) -> xsave(core, op, true, false));
        set.add(Mnemonic.XSAVEOPT, (core, op) -> xsave(core, op, false, true));
        set.add(Mnemonic.XSAVEOPT64, (core, op) -> xsave(core, op, true, true));
        set.add(Mnemonic.XRSTOR, (core, op) -> xrstor(core, op, false));
        set.add(Mnemonic.XRSTOR64, (core, op) -> xrstor(core, op, true));
        set.add(Mnemonic.XGETBV, StateSave::xgetbv);
        set.addEnding(Mnemonic.XSETBV, (core, op) -> xsetbv(core, cpuid.xcr0Known()));
    }

    /** Writes the first bytes of the image to the memory operand, all or nothing; the first word's fault comes before all others. */
    static void write(Core core, Op op, int bytes) {
        core.memory.prepareStore(Segmentation.linear(core.cpu, op, wordBytes(op), true), wordBytes(op));
        long va = Segmentation.linear(core.cpu, op, bytes, true);
        core.memory.prepareStore(va, bytes);
        write(core, va, 0, bytes);
    }

    /** Writes image bytes from..to to their places after {@code va}; {@code prepareStore} has been called. */
    private static void write(Core core, long va, int from, int to) {
        byte[] image = core.cpu.image;
        LinearMemory memory = core.memory;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            memory.store64(va + i, (long) LONG.get(image, i));
        }
        if (i + 4 <= to) {
            memory.store32(va + i, (int) INT.get(image, i));
            i += 4;
        }
        if (i + 2 <= to) {
            memory.store16(va + i, (short) SHORT.get(image, i));
        }
    }

    /** Bytes of one of the fields of which an x87 environment is made. */
    private static int wordBytes(Op op) {
        return op.detail == 16 ? 2 : 4;
    }

    /** Reads the first bytes of the memory operand, whose first word's fault comes before all others, to the image. */
    static void read(Core core, Op op, int bytes) {
        core.memory.load(Segmentation.linear(core.cpu, op, wordBytes(op), false), wordBytes(op));
        long va = Segmentation.linear(core.cpu, op, bytes, false);
        read(core, va, bytes);
    }

    private static void read(Core core, long va, int bytes) {
        byte[] image = core.cpu.image;
        LinearMemory memory = core.memory;
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            LONG.set(image, i, memory.load64(va + i));
        }
        if (i + 4 <= bytes) {
            INT.set(image, i, (int) memory.load32(va + i));
            i += 4;
        }
        if (i + 2 <= bytes) {
            SHORT.set(image, i, (short) memory.load16(va + i));
        }
    }

    /** #GP for bits that MXCSR does not have. */
    static void setMxcsr(Cpu cpu, int value) {
        if ((value & ~Mxcsr.WRITABLE) != 0) {
            throw cpu.fault(Vector.GP);
        }
        cpu.mxcsr.value(value);
    }

    private static long aligned(Core core, Op op, int bytes, int alignment, boolean store) {
        long va = Segmentation.linear(core.cpu, op, bytes, store);
        if ((va & alignment - 1) != 0) {
            throw core.cpu.fault(Vector.GP);
        }
        return va;
    }

    private static void fxsave(Core core, Op op, boolean wide) {
        Cpu cpu = core.cpu;
        X87Operations.guard(cpu);
        long va = aligned(core, op, LEGACY_BYTES, 16, true);
        int end = ExtendedState.vectorsEnd(cpu);
        ExtendedState.putX87(cpu, wide);
        ExtendedState.putMxcsr(cpu);
        ExtendedState.putSse(cpu);
        core.memory.prepareStore(va, LEGACY_BYTES);
        write(core, va, 0, end);
    }

    private static void fxrstor(Core core, Op op, boolean wide) {
        Cpu cpu = core.cpu;
        X87Operations.guard(cpu);
        read(core, aligned(core, op, LEGACY_BYTES, 16, false), LEGACY_BYTES);
        ExtendedState.takeMxcsr(cpu);
        ExtendedState.takeX87(cpu, wide);
        ExtendedState.takeSse(cpu);
    }

    /** #UD, #NM as XSAVE and its like raise them. */
    private static void guardExtended(Cpu cpu) {
        if ((cpu.cr4 & Control.CR4_OSXSAVE) == 0) {
            throw cpu.fault(Vector.UD);
        }
        if ((cpu.cr0 & Control.CR0_TS) != 0) {
            throw cpu.fault(Vector.NM);
        }
    }

    private static long requested(Cpu cpu) {
        return (cpu.r[Cpu.RDX] << 32 | cpu.r[Cpu.RAX] & 0xffff_ffffL) & cpu.xcr0;
    }

    private static int extendedBytes(long components) {
        return (components & Control.XCR0_AVX) != 0 ? Cpu.IMAGE_BYTES : ExtendedState.BASE_BYTES;
    }

    /** @param optimized leaves components in their initial state unwritten */
    private static void xsave(Core core, Op op, boolean wide, boolean optimized) {
        Cpu cpu = core.cpu;
        guardExtended(cpu);
        long wanted = requested(cpu);
        int bytes = extendedBytes(wanted);
        long va = aligned(core, op, bytes, 64, true);
        long inUse = ExtendedState.inUse(cpu);
        long written = optimized ? wanted & inUse : wanted;
        long header = core.memory.load64(va + LEGACY_BYTES) & ~wanted | wanted & inUse;
        core.memory.prepareStore(va, bytes);
        if ((written & Control.XCR0_X87) != 0) {
            ExtendedState.putX87(cpu, wide);
            write(core, va, 0, ExtendedState.MXCSR_OFFSET);
            write(core, va, ExtendedState.REGISTERS_OFFSET, ExtendedState.XMM_OFFSET);
        }
        if ((wanted & (Control.XCR0_SSE | Control.XCR0_AVX)) != 0) {
            ExtendedState.putMxcsr(cpu);
            write(core, va, ExtendedState.MXCSR_OFFSET, ExtendedState.REGISTERS_OFFSET);
        }
        if ((written & Control.XCR0_SSE) != 0) {
            ExtendedState.putSse(cpu);
            write(core, va, ExtendedState.XMM_OFFSET, ExtendedState.vectorsEnd(cpu));
        }
        if ((written & Control.XCR0_AVX) != 0) {
            ExtendedState.putAvx(cpu);
            write(core, va, ExtendedState.BASE_BYTES, ExtendedState.upperEnd(cpu));
        }
        core.memory.store64(va + LEGACY_BYTES, header);
    }

    private static void xrstor(Core core, Op op, boolean wide) {
        Cpu cpu = core.cpu;
        guardExtended(cpu);
        long wanted = requested(cpu);
        int bytes = extendedBytes(wanted);
        read(core, aligned(core, op, bytes, 64, false), bytes);
        if (!ExtendedState.headerIsGood(cpu.image, cpu.xcr0)) {
            throw cpu.fault(Vector.GP);
        }
        ExtendedState.take(cpu, wanted, wide);
    }

    private static void xgetbv(Core core, Op op) {
        Cpu cpu = core.cpu;
        requireExtended(cpu);
        if ((cpu.r[Cpu.RCX] & 0xffff_ffffL) != 0) {
            throw cpu.fault(Vector.GP);
        }
        cpu.r[Cpu.RAX] = cpu.xcr0 & 0xffff_ffffL;
        cpu.r[Cpu.RDX] = cpu.xcr0 >>> 32;
    }

    private static void requireExtended(Cpu cpu) {
        if ((cpu.cr4 & Control.CR4_OSXSAVE) == 0) {
            throw cpu.fault(Vector.UD);
        }
    }

    private static void xsetbv(Core core, long known) {
        Cpu cpu = core.cpu;
        requireExtended(cpu);
        Privilege.requireSupervisor(cpu);
        long value = cpu.r[Cpu.RDX] << 32 | cpu.r[Cpu.RAX] & 0xffff_ffffL;
        boolean upper = (value & Control.XCR0_AVX) != 0;
        if ((cpu.r[Cpu.RCX] & 0xffff_ffffL) != 0
                || (value & ~known) != 0
                || (value & Control.XCR0_X87) == 0
                || upper && (value & Control.XCR0_SSE) == 0) {
            throw cpu.fault(Vector.GP);
        }
        cpu.xcr0 = value;
        core.contextChanged();
    }
}
