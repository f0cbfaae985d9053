package io.paravert.vmm.crash;

import io.paravert.device.GuestMemoryView;
import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Formatter;
import io.paravert.isa.Instruction;
import io.paravert.vmm.engine.CpuState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Disassembles what the guest was about to execute. */
final class CodeListing {
    /** How far the listing looks ahead: eight instructions of the longest kind. */
    private static final int WINDOW = 8 * Decoder.MAX_LENGTH;

    private static final int LINES = 8;

    private CodeListing() {}

    /**
     * One instruction, or one byte that is none.
     *
     * @param address linear
     * @param bytes in hexadecimal, separated by spaces
     * @param text in Intel syntax; {@code (bad)} where nothing decodes
     */
    record Line(long address, String bytes, String text) {}

    /** From the instruction pointer on; ends where memory does. */
    static List<Line> of(GuestMemoryView memory, CpuState state) {
        long address = CpuMode.linear(state, CpuState.CS, state.rip);
        byte[] code = readable(memory, state, address);
        Decoder decoder = new Decoder();
        Formatter formatter = new Formatter();
        Instruction instruction = new Instruction();
        CodeSize size = CpuMode.of(state).codeSize();
        List<Line> lines = new ArrayList<>();
        int at = 0;
        while (at < code.length && lines.size() < LINES) {
            int length = decoder.decode(code, at, code.length, size, instruction);
            boolean valid = length > 0;
            int bytes = valid ? length : 1;
            lines.add(new Line(
                    address + at,
                    HexFormat.ofDelimiter(" ").formatHex(code, at, at + bytes),
                    valid ? formatter.format(instruction, state.rip + at).strip() : "(bad)"));
            at += bytes;
        }
        return lines;
    }

    /** The bytes from a linear address on, as far as they are mapped to guest memory. */
    static byte[] readable(GuestMemoryView memory, CpuState state, long address) {
        byte[] code = new byte[WINDOW];
        int length = 0;
        while (length < WINDOW) {
            PageWalk walk = PageWalk.of(memory, state, address + length);
            int inPage = (int) Math.min(WINDOW - length, 4096 - (address + length & 4095));
            if (!walk.mapped() || !memory.contains(walk.physical(), inPage)) {
                break;
            }
            memory.read(walk.physical(), code, length, inPage);
            length += inPage;
        }
        return Arrays.copyOf(code, length);
    }
}
