package io.paravert.soft.state;

import static io.paravert.soft.state.Control.CR0_PE;
import static io.paravert.soft.state.Control.EFER_LMA;

import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.numeric.x87.X87State;
import io.paravert.soft.semantics.LazyFlags;

/**
 * The registers of one vCPU. Fields are public, because interpreter and translated code work on them directly; every change of
 * what {@link #mode} depends on is followed by {@link #refreshMode}. vCPU thread only.
 */
public final class Cpu {
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;
    public static final int R8 = 8;
    public static final int R9 = 9;
    public static final int R10 = 10;
    public static final int R11 = 11;

    /** Index in {@link #r} of a register that is always 0: an absent base or index. */
    public static final int ZERO = 16;
    /** Index in {@link #r} of ES's base, followed by those of CS, SS, DS, FS and GS, as the current mode uses them. */
    public static final int BASES = 18;

    /** Words of a vector register in {@link #vectors}. */
    public static final int VECTOR_WORDS = 4;
    /** First word in {@link #vectors} of room for a memory operand. */
    public static final int VECTOR_SCRATCH = 16 * VECTOR_WORDS;

    /** Bytes of the largest XSAVE image: legacy area, header, upper halves of the YMM registers. */
    public static final int IMAGE_BYTES = 512 + 64 + 256;

    /** General registers by their encoding, then {@link #ZERO} and the segments' {@link #BASES}. */
    public final long[] r = new long[BASES + 6];

    /** Between blocks the next instruction; after an unwinding the one that did not complete. */
    public long rip;

    /** Status flags; see {@link LazyFlags}. */
    public long flagResult = 1;

    public long flagAux;

    /** RFLAGS without status flags and bit 1; see {@link Rflags}. */
    public int systemFlags;

    /** ES, CS, SS, DS, FS, GS, LDTR, TR. */
    public final Segment[] segments = new Segment[8];

    public long gdtBase;
    public int gdtLimit = 0xffff;
    public long idtBase;
    public int idtLimit = 0xffff;

    public long cr0 = Control.CR0_ET;
    public long cr2;
    public long cr3;
    public long cr4;
    /** Task priority, bits 0-3. */
    public long cr8;

    public long efer;
    public long xcr0 = 1;
    /** PAE page-directory pointers, read when CR3 is loaded. */
    public final long[] pdptes = new long[4];

    public final long[] dr = new long[4];
    public long dr6 = Control.DR6_RESET;
    public long dr7 = Control.DR7_RESET;

    /** Enabled data breakpoints, one bit each; kept by {@link #debugControlsChanged}. */
    public int watchpoints;
    /** Enabled instruction breakpoints, one bit each. */
    public int breakpoints;
    /** Bits of DR6 for the debug trap that is due. */
    public long debugHits;

    /** Current privilege level. */
    public int cpl;

    /** See {@link CodeMode}. */
    public int mode;

    /** XMM and YMM registers, four words each, the lowest first; then scratch words for memory operands. */
    public final long[] vectors = new long[VECTOR_SCRATCH + 2 * VECTOR_WORDS];

    public final Mxcsr mxcsr = new Mxcsr();
    public final X87State x87 = new X87State();

    /** Which instruction families would fault now: bits of {@link Guards}; kept by {@link #refreshMode}. */
    public int guards;

    /** Room for the images of FXSAVE, XSAVE and FNSAVE on their way to and from guest memory. */
    public final byte[] image = new byte[IMAGE_BYTES];

    public final ModelSpecific msr = new ModelSpecific();
    public final Pending pending = new Pending();

    /** Guest-physical page of the block under way, whose bytes must not change under it; -1 if they may. */
    public long codePage = -1;

    /** Instructions retired, counted by whole blocks. */
    public long instructions;

    private final GuestFault fault = new GuestFault();

    public Cpu() {
        for (int i = 0; i < segments.length; i++) {
            segments[i] = new Segment();
        }
        segments[Segment.LDTR].attributes = Segment.PRESENT | 2;
        segments[Segment.TR].attributes = Segment.PRESENT | 11;
    }

    /** The exception to throw for a vector without error code, or with error code 0. */
    public GuestFault fault(int vector) {
        return fault.set(vector, 0);
    }

    public GuestFault fault(int vector, int errorCode) {
        return fault.set(vector, errorCode);
    }

    public Segment segment(int index) {
        return segments[index];
    }

    public Segment cs() {
        return segments[Segment.CS];
    }

    public Segment ss() {
        return segments[Segment.SS];
    }

    public boolean has(int systemFlag) {
        return (systemFlags & systemFlag) != 0;
    }

    public boolean isProtected() {
        return (cr0 & CR0_PE) != 0;
    }

    /** Protected mode, and not virtual-8086 mode: selectors name descriptors. */
    public boolean usesDescriptors() {
        return isProtected() && !has(Rflags.VM);
    }

    public boolean isVirtual8086() {
        return has(Rflags.VM);
    }

    /** Long mode is active: 64-bit or compatibility. */
    public boolean isLong() {
        return (efer & EFER_LMA) != 0;
    }

    public boolean is64() {
        return CodeMode.is64(mode);
    }

    public int iopl() {
        return systemFlags >> 12 & 3;
    }

    /** All of RFLAGS. */
    public int rflags() {
        return systemFlags | Rflags.ONE | LazyFlags.toRflags(flagResult, flagAux);
    }

    /** Sets the status flags from their places in RFLAGS; other bits of {@code rflags} are ignored. */
    public void setStatus(int rflags) {
        flagResult = LazyFlags.resultOf(rflags);
        flagAux = LazyFlags.auxOf(rflags);
    }

    public int status() {
        return LazyFlags.toRflags(flagResult, flagAux);
    }

    /** Recomputes {@link #mode} and the bases in {@link #r} after CR0, EFER, RFLAGS.VM or a segment has changed. */
    public void refreshMode() {
        guards = Guards.of(this);
        Segment cs = segments[Segment.CS];
        boolean is64 = isLong() && cs.is(Segment.LONG);
        int step = mode & CodeMode.STEP;
        for (int i = 0; i < 6; i++) {
            r[BASES + i] = is64 && i < Segment.FS ? 0 : segments[i].base;
        }
        if (is64) {
            mode = step | CodeMode.CODE64 | CodeMode.FLAT;
            return;
        }
        int size = cs.is(Segment.BIG) ? CodeMode.CODE32 : CodeMode.CODE16;
        int stack = segments[Segment.SS].is(Segment.BIG) ? CodeMode.STACK32 : 0;
        boolean flat = size == CodeMode.CODE32
                && segments[Segment.DS].isFlat()
                && segments[Segment.ES].isFlat()
                && segments[Segment.SS].isFlat();
        mode = step | size | stack | (flat ? CodeMode.FLAT : 0);
    }

    /** Recomputes what depends on DR7 (AMD APM vol. 2, 13.1.1.4). */
    public void debugControlsChanged() {
        watchpoints = 0;
        breakpoints = 0;
        for (int i = 0; i < 4; i++) {
            if ((dr7 >>> 2 * i & 3) != 0) {
                long kind = dr7 >>> 16 + 4 * i & 3;
                if (kind == 0) {
                    breakpoints |= 1 << i;
                } else if (kind != 2) {
                    watchpoints |= 1 << i;
                }
            }
        }
    }

    /** Notes which data breakpoints an access meets; the trap comes after the instruction. */
    public void matchWatchpoints(long va, int bytes, boolean store) {
        for (int i = 0; i < 4; i++) {
            boolean armed = (watchpoints >> i & 1) != 0 && (store || (dr7 >>> 16 + 4 * i & 3) == 3);
            long length = switch ((int) (dr7 >>> 18 + 4 * i) & 3) {
                case 0 -> 1;
                case 1 -> 2;
                case 2 -> 8;
                default -> 4;
            };
            long from = dr[i] & -length;
            if (armed && va - from < length && from - va < bytes) {
                debugHits |= 1L << i;
                pending.raise(Pending.DEBUG_TRAP);
            }
        }
    }
}
