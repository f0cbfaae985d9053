package io.paravert.guest;

import io.paravert.abi.VcpuStartLayout;
import io.paravert.isa.asm.Label;

/** The structure that VCPU_START takes, as data of a program. */
final class VcpuStarts {
    private VcpuStarts() {}

    static Label data(PvAssembler asm, Label entry, Label stackTop) {
        return asm.data("vCPU start", Long.BYTES, () -> {
            asm.dd(asm.mode().vcpuMode());
            asm.space(VcpuStartLayout.RIP_OFFSET - Integer.BYTES);
            asm.dq(entry, 0);
            asm.space(VcpuStartLayout.RSP_OFFSET - VcpuStartLayout.RIP_OFFSET - Long.BYTES);
            asm.dq(stackTop, 0);
            asm.space(VcpuStartLayout.SIZE - VcpuStartLayout.RSP_OFFSET - Long.BYTES);
        });
    }
}
