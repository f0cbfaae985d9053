package io.paravert.soft.vcpu;

import static io.paravert.soft.state.Segment.CODE;
import static io.paravert.soft.state.Segment.EXPAND_DOWN_OR_CONFORMING;
import static io.paravert.soft.state.Segment.WRITABLE_OR_READABLE;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;

/** From a decoded memory operand to a linear address, with the checks of segmentation (AMD APM vol. 2, 4.12). */
public final class Segmentation {
    private Segmentation() {}

    /** The operand's offset in its segment, cut to the address size. */
    public static long offset(Cpu cpu, Op op) {
        long[] r = cpu.r;
        int cut = op.cut;
        return (r[op.base] + (r[op.index] << op.scale) + op.displacement) << cut >>> cut;
    }

    /** Linear address of the operand, for {@code bytes} bytes of it. */
    public static long linear(Cpu cpu, Op op, int bytes, boolean store) {
        long offset = offset(cpu, op);
        return op.has(Op.CHECKED) ? checked(cpu, op.segment, offset, bytes, store) : cpu.r[op.segmentBase] + offset;
    }

    /** Linear address of an offset in a segment, wherever the processor is; checked where that is needed. */
    public static long linear(Cpu cpu, int segment, long offset, int bytes, boolean store) {
        return cpu.is64() ? cpu.r[Cpu.BASES + segment] + offset : checked(cpu, segment, offset, bytes, store);
    }

    /** As {@link #linear}, outside 64-bit mode. */
    static long checked(Cpu cpu, int number, long offset, int bytes, boolean store) {
        Segment segment = cpu.segments[number];
        if (cpu.usesDescriptors()) {
            checkType(cpu, segment, number, store);
        }
        long last = offset + bytes - 1;
        if (!segment.is(CODE) && segment.is(EXPAND_DOWN_OR_CONFORMING)) {
            long top = segment.is(Segment.BIG) ? 0xffff_ffffL : 0xffff;
            if (offset <= segment.limit || last > top) {
                throw violation(cpu, number);
            }
        } else if (last > segment.limit) {
            throw violation(cpu, number);
        }
        return segment.base + offset & 0xffff_ffffL;
    }

    private static void checkType(Cpu cpu, Segment segment, int number, boolean store) {
        boolean allowed = segment.usable()
                && (segment.is(CODE)
                        ? !store && segment.is(WRITABLE_OR_READABLE)
                        : !store || segment.is(WRITABLE_OR_READABLE));
        if (!allowed) {
            throw violation(cpu, number);
        }
    }

    private static GuestFault violation(Cpu cpu, int segment) {
        return cpu.fault(segment == Segment.SS ? Vector.SS : Vector.GP);
    }
}
