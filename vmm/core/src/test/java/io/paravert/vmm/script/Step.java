package io.paravert.vmm.script;

import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.VcpuExit;

/** One thing that a scripted guest does. */
public interface Step {
    /** Fills the exit; the data of accesses go to {@code data}, a host address of 4096 bytes. */
    ExitReason leave(ScriptedVcpu vcpu, VcpuExit exit, long data);

    /** What the guest sees when it goes on: the datum read, or RAX. */
    default long complete(ScriptedVcpu vcpu, VcpuExit exit, long data) {
        return 0;
    }

    static Step out(int port, int size, long value) {
        return (vcpu, exit, data) -> {
            RawMemory.putLong(data, value);
            return exit.setPortAccess(true, port, size, 1, data);
        };
    }

    /** OUTS with a count; each datum is its index. */
    static Step outString(int port, int size, int count) {
        return (vcpu, exit, data) -> {
            for (int i = 0; i < count; i++) {
                RawMemory.putByte(data + (long) i * size, (byte) i);
            }
            return exit.setPortAccess(true, port, size, count, data);
        };
    }

    static Step in(int port, int size) {
        return inString(port, size, 1);
    }

    static Step inString(int port, int size, int count) {
        return new Step() {
            @Override
            public ExitReason leave(ScriptedVcpu vcpu, VcpuExit exit, long data) {
                RawMemory.fill(data, (long) size * count, (byte) 0x5a);
                return exit.setPortAccess(false, port, size, count, data);
            }

            @Override
            public long complete(ScriptedVcpu vcpu, VcpuExit exit, long data) {
                return loaded(data, size);
            }
        };
    }

    static Step store(long gpa, int size, long value) {
        return (vcpu, exit, data) -> {
            RawMemory.putLong(data, value);
            return exit.setMmioAccess(true, gpa, size, data);
        };
    }

    static Step load(long gpa, int size) {
        return new Step() {
            @Override
            public ExitReason leave(ScriptedVcpu vcpu, VcpuExit exit, long data) {
                RawMemory.putLong(data, 0x5a5a5a5a5a5a5a5aL);
                return exit.setMmioAccess(false, gpa, size, data);
            }

            @Override
            public long complete(ScriptedVcpu vcpu, VcpuExit exit, long data) {
                return loaded(data, size);
            }
        };
    }

    /** A call by vmcall; arguments that are not given are 0. */
    static Step call(long number, long... arguments) {
        return new Step() {
            @Override
            public ExitReason leave(ScriptedVcpu vcpu, VcpuExit exit, long data) {
                exit.setHypercall(number);
                for (int i = 0; i < VcpuExit.MAX_ARGUMENTS; i++) {
                    exit.setArgument(i, i < arguments.length ? arguments[i] : 0);
                }
                return exit.reason();
            }

            @Override
            public long complete(ScriptedVcpu vcpu, VcpuExit exit, long data) {
                return exit.result();
            }
        };
    }

    static Step halt() {
        return (vcpu, exit, data) -> exit.set(ExitReason.HALT);
    }

    /** Stays in the guest until it is kicked. */
    static Step spin() {
        return (vcpu, exit, data) -> {
            vcpu.awaitKick();
            return exit.set(ExitReason.INTERRUPTED);
        };
    }

    static Step tripleFault() {
        return (vcpu, exit, data) -> exit.set(ExitReason.SHUTDOWN);
    }

    static Step fail(String why) {
        return (vcpu, exit, data) -> exit.setFailed(why);
    }

    /** The engine itself breaks its promise. */
    static Step throwing(RuntimeException broken) {
        return (vcpu, exit, data) -> {
            throw broken;
        };
    }

    private static long loaded(long data, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (RawMemory.getByte(data + i) & 0xffL) << (8 * i);
        }
        return value;
    }
}
