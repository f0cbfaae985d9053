package io.paravert.isa.asm;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Encoder;
import io.paravert.isa.Immediate;
import io.paravert.isa.IsaException;
import io.paravert.isa.Memory;
import io.paravert.isa.Operand;
import io.paravert.isa.Register;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Gives labels their addresses: starts with the shortest branches and lengthens those that do not reach. */
final class Relaxation {
    private static final int MOST_PASSES = 200;
    private static final int NEAR = 16;

    private final List<Item> items;
    private final long origin;
    private final Encoder encoder = new Encoder();
    private final byte[] scratch = new byte[16];
    private ByteArrayOutputStream out = new ByteArrayOutputStream();

    Relaxation(List<Item> items, long origin) {
        this.items = items;
        this.origin = origin;
    }

    byte[] run() {
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            out = new ByteArrayOutputStream();
            boolean moved = false;
            for (Item item : items) {
                moved |= add(item);
            }
            if (!moved) {
                return out.toByteArray();
            }
        }
        throw new IsaException("the addresses of labels do not settle in " + MOST_PASSES + " passes");
    }

    private long here() {
        return origin + out.size();
    }

    /** Adds an item; whether a label moved. */
    private boolean add(Item item) {
        if (item instanceof Item.Bytes bytes) {
            out.writeBytes(bytes.bytes());
        } else if (item instanceof Item.Bind bind) {
            return bind.label().move(here());
        } else if (item instanceof Item.Align align) {
            long padding = Math.floorMod(-here(), (long) align.to());
            Padding.fill(out, (int) padding, align.size(), align.fill());
        } else if (item instanceof Item.Org org) {
            org(org);
        } else if (item instanceof Item.Address address) {
            address(address);
        } else {
            Item.Deferred deferred = (Item.Deferred) item;
            try {
                out.write(scratch, 0, encode(deferred));
            } catch (IsaException e) {
                throw new IsaException(e.getMessage() + " (" + deferred.source + ")", e);
            }
        }
        return false;
    }

    private void org(Item.Org org) {
        long missing = org.offset() - out.size();
        if (missing < 0) {
            throw new IsaException("org 0x" + Long.toHexString(org.offset()) + ": the code is already at 0x"
                    + Integer.toHexString(out.size()) + " (" + org.source() + ")");
        }
        byte[] fill = new byte[(int) missing];
        Arrays.fill(fill, (byte) org.fill());
        out.writeBytes(fill);
    }

    private void address(Item.Address item) {
        long value = item.label().currentAddress() + item.plus();
        int bits = item.bytes() * 8;
        if (bits < 64 && value >>> bits != 0) {
            throw new IsaException("the address of " + item.label() + ", 0x" + Long.toHexString(value)
                    + ", does not fit " + bits + " bits (" + item.source() + ")");
        }
        for (int i = 0; i < item.bytes(); i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    private int encode(Item.Deferred item) {
        return Encoder.isRelative(item.mnemonic) && !(item.operands[0] instanceof LabelMemory)
                ? branch(item)
                : other(item);
    }

    private int branch(Item.Deferred item) {
        long target = item.operands[0] instanceof Label label
                ? label.currentAddress()
                : ((Immediate) item.operands[0]).value();
        while (true) {
            int length = branchLength(item);
            Immediate distance = new Immediate(wrap(target - here() - length, item), item.leastBits);
            if (item.leastBits == 0 && distance.value() != (byte) distance.value()) {
                item.leastBits = NEAR;
                continue;
            }
            return encoder.encode(item.mnemonic, item.size, new Operand[] {distance}, item.prefixes, scratch, 0);
        }
    }

    /** In 16- and 32-bit code the instruction pointer wraps, so that any target is in reach. */
    private static long wrap(long distance, Item.Deferred item) {
        return switch (item.size) {
            case CODE16 -> (item.prefixes & Encoder.SIZE_32) != 0 ? (int) distance : (short) distance;
            case CODE32 -> (int) distance;
            case CODE64 -> distance;
        };
    }

    /** The length with a displacement of the width chosen so far. */
    private int branchLength(Item.Deferred item) {
        int near = length(item, NEAR);
        if (item.leastBits == 0) {
            int shortest = length(item, 0);
            if (shortest != near) {
                return shortest;
            }
            // There is no short form.
            item.leastBits = NEAR;
        }
        if (near < 0) {
            throw new IsaException(item.mnemonic.text() + " " + item.operands[0] + ": the target is out of reach");
        }
        return near;
    }

    /** The length with a displacement of at least so many bits, -1 if there is none. */
    private int length(Item.Deferred item, int leastBits) {
        Operand[] probe = {new Immediate(0, leastBits)};
        try {
            return encoder.encode(item.mnemonic, item.size, probe, item.prefixes, scratch, 0);
        } catch (IsaException e) {
            return -1;
        }
    }

    private int other(Item.Deferred item) {
        int length = encode(item, 0);
        return encode(item, length);
    }

    private int encode(Item.Deferred item, int length) {
        Operand[] operands = item.operands.clone();
        int prefixes = item.prefixes;
        for (int i = 0; i < operands.length; i++) {
            if (operands[i] instanceof Label label) {
                operands[i] = new Immediate(label.currentAddress(), item.size == CodeSize.CODE16 ? 16 : 32);
            } else if (operands[i] instanceof LabelMemory memory) {
                operands[i] = resolve(memory, item, length);
                prefixes |= Encoder.FULL_DISPLACEMENT;
            }
        }
        return encoder.encode(item.mnemonic, item.size, operands, prefixes, scratch, 0);
    }

    private Memory resolve(LabelMemory memory, Item.Deferred item, int length) {
        Memory rest = memory.rest();
        long address = memory.label().currentAddress() + rest.displacement();
        if (item.size != CodeSize.CODE64 || !memory.isRelative()) {
            return rest.withDisplacement(address);
        }
        long distance = address - here() - length;
        return new Memory(Register.RIP, Register.NONE, 1, distance, rest.size(), rest.segment());
    }
}
