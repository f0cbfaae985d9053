package io.paravert.soft.translator;

import io.paravert.soft.memory.Windows;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/**
 * Accesses through {@link Windows}: one for each way in which addresses are formed (a base, an index, a far displacement) and
 * direction. An access inside its window costs one comparison, and its address does not wait for the software TLB; any other probes
 * that, and then the window is moved or widened.
 */
final class WindowEmitter {
    private static final int MOST = 32;

    private static final int NONE = -1;
    /** From where on displacements count as part of the place. */
    private static final long FAR = 4096;

    /** How the addresses of a window are formed, and what for. */
    private record Place(int base, int index, int scale, int segmentBase, long page, boolean store) {}

    private final Bytecode code;
    private final List<Place> places;
    private final boolean isUsed;
    /** An access outside its window leaves the region: goes to {@link #missed}, whose address is in local VA. */
    private final boolean leaves;

    /** Where the region is left before an instruction that the interpreter has to run; operand stack empty. */
    final Label missed = new Label();
    /** Windows of the operation under way, one bit each. */
    private int touched;

    WindowEmitter(Bytecode code, RegionPlan plan) {
        this(code, plan.mayUseWindows(), plan.leaves(), List.of());
    }

    private WindowEmitter(Bytecode code, boolean isUsed, boolean leaves, List<Place> known) {
        this.code = code;
        this.isUsed = isUsed;
        this.leaves = leaves;
        places = new ArrayList<>(known);
    }

    /** For another pass over the same operations. */
    WindowEmitter again(Bytecode other) {
        return new WindowEmitter(other, isUsed, leaves, places);
    }

    /** Windows that were asked for since the last call, one bit each. */
    int takeTouched() {
        int result = touched;
        touched = 0;
        return result;
    }

    /** True if the region is left rather than that something rare is called. */
    boolean leaves() {
        return leaves;
    }

    /** The window of the stack, or NONE. */
    int ofStack(boolean store) {
        return find(new Place(Cpu.RSP, Cpu.ZERO, 0, Cpu.ZERO, 0, store));
    }

    /** The window of an operand in memory, or NONE. */
    int of(Op op, boolean store) {
        boolean isFar = op.base == Cpu.ZERO || Math.abs(op.displacement) >= FAR;
        long page = isFar ? op.displacement & -FAR : 0;
        return find(new Place(op.base, op.index, op.scale, op.segmentBase, page, store));
    }

    private int find(Place place) {
        int known = places.indexOf(place);
        if (known < 0 && isUsed && places.size() < MOST) {
            places.add(place);
            known = places.size() - 1;
        }
        if (known >= 0) {
            touched |= 1 << known;
        }
        return known;
    }

    /** For each window whether it is one for stores. */
    boolean[] forStores() {
        boolean[] result = new boolean[places.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = places.get(i).store;
        }
        return result;
    }

    /** True if {@link #host} serves that window, else {@link #call}. */
    boolean isInline(int window) {
        return leaves && window != NONE;
    }

    /** Pops an address, pushes the host's for it, or leaves the region. */
    void host(int window) {
        code.store(Bytecode.VA);
        // The comparison is written out: a method that says true or false would leave HotSpot with two of them.
        code.load(Bytecode.VA);
        word(window, 0);
        code.op(Opcodes.LSUB);
        word(window, 1);
        code.op(Opcodes.LCMP);
        code.jump(Opcodes.IFGE, missed);
        code.load(Bytecode.VA);
        word(window, 2);
        code.op(Opcodes.LADD);
    }

    private void word(int window, int index) {
        code.loadRef(Bytecode.WINDOWS);
        code.constant(window * Windows.WORDS + index);
        code.call("io/paravert/memory/RawMemory", "element", "([JI)J");
    }

    /** Pushes the last arguments of {@link io.paravert.soft.memory.InlineAccess}'s methods, and calls one. */
    void call(int window, String name, String arguments, String result) {
        code.loadRef(Bytecode.MEMORY);
        if (window == NONE) {
            code.loadRef(Bytecode.CLOSED_WINDOW);
            code.constant(0);
        } else {
            code.loadRef(Bytecode.WINDOWS);
            code.constant(window * Windows.WORDS);
        }
        code.load(Bytecode.COUNT);
        code.call(Bytecode.ACCESS, name, "(" + arguments + "L" + Bytecode.MEMORY_NAME + ";[JIJ)" + result);
    }
}
