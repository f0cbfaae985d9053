package io.paravert.platform.device;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.virtio.mmio.InterruptPin;
import io.vertx.core.Future;

/**
 * A 16550A serial port (National Semiconductor PC16550D data sheet, section 8): 16-byte receive FIFO, interrupts, loopback. A
 * byte leaves as soon as it is written, at whatever rate is set; while the far end has no room the transmitter is busy.
 *
 * <p>Bytes come a FIFO's fill at a time, whatever rate is set, and the next fill a millisecond later: about as fast as the line
 * ever is. A driver has no way to slow a port down; it empties the FIFO before it lets anyone else run, and what it has no room
 * for is lost. Were the FIFO full again at once, a paste would be.
 */
public final class Uart16550 implements Device, InlineAccessHandler {
    /** COM1. */
    public static final int PORT = 0x3f8;

    public static final int GSI = 4;

    private static final int REGISTERS = 8;
    private static final int FIFO_BYTES = 16;

    private static final int IER_RECEIVE = 1;
    private static final int IER_TRANSMIT = 1 << 1;
    private static final int IER_LINE = 1 << 2;
    private static final int IIR_NONE = 1;
    private static final int IIR_TRANSMIT = 2;
    private static final int IIR_RECEIVE = 4;
    private static final int IIR_LINE = 6;
    private static final int IIR_TIMEOUT = 12;
    private static final int IIR_FIFO = 0xc0;
    private static final int FCR_ENABLE = 1;
    private static final int FCR_CLEAR_RECEIVE = 2;
    private static final int LCR_DIVISOR = 0x80;
    private static final int MCR_LOOP = 1 << 4;
    private static final int LSR_DATA = 1;
    private static final int LSR_OVERRUN = 2;
    private static final int LSR_TRANSMIT_EMPTY = 0x60;
    /** Carrier, data set ready, clear to send. */
    private static final int MSR_CONNECTED = 0xb0;

    /** From one fill of the FIFO to the next. */
    private static final long FILL_MILLIS = 1;

    private static final int[] TRIGGERS = {1, 4, 8, 14};

    private final InterruptPin pin;
    private final byte[] fifo = new byte[FIFO_BYTES];
    private final byte[] incoming = new byte[FIFO_BYTES];
    private SerialLine line = SerialLine.NONE;
    private Wakeup wakeup;
    /** A fill was so long ago that the next may come at once. */
    private boolean lineIdle = true;
    /** The far end may have more than there was room for. */
    private boolean mayHaveMore;

    private boolean stopped;
    private int head;
    private int count;
    private int divisor = 1;
    private int enabled;
    private int fifoControl;
    private int lineControl;
    private int modemControl;
    private int scratch;
    private boolean overrun;
    /** The transmitter has become empty, and the guest has not been told. */
    private boolean transmitted = true;

    /** Calls back once, so many milliseconds later. */
    interface Wakeup {
        void after(long millis, Runnable task);
    }

    public Uart16550(InterruptPin pin) {
        this(pin, (millis, task) -> {});
    }

    /** @param wakeup replaced by the machine's timers where there are some */
    Uart16550(InterruptPin pin, Wakeup wakeup) {
        this.pin = pin;
        this.wakeup = wakeup;
    }

    /** Joins the far end, which calls {@link #lineChanged} when it has something or takes something again. */
    public synchronized void connect(SerialLine farEnd) {
        line = farEnd;
        mayHaveMore = true;
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimPorts(PORT, REGISTERS, this);
        wakeup = (millis, task) -> site.vertx().setTimer(millis, timer -> task.run());
    }

    /** From here on nothing comes, and no interrupt is raised. */
    @Override
    public synchronized Future<Void> stop() {
        stopped = true;
        line = SerialLine.NONE;
        return Future.succeededFuture();
    }

    /** Bytes have come, or there is room again. Any thread. */
    public synchronized void lineChanged() {
        if (stopped) {
            return;
        }
        mayHaveMore = true;
        receive();
        if ((enabled & IER_TRANSMIT) != 0 && line.canSend()) {
            transmitted = true;
        }
        update();
    }

    @Override
    public synchronized long read(int vcpu, long offset, int size) {
        int value = readRegister((int) offset);
        update();
        return value | (size > 1 ? -1L << Byte.SIZE : 0);
    }

    private int readRegister(int register) {
        boolean divisorShown = (lineControl & LCR_DIVISOR) != 0;
        return switch (register) {
            case 0 -> divisorShown ? divisor & 0xff : takeByte();
            case 1 -> divisorShown ? divisor >> Byte.SIZE : enabled;
            case 2 -> readCause();
            case 3 -> lineControl;
            case 4 -> modemControl;
            case 5 -> readLineStatus();
            case 6 -> modemStatus();
            default -> scratch;
        };
    }

    private int takeByte() {
        receive();
        if (count == 0) {
            return 0;
        }
        int value = fifo[head] & 0xff;
        head = (head + 1) % FIFO_BYTES;
        count--;
        receive();
        return value;
    }

    /** Reading the cause "transmitter empty" takes it back. */
    private int readCause() {
        int cause = cause();
        if (cause == IIR_TRANSMIT) {
            transmitted = false;
        }
        return cause | (hasFifo() ? IIR_FIFO : 0);
    }

    private int readLineStatus() {
        receive();
        int status = (count > 0 ? LSR_DATA : 0) | (overrun ? LSR_OVERRUN : 0);
        overrun = false;
        return status | (line.canSend() ? LSR_TRANSMIT_EMPTY : 0);
    }

    /** In loopback the outputs come back as inputs: RTS as CTS, DTR as DSR, OUT1 as RI, OUT2 as DCD. */
    private int modemStatus() {
        if (!isLoop()) {
            return MSR_CONNECTED;
        }
        return (modemControl & 2) << 3 | (modemControl & 1) << 5 | (modemControl & 4) << 4 | (modemControl & 8) << 4;
    }

    private boolean isLoop() {
        return (modemControl & MCR_LOOP) != 0;
    }

    private boolean hasFifo() {
        return (fifoControl & FCR_ENABLE) != 0;
    }

    private int capacity() {
        return hasFifo() ? FIFO_BYTES : 1;
    }

    /** Fetches from the far end what the FIFO has room for, if the line is idle: nothing is ever lost there. */
    private void receive() {
        int room = isLoop() ? 0 : capacity() - count;
        if (room == 0 || !lineIdle || !mayHaveMore) {
            return;
        }
        int came = line.receive(incoming, room);
        for (int i = 0; i < came; i++) {
            put(incoming[i]);
        }
        mayHaveMore = came == room;
        if (came > 0) {
            lineIdle = false;
            wakeup.after(FILL_MILLIS, this::lineFree);
        }
    }

    private synchronized void lineFree() {
        if (!stopped) {
            lineIdle = true;
            receive();
            update();
        }
    }

    private void put(byte value) {
        if (count >= capacity()) {
            overrun = true;
            return;
        }
        fifo[(head + count) % FIFO_BYTES] = value;
        count++;
    }

    @Override
    public synchronized void write(int vcpu, long offset, int size, long value) {
        writeRegister((int) offset, (int) value & 0xff);
        update();
    }

    private void writeRegister(int register, int value) {
        boolean divisorShown = (lineControl & LCR_DIVISOR) != 0;
        switch (register) {
            case 0 -> {
                if (divisorShown) {
                    divisor = divisor & 0xff00 | value;
                } else {
                    send((byte) value);
                }
            }
            case 1 -> {
                if (divisorShown) {
                    divisor = divisor & 0xff | value << Byte.SIZE;
                } else {
                    enable(value & 0xf);
                }
            }
            case 2 -> controlFifo(value);
            case 3 -> lineControl = value;
            case 4 -> modemControl = value & 0x1f;
            case 7 -> scratch = value;
            default -> {
                // Line and modem status are read-only.
            }
        }
    }

    private void send(byte value) {
        if (isLoop()) {
            put(value);
            transmitted = true;
        } else {
            line.send(value);
            transmitted = line.canSend();
        }
    }

    private void enable(int causes) {
        if ((causes & ~enabled & IER_TRANSMIT) != 0 && line.canSend()) {
            transmitted = true;
        }
        enabled = causes;
        receive();
    }

    private void controlFifo(int value) {
        boolean toggled = ((value ^ fifoControl) & FCR_ENABLE) != 0;
        if (toggled || (value & FCR_CLEAR_RECEIVE) != 0) {
            count = 0;
        }
        fifoControl = value & 0xc9;
    }

    private int cause() {
        if ((enabled & IER_LINE) != 0 && overrun) {
            return IIR_LINE;
        }
        if ((enabled & IER_RECEIVE) != 0 && count > 0) {
            int trigger = hasFifo() ? TRIGGERS[fifoControl >> 6] : 1;
            return count >= trigger ? IIR_RECEIVE : IIR_TIMEOUT;
        }
        return (enabled & IER_TRANSMIT) != 0 && transmitted ? IIR_TRANSMIT : IIR_NONE;
    }

    private void update() {
        pin.set(cause() != IIR_NONE);
    }
}
