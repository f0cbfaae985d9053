package io.paravert.soft.vcpu;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blocks of one guest-physical page, decoded at one linear address in one context. vCPU thread only. */
public final class CodePage {
    private static final int LINES = 64;
    private static final int LINE_BYTES = 64;

    /** Guest-physical address of the page. */
    public final long gpa;
    /** Linear address of the page. */
    public final long linear;

    public final CodeContext context;
    /** Another page object for the same guest-physical page. */
    final @Nullable CodePage sibling;

    boolean valid = true;

    private final @Nullable Block[] @Nullable [] blocks = new Block[LINES][];

    CodePage(long gpa, long linear, CodeContext context, @Nullable CodePage sibling) {
        this.gpa = gpa;
        this.linear = linear;
        this.context = context;
        this.sibling = sibling;
    }

    /** The block that begins at an offset in the page. */
    @Nullable Block find(int offset) {
        @Nullable Block[] line = blocks[offset / LINE_BYTES];
        return line == null ? null : line[offset % LINE_BYTES];
    }

    void put(int offset, Block block) {
        @Nullable Block[] line = blocks[offset / LINE_BYTES];
        if (line == null) {
            line = new Block[LINE_BYTES];
            blocks[offset / LINE_BYTES] = line;
        }
        line[offset % LINE_BYTES] = block;
    }

    /** Whether any block here has been translated. */
    boolean hasTranslation() {
        for (@Nullable Block[] line : blocks) {
            if (line != null) {
                for (Block block : line) {
                    if (block != null && block.translation != null) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Nothing decoded here may run again. */
    void invalidate() {
        valid = false;
        for (Block block : blocks()) {
            block.discard();
        }
    }

    /** What has been decoded here. */
    List<Block> blocks() {
        List<Block> all = new ArrayList<>();
        for (@Nullable Block[] line : blocks) {
            if (line != null) {
                for (Block block : line) {
                    if (block != null) {
                        all.add(block);
                    }
                }
            }
        }
        return all;
    }

    /** False once the page was written. */
    public boolean isValid() {
        return valid;
    }
}
