package io.paravert.isa;

/**
 * One decoded instruction: a flyweight that a {@link Decoder} overwrites. It keeps the parts of the encoding and works
 * out operands when asked. Not safe for use by several threads at once.
 */
public final class Instruction {
    static final int BASE_RIP = 16;
    static final int PP_F3 = 2;
    static final int PP_F2 = 3;

    // The parts of the encoding, written by the decoder.
    int mode;
    int length;
    int form;
    int flags;
    int map;
    int opcode;
    int modrm;
    int prefixes;
    int segment;
    int rex;
    /** The last of F2 and F3, or VEX.pp: 0, 1 (66), PP_F3 or PP_F2. */
    int rep;

    int vvvv;
    boolean vvvvUnused;
    int vectorL;
    int operandBits;
    int addressBits;
    int base;
    int index;
    int scale;
    boolean hasSib;
    long displacement;
    int displacementBytes;
    long immediate;
    int immediate2;
    /** Prefixes as read, four bits each, the last in the low bits. */
    long prefixTrace;

    private CodeSize codeSize = CodeSize.CODE64;

    /** An instruction of length 0; decode into it before use. */
    public Instruction() {
        // The decoder fills it.
    }

    void begin(CodeSize size) {
        codeSize = size;
        mode = size.bits() >> 5;
        length = 0;
        map = 0;
        modrm = 0;
        prefixes = 0;
        segment = 0;
        rex = 0;
        rep = 0;
        vvvv = 0;
        vectorL = 0;
        base = -1;
        index = -1;
        scale = 0;
        hasSib = false;
        displacement = 0;
        displacementBytes = 0;
        prefixTrace = 0;
    }

    /** Operand and address size as the prefixes say. */
    void setSizes() {
        boolean data = (prefixes & Prefixes.OPERAND_SIZE) != 0;
        boolean address = (prefixes & Prefixes.ADDRESS_SIZE) != 0;
        if (mode == 2) {
            operandBits = (rex & 8) != 0 ? 64 : data ? 16 : 32;
            addressBits = address ? 32 : 64;
        } else {
            operandBits = data == (mode == 0) ? 32 : 16;
            addressBits = address == (mode == 0) ? 32 : 16;
        }
    }

    /** Operand size of a form that defaults to 64 bits, or that has 66 in its opcode. */
    void adjustOperandSize() {
        if ((flags & Layout.F_P66) != 0) {
            operandBits = mode == 0 ? 16 : (rex & 8) != 0 ? 64 : 32;
        } else if (mode == 2 && operandBits == 32) {
            operandBits = 64;
        }
    }

    /** What selects among forms: none, 66, F3, F2. */
    int mandatoryPrefix() {
        return rep != 0 || (prefixes & Prefixes.VEX) != 0 ? rep : prefixes >> 1 & 1;
    }

    /** The length in bytes, 1-15. */
    public int length() {
        return length;
    }

    /** The code size it was decoded with. */
    public CodeSize codeSize() {
        return codeSize;
    }

    /** What it does. */
    public Mnemonic mnemonic() {
        return Mnemonic.of(Forms.mnemonic(form));
    }

    /** The index of its line in the instruction table, 0 to {@link #formCount()} - 1. */
    public int form() {
        return form;
    }

    /** The number of lines in the instruction table. */
    public static int formCount() {
        return Forms.COUNT;
    }

    /**
     * The opcode as the x87's environment has it: the low three bits of the first byte, and ModRM; -1 if it is no x87 instruction
     * with such an opcode (FWAIT has none).
     */
    public int x87Opcode() {
        return map == 0 && (opcode & 0xf8) == 0xd8 && !isVex() ? (opcode & 7) << 8 | modrm : -1;
    }

    /** What CPUID has to report for it. */
    public Feature feature() {
        return Forms.feature(form);
    }

    /** 16, 32 or 64: the effective operand size, with the 64-bit default of stack instructions and near branches. */
    public int operandSize() {
        return operandBits;
    }

    /** 16, 32 or 64: the effective address size. */
    public int addressSize() {
        return addressBits;
    }

    /** 128 or 256 with VEX, else 128. */
    public int vectorLength() {
        return 128 << vectorL;
    }

    /** Whether it is encoded with VEX; then the upper half of a written YMM register is cleared. */
    public boolean isVex() {
        return (prefixes & Prefixes.VEX) != 0;
    }

    /** Whether it has a LOCK prefix. */
    public boolean hasLock() {
        return (prefixes & Prefixes.LOCK) != 0 && (flags & Layout.F_LOCK) != 0;
    }

    /** Whether it is a string instruction repeated rCX times (REP), or while equal (REPE). */
    public boolean hasRep() {
        return rep == PP_F3 && (flags & (Layout.F_REP | Layout.F_REPZ)) != 0
                || rep == PP_F2 && (flags & Layout.F_REP) != 0;
    }

    /** Whether it is a string instruction repeated while not equal. */
    public boolean hasRepne() {
        return rep == PP_F2 && (flags & Layout.F_REPZ) != 0;
    }

    /** The segment register of a prefix that has effect, or NONE. */
    public Register segmentOverride() {
        return segment == 0 ? Register.NONE : Register.of(Register.ES.ordinal(), segment - 1);
    }

    /** The segment of the memory operand that can be overridden: the override, else SS or DS by the base register. */
    public Register segment() {
        if (segment != 0) {
            return segmentOverride();
        }
        boolean stack = addressBits == 16 ? base == 5 : base == 4 || base == 5;
        return stack ? Register.SS : Register.DS;
    }

    /** The segment of operand {@code i}: ES for the destination of string instructions. */
    public Register segment(int i) {
        return Layout.opLocation(spec(i)) == Layout.LOC_DI ? Register.ES : segment();
    }

    /** The number of operands, 0-4. */
    public int operandCount() {
        return Forms.operandCount(form);
    }

    /** What operand {@code i} is. */
    public OperandKind kind(int i) {
        return Operands.kind(this, spec(i));
    }

    /** Register operand {@code i}; NONE if it is something else. */
    public Register register(int i) {
        return Operands.register(this, spec(i));
    }

    /** Operand {@code i} as the encoder takes it; allocates. */
    public Operand operand(int i) {
        return switch (kind(i)) {
            case REGISTER -> register(i);
            case MEMORY -> Operands.memory(this, spec(i));
            case IMMEDIATE, RELATIVE -> Immediate.of(immediate(i));
            case FAR_POINTER -> Far.of(farSelector(), immediate(i) & (1L << Math.min(operandBits, 32)) - 1);
        };
    }

    /** The size of operand {@code i} in bits; 0 for memory without a fixed size, as LEA's. */
    public int size(int i) {
        return Operands.size(this, spec(i));
    }

    /** Constant or branch displacement {@code i}, extended to 64 bits as the operation sees it. */
    public long immediate(int i) {
        return Operands.immediate(this, spec(i));
    }

    /** The selector of a far pointer, 0-0xffff; its offset is the immediate. */
    public int farSelector() {
        return immediate2;
    }

    /** Base of the memory operand: a register of address size, RIP, EIP, or NONE. */
    public Register baseRegister() {
        if (base == BASE_RIP) {
            return addressBits == 64 ? Register.RIP : Register.EIP;
        }
        return base < 0 ? Register.NONE : Register.gpr(base, addressBits);
    }

    /** Index of the memory operand: a register of address size, a vector register for gathers, or NONE. */
    public Register indexRegister() {
        if (index < 0) {
            return Register.NONE;
        }
        int vector = (flags & Layout.F_GATHER) == 0 ? 0 : Operands.vectorIndexBits(this);
        return vector == 0 ? Register.gpr(index, addressBits) : Register.vector(index, vector);
    }

    /** 1, 2, 4 or 8. */
    public int scale() {
        return 1 << scale;
    }

    /** Displacement of the memory operand, sign-extended; for MOV with a direct address the address. */
    public long displacement() {
        return isMoffs() ? Operands.moffs(this) : displacement;
    }

    private boolean isMoffs() {
        return Layout.flagsImmediate(flags) == Layout.IMM_MOFFS;
    }

    /**
     * Where a relative branch at {@code address} goes, cut to the operand size.
     *
     * @throws IsaException if it has no relative operand
     */
    public long branchTarget(long address) {
        if (kind(0) != OperandKind.RELATIVE) {
            throw new IsaException(mnemonic() + " is no relative branch");
        }
        long target = address + length + immediate;
        return operandBits == 64 ? target : target & (1L << operandBits) - 1;
    }

    /** Whether operand {@code i} is read. */
    public boolean isRead(int i) {
        return (spec(i) & Layout.OP_READ) != 0;
    }

    /** Whether operand {@code i} is written, if only sometimes. */
    public boolean isWritten(int i) {
        return (spec(i) & Layout.OP_WRITE) != 0;
    }

    /** Where execution goes next. */
    public ControlFlow controlFlow() {
        return Operands.FLOWS[Layout.flagsFlow(flags)];
    }

    /** Whether it is #GP outside CPL 0 (in some modes). */
    public boolean isPrivileged() {
        return (flags & Layout.F_CPL0) != 0;
    }

    /** Whether it reads or writes an I/O port. */
    public boolean isPortAccess() {
        return (flags & Layout.F_IO) != 0;
    }

    /** Whether a register as second operand addresses bits beyond the memory operand (BT and its like). */
    public boolean isBitString() {
        return (flags & Layout.F_BITBASE) != 0;
    }

    /** General-purpose registers read though no operand names them: bit n is register n. Addresses are not counted. */
    public int impliedReads() {
        int mask = (int) (Forms.implied(form) >>> Layout.I_READ_SHIFT) & 0xffff;
        return hasRep() || hasRepne() ? mask | 2 : mask;
    }

    /** General-purpose registers written though no operand names them: bit n is register n. */
    public int impliedWrites() {
        int mask = (int) (Forms.implied(form) >>> Layout.I_WRITE_SHIFT) & 0xffff;
        return hasRep() || hasRepne() ? mask | 2 : mask;
    }

    /** Whether XMM0 is read though no operand names it. */
    public boolean readsXmm0() {
        return Forms.implied(form) >>> Layout.I_XMM0_READ << 63 != 0;
    }

    /** Whether XMM0 is written though no operand names it. */
    public boolean writesXmm0() {
        return Forms.implied(form) < 0;
    }

    /** RFLAGS bits it depends on; with a variable count also those it may leave as they are. */
    public int flagsRead() {
        return Operands.flagBits(Forms.implied(form) >>> Layout.I_FLAGS_READ_SHIFT);
    }

    /** RFLAGS bits it sets by definition. */
    public int flagsWritten() {
        return Operands.flagBits(Forms.implied(form) >>> Layout.I_FLAGS_WRITTEN_SHIFT);
    }

    /** RFLAGS bits it leaves undefined. */
    public int flagsUndefined() {
        return Operands.flagBits(Forms.implied(form) >>> Layout.I_FLAGS_UNDEFINED_SHIFT);
    }

    /** Intel syntax as the formatter writes it, at address 0. */
    @Override
    public String toString() {
        return length == 0 ? "(not decoded)" : new Formatter().format(this, 0);
    }

    private int spec(int i) {
        if (i < 0 || i >= Layout.MAX_OPERANDS) {
            throw new IndexOutOfBoundsException(i);
        }
        int spec = Forms.operand(form, i);
        if (spec == 0) {
            throw new IndexOutOfBoundsException(mnemonic() + " has no operand " + i);
        }
        return spec;
    }
}
