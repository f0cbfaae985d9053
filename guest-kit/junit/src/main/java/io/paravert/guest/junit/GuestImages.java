package io.paravert.guest.junit;

import io.paravert.guest.GuestProgram;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.GuestImage;
import java.util.List;

/** Hands programs of the guest kit to the monitor's loader. */
final class GuestImages {
    private GuestImages() {}

    static GuestImage of(GuestProgram program) {
        EntryMode mode = switch (program.mode()) {
            case REAL -> EntryMode.REAL;
            case PROTECTED -> EntryMode.PROTECTED;
            case LONG -> EntryMode.LONG;
        };
        List<GuestImage.Piece> pieces = program.segments().stream()
                .map(s -> new GuestImage.Piece(s.gpa(), s.bytes(), s.memoryBytes()))
                .toList();
        return GuestImage.of(program.name(), pieces, program.entry(), mode);
    }
}
