package io.paravert.soft;

import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.vcpu.Core;
import io.paravert.vmm.engine.CpuState;

/** Between a vCPU's registers and the monitor's carrier. vCPU thread only. */
final class StateTransfer {
    private StateTransfer() {}

    static void read(Cpu cpu, CpuState state) {
        System.arraycopy(cpu.r, 0, state.general, 0, 16);
        state.rip = cpu.rip;
        state.rflags = cpu.rflags();
        for (int i = 0; i < 6; i++) {
            cpu.segments[i].copyTo(state.segments[i]);
        }
        cpu.segments[Segment.TR].copyTo(state.tr);
        cpu.segments[Segment.LDTR].copyTo(state.ldt);
        state.gdtBase = cpu.gdtBase;
        state.gdtLimit = cpu.gdtLimit;
        state.idtBase = cpu.idtBase;
        state.idtLimit = cpu.idtLimit;
        state.cr0 = cpu.cr0;
        state.cr2 = cpu.cr2;
        state.cr3 = cpu.cr3;
        state.cr4 = cpu.cr4;
        state.cr8 = cpu.cr8;
        state.efer = cpu.efer;
        state.apicBase = cpu.msr.apicBase;
    }

    static void write(Core core, CpuState state) {
        Cpu cpu = core.cpu;
        System.arraycopy(state.general, 0, cpu.r, 0, 16);
        cpu.rip = state.rip;
        cpu.systemFlags = (int) state.rflags & Rflags.SYSTEM;
        cpu.setStatus((int) state.rflags);
        for (int i = 0; i < 6; i++) {
            cpu.segments[i].copyFrom(state.segments[i]);
        }
        cpu.segments[Segment.TR].copyFrom(state.tr);
        cpu.segments[Segment.LDTR].copyFrom(state.ldt);
        cpu.gdtBase = state.gdtBase;
        cpu.gdtLimit = state.gdtLimit & 0xffff;
        cpu.idtBase = state.idtBase;
        cpu.idtLimit = state.idtLimit & 0xffff;
        cpu.cr0 = state.cr0 | Control.CR0_ET;
        cpu.cr2 = state.cr2;
        cpu.cr3 = state.cr3;
        cpu.cr4 = state.cr4;
        cpu.cr8 = state.cr8;
        cpu.efer = state.efer;
        if (state.apicBase != 0) {
            cpu.msr.apicBase = state.apicBase;
        }
        cpu.cpl = cpu.isVirtual8086() ? 3 : cpu.isProtected() ? cpu.ss().dpl() : 0;
        cpu.refreshMode();
        core.flushTranslations();
        core.contextChanged();
    }
}
