package io.paravert.virtio.pci;

/**
 * MSI-X (PCI Local Bus 3.0, 6.8.2): a table of messages, each with a mask; a message that is masked stays pending until it is
 * not. Any thread.
 */
final class MsixTable {
    /** "None" as virtio's vector registers have it. */
    static final int NO_VECTOR = 0xffff;

    private static final int WORDS = PciLayout.MSIX_ENTRY_BYTES / Integer.BYTES;
    private static final int DATA_WORD = 2;
    private static final int CONTROL_WORD = 3;
    private static final int MASKED = 1;
    private static final int ENABLE = 1 << 15;
    private static final int MASK_ALL = 1 << 14;

    private final MessageSink sink;
    private final int vectors;
    private final int[] table;
    private long pending;
    private int control;

    /** @param vectors 1 to 64 */
    MsixTable(int vectors, MessageSink sink) {
        this.vectors = vectors;
        this.sink = sink;
        table = new int[vectors * WORDS];
        for (int vector = 0; vector < vectors; vector++) {
            table[vector * WORDS + CONTROL_WORD] = MASKED;
        }
    }

    int vectors() {
        return vectors;
    }

    synchronized boolean isEnabled() {
        return (control & ENABLE) != 0;
    }

    /** Message control without the table's size. */
    synchronized int control() {
        return control;
    }

    synchronized void setControl(int value) {
        control = value & (ENABLE | MASK_ALL);
        sendPending();
    }

    /** @param offset into the table; only whole words are there */
    synchronized long read(long offset, int size) {
        int word = (int) (offset / Integer.BYTES);
        if (offset % Integer.BYTES != 0 || word >= table.length) {
            return 0;
        }
        long low = Integer.toUnsignedLong(table[word]);
        return size == Long.BYTES && word + 1 < table.length ? low | (long) table[word + 1] << Integer.SIZE : low;
    }

    synchronized void write(long offset, int size, long value) {
        int word = (int) (offset / Integer.BYTES);
        if (offset % Integer.BYTES != 0 || size < Integer.BYTES || word >= table.length) {
            return;
        }
        table[word] = (int) value;
        if (size == Long.BYTES && word + 1 < table.length) {
            table[word + 1] = (int) (value >>> Integer.SIZE);
        }
        sendPending();
    }

    synchronized long pending() {
        return pending;
    }

    /** Sends a vector's message, now or when it is unmasked; nothing for a vector that is not there. */
    synchronized void raise(int vector) {
        if (vector < vectors && isEnabled()) {
            pending |= 1L << vector;
            sendPending();
        }
    }

    synchronized void clear() {
        pending = 0;
    }

    private void sendPending() {
        if ((control & (ENABLE | MASK_ALL)) != ENABLE) {
            return;
        }
        for (int vector = 0; vector < vectors && pending != 0; vector++) {
            int at = vector * WORDS;
            if ((pending & 1L << vector) != 0 && (table[at + CONTROL_WORD] & MASKED) == 0) {
                pending &= ~(1L << vector);
                long address = Integer.toUnsignedLong(table[at]) | (long) table[at + 1] << Integer.SIZE;
                sink.signal(address, table[at + DATA_WORD]);
            }
        }
    }
}
