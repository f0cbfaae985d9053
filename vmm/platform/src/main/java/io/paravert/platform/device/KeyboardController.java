package io.paravert.platform.device;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;

/**
 * An i8042 with nothing plugged in (IBM PS/2 Technical Reference, "Keyboard and Auxiliary Device Controller"): it tests itself,
 * keeps its command byte, and resets the machine, which is what kernels still use it for.
 */
public final class KeyboardController implements Device {
    private static final int DATA_PORT = 0x60;
    private static final int COMMAND_PORT = 0x64;
    private static final int STATUS_FULL = 1;
    private static final int STATUS_TESTED = 1 << 2;
    private static final int READ_COMMAND_BYTE = 0x20;
    private static final int WRITE_COMMAND_BYTE = 0x60;
    private static final int SELF_TEST = 0xaa;
    private static final int SELF_TEST_PASSED = 0x55;
    private static final int INTERFACE_TEST = 0xab;
    /** Pulses output bits low that are zero here; bit 0 is the processor's reset. */
    private static final int PULSE = 0xf0;

    private final PowerSwitch power;
    private int output;
    private boolean full;
    private int lastCommand;
    private int commandByte;

    public KeyboardController(PowerSwitch power) {
        this.power = power;
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimPorts(DATA_PORT, 1, new DataPort());
        site.claimPorts(COMMAND_PORT, 1, new CommandPort());
    }

    private void answer(int value) {
        output = value;
        full = true;
    }

    private final class DataPort implements InlineAccessHandler {
        @Override
        public long read(int vcpu, long offset, int size) {
            synchronized (KeyboardController.this) {
                full = false;
                return output;
            }
        }

        @Override
        public void write(int vcpu, long offset, int size, long value) {
            synchronized (KeyboardController.this) {
                if (lastCommand == WRITE_COMMAND_BYTE) {
                    commandByte = (int) value & 0xff;
                }
                lastCommand = 0;
            }
        }
    }

    private final class CommandPort implements InlineAccessHandler {
        @Override
        public long read(int vcpu, long offset, int size) {
            synchronized (KeyboardController.this) {
                return STATUS_TESTED | (full ? STATUS_FULL : 0);
            }
        }

        @Override
        public void write(int vcpu, long offset, int size, long value) {
            int command = (int) value & 0xff;
            synchronized (KeyboardController.this) {
                lastCommand = command;
                switch (command) {
                    case READ_COMMAND_BYTE -> answer(commandByte);
                    case SELF_TEST -> answer(SELF_TEST_PASSED);
                    case INTERFACE_TEST -> answer(0);
                    default -> {
                        // Nothing is plugged in that could answer.
                    }
                }
            }
            if ((command & PULSE) == PULSE && (command & 1) == 0) {
                power.reset();
            }
        }
    }
}
