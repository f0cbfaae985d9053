package io.paravert.isa.asm;

import io.paravert.isa.Immediate;
import io.paravert.isa.Memory;
import io.paravert.isa.Register;

/** Operands by short names, for static import: {@code qword(RBX, RCX, 4, 16)}, {@code dwordAt(label)}. */
public final class Addresses {
    private Addresses() {}

    /** A constant. */
    public static Immediate imm(long value) {
        return Immediate.of(value);
    }

    /** Memory of no size of its own that a register points to. */
    public static Memory mem(Register base) {
        return Memory.of(base);
    }

    /** Memory of no size of its own at base plus displacement. */
    public static Memory mem(Register base, long displacement) {
        return Memory.of(base, displacement);
    }

    /** Memory of no size of its own at base plus index times scale plus displacement. */
    public static Memory mem(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement);
    }

    /** Memory of no size of its own at a fixed address. */
    public static Memory mem(long address) {
        return Memory.absolute(address);
    }

    /** Memory of no size of its own at a label. */
    public static LabelMemory at(Label label) {
        return new LabelMemory(label, Memory.absolute(0));
    }

    /** Memory of 8 bits that a register points to. */
    public static Memory byte_(Register base) {
        return Memory.of(base).withSize(8);
    }

    /** Memory of 8 bits at base plus displacement. */
    public static Memory byte_(Register base, long displacement) {
        return Memory.of(base, displacement).withSize(8);
    }

    /** Memory of 8 bits at base plus index times scale plus displacement. */
    public static Memory byte_(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement).withSize(8);
    }

    /** Memory of 8 bits at a fixed address. */
    public static Memory byte_(long address) {
        return Memory.absolute(address).withSize(8);
    }

    /** Memory of 8 bits at a label. */
    public static LabelMemory byteAt(Label label) {
        return new LabelMemory(label, Memory.absolute(0).withSize(8));
    }

    /** Memory of 16 bits that a register points to. */
    public static Memory word(Register base) {
        return Memory.of(base).withSize(16);
    }

    /** Memory of 16 bits at base plus displacement. */
    public static Memory word(Register base, long displacement) {
        return Memory.of(base, displacement).withSize(16);
    }

    /** Memory of 16 bits at base plus index times scale plus displacement. */
    public static Memory word(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement).withSize(16);
    }

    /** Memory of 16 bits at a fixed address. */
    public static Memory word(long address) {
        return Memory.absolute(address).withSize(16);
    }

    /** Memory of 16 bits at a label. */
    public static LabelMemory wordAt(Label label) {
        return new LabelMemory(label, Memory.absolute(0).withSize(16));
    }

    /** Memory of 32 bits that a register points to. */
    public static Memory dword(Register base) {
        return Memory.of(base).withSize(32);
    }

    /** Memory of 32 bits at base plus displacement. */
    public static Memory dword(Register base, long displacement) {
        return Memory.of(base, displacement).withSize(32);
    }

    /** Memory of 32 bits at base plus index times scale plus displacement. */
    public static Memory dword(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement).withSize(32);
    }

    /** Memory of 32 bits at a fixed address. */
    public static Memory dword(long address) {
        return Memory.absolute(address).withSize(32);
    }

    /** Memory of 32 bits at a label. */
    public static LabelMemory dwordAt(Label label) {
        return new LabelMemory(label, Memory.absolute(0).withSize(32));
    }

    /** Memory of 48 bits that a register points to. */
    public static Memory fword(Register base) {
        return Memory.of(base).withSize(48);
    }

    /** Memory of 48 bits at base plus displacement. */
    public static Memory fword(Register base, long displacement) {
        return Memory.of(base, displacement).withSize(48);
    }

    /** Memory of 48 bits at base plus index times scale plus displacement. */
    public static Memory fword(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement).withSize(48);
    }

    /** Memory of 48 bits at a fixed address. */
    public static Memory fword(long address) {
        return Memory.absolute(address).withSize(48);
    }

    /** Memory of 48 bits at a label. */
    public static LabelMemory fwordAt(Label label) {
        return new LabelMemory(label, Memory.absolute(0).withSize(48));
    }

    /** Memory of 64 bits that a register points to. */
    public static Memory qword(Register base) {
        return Memory.of(base).withSize(64);
    }

    /** Memory of 64 bits at base plus displacement. */
    public static Memory qword(Register base, long displacement) {
        return Memory.of(base, displacement).withSize(64);
    }

    /** Memory of 64 bits at base plus index times scale plus displacement. */
    public static Memory qword(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement).withSize(64);
    }

    /** Memory of 64 bits at a fixed address. */
    public static Memory qword(long address) {
        return Memory.absolute(address).withSize(64);
    }

    /** Memory of 64 bits at a label. */
    public static LabelMemory qwordAt(Label label) {
        return new LabelMemory(label, Memory.absolute(0).withSize(64));
    }

    /** Memory of 80 bits that a register points to. */
    public static Memory tbyte(Register base) {
        return Memory.of(base).withSize(80);
    }

    /** Memory of 80 bits at base plus displacement. */
    public static Memory tbyte(Register base, long displacement) {
        return Memory.of(base, displacement).withSize(80);
    }

    /** Memory of 80 bits at base plus index times scale plus displacement. */
    public static Memory tbyte(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement).withSize(80);
    }

    /** Memory of 80 bits at a fixed address. */
    public static Memory tbyte(long address) {
        return Memory.absolute(address).withSize(80);
    }

    /** Memory of 80 bits at a label. */
    public static LabelMemory tbyteAt(Label label) {
        return new LabelMemory(label, Memory.absolute(0).withSize(80));
    }

    /** Memory of 128 bits that a register points to. */
    public static Memory xmmword(Register base) {
        return Memory.of(base).withSize(128);
    }

    /** Memory of 128 bits at base plus displacement. */
    public static Memory xmmword(Register base, long displacement) {
        return Memory.of(base, displacement).withSize(128);
    }

    /** Memory of 128 bits at base plus index times scale plus displacement. */
    public static Memory xmmword(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement).withSize(128);
    }

    /** Memory of 128 bits at a fixed address. */
    public static Memory xmmword(long address) {
        return Memory.absolute(address).withSize(128);
    }

    /** Memory of 128 bits at a label. */
    public static LabelMemory xmmwordAt(Label label) {
        return new LabelMemory(label, Memory.absolute(0).withSize(128));
    }

    /** Memory of 256 bits that a register points to. */
    public static Memory ymmword(Register base) {
        return Memory.of(base).withSize(256);
    }

    /** Memory of 256 bits at base plus displacement. */
    public static Memory ymmword(Register base, long displacement) {
        return Memory.of(base, displacement).withSize(256);
    }

    /** Memory of 256 bits at base plus index times scale plus displacement. */
    public static Memory ymmword(Register base, Register index, int scale, long displacement) {
        return Memory.of(base, index, scale, displacement).withSize(256);
    }

    /** Memory of 256 bits at a fixed address. */
    public static Memory ymmword(long address) {
        return Memory.absolute(address).withSize(256);
    }

    /** Memory of 256 bits at a label. */
    public static LabelMemory ymmwordAt(Label label) {
        return new LabelMemory(label, Memory.absolute(0).withSize(256));
    }
}
