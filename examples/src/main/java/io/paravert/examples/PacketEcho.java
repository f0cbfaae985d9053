package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.Hypercall;
import io.paravert.abi.ShareFlag;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;
import java.nio.charset.StandardCharsets;

/**
 * Two guests and one window of memory. The server lends a page to its peer; the client maps it, puts packets in, and the
 * server puts each back. The bytes never leave the page: no monitor and no device touches them. See examples/PACKET-ECHO.md.
 *
 * <pre>
 * 0x000  bytes of the request, 0 when there is none      0x040  request
 * 0x004  bytes of the answer, 0 when there is none       0x800  answer
 * </pre>
 */
final class PacketEcho {
    /** Numbers of the two in a directory of their own. */
    static final int SERVER = 1;

    static final int CLIENT = 2;
    static final int PACKETS = 3;
    static final String PACKET = "a packet through the window";

    private static final int REQUEST_BYTES = 0;
    private static final int ANSWER_BYTES = 4;
    private static final int REQUEST = 0x40;
    private static final int ANSWER = 0x800;
    private static final int MOST = 0x400;
    /** Where the client maps the window: above all RAM, below the devices. */
    private static final long WINDOW = 0xd000_0000L;

    private PacketEcho() {}

    static GuestProgram server() {
        return PvAssembler.program("echo-server", GuestMode.LONG, g -> {
            Label page = g.reserve("window", 4096, 4096);
            until(g, () -> g.hypercall(Hypercall.SHARE_GRANT, page, imm(1), imm(CLIENT), imm(ShareFlag.WRITABLE)));
            g.lea(RBX, at(page));
            g.mov(R12, imm(PACKETS));
            Label next = g.here();
            await(g, REQUEST_BYTES);
            // The peer can change it at any time: read once, then checked.
            g.mov(ECX, dword(RBX, REQUEST_BYTES));
            g.cmp(ECX, MOST);
            Label fits = g.label();
            g.jbe(fits);
            g.shutdown(1);
            g.bind(fits);
            g.mov(EDX, ECX);
            g.lea(RSI, qword(RBX, REQUEST));
            g.lea(RDI, qword(RBX, ANSWER));
            g.rep().movsb();
            g.mov(dword(RBX, REQUEST_BYTES), 0);
            g.mov(dword(RBX, ANSWER_BYTES), EDX);
            g.dec(R12);
            g.jnz(next);
            g.print("3 packets put back.\n");
        });
    }

    static GuestProgram client() {
        return PvAssembler.program("echo-client", GuestMode.LONG, g -> {
            int bytes = PACKET.getBytes(StandardCharsets.UTF_8).length;
            until(g, () -> g.hypercall(Hypercall.SHARE_MAP, imm(SERVER), imm(1), imm(WINDOW), imm(ShareFlag.WRITABLE)));
            g.mov(RBX, imm(WINDOW));
            g.mov(R12, imm(PACKETS));
            Label next = g.here();
            g.lea(RSI, at(g.string(PACKET)));
            g.lea(RDI, qword(RBX, REQUEST));
            g.mov(ECX, bytes);
            g.rep().movsb();
            g.mov(dword(RBX, REQUEST_BYTES), bytes);
            await(g, ANSWER_BYTES);
            g.mov(dword(RBX, ANSWER_BYTES), 0);
            g.lea(RSI, qword(RBX, ANSWER));
            g.write(RSI, imm(bytes));
            g.print("\n");
            g.dec(R12);
            g.jnz(next);
        });
    }

    /** Makes a call until it succeeds: the peer may not be there yet. */
    private static void until(PvAssembler g, Runnable call) {
        Label again = g.here();
        Label done = g.label();
        call.run();
        g.test(RAX, RAX);
        g.jns(done);
        g.vcpuYield();
        g.jmp(again);
        g.bind(done);
    }

    /** Waits until the length at an offset of the window (RBX) is not zero. */
    private static void await(PvAssembler g, int offset) {
        Label again = g.here();
        Label done = g.label();
        g.cmp(dword(RBX, offset), 0);
        g.jne(done);
        g.vcpuYield();
        g.jmp(again);
        g.bind(done);
    }
}
