package io.paravert.isa;

import java.util.Arrays;

/** The parts of one instruction as they are collected, and then its bytes. */
final class EncodedBytes {
    private static final int[] SEGMENT_PREFIXES = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    private static final int[] PP_PREFIXES = {0, 0x66, 0xf3, 0xf2};

    private final byte[] out = new byte[40];
    private final ModRmBytes address = new ModRmBytes();
    private int at;
    private boolean code64;
    private int codeBits;
    private int operandBits;
    private int addressBits;
    private int reg;
    private int rm;
    private int vvvv;
    private int opcodeRegister;
    private int is4;
    private boolean is4Given;
    private boolean rexNeeded;
    private boolean rexForbidden;
    private boolean hasMemory;
    private int segment;
    private long immediate;
    private int immediateBytes;
    private long immediate2;
    private int immediate2Bytes;

    void begin(CodeSize size, int operandSize, int addressSize) {
        at = 0;
        code64 = size == CodeSize.CODE64;
        codeBits = size.bits();
        operandBits = operandSize;
        addressBits = addressSize;
        reg = 0;
        rm = 0;
        vvvv = 0;
        opcodeRegister = 0;
        is4 = 0;
        is4Given = false;
        rexNeeded = false;
        rexForbidden = false;
        hasMemory = false;
        segment = -1;
        immediateBytes = 0;
        immediate2Bytes = 0;
        address.begin();
    }

    boolean hasMemory() {
        return hasMemory;
    }

    byte[] copy(int length) {
        return Arrays.copyOf(out, length);
    }

    boolean register(int location, Register register) {
        int number = register.number();
        if (number >= 8 && !code64) {
            return false;
        }
        if (register.cls() == RegisterClass.HIGH_BYTE) {
            rexForbidden = true;
        } else if (register.cls() == RegisterClass.GPR && register.bits() == 8 && number >= 4) {
            if (!code64) {
                return false;
            }
            rexNeeded |= number < 8;
        }
        switch (location) {
            case Layout.LOC_REG -> reg = number;
            case Layout.LOC_RM -> rm = number;
            case Layout.LOC_VVVV -> vvvv = number;
            case Layout.LOC_OPCODE -> opcodeRegister = number;
            default -> {
                is4 = number;
                is4Given = true;
            }
        }
        return true;
    }

    boolean memory(Memory memory, int spec, int vectorBits, boolean full) {
        hasMemory = true;
        int vsib = spec & (Layout.OP_VSIB_X | Layout.OP_VSIB_Y);
        int indexBits = vsib == 0 ? 0 : vsib == Layout.OP_VSIB_X ? 128 : vsib == Layout.OP_VSIB_Y ? 256 : vectorBits;
        boolean stack = memory.base().cls() == RegisterClass.GPR
                && (addressBits == 16
                        ? memory.base().number() == 5
                        : memory.base().number() == 4 || memory.base().number() == 5);
        override(memory.segment(), stack ? Register.SS : Register.DS);
        return address.address(memory, code64, addressBits, indexBits, full);
    }

    private void override(Register wanted, Register usual) {
        if (wanted != Register.NONE && wanted != usual) {
            segment = wanted.number();
        }
    }

    /** Memory at rSI, rDI or rBX that the form implies. */
    boolean implicit(Memory memory, int number, boolean overridable) {
        Register base = memory.base();
        boolean fits = base.cls() == RegisterClass.GPR
                && base.number() == number
                && base.bits() == addressBits
                && memory.index() == Register.NONE
                && memory.displacement() == 0;
        if (!fits || !overridable && memory.segment() != Register.NONE && memory.segment() != Register.ES) {
            return false;
        }
        if (overridable) {
            override(memory.segment(), Register.DS);
        }
        return true;
    }

    /** A direct address of address size. */
    boolean moffs(Memory memory) {
        if (memory.base() != Register.NONE || memory.index() != Register.NONE) {
            return false;
        }
        override(memory.segment(), Register.DS);
        hasMemory = true;
        immediate = memory.displacement();
        immediateBytes = addressBits / 8;
        return addressBits == 64 || immediate >= -(1L << addressBits - 1) && immediate < 1L << addressBits;
    }

    boolean far(Far far, int bits) {
        immediate = far.offset();
        immediateBytes = Math.min(bits, 32) / 8;
        immediate2 = far.selector();
        immediate2Bytes = 2;
        return far.offset() >= 0
                && far.offset() < 1L << 8 * immediateBytes
                && far.selector() >= 0
                && far.selector() <= 0xffff;
    }

    void immediate(long value, int bytes, boolean second) {
        if (second) {
            immediate2 = value;
            immediate2Bytes = bytes;
        } else {
            immediate = value;
            immediateBytes = bytes;
        }
    }

    /** The length, or 0 if the parts do not go together. */
    int finish(int flags, int encoding, int vectorBits, int prefixes) {
        if (codeBits == 64 ? addressBits == 16 : addressBits == 64) {
            return 0;
        }
        legacyPrefixes(flags, prefixes);
        boolean plusR = (encoding & Layout.E_PLUS_R) != 0;
        int b = plusR ? opcodeRegister >> 3 : hasModRmRegister() ? rm >> 3 : address.rexXb();
        int rex = reg >> 3 << 2 | b;
        boolean w = wide(flags, encoding);
        if (w && !code64 && (flags & Layout.F_VEX) == 0) {
            return 0;
        }
        rex |= w ? 8 : 0;
        if ((flags & Layout.F_VEX) != 0) {
            vex(encoding, rex, vectorBits == 256);
        } else if (!rexAndMap(encoding, rex)) {
            return 0;
        }
        put(encoding & Layout.E_OPCODE_MASK | (plusR ? opcodeRegister & 7 : 0));
        if ((flags & Layout.F_MODRM) != 0) {
            modrm(encoding);
        }
        if (is4Given) {
            put(is4 << 4);
        }
        number(immediate, immediateBytes);
        number(immediate2, immediate2Bytes);
        return at;
    }

    private boolean hasModRmRegister() {
        return !address.given();
    }

    private void legacyPrefixes(int flags, int prefixes) {
        if ((prefixes & Encoder.LOCK) != 0) {
            put(0xf0);
        }
        if ((prefixes & Encoder.REP) != 0) {
            put(0xf3);
        }
        if ((prefixes & Encoder.REPNE) != 0) {
            put(0xf2);
        }
        if ((prefixes & Encoder.NOTRACK) != 0) {
            put(0x3e);
        }
        if (segment >= 0) {
            put(SEGMENT_PREFIXES[segment]);
        }
        if (addressBits != codeBits) {
            put(0x67);
        }
        boolean sized = (flags & Layout.F_OPSIZE) != 0 && (flags & (Layout.F_P66 | Layout.F_VEX)) == 0;
        boolean sixteen = operandBits == 16;
        if (sized && (codeBits == 16 ? !sixteen : sixteen)) {
            put(0x66);
        }
    }

    private boolean wide(int flags, int encoding) {
        int w = encoding >> Layout.E_W_SHIFT & 3;
        if (w == Layout.W_1) {
            return true;
        }
        boolean varies = (flags & (Layout.F_OPSIZE | Layout.F_USES_W)) != 0;
        boolean sized = w == Layout.W_SIZE || w == Layout.W_ANY && varies;
        boolean defaults = (flags & Layout.F_D64) != 0;
        return sized && operandBits == 64 && !defaults && w != Layout.W_0;
    }

    private boolean rexAndMap(int encoding, int rex) {
        int pp = PP_PREFIXES[encoding >> Layout.E_PP_SHIFT & 3];
        if (pp != 0) {
            put(pp);
        }
        if (rex != 0 || rexNeeded) {
            if (rexForbidden || !code64) {
                return false;
            }
            put(0x40 | rex);
        }
        int map = encoding >> Layout.E_MAP_SHIFT & 3;
        if (map > 0) {
            put(0x0f);
        }
        if (map > 1) {
            put(map == 2 ? 0x38 : 0x3a);
        }
        return true;
    }

    private void vex(int encoding, int rex, boolean l) {
        int map = encoding >> Layout.E_MAP_SHIFT & 3;
        int last = (~vvvv & 15) << 3 | (l ? 4 : 0) | encoding >> Layout.E_PP_SHIFT & 3;
        if (map == 1 && (rex & 11) == 0) {
            put(0xc5);
            put((rex & 4) == 0 ? 0x80 | last : last);
        } else {
            put(0xc4);
            put((~rex & 7) << 5 | map);
            put((rex & 8) << 4 | last);
        }
    }

    private void modrm(int encoding) {
        int digit = encoding >> Layout.E_DIGIT_SHIFT & 15;
        int field = digit < 8 ? digit : reg & 7;
        if (address.given()) {
            at = address.write(out, at, field);
            return;
        }
        boolean fixed = (encoding >> Layout.E_MOD_SHIFT & 3) == Layout.MOD_FIXED_RM;
        put(0xc0 | field << 3 | (fixed ? encoding >> Layout.E_RM_SHIFT & 7 : rm & 7));
    }

    private void put(int value) {
        out[at++] = (byte) value;
    }

    private void number(long value, int bytes) {
        LittleEndian.put(out, at, value, bytes);
        at += bytes;
    }
}
