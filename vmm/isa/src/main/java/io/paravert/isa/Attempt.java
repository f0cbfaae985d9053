package io.paravert.isa;

/** Tries to encode one instruction in one form. */
final class Attempt {
    private static final Operand[] NONE = {};
    /** A candidate is an operand size in bits, and this for a vector length of 256. */
    private static final int VECTOR_256 = 1024;

    final CodeSize codeSize;
    final int prefixes;
    private final EncodedBytes bytes = new EncodedBytes();
    /** The size the form gives to a memory operand that has none, 0 if there is no such operand. */
    private int openMemorySize;

    private byte[] best = {};
    private int furthest = -1;
    private int memorySize;
    private int otherMemorySize;

    private final Operand[] given;
    private Operand[] operands;
    private int form;
    private int flags;
    private int encoding;
    private int candidates;
    private int operandBits;
    private int vectorBits;
    private int addressBits;

    Attempt(CodeSize codeSize, Operand[] operands, int prefixes) {
        this.codeSize = codeSize;
        this.given = operands;
        this.operands = operands;
        this.prefixes = prefixes;
    }

    /** The shortest encoding found, empty if there is none. */
    byte[] best() {
        return best;
    }

    /** The last operand, counted from 1, that stood in the way of a form; one more for what is no operand's fault. */
    int furthest() {
        return furthest;
    }

    /** A size that a memory operand without one could have. */
    int memorySize() {
        return memorySize;
    }

    /** Another such size, 0 if there is none. */
    int otherMemorySize() {
        return otherMemorySize;
    }

    /** Tries a form with every operand size and vector length that it has. */
    void runAll(int ofForm) {
        for (int candidate = firstCandidate(ofForm); candidate != 0; candidate = nextCandidate(candidate)) {
            int result = run(ofForm, candidate);
            if (result <= 0) {
                furthest = Math.max(furthest, -result);
                continue;
            }
            if (openMemorySize != 0 && memorySize == 0) {
                memorySize = openMemorySize;
            } else if (openMemorySize != 0 && memorySize != openMemorySize) {
                otherMemorySize = openMemorySize;
            }
            if (best.length == 0 || result < best.length) {
                best = bytes.copy(result);
            }
        }
    }

    private int defaultBits(int ofForm) {
        boolean d64 = (Forms.flags(ofForm) & Layout.F_D64) != 0;
        return codeSize == CodeSize.CODE64 ? d64 ? 64 : 32 : codeSize.bits();
    }

    /** The first operand size and vector length to try, 0 if the form is not for this code size. */
    int firstCandidate(int ofForm) {
        int formFlags = Forms.flags(ofForm);
        int forbidden = codeSize == CodeSize.CODE64 ? Layout.F_NO64 : Layout.F_ONLY64;
        if ((formFlags & forbidden) != 0) {
            return 0;
        }
        candidates = sizes(ofForm, formFlags);
        if ((EncoderForms.encoding(ofForm) >> Layout.E_L_SHIFT & 3) == Layout.L_OPERAND) {
            candidates |= candidates << 10;
        }
        return Integer.lowestOneBit(candidates);
    }

    int nextCandidate(int candidate) {
        candidates &= -candidate << 1;
        return Integer.lowestOneBit(candidates);
    }

    private int sizes(int ofForm, int formFlags) {
        int required = EncoderForms.encoding(ofForm) >>> Layout.E_OSZ_SHIFT & 3;
        int all = codeSize == CodeSize.CODE64 ? 16 | 32 | 64 : 16 | 32;
        if (required != 0) {
            return 8 << required & all;
        }
        int asked = prefixes >> 1 & (16 | 32 | 64);
        if (asked != 0) {
            return asked & all;
        }
        boolean open = false;
        boolean sized = false;
        for (int i = 0; i < Forms.operandCount(ofForm); i++) {
            int spec = Forms.operand(ofForm, i);
            boolean varies = varies(Layout.opRegisterSize(spec)) || varies(Layout.opMemorySize(spec));
            open |= varies;
            boolean says = i < given.length
                    && (given[i] instanceof Register || given[i] instanceof Memory memory && memory.size() != 0);
            sized |= varies && says;
        }
        boolean stack = (formFlags & Layout.F_D64) != 0 || Layout.flagsFlow(formFlags) != 0;
        if (!open || !sized && (stack || given.length == 0 || given[0] instanceof Immediate)) {
            return defaultBits(ofForm);
        }
        return all;
    }

    private static boolean varies(int sizeCode) {
        return switch (sizeCode) {
            case Layout.SIZE_V, Layout.SIZE_Y, Layout.SIZE_Z, Layout.SIZE_FAR, Layout.SIZE_2V -> true;
            default -> false;
        };
    }

    /** The length in bytes, or the negative of the first operand that does not fit (counted from 1), or 0. */
    int run(int ofForm, int candidate) {
        form = ofForm;
        flags = Forms.flags(form);
        encoding = EncoderForms.encoding(form);
        boolean wide = candidate >= VECTOR_256 * 8;
        operandBits = wide ? candidate >> 10 : candidate;
        int l = encoding >> Layout.E_L_SHIFT & 3;
        vectorBits = wide || l == Layout.L_1 ? 256 : 128;
        openMemorySize = 0;
        operands = given;
        int count = Forms.operandCount(form);
        if (given.length != count) {
            if (given.length != 0 || !implied(count)) {
                return 0;
            }
            operands = NONE;
        }
        addressBits = addressBits();
        bytes.begin(codeSize, operandBits, addressBits);
        for (int i = 0; i < operands.length; i++) {
            if (!place(Forms.operand(form, i), operands[i])) {
                return -(i + 1);
            }
        }
        int length = prefixesFit() ? bytes.finish(flags, encoding, vectorBits, prefixes) : 0;
        return length > 0 ? length : -(operands.length + 1);
    }

    /** Whether all operands of a string instruction can be left out, because the size prefix says which form. */
    private boolean implied(int count) {
        int asked = prefixes >> 1 & (8 | 16 | 32 | 64);
        int size = 0;
        for (int i = 0; i < count; i++) {
            int spec = Forms.operand(form, i);
            switch (Layout.opLocation(spec)) {
                case Layout.LOC_SI, Layout.LOC_DI, Layout.LOC_BX -> size = bits(Layout.opMemorySize(spec));
                case Layout.LOC_FIXED -> {}
                default -> {
                    return false;
                }
            }
        }
        return asked == 0 ? size == 8 && count == 1 : size == asked;
    }

    private boolean prefixesFit() {
        boolean string = (flags & (Layout.F_REP | Layout.F_REPZ)) != 0;
        if ((prefixes & Encoder.LOCK) != 0 && ((flags & Layout.F_LOCK) == 0 || !bytes.hasMemory())) {
            return false;
        }
        return string
                || (prefixes & Encoder.REP) == 0 && ((prefixes & Encoder.REPNE) == 0 || (flags & Layout.F_BND) != 0);
    }

    /** The address size that the operands or the form ask for; the code's size if none does. */
    private int addressBits() {
        int required = encoding >>> Layout.E_ASZ_SHIFT & 3;
        if (required != 0) {
            return 8 << required;
        }
        for (Operand operand : operands) {
            if (operand instanceof Memory memory) {
                if (memory.base() != Register.NONE) {
                    return memory.base().bits();
                }
                if (memory.index().cls() == RegisterClass.GPR) {
                    return memory.index().bits();
                }
            }
        }
        return codeSize.bits();
    }

    private int bits(int sizeCode) {
        int wide = codeSize == CodeSize.CODE64 ? 64 : 32;
        return switch (sizeCode) {
            case Layout.SIZE_NONE -> 0;
            case Layout.SIZE_8 -> 8;
            case Layout.SIZE_16 -> 16;
            case Layout.SIZE_32 -> 32;
            case Layout.SIZE_64 -> 64;
            case Layout.SIZE_80 -> 80;
            case Layout.SIZE_128 -> 128;
            case Layout.SIZE_256 -> 256;
            case Layout.SIZE_V -> operandBits;
            case Layout.SIZE_Y -> operandBits == 64 ? 64 : 32;
            case Layout.SIZE_Z -> Math.min(operandBits, 32);
            case Layout.SIZE_NATIVE -> wide;
            case Layout.SIZE_FAR -> 16 + Math.min(operandBits, 32);
            case Layout.SIZE_2V -> 2 * operandBits;
            case Layout.SIZE_GDT -> 16 + wide;
            case Layout.SIZE_X -> vectorBits;
            case Layout.SIZE_XH -> vectorBits / 2;
            case Layout.SIZE_XQ -> vectorBits / 4;
            case Layout.SIZE_XE -> vectorBits / 8;
            case Layout.SIZE_A -> addressBits;
            case Layout.SIZE_4096 -> 4096;
            case Layout.SIZE_512 -> 512;
            case Layout.SIZE_ENV -> operandBits == 16 ? 14 * 8 : 28 * 8;
            default -> operandBits == 16 ? 94 * 8 : 108 * 8;
        };
    }

    private boolean place(int spec, Operand operand) {
        if (operand instanceof Register register) {
            return (spec & Layout.OP_REGISTER) != 0 && placeRegister(spec, register);
        }
        if (operand instanceof Memory memory) {
            return (spec & Layout.OP_MEMORY) != 0 && placeMemory(spec, memory);
        }
        if (operand instanceof Far far) {
            return Layout.opLocation(spec) == Layout.LOC_FAR && bytes.far(far, operandBits);
        }
        if (operand instanceof Immediate immediate) {
            return placeImmediate(spec, immediate);
        }
        throw new IsaException(operand + " has no value yet; only an assembler takes it");
    }

    /** Whether an operand specification takes operands of this kind at all. */
    static boolean takesKind(int spec, Operand operand) {
        if (operand instanceof Register) {
            return (spec & Layout.OP_REGISTER) != 0;
        }
        if (operand instanceof Memory) {
            return (spec & Layout.OP_MEMORY) != 0;
        }
        return (spec & (Layout.OP_REGISTER | Layout.OP_MEMORY)) == 0;
    }

    private boolean placeRegister(int spec, Register register) {
        RegisterClass cls = register.cls();
        boolean high = cls == RegisterClass.HIGH_BYTE;
        int wanted = Layout.opClass(spec);
        if (wanted != (high ? Layout.CLS_GPR : cls.ordinal())) {
            return false;
        }
        boolean sized = wanted == Layout.CLS_GPR || wanted == Layout.CLS_VECTOR;
        if (sized && register.bits() != bits(Layout.opRegisterSize(spec))) {
            return false;
        }
        int location = Layout.opLocation(spec);
        if (location == Layout.LOC_FIXED) {
            return !high && register.number() == Layout.opFixed(spec);
        }
        boolean accumulator = location == Layout.LOC_OPCODE && register.number() == 0;
        if (accumulator && (flags & Layout.F_NOTRAX) != 0) {
            return false;
        }
        return bytes.register(location, register);
    }

    private boolean placeMemory(int spec, Memory memory) {
        int size = bits(Layout.opMemorySize(spec));
        if (memory.size() != 0 && size != 0 && memory.size() != size) {
            return false;
        }
        if (memory.size() == 0) {
            openMemorySize = size;
        }
        boolean full = (prefixes & Encoder.FULL_DISPLACEMENT) != 0;
        return switch (Layout.opLocation(spec)) {
            case Layout.LOC_SI -> bytes.implicit(memory, 6, true);
            case Layout.LOC_DI -> bytes.implicit(memory, 7, false);
            case Layout.LOC_DS_DI -> bytes.implicit(memory, 7, true);
            case Layout.LOC_BX -> bytes.implicit(memory, 3, true);
            case Layout.LOC_MOFFS -> bytes.moffs(memory);
            default -> bytes.memory(memory, spec, vectorBits, full);
        };
    }

    private boolean placeImmediate(int spec, Immediate immediate) {
        int location = Layout.opLocation(spec);
        if (location == Layout.LOC_ONE) {
            return immediate.value() == 1 && immediate.bits() == 0;
        }
        boolean second = location == Layout.LOC_IMM2;
        if (location != Layout.LOC_IMM1 && location != Layout.LOC_REL && !second) {
            return false;
        }
        int encoded = switch (second ? Layout.IMM_B : Layout.flagsImmediate(flags)) {
            case Layout.IMM_B -> 8;
            case Layout.IMM_W -> 16;
            case Layout.IMM_Z -> Math.min(operandBits, 32);
            default -> operandBits;
        };
        if (encoded < immediate.bits()) {
            return false;
        }
        int seen = location == Layout.LOC_REL ? encoded : bits(Layout.opMemorySize(spec));
        boolean unsigned = (spec & Layout.OP_UNSIGNED) != 0;
        if (!fits(immediate.value(), seen, unsigned, encoded, location == Layout.LOC_REL)) {
            return false;
        }
        bytes.immediate(immediate.value(), encoded / 8, second);
        return true;
    }

    /** Whether a value of {@code seen} bits survives being cut to {@code encoded} bits. */
    private static boolean fits(long value, int seen, boolean unsigned, int encoded, boolean relative) {
        if (unsigned) {
            return value >= 0 && value < 1L << seen;
        }
        if (seen < 64) {
            long most = relative && seen == 8 ? 127 : (1L << seen) - 1;
            if (value < -(1L << seen - 1) || value > most) {
                return false;
            }
        }
        if (relative && encoded == 32) {
            return value == (int) value;
        }
        if (encoded == seen) {
            return true;
        }
        long extended = value << 64 - seen >> 64 - seen;
        return extended << 64 - encoded >> 64 - encoded == extended;
    }
}
