package io.paravert.soft.irq;

/**
 * The two cascaded 8259A interrupt controllers of a PC, with the edge/level registers of later chip sets (8259A datasheet).
 * Any thread.
 */
public final class Pic {
    private static final int CASCADE = 2;

    private final Runnable outputRose;
    private final Chip master = new Chip();
    private final Chip slave = new Chip();

    /** @param outputRose called when INTR goes up; must not call back */
    public Pic(Runnable outputRose) {
        this.outputRose = outputRose;
        master.levelWritable = 0xf8;
        slave.levelWritable = 0xde;
    }

    public synchronized void reset() {
        master.reset();
        slave.reset();
        master.edgeLevel = 0;
        slave.edgeLevel = 0;
    }

    /** @param line 0 to 15; 2 is the cascade and ignored */
    public synchronized void setLine(int line, boolean high) {
        if (line == CASCADE) {
            return;
        }
        (line < 8 ? master : slave).setLine(line & 7, high);
        settle();
    }

    /** INTR: something waits that is not masked and above what is in service. */
    public synchronized boolean output() {
        return master.next() >= 0;
    }

    /** The processor's INTA cycle: the vector; the spurious one (line 7) if nothing waits any more. */
    public synchronized int acknowledge() {
        int line = master.take();
        int vector = master.base + (line < 0 ? 7 : line);
        if (line == CASCADE) {
            int second = slave.take();
            vector = slave.base + (second < 0 ? 7 : second);
        }
        settle();
        return vector;
    }

    /** A byte from port 0x20, 0x21, 0xa0, 0xa1, 0x4d0 or 0x4d1. */
    public synchronized int read(int port) {
        int value = switch (port) {
            case 0x20 -> master.readCommand();
            case 0x21 -> master.mask;
            case 0xa0 -> slave.readCommand();
            case 0xa1 -> slave.mask;
            case 0x4d0 -> master.edgeLevel;
            case 0x4d1 -> slave.edgeLevel;
            default -> 0xff;
        };
        settle();
        return value;
    }

    public synchronized void write(int port, int value) {
        switch (port) {
            case 0x20 -> master.writeCommand(value & 0xff);
            case 0x21 -> master.writeData(value & 0xff);
            case 0xa0 -> slave.writeCommand(value & 0xff);
            case 0xa1 -> slave.writeData(value & 0xff);
            case 0x4d0 -> master.edgeLevel = value & master.levelWritable;
            case 0x4d1 -> slave.edgeLevel = value & slave.levelWritable;
            default -> {
                return;
            }
        }
        settle();
    }

    /** The slave's output is the master's line 2. */
    private void settle() {
        master.setLine(CASCADE, slave.next() >= 0);
        if (master.next() >= 0) {
            outputRose.run();
        }
    }

    /** One 8259A. */
    private static final class Chip {
        int base;
        int mask;
        int edgeLevel;
        int levelWritable;
        private int lines;
        private int requests;
        private int inService;
        /** The line of the lowest priority; the next one up has the highest. */
        private int lowest = 7;

        private int initStep;
        private boolean fourthWord;
        private boolean singleChip;
        private boolean autoEnd;
        private boolean rotateOnAutoEnd;
        private boolean specialMask;
        private boolean specialNested;
        private boolean readInService;
        private boolean poll;

        void reset() {
            requests = 0;
            inService = 0;
            mask = 0;
            base = 0;
            lowest = 7;
            initStep = 0;
            autoEnd = false;
            rotateOnAutoEnd = false;
            specialMask = false;
            specialNested = false;
            readInService = false;
            poll = false;
        }

        void setLine(int line, boolean high) {
            int bit = 1 << line;
            boolean rose = high && (lines & bit) == 0;
            lines = high ? lines | bit : lines & ~bit;
            if ((edgeLevel & bit) != 0 || !high) {
                // A level, or an edge that went away before it was taken.
                requests = high ? requests | bit : requests & ~bit;
            } else if (rose) {
                requests |= bit;
            }
        }

        /** The line to serve, -1 if none. */
        int next() {
            int waiting = requests & ~mask;
            int blocking = specialNested ? inService & ~(1 << CASCADE) : inService;
            for (int i = 1; i <= 8; i++) {
                int line = lowest + i & 7;
                boolean serving = (blocking >>> line & 1) != 0;
                if (serving && !specialMask) {
                    return -1;
                }
                if ((waiting >>> line & 1) != 0 && !serving) {
                    return line;
                }
            }
            return -1;
        }

        /** Takes {@link #next} into service. */
        int take() {
            int line = next();
            if (line < 0) {
                return -1;
            }
            int bit = 1 << line;
            if ((edgeLevel & bit) == 0) {
                requests &= ~bit;
            }
            if (autoEnd) {
                if (rotateOnAutoEnd) {
                    lowest = line;
                }
            } else {
                inService |= bit;
            }
            return line;
        }

        int readCommand() {
            if (poll) {
                poll = false;
                int line = take();
                return line < 0 ? 0 : 0x80 | line;
            }
            return readInService ? inService : requests;
        }

        void writeCommand(int value) {
            if ((value & 0x10) != 0) {
                int keptLines = lines;
                reset();
                requests = keptLines & edgeLevel;
                initStep = 2;
                fourthWord = (value & 1) != 0;
                // Bit 1, a single chip without a third word, does not occur in a PC and is taken all the same.
                singleChip = (value & 2) != 0;
            } else if ((value & 8) != 0) {
                if ((value & 4) != 0) {
                    poll = true;
                }
                if ((value & 2) != 0) {
                    readInService = (value & 1) != 0;
                }
                if ((value & 0x40) != 0) {
                    specialMask = (value & 0x20) != 0;
                }
            } else {
                endOfInterrupt(value);
            }
        }

        /** OCW2. */
        private void endOfInterrupt(int value) {
            int named = value & 7;
            switch (value >>> 5) {
                case 0 -> rotateOnAutoEnd = false;
                case 4 -> rotateOnAutoEnd = true;
                case 1, 5 -> {
                    int line = highestInService();
                    if (line >= 0) {
                        inService &= ~(1 << line);
                        if (value >>> 5 == 5) {
                            lowest = line;
                        }
                    }
                }
                case 3 -> inService &= ~(1 << named);
                case 6 -> lowest = named;
                case 7 -> {
                    inService &= ~(1 << named);
                    lowest = named;
                }
                default -> {
                    // 2: no operation.
                }
            }
        }

        private int highestInService() {
            int candidates = specialMask ? inService & ~mask : inService;
            for (int i = 1; i <= 8; i++) {
                if ((candidates >>> (lowest + i & 7) & 1) != 0) {
                    return lowest + i & 7;
                }
            }
            return -1;
        }

        void writeData(int value) {
            switch (initStep) {
                case 2 -> {
                    base = value & 0xf8;
                    initStep = singleChip ? (fourthWord ? 4 : 0) : 3;
                }
                case 3 -> initStep = fourthWord ? 4 : 0;
                case 4 -> {
                    autoEnd = (value & 2) != 0;
                    specialNested = (value & 0x10) != 0;
                    initStep = 0;
                }
                default -> mask = value;
            }
        }
    }
}
