package io.paravert.device;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Shows ranges of guest memory one after the other without garbage: while ranges come from the same stretch of host memory, one
 * buffer is used again. Belongs to one user at a time; see {@link GuestMemoryView#window}.
 */
public final class MemoryWindow {
    private @Nullable ByteBuffer stretch;
    private @Nullable ByteBuffer view;

    /**
     * For implementations of {@link GuestMemoryView}.
     *
     * @param whole a stretch of host memory, the same object each time; its position and limit are not touched
     * @param from index in it of the range's first byte
     */
    @SuppressWarnings("ReferenceEquality") // Equal content is not the same memory.
    public ByteBuffer over(ByteBuffer whole, int from, int length) {
        ByteBuffer shown = view;
        if (shown == null || stretch != whole) {
            shown = whole.duplicate();
            stretch = whole;
            view = shown;
        }
        return shown.limit(from + length).position(from);
    }
}
