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
 * direction, with its three words in locals. An access inside its window costs one comparison, and its address does not wait for the
 * software TLB; any other probes that, and then the window is moved or widened.
 */
final class WindowEmitter implements Opcodes {
    /** More would push registers of the guest out of the processor's. */
    private static final int MOST = 12;

    private static final int NONE = -1;
    /** From where on displacements count as part of the place. */
    private static final long FAR = 4096;

    private static final int SLOTS = 6;
    private static final int LIMIT = 2;
    private static final int DISTANCE = 4;

    /** How the addresses of a window are formed, and what for. */
    private record Place(int base, int index, int scale, int segmentBase, long page, boolean store) {}

    private final Bytecode code;
    private final List<Place> places;
    private final boolean isUsed;

    /** @param isUsed false if every access has to probe the TLB */
    WindowEmitter(Bytecode code, boolean isUsed) {
        this(code, isUsed, List.of());
    }

    private WindowEmitter(Bytecode code, boolean isUsed, List<Place> known) {
        this.code = code;
        this.isUsed = isUsed;
        places = new ArrayList<>(known);
    }

    /** For another pass over the same operations. */
    WindowEmitter again(Bytecode other) {
        return new WindowEmitter(other, isUsed, places);
    }

    int count() {
        return places.size();
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
        return known;
    }

    private static int local(int window) {
        return Bytecode.WINDOWS + SLOTS * window;
    }

    /** From the region's windows to locals. */
    void reload() {
        for (int i = 0; i < places.size(); i++) {
            reload(i);
        }
    }

    private void reload(int window) {
        for (int i = 0; i < Windows.PARTS; i++) {
            code.loadRef(Bytecode.WINDOW_WORDS);
            code.constant(window * Windows.WORDS + i);
            code.op(LALOAD);
            code.store(local(window) + 2 * i);
        }
    }

    /**
     * An access at local ADDRESS: at once if it is inside the window, else slowly. The jumps lead forward: HotSpot would take others
     * for loops, and begin one in its middle.
     */
    void access(int window, Runnable atOnce, Runnable slowly) {
        if (window == NONE) {
            slowly.run();
            return;
        }
        Label hit = new Label();
        Label done = new Label();
        code.load(Bytecode.ADDRESS);
        code.load(local(window));
        code.op(LSUB);
        code.load(local(window) + LIMIT);
        code.op(LCMP);
        code.jump(IFLT, hit);
        slowly.run();
        code.load(local(window) + LIMIT);
        code.constant(Windows.CLOSED);
        code.op(LCMP);
        code.jump(IFEQ, done);
        code.loadRef(Bytecode.WINDOW_WORDS);
        code.constant(window * Windows.WORDS + (places.get(window).store ? Windows.FOR_STORES : 0));
        code.loadRef(Bytecode.TLB);
        code.load(Bytecode.KEY);
        code.load(Bytecode.ADDRESS);
        code.load(Bytecode.COUNT);
        code.call("io/paravert/soft/memory/Windows", "miss", "([JI[JJJJ)V");
        reload(window);
        code.jump(GOTO, done);
        code.label(hit);
        atOnce.run();
        code.label(done);
    }

    /** Pushes the host's address of local ADDRESS. */
    void host(int window) {
        code.load(Bytecode.ADDRESS);
        code.load(local(window) + DISTANCE);
        code.op(LADD);
    }
}
