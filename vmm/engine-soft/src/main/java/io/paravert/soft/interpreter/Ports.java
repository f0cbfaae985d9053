package io.paravert.soft.interpreter;

import static io.paravert.soft.state.Cpu.RAX;
import static io.paravert.soft.state.Cpu.RDI;
import static io.paravert.soft.state.Cpu.RSI;

import io.paravert.isa.Mnemonic;
import io.paravert.memory.RawMemory;
import io.paravert.soft.memory.AccessLog;
import io.paravert.soft.memory.EngineDevices;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Unwind;
import io.paravert.soft.system.Privilege;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;

/** IN, OUT, INS and OUTS. */
final class Ports {
    private static final int PAGE = 4096;

    private Ports() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.IN, InstructionSet.serializing(Ports::in));
        set.add(Mnemonic.OUT, InstructionSet.serializing(Ports::out));
    }

    private static int number(Cpu cpu, int kind, long immediate) {
        return kind == Op.IMMEDIATE ? (int) immediate & 0xff : Strings.port(cpu);
    }

    static void in(Core core, Op op) {
        Cpu cpu = core.cpu;
        int port = number(cpu, op.srcKind, op.immediate);
        Privilege.requirePort(core, port, op.bytes());
        EngineDevices devices = core.platform.devices();
        long value = devices.claimsPort(port) ? devices.in(port, op.bytes()) : core.log.in(port, op.bytes());
        Place.writeRegister(cpu, Op.REGISTER, RAX, op.bits, value);
    }

    /** The first operand is the port, the second the accumulator. */
    static void out(Core core, Op op) {
        Cpu cpu = core.cpu;
        int port = number(cpu, op.dstKind, op.immediate);
        int bytes = op.srcBits >> 3;
        Privilege.requirePort(core, port, bytes);
        EngineDevices devices = core.platform.devices();
        if (devices.claimsPort(port)) {
            devices.out(port, bytes, cpu.r[RAX]);
        } else if (!core.machine.doorbells().ring(false, port, bytes)) {
            RawMemory.putLong(core.log.data(), cpu.r[RAX]);
            core.log.out(port, bytes, 1);
        }
    }

    /** Elements that one exit moves: all that are left, as far as page and buffer go. */
    private static int batch(Core core, Op op, long left, long linear, int bytes) {
        if (core.log.isOpen()) {
            return core.log.count();
        }
        Cpu cpu = core.cpu;
        if (!Strings.isRepeated(op) || cpu.has(Rflags.DF) || (cpu.mode & CodeMode.STEP) != 0) {
            return 1;
        }
        long fits = Math.min(PAGE - (linear & (PAGE - 1)), AccessLog.BUFFER_BYTES) / bytes;
        return (int) Math.max(1, Math.min(left, fits));
    }

    static void insertString(Core core, Op op) {
        Cpu cpu = core.cpu;
        int bytes = op.bytes();
        int port = Strings.port(cpu);
        boolean repeated = Strings.isRepeated(op);
        long left = repeated ? Strings.count(cpu, op) : 1;
        if (left == 0) {
            return;
        }
        Privilege.requirePort(core, port, bytes);
        EngineDevices devices = core.platform.devices();
        if (devices.claimsPort(port)) {
            long place = Strings.targetAddress(core, op, bytes, true);
            core.memory.prepareStore(place, bytes);
            core.memory.store(place, bytes, devices.in(port, bytes));
            Strings.advanceBy(core, op, RDI, 1, bytes);
            finish(core, op, left, 1, repeated);
            return;
        }
        long to = Strings.targetAddress(core, op, bytes, true);
        int n = batch(core, op, left, to, bytes);
        core.memory.prepareStore(to, n * bytes);
        core.log.inString(port, bytes, n);
        long data = core.log.data();
        for (int i = 0; i < n; i++) {
            core.memory.store(to + (long) i * bytes, bytes, RawMemory.getLong(data + (long) i * bytes));
        }
        Strings.advanceBy(core, op, RDI, n, bytes);
        finish(core, op, left, n, repeated);
    }

    static void outputString(Core core, Op op) {
        Cpu cpu = core.cpu;
        int bytes = op.srcBits >> 3;
        int port = Strings.port(cpu);
        boolean repeated = Strings.isRepeated(op);
        long left = repeated ? Strings.count(cpu, op) : 1;
        if (left == 0) {
            return;
        }
        Privilege.requirePort(core, port, bytes);
        EngineDevices devices = core.platform.devices();
        if (devices.claimsPort(port)) {
            devices.out(port, bytes, core.memory.load(Strings.sourceAddress(core, op, bytes), bytes));
            Strings.advanceBy(core, op, RSI, 1, bytes);
            finish(core, op, left, 1, repeated);
            return;
        }
        long from = Strings.sourceAddress(core, op, bytes);
        int n = batch(core, op, left, from, bytes);
        long data = core.log.data();
        for (int i = 0; i < n; i++) {
            RawMemory.putLong(data + (long) i * bytes, core.memory.load(from + (long) i * bytes, bytes));
        }
        core.log.out(port, bytes, n);
        Strings.advanceBy(core, op, RSI, n, bytes);
        finish(core, op, left, n, repeated);
    }

    private static void finish(Core core, Op op, long left, int done, boolean repeated) {
        core.log.retire();
        if (repeated) {
            Strings.setCount(core.cpu, op, left - done);
            if (left != done) {
                throw Unwind.REPEAT;
            }
        }
    }
}
