package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceLayout;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.Immediate;
import io.paravert.isa.Operand;
import io.paravert.isa.Register;

/** The classical path: seven accesses to registers, as pv_device_io.h names them. */
final class RegisterDriver implements DeviceDriver {
    private static final int COMMAND = 0x00;
    private static final int RESULT = 0x04;
    private static final int OFFSET = 0x08;
    private static final int GPA = 0x10;
    private static final int BYTES = 0x18;
    private static final int HALF = Integer.SIZE;

    private final PvAssembler g;
    private final boolean ports;

    RegisterDriver(PvAssembler g, boolean ports) {
        this.g = g;
        this.ports = ports;
    }

    @Override
    public void begin() {
        // The registers are there from the start.
    }

    @Override
    public void operation(int op) {
        g.mov(R8D, EDX);
        if (ports) {
            g.movzx(ECX, word(RBX, DeviceLayout.PORT_OFFSET));
        } else {
            g.mov(RCX, qword(RBX, DeviceLayout.MMIO_OFFSET));
        }
        put64(OFFSET, RDI);
        put64(GPA, RSI);
        put(BYTES, R8D);
        put(COMMAND, imm(op));
        if (ports) {
            g.lea(EDX, mem(RCX, RESULT));
            g.in(EAX, DX);
        } else {
            g.mov(EAX, dword(RCX, RESULT));
        }
        g.movsxd(RAX, EAX);
    }

    private void put64(int register, Register value) {
        g.mov(RAX, value);
        putAccumulator(register);
        g.shr(RAX, HALF);
        putAccumulator(register + Integer.BYTES);
    }

    private void put(int register, Operand value) {
        if (value instanceof Immediate constant) {
            g.mov(EAX, constant.value());
        } else {
            g.mov(EAX, (Register) value);
        }
        putAccumulator(register);
    }

    private void putAccumulator(int register) {
        if (ports) {
            g.lea(EDX, mem(RCX, register));
            g.out(DX, EAX);
        } else {
            g.mov(dword(RCX, register), EAX);
        }
    }
}
