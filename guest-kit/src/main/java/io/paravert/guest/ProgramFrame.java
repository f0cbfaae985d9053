package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.Gpa;
import io.paravert.isa.asm.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** What stands around a program's body, and where the program lies. */
final class ProgramFrame {
    /** Real mode: the program; its stack grows down from here, in the RAM that the ABI leaves to the guest. */
    private static final int REAL_ORIGIN = 0x8000;

    private static final int REAL_END = 0x10000;

    /** Zeros that are worth a segment of their own. */
    private static final int GAP = 64 * 1024;

    private ProgramFrame() {}

    static GuestProgram build(String name, GuestMode mode, Consumer<PvAssembler> body) {
        PvAssembler asm = new PvAssembler(mode);
        Label entry = asm.here("entry");
        prologue(asm);
        body.accept(asm);
        asm.shutdown(0);
        Label pvh = mode == GuestMode.LONG ? PvhEntry.emit(asm, entry) : entry;
        asm.finish();
        long origin = mode == GuestMode.REAL ? REAL_ORIGIN : Gpa.LOAD_MIN;
        byte[] image = asm.assemble(origin);
        if (mode == GuestMode.REAL && origin + image.length > REAL_END) {
            throw new GuestProgramException(
                    "guest %s ends at 0x%x; expected at most 0x%x in real mode", name, origin + image.length, REAL_END);
        }
        OptionalLong pvhEntry = pvh == entry ? OptionalLong.empty() : OptionalLong.of(pvh.address());
        return new GuestProgram(name, mode, entry.address(), pvhEntry, segments(origin, image));
    }

    private static void prologue(PvAssembler asm) {
        asm.cld();
        switch (asm.mode()) {
            case REAL -> asm.mov(SP, REAL_ORIGIN);
            case PROTECTED -> asm.mov(ESP, asm.stack(PvAssembler.STACK_BYTES));
            case LONG -> {
                asm.lea(RSP, at(asm.stack(PvAssembler.STACK_BYTES)));
                asm.interrupts().callInstall();
            }
        }
        asm.calls().discover();
    }

    /** Cuts the image at long runs of zeros, which need not stand in a file. */
    static List<GuestProgram.Segment> segments(long origin, byte[] image) {
        List<GuestProgram.Segment> segments = new ArrayList<>();
        int start = 0;
        while (start < image.length) {
            int end = start;
            int next = start;
            while (next < image.length && next - end < GAP) {
                end = image[next] == 0 ? end : next + 1;
                next++;
            }
            while (next < image.length && image[next] == 0) {
                next++;
            }
            byte[] bytes = new byte[end - start];
            System.arraycopy(image, start, bytes, 0, bytes.length);
            segments.add(new GuestProgram.Segment(origin + start, bytes, next - start));
            start = next;
        }
        return segments;
    }
}
