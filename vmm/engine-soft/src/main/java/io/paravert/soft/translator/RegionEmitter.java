package io.paravert.soft.translator;

import static io.paravert.soft.translator.Bytecode.ADDRESS;
import static io.paravert.soft.translator.Bytecode.B;
import static io.paravert.soft.translator.Bytecode.COUNT;
import static io.paravert.soft.translator.Bytecode.EXIT;
import static io.paravert.soft.translator.Bytecode.EXIT_RIP;
import static io.paravert.soft.translator.Bytecode.PC;
import static io.paravert.soft.translator.Bytecode.RESULT;
import static io.paravert.soft.translator.Bytecode.THROWN;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.interpreter.Code;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.translator.Region.Exit;
import io.paravert.soft.translator.Region.Way;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.Op;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Writes one region's method: entry, blocks, ways out, and what happens when an instruction throws.
 *
 * <p>Two exception handlers cover it: where a statement was called, the processor's state is up to date already; everywhere else
 * the locals hold it.
 */
final class RegionEmitter implements Opcodes {
    static final String DESCRIPTOR = "(Lio/paravert/soft/vcpu/Core;Lio/paravert/soft/state/Cpu;[J"
            + "Lio/paravert/soft/memory/LinearMemory;Lio/paravert/soft/state/Pending;)I";

    private static final String RUNTIME_EXCEPTION = "java/lang/RuntimeException";
    private static final String CORE = "Lio/paravert/soft/vcpu/Core;";

    /** Told of each operation before its bytecode is written. */
    interface Marks {
        void at(Block block, int operation);
    }

    private record Stub(Label label, long rip, int exit) {}

    private final RegionPlan plan;
    private final Bytecode code;
    private final WindowEmitter windows;
    private final OperandEmitter operands;
    private final FlagEmitter flags;
    private final IntegerEmitter integers;
    private final VectorEmitter vectors;
    private final StringEmitter strings;
    /** General registers that some other pass found used and written. */
    private final int used;

    private final int written;
    /** The same of vector registers. */
    private final boolean needsVectors;

    private final int usedVectors;

    private final int writtenVectors;
    private final int[] kinds;
    private final FlagKinds found;

    private final Layout layout;
    private final List<Stub> stubs = new ArrayList<>();
    private final Label[] labels;
    private final Label leave = new Label();
    private final Label spilled = new Label();
    private final Label last = new Label();
    private final Marks marks;
    private boolean usedStatement;

    /** @param first what another pass over the same plan found, or null in the first */
    RegionEmitter(RegionPlan plan, Layout layout, MethodVisitor mv, @Nullable RegionEmitter first, Marks marks) {
        this.marks = marks;
        this.plan = plan;
        this.layout = layout;
        code = new Bytecode(mv);
        windows = first == null ? new WindowEmitter(code, plan) : first.windows.again(code);
        operands = new OperandEmitter(code, windows);
        flags = new FlagEmitter(code);
        integers = new IntegerEmitter(code, operands, flags);
        vectors = new VectorEmitter(code, operands, flags);
        strings = new StringEmitter(code, operands);
        int blocks = plan.blocks().size();
        labels = new Label[blocks];
        for (int i = 0; i < blocks; i++) {
            labels[i] = new Label();
        }
        used = first == null ? 0 : first.operands.used;
        written = first == null ? 0 : first.operands.written;
        needsVectors = first != null && first.usesVectors();
        usedVectors = first == null ? 0 : first.vectors.registers.used;
        writtenVectors = first == null ? 0 : first.vectors.registers.written;
        kinds = first == null ? FlagKinds.unknown(blocks) : first.found.known();
        found = new FlagKinds(blocks);
    }

    boolean usesVectors() {
        return vectors.registers.needed;
    }

    /** For each window of the region whether it is for stores. */
    boolean[] windows() {
        return windows.forStores();
    }

    /** An indirect jump or call whose target is read here. */
    static boolean isIndirect(Op op) {
        return op.mnemonic >= 0
                && op.code == Code.JUMP_STATEMENT
                && op.bits == 64
                && (op.dstKind == Op.REGISTER || op.dstKind == Op.MEMORY)
                && switch (IntegerEmitter.mnemonic(op)) {
                    case JMP, CALL -> true;
                    default -> false;
                };
    }

    void emit() {
        Label begin = new Label();
        Label end = new Label();
        Label thrown = new Label();
        code.mv.visitCode();
        prologue();
        code.label(begin);
        for (int i = 0; i < labels.length; i++) {
            block(i);
        }
        code.label(end);
        for (Stub stub : stubs) {
            code.label(stub.label);
            code.constant(stub.rip);
            code.store(EXIT_RIP);
            code.constant(stub.exit);
            code.storeInt(EXIT);
            code.jump(GOTO, leave);
        }
        epilogue();
        code.label(thrown);
        code.mv.visitVarInsn(ASTORE, THROWN);
        spillAll();
        code.jump(GOTO, spilled);
        code.mv.visitTryCatchBlock(begin, end, thrown, RUNTIME_EXCEPTION);
        abandon();
        miss();
        code.label(last);
        code.mv.visitMaxs(0, 0);
        code.mv.visitEnd();
    }

    /** Bytes of bytecode, once the class is written. */
    int size() {
        return last.getOffset();
    }

    private void prologue() {
        operands.reload(used);
        registersOfVectors();
        code.constant(0);
        code.storeInt(PC);
        code.op(LCONST_0);
        code.store(COUNT);
        code.op(LCONST_0);
        code.store(Bytecode.VA);
        flags.reload();
        code.loadRef(Bytecode.THIS);
        code.mv.visitFieldInsn(GETFIELD, Bytecode.REGION, "windows", "[J");
        // It is not null: HotSpot need not ask at each access.
        code.op(DUP);
        code.op(ARRAYLENGTH);
        code.op(POP);
        code.mv.visitVarInsn(ASTORE, Bytecode.WINDOWS);
        code.mv.visitFieldInsn(GETSTATIC, Bytecode.REGION, "CLOSED_WINDOW", "[J");
        code.mv.visitVarInsn(ASTORE, Bytecode.CLOSED_WINDOW);
        protect(plan.blocks().get(0));
        found.edge(0, flags.kind);
    }

    private void registersOfVectors() {
        if (needsVectors) {
            code.getCpu("mxcsr", "L" + Bytecode.MXCSR_NAME + ";");
            code.mv.visitVarInsn(ASTORE, Bytecode.MXCSR);
            vectors.registers.reload(usedVectors);
        }
    }

    private void protect(Block block) {
        code.loadRef(Bytecode.CPU);
        code.constant(block.protectedPage);
        code.putCpu("codePage", "J");
    }

    /** Ends the way out: RIP is in EXIT_RIP. */
    private void epilogue() {
        code.label(leave);
        spillAll();
        code.loadRef(Bytecode.CPU);
        code.load(EXIT_RIP);
        code.putCpu("rip", "J");
        code.loadInt(EXIT);
        code.op(IRETURN);
    }

    private void spillAll() {
        operands.spill(written);
        vectors.registers.spill(writtenVectors);
        flags.spill();
        addCount();
    }

    private void addCount() {
        code.loadRef(Bytecode.CPU);
        code.getCpu("instructions", "J");
        code.load(COUNT);
        code.op(LADD);
        code.putCpu("instructions", "J");
        code.op(LCONST_0);
        code.store(COUNT);
    }

    private void abandon() {
        code.label(spilled);
        code.loadRef(Bytecode.THIS);
        code.loadRef(Bytecode.CORE);
        code.loadInt(PC);
        code.callVirtual(Bytecode.REGION, "abandon", "(" + CORE + "I)V");
        code.loadRef(THROWN);
        code.op(ATHROW);
    }

    /** Leaves before the operation PC, whose access is at VA; the interpreter will run it. */
    private void miss() {
        code.label(windows.missed);
        spillAll();
        code.loadRef(Bytecode.THIS);
        code.loadRef(Bytecode.CORE);
        code.loadInt(PC);
        code.load(Bytecode.VA);
        code.callVirtual(Bytecode.REGION, "missed", "(" + CORE + "IJ)V");
        code.constant(Region.MISSED);
        code.op(IRETURN);
    }

    private void block(int place) {
        Block block = plan.blocks().get(place);
        code.label(labels[place]);
        flags.kind = kinds[place];
        usedStatement = false;
        code.load(COUNT);
        code.constant((long) block.instructions);
        code.op(LADD);
        code.store(COUNT);
        for (int i = 0; i < block.ops.length; i++) {
            Op op = block.ops[i];
            marks.at(block, i);
            int number = layout.add(block, i);
            flags.dead = DeadFlags.after(block.ops, i);
            if (i < block.ops.length - 1) {
                operation(op, number);
            } else {
                end(place, block, op, number);
            }
            layout.setTouched(number, windows.takeTouched());
        }
    }

    private void begin(int number) {
        code.constant(number);
        code.storeInt(PC);
    }

    private void operation(Op op, int number) {
        begin(number);
        if (StringEmitter.isBulk(op)) {
            Label done = new Label();
            strings.emit(op, done);
            statement(number);
            strings.reload();
            code.label(done);
        } else if (!integers.emit(op) && !vectors.emit(op)) {
            statement(number);
            operands.reload(used);
            vectors.registers.reload(usedVectors);
            flags.reload();
            if (changesPrivilege(op)) {
                code.loadRef(Bytecode.WINDOWS);
                code.call("io/paravert/soft/memory/Windows", "reset", "([J)V");
            }
        }
    }

    private static boolean changesPrivilege(Op op) {
        return op.mnemonic >= 0
                && switch (IntegerEmitter.mnemonic(op)) {
                    case STAC, CLAC -> true;
                    default -> false;
                };
    }

    /** Calls the interpreter's statement; locals are out of date afterwards. */
    private void statement(int number) {
        usedStatement = true;
        spillAll();
        Label from = new Label();
        Label to = new Label();
        Label handler = new Label();
        Label after = new Label();
        code.label(from);
        code.loadRef(Bytecode.THIS);
        code.loadRef(Bytecode.CORE);
        code.constant(number);
        code.callVirtual(Bytecode.REGION, "statement", "(" + CORE + "I)V");
        code.label(to);
        code.jump(GOTO, after);
        code.label(handler);
        code.mv.visitVarInsn(ASTORE, THROWN);
        code.jump(GOTO, spilled);
        code.mv.visitTryCatchBlock(from, to, handler, RUNTIME_EXCEPTION);
        code.label(after);
    }

    private void end(int place, Block block, Op op, int number) {
        switch (op.code) {
            case Code.CONTINUE, Code.JMP -> edge(place, block, op.immediate, Way.TAKEN);
            case Code.CALL -> {
                begin(number);
                code.constant(op.displacement);
                code.store(RESULT);
                integers.push(RESULT);
                edge(place, block, op.immediate, Way.TAKEN);
            }
            case Code.RET -> {
                begin(number);
                operands.register(Cpu.RSP);
                code.store(ADDRESS);
                operands.loadStack();
                code.store(EXIT_RIP);
                checkTarget();
                integers.moveStack(8 + op.immediate);
                dispatch(place, block);
            }
            case Code.SYNCHRONIZE -> leaveTo(block, op.immediate, Way.LOOKUP);
            case Code.JUMP_STATEMENT -> jump(place, block, op, number);
            default -> {
                Label taken = new Label();
                flags.jumpIf(op.code - Code.JCC, taken);
                edge(place, block, op.displacement, Way.NEXT);
                code.label(taken);
                edge(place, block, op.immediate, Way.TAKEN);
            }
        }
    }

    private void checkTarget() {
        code.loadRef(Bytecode.CPU);
        code.load(EXIT_RIP);
        code.call(Bytecode.REGION, "check", "(L" + Bytecode.CPU_NAME + ";J)V");
    }

    private void jump(int place, Block block, Op op, int number) {
        begin(number);
        long next = block.rip + op.offset + op.length;
        if (isIndirect(op)) {
            operands.target(op);
            code.store(EXIT_RIP);
            if (IntegerEmitter.mnemonic(op) == Mnemonic.CALL) {
                indirectCall(next);
            } else {
                checkTarget();
            }
            dispatch(place, block);
            return;
        }
        code.loadRef(Bytecode.CPU);
        code.constant(next);
        code.putCpu("rip", "J");
        statement(number);
        code.constant(exit(block, Way.LOOKUP));
        code.op(IRETURN);
    }

    /** The push may throw, and then the target may: RSP changes last. */
    private void indirectCall(long next) {
        operands.register(Cpu.RSP);
        code.constant(-8L);
        code.op(LADD);
        code.store(ADDRESS);
        code.constant(next);
        code.store(B);
        operands.storeStack(B);
        checkTarget();
        integers.moveStack(0);
    }

    /** Goes to where EXIT_RIP says: within the region if that is known, else out. */
    private void dispatch(int place, Block block) {
        for (Block target : plan.targetsOf(block)) {
            Label other = new Label();
            code.load(EXIT_RIP);
            code.constant(target.rip);
            code.op(LCMP);
            code.jump(IFNE, other);
            edge(place, block, target.rip, Way.LOOKUP);
            code.label(other);
        }
        code.constant(exit(block, Way.LOOKUP));
        code.storeInt(EXIT);
        code.jump(GOTO, leave);
    }

    /** Goes on at a known address. */
    private void edge(int from, Block block, long rip, Way way) {
        int to = plan.place(rip);
        if (to < 0) {
            leaveTo(block, rip, way);
            return;
        }
        Block target = plan.blocks().get(to);
        boolean changesPage = target.page != block.page;
        if (to <= from || changesPage || usedStatement) {
            code.loadRef(Bytecode.PENDING);
            code.callVirtual("io/paravert/soft/state/Pending", "poll", "()I");
            code.jump(IFNE, stub(block, rip, way));
        }
        if (changesPage) {
            protect(target);
        }
        found.edge(to, flags.kind);
        code.jump(GOTO, labels[to]);
    }

    private void leaveTo(Block block, long rip, Way way) {
        code.jump(GOTO, stub(block, rip, way));
    }

    private Label stub(Block block, long rip, Way way) {
        Label label = new Label();
        stubs.add(new Stub(label, rip, exit(block, way)));
        return label;
    }

    private int exit(Block block, Way way) {
        return layout.exit(new Exit(block, way));
    }
}
