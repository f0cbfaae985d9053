package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.system.ControlRegisters;
import io.paravert.soft.system.Privilege;
import io.paravert.soft.system.SegmentLoads;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** Moves to and from segment, control and debug registers. */
final class RegisterMoves {
    private RegisterMoves() {}

    static void register(InstructionSet set) {
        set.addEnding(Mnemonic.LES, (core, op) -> loadFar(core, op, Segment.ES));
        set.addEnding(Mnemonic.LSS, (core, op) -> loadFar(core, op, Segment.SS));
        set.addEnding(Mnemonic.LDS, (core, op) -> loadFar(core, op, Segment.DS));
        set.addEnding(Mnemonic.LFS, (core, op) -> loadFar(core, op, Segment.FS));
        set.addEnding(Mnemonic.LGS, (core, op) -> loadFar(core, op, Segment.GS));
    }

    static void toSegment(Core core, Op op) {
        int selector = (int) Place.source(core, op) & 0xffff;
        SegmentLoads.load(core, op.dst, selector);
        if (op.dst == Segment.SS) {
            SystemOperations.stackShadow(core);
        }
    }

    /** To memory 16 bits, to a register the operand size, zero-extended. */
    static void fromSegment(Core core, Op op) {
        long selector = core.cpu.segments[op.src].selector;
        if (op.dstKind == Op.MEMORY) {
            core.memory.store16(Segmentation.linear(core.cpu, op, 2, true), selector);
        } else {
            Place.writeRegister(core.cpu, Op.REGISTER, op.dst, op.bits, selector);
        }
    }

    /** A far pointer: the offset goes to the register, the selector to the segment. */
    private static void loadFar(Core core, Op op, int segment) {
        int bytes = op.bytes();
        LinearMemory memory = core.memory;
        long place = Segmentation.linear(core.cpu, op, bytes + 2, false);
        long offset = memory.load(place, bytes);
        int selector = (int) memory.load16(place + bytes);
        SegmentLoads.load(core, segment, selector);
        Place.writeRegister(core.cpu, Op.REGISTER, op.dst, op.bits, offset);
    }

    static void fromControl(Core core, Op op) {
        Cpu cpu = core.cpu;
        Privilege.requireSupervisor(cpu);
        long value = switch (op.src) {
            case 0 -> cpu.cr0;
            case 2 -> cpu.cr2;
            case 3 -> cpu.cr3;
            case 4 -> cpu.cr4;
            case 8 -> core.platform.taskPriority();
            default -> throw cpu.fault(Vector.UD);
        };
        Place.writeRegister(cpu, Op.REGISTER, op.dst, op.bits, value);
    }

    static void toControl(Core core, Op op) {
        Cpu cpu = core.cpu;
        Privilege.requireSupervisor(cpu);
        long value = Place.readRegister(cpu, Op.REGISTER, op.src, op.srcBits);
        switch (op.dst) {
            case 0 -> ControlRegisters.writeCr0(core, value);
            case 2 -> cpu.cr2 = value;
            case 3 -> ControlRegisters.writeCr3(core, value);
            case 4 -> ControlRegisters.writeCr4(core, value);
            case 8 -> ControlRegisters.writeCr8(core, value);
            default -> throw cpu.fault(Vector.UD);
        }
    }

    static void fromDebug(Core core, Op op) {
        Privilege.requireSupervisor(core.cpu);
        Place.writeRegister(core.cpu, Op.REGISTER, op.dst, op.bits, ControlRegisters.readDebug(core, op.src));
    }

    static void toDebug(Core core, Op op) {
        Privilege.requireSupervisor(core.cpu);
        long value = Place.readRegister(core.cpu, Op.REGISTER, op.src, op.srcBits);
        ControlRegisters.writeDebug(core, op.dst, value);
    }
}
