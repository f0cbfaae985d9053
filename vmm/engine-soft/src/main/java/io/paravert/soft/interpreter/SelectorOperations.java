package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.system.Privilege;
import io.paravert.soft.system.SelectorChecks;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** Instructions that look at selectors: LAR, LSL, VERR, VERW, ARPL. */
final class SelectorOperations {
    private SelectorOperations() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.LAR, SelectorOperations::lar);
        set.add(Mnemonic.LSL, SelectorOperations::lsl);
        set.add(Mnemonic.VERR, SelectorOperations::verr);
        set.add(Mnemonic.VERW, SelectorOperations::verw);
        set.add(Mnemonic.ARPL, SelectorOperations::arpl);
    }

    private static void setZero(Cpu cpu, boolean zero) {
        int status = cpu.status();
        cpu.setStatus(zero ? status | LazyFlags.ZF : status & ~LazyFlags.ZF);
    }

    /** From memory always 16 bits. */
    private static int selector(Core core, Op op) {
        Privilege.requireDescriptors(core.cpu);
        long value = op.srcKind == Op.MEMORY
                ? core.memory.load16(Segmentation.linear(core.cpu, op, 2, false))
                : core.cpu.r[op.src];
        return (int) value & 0xffff;
    }

    private static void answer(Core core, Op op, long value) {
        if (value >= 0) {
            Place.write(core, op, value);
        }
        setZero(core.cpu, value >= 0);
    }

    static void lar(Core core, Op op) {
        answer(core, op, SelectorChecks.accessRights(core, selector(core, op)));
    }

    static void lsl(Core core, Op op) {
        answer(core, op, SelectorChecks.limit(core, selector(core, op)));
    }

    private static int onlySelector(Core core, Op op) {
        Privilege.requireDescriptors(core.cpu);
        return (int) Place.target(core, op) & 0xffff;
    }

    static void verr(Core core, Op op) {
        setZero(core.cpu, SelectorChecks.isReadable(core, onlySelector(core, op)));
    }

    static void verw(Core core, Op op) {
        setZero(core.cpu, SelectorChecks.isWritable(core, onlySelector(core, op)));
    }

    static void arpl(Core core, Op op) {
        Privilege.requireDescriptors(core.cpu);
        long rpl = core.cpu.r[op.src] & 3;
        // Not an update: what is not raised may lie where nothing can be written.
        long a = Place.target(core, op);
        boolean raised = (a & 3) < rpl;
        if (raised) {
            Place.write(core, op, a & ~3L | rpl);
        }
        setZero(core.cpu, raised);
    }
}
