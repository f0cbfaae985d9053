package io.paravert.isa;

import java.util.Arrays;

/** One place where objdump and the decoder differ, and what a rule may ask about it. */
final class ObjdumpCase {
    final CodeSize size;
    /** The bytes from this place on, with NOPs after the end of the code. */
    final byte[] bytes;

    /** objdump's length and text. */
    final int theirLength;

    final String theirLine;
    final String theirs;
    /** The decoder's result and text; {@code in} is meaningless if the result is negative. */
    final int length;

    final Instruction in;
    final String ours;
    /** How many prefixes there are, REX included. */
    final int prefixes;

    ObjdumpCase(byte[] blob, Objdump.Line line, CodeSize size, int length, Instruction in, String ours) {
        this.size = size;
        this.bytes = new byte[24];
        Arrays.fill(bytes, (byte) 0x90);
        int available = Math.min(bytes.length, blob.length - line.offset());
        System.arraycopy(blob, line.offset(), bytes, 0, available);
        this.theirLength = line.length();
        this.theirLine = line.text();
        this.theirs = ObjdumpText.plain(line.text());
        this.length = length;
        this.in = in;
        this.ours = ObjdumpText.plain(ours);
        int count = 0;
        while (count < 16 && isPrefix(count)) {
            count++;
        }
        this.prefixes = count;
    }

    private boolean isPrefix(int i) {
        return switch (bytes[i] & 0xff) {
            case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3 -> true;
            default -> isRex(i);
        };
    }

    private boolean isRex(int i) {
        return size == CodeSize.CODE64 && (bytes[i] & 0xf0) == 0x40;
    }

    boolean isDecoded() {
        return length > 0;
    }

    boolean isInvalid() {
        return length == Decoder.INVALID;
    }

    boolean is(Mnemonic mnemonic) {
        return isDecoded() && in.mnemonic() == mnemonic;
    }

    boolean isBadToObjdump() {
        return theirs.contains("(bad)");
    }

    int opcode(int i) {
        return bytes[prefixes + i] & 0xff;
    }

    boolean hasPrefix(int prefix) {
        for (int i = 0; i < prefixes; i++) {
            if ((bytes[i] & 0xff) == prefix) {
                return true;
            }
        }
        return false;
    }

    /** Whether a REX prefix stands before another prefix. */
    boolean hasStrayRex() {
        for (int i = 0; i + 1 < prefixes; i++) {
            if (isRex(i)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What the bytes decode to without some prefixes; an instruction of length 0 if to nothing.
     *
     * @param dropped prefix bytes, 0x40 for REX
     */
    Instruction without(int... dropped) {
        byte[] left = new byte[bytes.length];
        Arrays.fill(left, (byte) 0x90);
        int at = 0;
        for (int i = 0; i < bytes.length; i++) {
            int prefix = isRex(i) ? 0x40 : bytes[i] & 0xff;
            boolean drop = i < prefixes && Arrays.stream(dropped).anyMatch(d -> d == prefix);
            if (!drop) {
                left[at++] = bytes[i];
            }
        }
        Instruction out = new Instruction();
        if (new Decoder().decode(left, 0, left.length, size, out) < 0) {
            out.length = 0;
        }
        return out;
    }

    /** Whether both name the same instruction and operands, but for a branch target beyond 16 bits. */
    boolean differsOnlyAbove16Bits() {
        String[] a = theirs.split(" 0x");
        String[] b = ours.split(" 0x");
        return a.length == 2
                && b.length == 2
                && a[0].equals(b[0])
                && (Long.parseUnsignedLong(a[1], 16) & 0xffff) == Long.parseUnsignedLong(b[1], 16);
    }
}
