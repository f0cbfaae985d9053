package io.paravert.soft.vcpu;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;

/**
 * What control transfers change before they know that they will not fault: saved at the beginning, put back when they do. One per
 * core, not nested. vCPU thread only.
 */
public final class Checkpoint {
    private final Core core;
    private final Segment[] segments = new Segment[6];
    private long rip;
    private long rsp;
    private int systemFlags;
    private long result;
    private long aux;
    private int cpl;

    Checkpoint(Core core) {
        this.core = core;
        for (int i = 0; i < segments.length; i++) {
            segments[i] = new Segment();
        }
    }

    public void save() {
        Cpu cpu = core.cpu;
        for (int i = 0; i < segments.length; i++) {
            copy(cpu.segments[i], segments[i]);
        }
        rip = cpu.rip;
        rsp = cpu.r[Cpu.RSP];
        systemFlags = cpu.systemFlags;
        result = cpu.flagResult;
        aux = cpu.flagAux;
        cpl = cpu.cpl;
    }

    public void restore() {
        Cpu cpu = core.cpu;
        for (int i = 0; i < segments.length; i++) {
            copy(segments[i], cpu.segments[i]);
        }
        cpu.rip = rip;
        cpu.r[Cpu.RSP] = rsp;
        cpu.systemFlags = systemFlags;
        cpu.flagResult = result;
        cpu.flagAux = aux;
        cpu.cpl = cpl;
        core.contextChanged();
    }

    private static void copy(Segment from, Segment to) {
        to.set(from.selector, from.base, from.limit, from.attributes);
    }
}
