package io.paravert.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.testkit.TestMachine;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.QueueSpec.Direction;
import io.paravert.virtio.VirtioDevice;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver written by hand from virtio 1.2, 4.1, and PCI Local Bus 3.0. */
final class VirtioPciDeviceTest {
    private static final long BAR = 0xe001_0000L;
    private static final int ENTROPY = 4;
    private static final int USED_WAITS = 1;

    private final TestMachine machine = new TestMachine();
    private final List<String> messages = Collections.synchronizedList(new ArrayList<>());
    private final VirtioPciDevice device = new VirtioPciDevice(
            new Filler(),
            BAR,
            machine::setPin,
            21,
            (address, data) -> messages.add(Long.toHexString(address) + ":" + data));
    private final PciFunction config = device.function();

    VirtioPciDeviceTest() {
        machine.plug(device);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    /** Fills each buffer with 0x55. */
    private static final class Filler implements VirtioDevice {
        @Override
        public int type() {
            return ENTROPY;
        }

        @Override
        public List<QueueSpec> queues() {
            return List.of(QueueSpec.ofRequests(8, Direction.WRITABLE, request -> {
                long length = request.writable().length();
                for (long i = 0; i < length; i++) {
                    request.writable().putByte(i, 0x55);
                }
                request.setWritten(length);
                return Future.succeededFuture();
            }));
        }
    }

    /** Offset in the BAR of the structure of a type, found as a driver finds it. */
    private long structure(int type) {
        int at = (int) config.readConfig(0x34, 1);
        while (at != 0) {
            if (config.readConfig(at, 1) == 9 && config.readConfig(at + 3, 1) == type) {
                assertThat(config.readConfig(at + 4, 1)).isZero();
                return BAR + config.readConfig(at + 8, 4);
            }
            at = (int) config.readConfig(at + 1, 1);
        }
        throw new AssertionError("no capability of type " + type);
    }

    private long readCommon(int offset, int size) {
        return machine.readMmio(structure(1) + offset, size);
    }

    private void writeCommon(int offset, int size, long value) {
        machine.writeMmio(structure(1) + offset, size, value);
    }

    /** Sets queue 0 up at fixed places and offers one buffer of 16 bytes; its notification register. */
    private long start() {
        writeCommon(0x14, 1, 0);
        writeCommon(0x14, 1, 3);
        writeCommon(0x08, 4, 1);
        writeCommon(0x0c, 4, 1);
        writeCommon(0x14, 1, 11);
        assertThat(readCommon(0x14, 1)).isEqualTo(11);
        writeCommon(0x16, 2, 0);
        writeCommon(0x20, 8, 0x1000);
        writeCommon(0x28, 4, 0x2000);
        writeCommon(0x30, 4, 0x3000);
        writeCommon(0x1c, 2, 1);
        writeCommon(0x14, 1, 15);
        machine.memory().putLong(0x1000, 0x4000);
        machine.memory().putInt(0x1008, 16);
        machine.memory().putInt(0x100c, 2);
        machine.memory().putShort(0x2004, (short) 0);
        machine.memory().putShortRelease(0x2002, (short) 1);
        return structure(2) + readCommon(0x1e, 2) * 4;
    }

    private void awaitUsed() {
        machine.await("a used buffer", () -> machine.memory().getShortAcquire(0x3002) == 1);
        assertThat(machine.memory().getInt(0x3008)).isEqualTo(16);
        assertThat(machine.memory().getByte(0x400f)).isEqualTo((byte) 0x55);
    }

    @Test
    void isAFunctionThatDriversRecognize() {
        assertThat(config.readConfig(0, 4)).isEqualTo(0x1044_1af4L);
        assertThat(config.readConfig(0x06, 2) & 0x10).isEqualTo(0x10);
        assertThat(config.readConfig(0x3c, 2)).isEqualTo(0x0115);
        assertThat(readCommon(0x12, 2)).isEqualTo(1);
        assertThat(readCommon(0x18, 2)).isEqualTo(8);
    }

    private static final long ELSEWHERE = 0xe123_0000L;

    private boolean answersAt(long bar) {
        try {
            return machine.readMmio(bar + 0x12, 2) == 1;
        } catch (AssertionError e) {
            return false;
        }
    }

    @Test
    void itsBarCanBeSizedAndMoved() {
        config.writeConfig(0x04, 2, 0);
        config.writeConfig(0x10, 4, 0xffff_ffffL);
        assertThat(config.readConfig(0x10, 4)).isEqualTo(0xffff_0000L);
        config.writeConfig(0x10, 4, ELSEWHERE | 0x1234);
        assertThat(config.readConfig(0x10, 4)).isEqualTo(ELSEWHERE);
        assertThat(answersAt(BAR)).isFalse();
        assertThat(answersAt(ELSEWHERE)).isFalse();
        config.writeConfig(0x04, 2, 6);
        assertThat(answersAt(BAR)).isFalse();
        assertThat(answersAt(ELSEWHERE)).isTrue();
        config.writeConfig(0x10, 4, BAR);
        assertThat(answersAt(BAR)).isTrue();
        assertThat(answersAt(ELSEWHERE)).isFalse();
    }

    @Test
    void isOutOfReachWhereItsBarHasNoRoom() {
        config.writeConfig(0x10, 4, 0);
        assertThat(answersAt(BAR)).isFalse();
        config.writeConfig(0x10, 4, BAR);
        assertThat(answersAt(BAR)).isTrue();
    }

    /** The capability of type 5, for drivers without memory access. */
    private int accessCapability() {
        int at = (int) config.readConfig(0x34, 1);
        while (config.readConfig(at, 1) != 9 || config.readConfig(at + 3, 1) != 5) {
            at = (int) config.readConfig(at + 1, 1);
            assertThat(at).as("a next capability").isNotZero();
        }
        return at;
    }

    private int through(int offset, int length) {
        int at = accessCapability();
        config.writeConfig(at + 4, 1, 0);
        config.writeConfig(at + 8, 4, offset);
        config.writeConfig(at + 12, 4, length);
        return at + 16;
    }

    @Test
    void canBeReachedThroughConfigurationSpaceAlone() {
        config.writeConfig(0x04, 2, 0);
        int data = through(0x12, 2);
        assertThat(config.readConfig(data, 2)).isEqualTo(1);
        data = through(0x14, 1);
        config.writeConfig(data, 1, 3);
        assertThat(config.readConfig(data, 1)).isEqualTo(3);
        assertThat(config.readConfig(data, 4) & 0xff).isEqualTo(3);
    }

    @Test
    void doesNothingForAnAccessThatIsNotWhole() {
        config.writeConfig(through(0x14, 1), 1, 1);
        config.writeConfig(through(0x14, 3), 4, 0);
        config.writeConfig(through(0x15, 2), 2, 0);
        config.writeConfig(through(-1, 1), 1, 0);
        config.writeConfig(through(0x7fff_ffff, 1), 1, 0);
        config.writeConfig(accessCapability() + 4, 1, 3);
        config.writeConfig(accessCapability() + 8, 4, 0x14);
        config.writeConfig(accessCapability() + 16, 1, 0);
        assertThat(readCommon(0x14, 1)).isEqualTo(1);
    }

    @Test
    void servesAQueueThatIsNotifiedThroughConfigurationSpace() {
        long notify = start();
        config.writeConfig(through((int) (notify - BAR), 2), 2, 0);
        awaitUsed();
    }

    @Test
    void servesAQueueBehindAMovedBar() {
        long notify = start();
        config.writeConfig(0x10, 4, ELSEWHERE);
        machine.writeMmio(notify - BAR + ELSEWHERE, 2, 0);
        awaitUsed();
    }

    @Test
    void servesAQueueWithThePinUntilTheStatusIsRead() {
        machine.writeMmio(start(), 2, 0);
        awaitUsed();
        machine.await("an interrupt", machine::isPinAsserted);
        assertThat(machine.readMmio(structure(3), 1)).isEqualTo(USED_WAITS);
        assertThat(machine.isPinAsserted()).isFalse();
        assertThat(machine.readMmio(structure(3), 1)).isZero();
        assertThat(messages).isEmpty();
    }

    @Test
    void hearsANotificationOfFourBytesAndNotOneOfOneByte() {
        long notify = start();
        machine.writeMmio(notify, 1, 0);
        machine.settle();
        assertThat(machine.memory().getShortAcquire(0x3002)).isZero();
        machine.writeMmio(notify, 4, 1 << 16);
        awaitUsed();
    }

    @Test
    void servesAQueueWithAMessageThatWaitsWhileItIsMasked() {
        config.writeConfig(0x86, 2, 0x8000);
        machine.writeMmio(BAR + 0x8010, 4, 0xfee0_1000L);
        machine.writeMmio(BAR + 0x8018, 4, 0x41);
        writeCommon(0x16, 2, 0);
        writeCommon(0x1a, 2, 7);
        assertThat(readCommon(0x1a, 2)).isEqualTo(0xffff);
        long notify = start();
        writeCommon(0x1a, 2, 1);
        assertThat(readCommon(0x1a, 2)).isEqualTo(1);
        machine.writeMmio(notify, 2, 0);
        awaitUsed();
        machine.await("a pending bit", () -> machine.readMmio(BAR + 0x9000, 8) == 2);
        assertThat(messages).isEmpty();
        machine.writeMmio(BAR + 0x801c, 4, 0);
        assertThat(messages).containsExactly("fee01000:65");
        assertThat(machine.isPinAsserted()).isFalse();
    }

    @Test
    void aQueueThatIsNotThereTakesNothing() {
        writeCommon(0x16, 2, 5);
        writeCommon(0x1c, 2, 1);
        writeCommon(0x20, 8, -1);
        assertThat(readCommon(0x18, 2)).isZero();
        assertThat(readCommon(0x1c, 2)).isZero();
        assertThat(readCommon(0x1a, 2)).isEqualTo(0xffff);
        machine.writeMmio(structure(2) + 4 * 5, 2, 5);
        machine.settle();
        assertThat(machine.uncaught()).isEmpty();
    }
}
