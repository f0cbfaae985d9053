package io.paravert.vmm.engine;

import java.util.BitSet;

/** Which pages of a memory mapping the guest has written since the last look. Any thread. */
public interface DirtyLog {
    /** Starts or stops logging for the mapping that begins at {@code gpa}. */
    void setEnabled(long gpa, boolean enabled);

    /** Returns one bit a 4 KiB page of the mapping that begins at {@code gpa}, and clears the log. */
    BitSet collect(long gpa);
}
