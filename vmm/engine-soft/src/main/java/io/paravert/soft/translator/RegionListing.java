package io.paravert.soft.translator;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Formatter;
import io.paravert.isa.Instruction;
import io.paravert.memory.RawMemory;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.Core;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A region as text: each guest instruction, and below it the bytecode that it became. Made on the vCPU's thread, constant afterwards. */
final class RegionListing {
    /** By block, its instructions. */
    private final Map<Block, String[]> guest = new HashMap<>();

    /** Reads the guest's code while it is what the plan was made from. vCPU thread. */
    RegionListing(Core core, RegionPlan plan) {
        Decoder decoder = new Decoder();
        Formatter formatter = new Formatter();
        Instruction in = new Instruction();
        for (Block block : plan.blocks()) {
            byte[] bytes = bytes(core, block);
            String[] text = new String[block.ops.length];
            for (int i = 0; i < text.length; i++) {
                int offset = block.ops[i].offset;
                boolean whole =
                        block.ops[i].length > 0 && decoder.decode(bytes, offset, bytes.length, CodeSize.CODE64, in) > 0;
                text[i] = whole ? formatter.format(in, block.rip + offset) : "(the block ends)";
            }
            guest.put(block, text);
        }
    }

    private static byte[] bytes(Core core, Block block) {
        byte[] bytes = new byte[block.bytes()];
        long host = core.machine.physical().host(block.page.gpa | block.rip & 0xfff);
        for (int i = 0; i < bytes.length && host != 0; i++) {
            bytes[i] = RawMemory.getByte(host + i);
        }
        return bytes;
    }

    private String[] guest(Block block) {
        return guest.getOrDefault(block, new String[0]);
    }

    /** The guest's code alone, of this plan or what was cut from it. Any thread. */
    String guestText(RegionPlan plan) {
        StringBuilder text = new StringBuilder();
        for (Block block : plan.blocks()) {
            String[] lines = guest(block);
            for (int i = 0; i < lines.length; i++) {
                text.append(line(block, i, lines[i])).append('\n');
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String line(Block block, int i, String text) {
        return String.format("%x  %s", block.rip + block.ops[i].offset, text).stripTrailing();
    }

    /** Guest code and bytecode, of this plan or what was cut from it. Any thread. */
    String text(RegionPlan plan) {
        BytecodeText text = new BytecodeText();
        List<Block> blocks = plan.blocks();
        RegionCompiler.write(plan, new Layout(blocks, new Counters()), text, (block, i) -> {
            if (i == 0) {
                text.line("");
                text.line("block " + blocks.indexOf(block));
            }
            text.line(line(block, i, guest(block)[i]));
        });
        return text.toString();
    }
}
