package io.paravert.isa;

/** A memory operand as ModRM, SIB and displacement. */
final class ModRmBytes {
    private int mod;
    private int rm;
    private int rexXb;
    private int sib;
    private boolean hasSib;
    private boolean given;
    private long displacement;
    private int displacementBytes;

    void begin() {
        given = false;
        hasSib = false;
        rexXb = 0;
        displacementBytes = 0;
        mod = 0;
    }

    boolean given() {
        return given;
    }

    /** REX.X and REX.B. */
    int rexXb() {
        return rexXb;
    }

    /** Whether the address can be encoded; {@code vectorIndex} is the width of a gather's index register, or 0. */
    boolean address(Memory memory, boolean code64, int addressBits, int vectorIndex, boolean full) {
        given = true;
        displacement = memory.displacement();
        if (!indexFits(memory.index(), addressBits, vectorIndex)) {
            return false;
        }
        if (memory.base() != Register.NONE && memory.base().bits() != addressBits) {
            return false;
        }
        if (!displacementFits(code64, addressBits)) {
            return false;
        }
        if (addressBits == 16) {
            return address16(memory, full);
        }
        boolean extended =
                memory.base().cls() == RegisterClass.GPR && memory.base().number() >= 8
                        || memory.index().number() >= 8;
        if (extended && !code64) {
            return false;
        }
        return address32(memory, code64, vectorIndex != 0, full);
    }

    private static boolean indexFits(Register index, int addressBits, int vectorIndex) {
        if (vectorIndex != 0) {
            return index.cls() == RegisterClass.VECTOR && index.bits() == vectorIndex;
        }
        return index == Register.NONE || index.cls() == RegisterClass.GPR && index.bits() == addressBits;
    }

    private boolean displacementFits(boolean code64, int addressBits) {
        int bits = Math.min(addressBits, 32);
        boolean signedOnly = code64 && addressBits == 64;
        long most = signedOnly ? Integer.MAX_VALUE : (1L << bits) - 1;
        if (displacement < -(1L << bits - 1) || displacement > most) {
            return false;
        }
        displacement = displacement << 64 - bits >> 64 - bits;
        return true;
    }

    private boolean address16(Memory memory, boolean full) {
        int base = memory.base() == Register.NONE ? -1 : memory.base().number();
        int index = memory.index() == Register.NONE ? -1 : memory.index().number();
        if (base == 6 || base == 7 && index >= 0) {
            int swap = base;
            base = index;
            index = swap;
        }
        if (memory.scale() != 1) {
            return false;
        }
        if (base < 0 && index < 0) {
            rm = 6;
            displacementBytes = 2;
            return true;
        }
        rm = switch (base << 4 | index & 15) {
            case 0x36 -> 0;
            case 0x37 -> 1;
            case 0x56 -> 2;
            case 0x57 -> 3;
            case -1 << 4 | 6 -> 4;
            case -1 << 4 | 7, 0x7f -> 5;
            case 0x5f -> 6;
            case 0x3f -> 7;
            default -> -1;
        };
        if (rm < 0) {
            return false;
        }
        chooseDisplacement(rm == 6, full, 2);
        return true;
    }

    private boolean address32(Memory memory, boolean code64, boolean vector, boolean full) {
        Register base = memory.base();
        Register index = memory.index();
        if (base.cls() == RegisterClass.IP) {
            rm = 5;
            displacementBytes = 4;
            return code64 && index == Register.NONE;
        }
        int indexNumber = index.number();
        int scale = memory.scale();
        if (index != Register.NONE && indexNumber == 4 && !vector) {
            // rSP cannot be an index; as a base it can change places with one that is not scaled.
            if (scale != 1 || base == Register.NONE || base.number() == 4) {
                return false;
            }
            Register swap = base;
            base = index;
            index = swap;
            indexNumber = index.number();
        }
        hasSib = index != Register.NONE || base != Register.NONE && (base.number() & 7) == 4;
        hasSib |= base == Register.NONE && code64;
        int indexField = index == Register.NONE ? 4 : indexNumber & 7;
        rexXb = (index == Register.NONE ? 0 : indexNumber >> 3 << 1) | (base == Register.NONE ? 0 : base.number() >> 3);
        int baseField = base == Register.NONE ? 5 : base.number() & 7;
        sib = Integer.numberOfTrailingZeros(scale) << 6 | indexField << 3 | baseField;
        rm = hasSib ? 4 : baseField;
        if (base == Register.NONE) {
            displacementBytes = 4;
        } else {
            chooseDisplacement(baseField == 5, full, 4);
        }
        return true;
    }

    private void chooseDisplacement(boolean needed, boolean full, int fullBytes) {
        if (full) {
            mod = 2;
            displacementBytes = fullBytes;
        } else if (displacement == 0 && !needed) {
            mod = 0;
        } else if (displacement == (byte) displacement) {
            mod = 1;
            displacementBytes = 1;
        } else {
            mod = 2;
            displacementBytes = fullBytes;
        }
    }

    /** Writes ModRM with this reg field, SIB and displacement; the position past them. */
    int write(byte[] out, int from, int reg) {
        int at = from;
        out[at++] = (byte) (mod << 6 | reg << 3 | rm);
        if (hasSib) {
            out[at++] = (byte) sib;
        }
        LittleEndian.put(out, at, displacement, displacementBytes);
        return at + displacementBytes;
    }
}
