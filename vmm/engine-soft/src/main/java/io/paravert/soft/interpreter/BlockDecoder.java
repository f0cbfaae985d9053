package io.paravert.soft.interpreter;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Instruction;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.BlockSource;
import io.paravert.soft.vcpu.CodeContext;
import io.paravert.soft.vcpu.CodePage;
import io.paravert.soft.vcpu.Op;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Decodes blocks: up to a transfer of control, the page's end or a number of instructions. One per vCPU; its thread only. */
final class BlockDecoder implements BlockSource {
    /** So many that pending events wait for no more than some microseconds. */
    private static final int MOST_INSTRUCTIONS = 48;

    private static final CodeSize[] SIZES = {CodeSize.CODE16, CodeSize.CODE32, CodeSize.CODE64};

    private final InstructionSet instructions;
    private final Decoder decoder = new Decoder();
    private final Instruction in = new Instruction();
    private final Op[] ops = new Op[MOST_INSTRUCTIONS + 1];

    private final int due;

    /** @param due of each block */
    BlockDecoder(InstructionSet instructions, int due) {
        this.instructions = instructions;
        this.due = due;
    }

    @Override
    public boolean isTruncated(int mode, byte[] bytes, int available) {
        return decoder.decode(bytes, 0, available, SIZES[mode & CodeMode.CODE_SIZE], in) == Decoder.TRUNCATED;
    }

    @Override
    public Block decode(
            CodeContext context, CodePage page, @Nullable CodePage second, long rip, byte[] bytes, int available) {
        int mode = context.mode();
        boolean alone = (mode & CodeMode.STEP) != 0;
        int most = alone || second != null ? 1 : MOST_INSTRUCTIONS;
        int offset = 0;
        int count = 0;
        boolean jumped = false;
        boolean ends = false;
        while (count < most && offset < available && !jumped) {
            int length = decoder.decode(bytes, offset, available, SIZES[mode & CodeMode.CODE_SIZE], in);
            if (length == Decoder.TRUNCATED || count > 0 && passesLimit(context, rip + offset, length)) {
                break;
            }
            InstructionSet.Entry entry = entry(context, rip + offset, length);
            int bytesUsed = length > 0 ? length : Math.min(Decoder.MAX_LENGTH, available - offset);
            boolean faults = entry.equals(InstructionSet.TOO_LONG) || entry.equals(InstructionSet.UNDEFINED);
            Op op = faults ? new Op(entry.statement()) : Lowering.lower(in, entry, mode, rip + offset, length);
            op.offset = (short) offset;
            op.length = (byte) bytesUsed;
            if (entry.flow() == InstructionSet.JUMPS) {
                jumped = true;
                if (op.code == Code.STATEMENT) {
                    op.code = Code.JUMP_STATEMENT;
                }
            }
            ops[count++] = op;
            offset += bytesUsed;
            if (entry.flow() == InstructionSet.ENDS) {
                ends = true;
                break;
            }
        }
        int operations = count;
        if (!jumped) {
            ops[operations++] = continueAt(rip + offset, offset, ends ? Code.SYNCHRONIZE : Code.CONTINUE);
        }
        Block block = new Block(page, second, rip, Arrays.copyOf(ops, operations), count, alone);
        block.due = due;
        return block;
    }

    private static Op continueAt(long rip, int offset, int code) {
        Op op = new Op((core, self) -> {});
        op.code = (short) code;
        op.offset = (short) offset;
        op.immediate = rip;
        return op;
    }

    private static boolean passesLimit(CodeContext context, long rip, int length) {
        return !CodeMode.is64(context.mode()) && rip + length - 1 > context.limit();
    }

    private InstructionSet.Entry entry(CodeContext context, long rip, int length) {
        if (length == Decoder.TOO_LONG || length > 0 && passesLimit(context, rip, length)) {
            return InstructionSet.TOO_LONG;
        }
        return length > 0 ? instructions.find(in) : InstructionSet.UNDEFINED;
    }
}
