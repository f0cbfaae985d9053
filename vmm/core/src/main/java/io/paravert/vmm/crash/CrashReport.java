package io.paravert.vmm.crash;

import io.paravert.device.GuestMemoryView;
import io.paravert.vmm.CrashInfo;
import io.paravert.vmm.engine.CpuState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A crash decoded for a person and for a machine. It is made once, while the guest's memory is still there, and holds nothing
 * of it afterwards. Immutable but for the state, which nobody writes any more.
 */
public final class CrashReport {
    /** Words of the stack that are shown. */
    private static final int STACK_WORDS = 8;

    final String guest;
    final String engine;
    final CrashInfo crash;
    final CpuMode mode;
    final List<Walk> walks;
    final List<CodeListing.Line> code;
    final List<Long> stack;

    /** A page walk and why it is shown. */
    record Walk(String what, PageWalk walk) {}

    private CrashReport(String guest, String engine, CrashInfo crash, GuestMemoryView memory) {
        this.guest = guest;
        this.engine = engine;
        this.crash = crash;
        this.mode = CpuMode.of(crash.state());
        this.walks = walks(memory, crash.state());
        this.code = CodeListing.of(memory, crash.state());
        this.stack = stack(memory, crash.state());
    }

    /**
     * Decodes a crash.
     *
     * @param guest its name
     * @param engine name of the engine that ran it
     */
    public static CrashReport of(String guest, String engine, CrashInfo crash, GuestMemoryView memory) {
        return new CrashReport(guest, engine, crash, memory);
    }

    private static List<Walk> walks(GuestMemoryView memory, CpuState state) {
        List<Walk> walks = new ArrayList<>();
        walks.add(new Walk("instruction", PageWalk.of(memory, state, CpuMode.linear(state, CpuState.CS, state.rip))));
        walks.add(new Walk("stack", PageWalk.of(memory, state, stackAddress(state))));
        if (state.cr2 != 0 && PagingMode.of(state) != PagingMode.NONE) {
            walks.add(new Walk("faulting address (CR2)", PageWalk.of(memory, state, state.cr2)));
        }
        return walks;
    }

    private static long stackAddress(CpuState state) {
        return CpuMode.linear(state, CpuState.SS, state.general[4]);
    }

    /** The words on top of the stack, as far as they are mapped; empty if the stack pointer is not aligned to them. */
    private static List<Long> stack(GuestMemoryView memory, CpuState state) {
        List<Long> words = new ArrayList<>();
        int bytes = CpuMode.of(state).codeSize().bits() / Byte.SIZE;
        for (int i = 0; i < STACK_WORDS; i++) {
            long address = stackAddress(state) + (long) i * bytes;
            PageWalk walk = PageWalk.of(memory, state, address);
            if (address % bytes != 0 || !walk.mapped() || !memory.contains(walk.physical(), bytes)) {
                break;
            }
            words.add(
                    switch (bytes) {
                        case Short.BYTES -> Short.toUnsignedLong(memory.getShort(walk.physical()));
                        case Integer.BYTES -> Integer.toUnsignedLong(memory.getInt(walk.physical()));
                        default -> memory.getLong(walk.physical());
                    });
        }
        return words;
    }

    /** One line: what crashed, where and why. What the guest says is made harmless for a terminal. */
    public String headline() {
        String message = crash.message().isEmpty() ? "" : ": " + printable(crash.message());
        return "guest " + guest + " crashed on vCPU " + crash.vcpu() + " (engine " + engine + "): "
                + crash.cause().text() + message;
    }

    /** The whole report, several lines, the last one ended. */
    public String text() {
        return CrashText.write(this);
    }

    /** The whole report as one JSON object; numbers of 64 bits are strings such as {@code "0xfff0"}. */
    public String json() {
        try {
            return CrashJson.write(this);
        } catch (IOException e) {
            throw new AssertionError("writing to a string does not fail", e);
        }
    }

    /** Escapes what would move a terminal's cursor or end a line. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }
}
