package io.paravert.isa.asm;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Encoder;
import io.paravert.isa.Immediate;
import io.paravert.isa.IsaException;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.Operand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects instructions and data, and turns them into bytes. Branches take labels or absolute addresses and get their
 * shortest form. What cannot be encoded is refused at the call, or with labels when the code is assembled; the message
 * names the line of Java. Not safe for use by several threads.
 */
public non-sealed class Assembler extends Instructions {
    private final Encoder encoder = new Encoder();
    private final List<Item> items = new ArrayList<>();
    private final List<Label> labels = new ArrayList<>();
    private final List<String> hidden = new ArrayList<>();
    private byte[] run = new byte[64];
    private int runLength;
    private CodeSize size;
    private int prefixes;

    /** Starts with code of this size. */
    public Assembler(CodeSize size) {
        this.size = size;
    }

    // --- code size

    /** 16-bit code from here on. */
    public Assembler code16() {
        return code(CodeSize.CODE16);
    }

    /** 32-bit code from here on. */
    public Assembler code32() {
        return code(CodeSize.CODE32);
    }

    /** 64-bit code from here on. */
    public Assembler code64() {
        return code(CodeSize.CODE64);
    }

    /** Code of this size from here on. */
    public Assembler code(CodeSize from) {
        size = from;
        return this;
    }

    /** The size of the code being assembled. */
    public CodeSize codeSize() {
        return size;
    }

    // --- labels

    /** A label to be bound later. */
    public Label label(String name) {
        return add(new Label(name, source()));
    }

    /** A label to be bound later, named after the line of Java. */
    public Label label() {
        return add(new Label("", source()));
    }

    private Label add(Label label) {
        labels.add(label);
        return label;
    }

    /** Binds a label to this place. */
    public Assembler bind(Label label) {
        if (label.isBound()) {
            throw new IsaException("label " + label + " is bound a second time (" + source() + ")");
        }
        label.bind();
        add(new Item.Bind(label));
        return this;
    }

    /** A label bound to this place. */
    public Label here() {
        Label label = label();
        bind(label);
        return label;
    }

    /** A named label bound to this place. */
    public Label here(String name) {
        Label label = label(name);
        bind(label);
        return label;
    }

    // --- prefixes of the next instruction

    /** LOCK before the next instruction. */
    public Assembler lock() {
        return prefix(Encoder.LOCK);
    }

    /** REP (or REPE) before the next instruction. */
    public Assembler rep() {
        return prefix(Encoder.REP);
    }

    /** REPNE before the next instruction. */
    public Assembler repne() {
        return prefix(Encoder.REPNE);
    }

    /** NOTRACK before the next indirect branch. */
    public Assembler notrack() {
        return prefix(Encoder.NOTRACK);
    }

    /** Operand size 16 for the next instruction, where no operand says it. */
    public Assembler o16() {
        return prefix(Encoder.SIZE_16);
    }

    /** Operand size 32 for the next instruction, where no operand says it. */
    public Assembler o32() {
        return prefix(Encoder.SIZE_32);
    }

    /** Operand size 64 for the next instruction, where no operand says it. */
    public Assembler o64() {
        return prefix(Encoder.SIZE_64);
    }

    private Assembler prefix(int bit) {
        prefixes |= bit;
        return this;
    }

    // --- data

    /** Bytes; each value has to fit 8 bits, signed or unsigned. */
    public Assembler db(int... values) {
        for (int value : values) {
            number(value, 1);
        }
        return this;
    }

    /** Bytes as they are. */
    public Assembler bytes(byte[] values) {
        append(values, values.length);
        return this;
    }

    /** 16-bit numbers. */
    public Assembler dw(int... values) {
        for (int value : values) {
            number(value, 2);
        }
        return this;
    }

    /** 32-bit numbers. */
    public Assembler dd(long... values) {
        for (long value : values) {
            number(value, 4);
        }
        return this;
    }

    /** 64-bit numbers. */
    public Assembler dq(long... values) {
        for (long value : values) {
            number(value, 8);
        }
        return this;
    }

    /** The label's address plus {@code plus} as a 16-bit number. */
    public Assembler dw(Label label, long plus) {
        return address(label, plus, 2);
    }

    /** The label's address plus {@code plus} as a 32-bit number. */
    public Assembler dd(Label label, long plus) {
        return address(label, plus, 4);
    }

    /** The label's address plus {@code plus} as a 64-bit number. */
    public Assembler dq(Label label, long plus) {
        return address(label, plus, 8);
    }

    private Assembler address(Label label, long plus, int bytes) {
        add(new Item.Address(label, plus, bytes, source()));
        return this;
    }

    private void number(long value, int bytes) {
        int bits = bytes * 8;
        if (bits < 64 && (value < -(1L << bits - 1) || value >= 1L << bits)) {
            throw new IsaException(value + " does not fit " + bits + " bits (" + source() + ")");
        }
        byte[] le = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            le[i] = (byte) (value >> 8 * i);
        }
        append(le, bytes);
    }

    /** A string's characters, one byte each (ISO 8859-1). */
    public Assembler ascii(String text) {
        return bytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A string and a zero byte. */
    public Assembler asciz(String text) {
        return ascii(text).db(0);
    }

    /** Fills with NOPs up to an address that is a multiple of this power of two. */
    public Assembler align(int to) {
        return align(to, Padding.NOPS);
    }

    /** Fills with a byte up to an address that is a multiple of this power of two. */
    public Assembler align(int to, int fill) {
        if (Integer.bitCount(to) != 1) {
            throw new IsaException("an alignment is a power of two, not " + to + " (" + source() + ")");
        }
        add(new Item.Align(to, size, fill));
        return this;
    }

    /** Zero bytes. */
    public Assembler space(int bytes) {
        return bytes(new byte[bytes]);
    }

    /** Fills with zero up to this many bytes from the origin. */
    public Assembler org(long offset) {
        add(new Item.Org(offset, 0, source()));
        return this;
    }

    // --- result

    /**
     * Turns what has been collected into bytes; may be called again with another origin.
     *
     * @param origin the address of the first byte
     * @throws IsaException if a label was never bound or something does not reach
     */
    public byte[] assemble(long origin) {
        checkPrefixesUsed();
        flush();
        for (Label label : labels) {
            if (!label.isBound()) {
                throw new IsaException("label " + label.name() + " is never bound (" + label.source() + ")");
            }
            label.move(origin);
        }
        for (Item item : items) {
            if (item instanceof Item.Deferred deferred) {
                deferred.leastBits = 0;
            }
        }
        byte[] out = new Relaxation(items, origin).run();
        for (Label label : labels) {
            label.place();
        }
        return out;
    }

    /** The labels made so far, in order; after {@link #assemble} they have addresses. */
    public List<Label> labels() {
        return List.copyOf(labels);
    }

    /** Leaves out callers whose class names start so when a message names the line of Java. */
    public Assembler hideCallers(String classNamePrefix) {
        hidden.add(classNamePrefix);
        return this;
    }

    private void checkPrefixesUsed() {
        if (prefixes != 0) {
            throw new IsaException("a prefix stands before no instruction");
        }
    }

    @Override
    void emit(Mnemonic mnemonic, Operand... operands) {
        emit(mnemonic, 0, operands);
    }

    @Override
    void emit(Mnemonic mnemonic, int more, Operand... operands) {
        int all = prefixes | more;
        prefixes = 0;
        boolean deferred = false;
        for (Operand operand : operands) {
            deferred |=
                    operand instanceof Operand.Symbolic || operand instanceof Immediate && Encoder.isRelative(mnemonic);
        }
        if (deferred) {
            add(new Item.Deferred(mnemonic, size, operands, all, source()));
            return;
        }
        if (run.length - runLength < 16) {
            run = Arrays.copyOf(run, run.length * 2);
        }
        try {
            runLength += encoder.encode(mnemonic, size, operands, all, run, runLength);
        } catch (IsaException e) {
            throw new IsaException(e.getMessage() + " (" + source() + ")", e);
        }
    }

    private void append(byte[] bytes, int length) {
        if (run.length - runLength < length) {
            run = Arrays.copyOf(run, Math.max(run.length * 2, runLength + length));
        }
        System.arraycopy(bytes, 0, run, runLength, length);
        runLength += length;
    }

    private void add(Item item) {
        flush();
        items.add(item);
    }

    private void flush() {
        if (runLength > 0) {
            items.add(new Item.Bytes(Arrays.copyOf(run, runLength)));
            runLength = 0;
        }
    }

    private Source source() {
        return new Source(hidden);
    }
}
