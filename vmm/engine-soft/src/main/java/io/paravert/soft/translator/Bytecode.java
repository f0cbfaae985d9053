package io.paravert.soft.translator;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Writes a region's method: its locals, and short words for what is written often. */
final class Bytecode implements Opcodes {
    static final int THIS = 0;
    static final int CORE = 1;
    static final int CPU = 2;
    /** {@code Cpu.r}. */
    static final int REGISTERS = 3;

    static final int MEMORY = 4;
    static final int PENDING = 5;
    /** Sixteen longs. */
    static final int GENERAL = 9;

    /** Kind and operands of the deferred flags. */
    static final int KIND = 41;

    static final int FLAG_A = 42;
    static final int FLAG_B = 44;
    /** Number of the operation under way. */
    static final int PC = 46;
    /** Instructions not yet added to the processor's. */
    static final int COUNT = 47;

    static final int A = 49;
    static final int B = 51;
    static final int RESULT = 53;
    static final int ADDRESS = 55;
    static final int HOST = 57;
    static final int EXIT_RIP = 59;
    static final int EXIT = 61;
    static final int STATUS = 62;
    static final int THROWN = 63;
    /** Sixteen pairs of longs: the XMM registers. */
    static final int VECTORS = 64;

    /** The region's {@link io.paravert.soft.memory.Windows}, and one that is closed. */
    static final int WINDOWS = 128;

    /** The processor's MXCSR. */
    static final int MXCSR = 129;

    static final int CLOSED_WINDOW = 130;
    /** Words of vector operands on their way. */
    static final int LOW = 132;

    static final int HIGH = 134;
    static final int OTHER_LOW = 136;
    static final int OTHER_HIGH = 138;
    /** Linear address of an access on its way to its window. */
    static final int VA = 140;

    static final String MEMORY_NAME = "io/paravert/soft/memory/LinearMemory";
    static final String ACCESS = "io/paravert/soft/memory/InlineAccess";
    static final String CPU_NAME = "io/paravert/soft/state/Cpu";
    static final String MXCSR_NAME = "io/paravert/soft/numeric/fp/Mxcsr";
    static final String REGION = Type.getInternalName(Region.class);
    static final String FLAGS = Type.getInternalName(DeferredFlags.class);

    final MethodVisitor mv;

    Bytecode(MethodVisitor mv) {
        this.mv = mv;
    }

    void op(int opcode) {
        mv.visitInsn(opcode);
    }

    void load(int local) {
        mv.visitVarInsn(LLOAD, local);
    }

    void store(int local) {
        mv.visitVarInsn(LSTORE, local);
    }

    void loadInt(int local) {
        mv.visitVarInsn(ILOAD, local);
    }

    void storeInt(int local) {
        mv.visitVarInsn(ISTORE, local);
    }

    void loadRef(int local) {
        mv.visitVarInsn(ALOAD, local);
    }

    void constant(long value) {
        if (value == 0 || value == 1) {
            op(value == 0 ? LCONST_0 : LCONST_1);
        } else if (value == (short) value) {
            constant((int) value);
            op(I2L);
        } else {
            mv.visitLdcInsn(value);
        }
    }

    void constant(int value) {
        if (value >= -1 && value <= 5) {
            op(ICONST_0 + value);
        } else if (value == (byte) value) {
            mv.visitIntInsn(BIPUSH, value);
        } else if (value == (short) value) {
            mv.visitIntInsn(SIPUSH, value);
        } else {
            mv.visitLdcInsn(value);
        }
    }

    void jump(int opcode, Label label) {
        mv.visitJumpInsn(opcode, label);
    }

    void label(Label label) {
        mv.visitLabel(label);
    }

    void call(String owner, String name, String descriptor) {
        mv.visitMethodInsn(INVOKESTATIC, owner, name, descriptor, false);
    }

    void callVirtual(String owner, String name, String descriptor) {
        mv.visitMethodInsn(INVOKEVIRTUAL, owner, name, descriptor, false);
    }

    void getCpu(String field, String descriptor) {
        loadRef(CPU);
        mv.visitFieldInsn(GETFIELD, CPU_NAME, field, descriptor);
    }

    /** With the processor and the value on the stack. */
    void putCpu(String field, String descriptor) {
        mv.visitFieldInsn(PUTFIELD, CPU_NAME, field, descriptor);
    }

    /** Cuts the long on the stack to {@code bits}, zero-extended. */
    void zeroExtend(int bits) {
        if (bits < 64) {
            constant(-1L >>> 64 - bits);
            op(LAND);
        }
    }

    /** Cuts the long on the stack to {@code bits}, sign-extended. */
    void signExtend(int bits) {
        if (bits < 64) {
            op(L2I);
            if (bits < 32) {
                op(bits == 8 ? I2B : I2S);
            }
            op(I2L);
        }
    }
}
