package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.x87.X87Image;
import io.paravert.soft.numeric.x87.X87Image.Layout;
import io.paravert.soft.numeric.x87.X87Load;
import io.paravert.soft.numeric.x87.X87State;
import io.paravert.soft.numeric.x87.X87Store;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Guards;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** x87 loads, stores, and control instructions. */
final class X87Transfers {
    private X87Transfers() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.FLD, X87Transfers::load);
        set.add(Mnemonic.FILD, X87Transfers::loadInteger);
        set.add(Mnemonic.FBLD, X87Transfers::loadDecimal);
        set.add(Mnemonic.FST, (core, op) -> store(core, op, false));
        set.add(Mnemonic.FSTP, (core, op) -> store(core, op, true));
        set.add(Mnemonic.FIST, (core, op) -> storeInteger(core, op, false, false));
        set.add(Mnemonic.FISTP, (core, op) -> storeInteger(core, op, false, true));
        set.add(Mnemonic.FISTTP, (core, op) -> storeInteger(core, op, true, true));
        set.add(Mnemonic.FBSTP, X87Transfers::storeDecimal);
        set.add(Mnemonic.FLDCW, X87Transfers::loadControl);
        set.add(Mnemonic.FNSTCW, (core, op) -> storeWord(core, op, core.cpu.x87.control()));
        set.add(Mnemonic.FNSTSW, (core, op) -> storeWord(core, op, core.cpu.x87.status()));
        set.add(Mnemonic.FNCLEX, (core, op) -> unwaiting(core).clearExceptions());
        set.add(Mnemonic.FNINIT, (core, op) -> unwaiting(core).initialize());
        set.add(Mnemonic.FNENI, (core, op) -> unwaiting(core));
        set.add(Mnemonic.FNDISI, (core, op) -> unwaiting(core));
        set.add(Mnemonic.FNSETPM, (core, op) -> unwaiting(core));
        set.add(Mnemonic.FWAIT, X87Transfers::await);
        set.add(Mnemonic.FNSTENV, X87Transfers::storeEnvironment);
        set.add(Mnemonic.FLDENV, X87Transfers::loadEnvironment);
        set.add(Mnemonic.FNSAVE, X87Transfers::saveState);
        set.add(Mnemonic.FRSTOR, X87Transfers::restoreState);
    }

    private static X87State unwaiting(Core core) {
        X87Operations.guard(core.cpu);
        return core.cpu.x87;
    }

    private static void await(Core core, Op op) {
        Cpu cpu = core.cpu;
        if ((cpu.guards & Guards.WAIT) != 0) {
            throw Guards.fault(cpu, Guards.WAIT);
        }
        X87Operations.raisePending(core);
    }

    private static void load(Core core, Op op) {
        X87State x = X87Operations.check(core);
        if (op.dstKind != Op.MEMORY) {
            X87Operations.note(core, op);
            X87Load.register(x, op.dst);
        } else if (op.bits == 80) {
            long va = Segmentation.linear(core.cpu, op, 10, false);
            long low = core.memory.load64(va);
            int high = (int) core.memory.load16(va + 8);
            X87Operations.note(core, op);
            X87Load.extended(x, high, low);
        } else {
            long value = Place.target(core, op);
            X87Operations.note(core, op);
            if (op.bits == 32) {
                X87Load.single(x, (int) value);
            } else {
                X87Load.dbl(x, value);
            }
        }
    }

    private static void loadInteger(Core core, Op op) {
        long value = X87Operations.loadSigned(core, op);
        X87Load.integer(core.cpu.x87, value);
    }

    private static void loadDecimal(Core core, Op op) {
        X87State x = X87Operations.check(core);
        long va = Segmentation.linear(core.cpu, op, 10, false);
        long low = core.memory.load64(va);
        int high = (int) core.memory.load16(va + 8);
        X87Operations.note(core, op);
        X87Load.bcd(x, low, high);
    }

    private static void store(Core core, Op op, boolean pop) {
        X87State x = X87Operations.check(core);
        if (op.dstKind != Op.MEMORY) {
            X87Operations.note(core, op);
            if (op.srcBits >> 8 == 1) {
                X87Store.copy(x, op.dst);
            } else {
                X87Store.register(x, op.dst, pop);
            }
            return;
        }
        boolean stores = switch (op.bits) {
            case 32 -> X87Store.single(x);
            case 64 -> X87Store.dbl(x);
            default -> X87Store.extended(x);
        };
        finish(core, op, stores, pop);
    }

    private static void storeInteger(Core core, Op op, boolean truncate, boolean pop) {
        X87State x = X87Operations.check(core);
        finish(core, op, X87Store.integer(x, op.bits, truncate), pop);
    }

    private static void storeDecimal(Core core, Op op) {
        X87State x = X87Operations.check(core);
        finish(core, op, X87Store.bcd(x), true);
    }

    /** Writes what was prepared, which faults even where an unmasked exception keeps it from being written, and only then changes the x87. */
    private static void finish(Core core, Op op, boolean stores, boolean pop) {
        X87State x = core.cpu.x87;
        int bytes = op.bits >> 3;
        long va = Segmentation.linear(core.cpu, op, bytes, true);
        core.memory.prepareStore(va, Math.min(bytes, 8));
        core.memory.prepareStore(va, bytes);
        if (stores && bytes == 10) {
            core.memory.store64(va, x.stored());
            core.memory.store16(va + 8, x.storedHigh());
        } else if (stores) {
            core.memory.store(va, bytes, x.stored());
        }
        X87Operations.note(core, op);
        x.finishStore(pop);
    }

    private static void loadControl(Core core, Op op) {
        X87State x = X87Operations.check(core);
        x.control((int) Place.target(core, op));
    }

    private static void storeWord(Core core, Op op, int word) {
        X87Operations.guard(core.cpu);
        Place.write(core, op, word);
    }

    /** The operand size is in {@code detail}. */
    private static Layout layout(Core core, Op op) {
        boolean is16 = op.detail == 16;
        return core.cpu.usesDescriptors()
                ? is16 ? Layout.PROTECTED_16 : Layout.PROTECTED_32
                : is16 ? Layout.REAL_16 : Layout.REAL_32;
    }

    private static void storeEnvironment(Core core, Op op) {
        X87State x = unwaiting(core);
        Layout layout = layout(core, op);
        X87Image.storeEnvironment(x, layout, core.cpu.image);
        StateSave.write(core, op, layout.environmentBytes());
        X87Image.maskAll(x);
    }

    private static void loadEnvironment(Core core, Op op) {
        X87State x = X87Operations.check(core);
        Layout layout = layout(core, op);
        StateSave.read(core, op, layout.environmentBytes());
        X87Image.loadEnvironment(x, layout, core.cpu.image);
    }

    private static void saveState(Core core, Op op) {
        X87State x = unwaiting(core);
        Layout layout = layout(core, op);
        X87Image.save(x, layout, core.cpu.image);
        StateSave.write(core, op, layout.stateBytes());
        x.initialize();
    }

    private static void restoreState(Core core, Op op) {
        X87State x = X87Operations.check(core);
        Layout layout = layout(core, op);
        StateSave.read(core, op, layout.stateBytes());
        X87Image.restore(x, layout, core.cpu.image);
    }
}
