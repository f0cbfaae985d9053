package io.paravert.soft.vcpu;

import org.jspecify.annotations.Nullable;

/** Decodes blocks. */
public interface BlockSource {
    /**
     * Decodes from {@code bytes}, of which {@code available} are there up to the page's end, or 15 that reach into the next page.
     * The first instruction is complete, too long, or invalid.
     */
    Block decode(CodeContext context, CodePage page, @Nullable CodePage second, long rip, byte[] bytes, int available);

    /** True if the instruction does not end within the {@code available} bytes. */
    boolean isTruncated(int mode, byte[] bytes, int available);
}
