package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestNeed;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PageTables;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;
import java.util.Set;

/**
 * The third of the four modes: 32-bit protected mode with paging, as 32-bit kernels use it. One page directory of 4 MiB pages
 * maps everything onto itself, but for one page that shows physical memory under a second address.
 */
public final class PagedMode implements ExampleGuest {
    private static final int CR4_PSE = 1 << 4;
    private static final long CR0_PG = 1L << 31;
    private static final int SECOND_VIEW = 0x4000_0000;
    private static final int PHYSICAL = 0x0040_0000;
    private static final int TEXT = 0x0000_1234;

    @Override
    public String name() {
        return "paged-mode";
    }

    @Override
    public String summary() {
        return "32-bit protected mode with paging: one page, two addresses";
    }

    @Override
    public Set<GuestNeed> needs() {
        return Set.of(GuestNeed.PAGING_32);
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.PROTECTED, PagedMode::body);
    }

    private static void body(PvAssembler g) {
        Label directory =
                g.data("page directory", PageTables.TABLE_BYTES, () -> PageTables.identity32(g, SECOND_VIEW, PHYSICAL));
        g.print("Hello from 32-bit protected mode, still without paging.\n");
        g.mov(EAX, CR4);
        g.or(EAX, CR4_PSE);
        g.mov(CR4, EAX);
        g.mov(EAX, directory);
        g.mov(CR3, EAX);
        g.mov(EAX, CR0);
        g.or(EAX, CR0_PG);
        g.mov(CR0, EAX);
        g.print("Paging is on.\n");
        g.mov(dword(PHYSICAL + TEXT), 0xcafe);
        g.mov(EBX, dword(SECOND_VIEW + TEXT));
        g.print("0x401234 holds 0xcafe; 0x40001234 shows 0x");
        g.printHex(EBX);
        g.print(".\n");
    }
}
