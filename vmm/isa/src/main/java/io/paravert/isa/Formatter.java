package io.paravert.isa;

/**
 * Writes instructions in Intel syntax as {@code objdump -d -M intel} does. A formatter has no state of its own: threads
 * may share it if they may share its resolver.
 */
public final class Formatter {
    /** The mnemonic's column is this wide. */
    private static final int MNEMONIC_WIDTH = 6;

    private final SymbolResolver symbols;

    /** Without names for addresses. */
    public Formatter() {
        this(SymbolResolver.NONE);
    }

    /** With names for branch targets and RIP-relative addresses. */
    public Formatter(SymbolResolver symbols) {
        this.symbols = symbols;
    }

    /** The instruction's text, as if it stood at this address. */
    public String format(Instruction in, long address) {
        StringBuilder out = new StringBuilder(40);
        append(in, address, out);
        return out.toString();
    }

    /** Appends the instruction's text, as if it stood at this address. */
    public void append(Instruction in, long address, StringBuilder out) {
        int start = out.length();
        PrefixText.append(in, out);
        NameText.append(in, out);
        boolean exchange = NameText.isExchange(in);
        int count = in.operandCount() - (PseudoNames.apply(in) ? 1 : 0);
        if (count == 0 && !exchange) {
            return;
        }
        while (out.length() < start + MNEMONIC_WIDTH) {
            out.append(' ');
        }
        out.append(' ');
        if (exchange) {
            String register = Register.gpr(0, in.operandBits).text();
            out.append(register).append(',').append(register);
        }
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.append(',');
            }
            operand(in, i, address, out);
        }
        if (in.base == Instruction.BASE_RIP) {
            long target = address + in.length() + in.displacement();
            out.append("        # ");
            address(in.addressSize() == 64 ? target : target & 0xffff_ffffL, out);
        }
    }

    private void operand(Instruction in, int i, long address, StringBuilder out) {
        switch (in.kind(i)) {
            case REGISTER -> register(in, i, out);
            case MEMORY -> MemoryText.append(in, i, out);
            case IMMEDIATE -> {
                if (Layout.opLocation(Forms.operand(in.form(), i)) == Layout.LOC_ONE) {
                    out.append('1');
                } else {
                    hex(in.immediate(i), in.size(i), out);
                }
            }
            case RELATIVE -> address(in.branchTarget(address), out);
            case FAR_POINTER -> {
                hex(in.farSelector(), 16, out);
                out.append(':');
                hex(in.immediate(i), in.operandSize(), out);
            }
        }
    }

    private void address(long address, StringBuilder out) {
        out.append("0x").append(Long.toHexString(address));
        String name = symbols.nameOf(address);
        if (!name.isEmpty()) {
            out.append(" <").append(name).append('>');
        }
    }

    private static void register(Instruction in, int i, StringBuilder out) {
        Register register = in.register(i);
        if (register.cls() != RegisterClass.X87) {
            out.append(register.text());
            return;
        }
        out.append("st");
        if (Layout.opLocation(Forms.operand(in.form(), i)) != Layout.LOC_FIXED) {
            out.append('(').append(register.number()).append(')');
        }
    }

    private static void hex(long value, int bits, StringBuilder out) {
        long shown = bits == 0 || bits >= 64 ? value : value & (1L << bits) - 1;
        out.append("0x").append(Long.toHexString(shown));
    }

    /** What Intel syntax puts before a memory operand of this many bits, with the space that follows it. */
    static String sizeName(int bits) {
        return switch (bits) {
            case 8 -> "BYTE PTR ";
            case 16 -> "WORD PTR ";
            case 32 -> "DWORD PTR ";
            case 48 -> "FWORD PTR ";
            case 64 -> "QWORD PTR ";
            case 80 -> "TBYTE PTR ";
            case 128 -> "XMMWORD PTR ";
            case 256 -> "YMMWORD PTR ";
            default -> "";
        };
    }
}
