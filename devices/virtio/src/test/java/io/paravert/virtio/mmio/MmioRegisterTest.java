package io.paravert.virtio.mmio;

import static io.paravert.testkit.MmioDriver.ACKNOWLEDGE;
import static io.paravert.testkit.MmioDriver.DRIVER;
import static io.paravert.testkit.MmioDriver.DRIVER_OK;
import static io.paravert.testkit.MmioDriver.FEATURES_OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RingFormat;
import io.paravert.virtio.Bench;
import io.paravert.virtio.EchoDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Virtio 1.2, 4.2.2. */
class MmioRegisterTest {
    private static final int NEGOTIATED = ACKNOWLEDGE | DRIVER | FEATURES_OK;

    private final EchoDevice echo = new EchoDevice();
    private final Bench bench = new Bench(echo);
    private final MmioDriver driver = bench.driver;

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldSayWhatItIs() {
        assertThat(driver.read(MmioDriver.MAGIC_VALUE)).isEqualTo(0x74726976);
        assertThat(driver.read(MmioDriver.VERSION)).isEqualTo(2);
        assertThat(driver.read(MmioDriver.DEVICE_ID)).isEqualTo(42);
        assertThat(driver.read(MmioDriver.VENDOR_ID)).isNotZero();
    }

    @Test
    void shouldOfferItsFeaturesInTwoWordsAndNoneBeyond() {
        assertThat(driver.offeredFeatures())
                .isEqualTo(0b101
                        | Feature.INDIRECT_DESC
                        | Feature.EVENT_IDX
                        | Feature.VERSION_1
                        | Feature.RING_PACKED
                        | Feature.IN_ORDER
                        | Feature.NOTIFICATION_DATA
                        | Feature.RING_RESET);
        driver.write(MmioDriver.DEVICE_FEATURES_SEL, 2);
        assertThat(driver.read(MmioDriver.DEVICE_FEATURES)).isZero();
        driver.write(MmioDriver.DEVICE_FEATURES_SEL, -1);
        assertThat(driver.read(MmioDriver.DEVICE_FEATURES)).isZero();
    }

    @Test
    void shouldRefuseFeaturesThatItDidNotOffer() {
        driver.begin();
        assertThat(driver.choose(Feature.VERSION_1 | 0b010)).isFalse();
        assertThat(driver.status()).isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    void shouldRefuseALegacyDriver() {
        driver.begin();
        assertThat(driver.choose(0b001)).isFalse();
        driver.write(MmioDriver.STATUS, ACKNOWLEDGE | DRIVER | DRIVER_OK);
        assertThat(driver.status()).isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    void shouldRefuseAFeatureWithoutTheOneThatItNeeds() {
        driver.begin();
        assertThat(driver.choose(Feature.VERSION_1 | 0b100)).isFalse();
        assertThat(driver.choose(Feature.VERSION_1 | 0b101)).isTrue();
    }

    @Test
    void shouldNotChangeFeaturesOnceTheyAreNegotiated() {
        driver.negotiate(0b001);
        driver.write(MmioDriver.DRIVER_FEATURES_SEL, 0);
        driver.write(MmioDriver.DRIVER_FEATURES, 0b111);
        long[] features = new long[1];
        bench.machine.runOnDevice(() -> features[0] = echo.link().features());
        assertThat(features[0]).isEqualTo(Feature.VERSION_1 | 0b001);
    }

    @Test
    void shouldIgnoreFeaturesWrittenBeforeDriver() {
        driver.write(MmioDriver.DRIVER_FEATURES_SEL, 1);
        driver.write(MmioDriver.DRIVER_FEATURES, 1);
        driver.write(MmioDriver.STATUS, NEGOTIATED);
        assertThat(driver.status()).as("VERSION_1 was not accepted").isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    void shouldNotTakeAQueueBeforeFeaturesOk() {
        driver.begin();
        DriverQueue queue = driver.place(0, 16);
        driver.enable(queue);
        assertThat(driver.isReady(0)).isFalse();
        assertThat(driver.needsReset()).isFalse();
    }

    @Test
    void shouldNotMoveAQueueThatIsInUse() {
        DriverQueue queue = bench.live(Bench.features(RingFormat.SPLIT), 16);
        driver.enable(0, 8, 0, 0, 0);
        assertThat(driver.needsReset()).isFalse();
        assertThat(bench.echo(queue, "where it was")).isEqualTo("where it was");
    }

    @Test
    void shouldSayThatAQueueDoesNotExist() {
        driver.negotiate(0);
        assertThat(driver.maximumSize(0)).isEqualTo(EchoDevice.MAXIMUM);
        assertThat(driver.maximumSize(1)).isZero();
        assertThat(driver.maximumSize(-1)).isZero();
        driver.enable(1, 16, 0x1000, 0x2000, 0x3000);
        assertThat(driver.read(MmioDriver.QUEUE_READY)).isZero();
        assertThat(driver.needsReset()).isFalse();
    }

    @Test
    void shouldTakeOnlyAligned32BitAccessesToRegisters() {
        for (int size : new int[] {1, 2, 3, 8}) {
            assertThat(bench.machine.readMmio(Bench.WINDOW, size))
                    .as("%d bytes", size)
                    .isZero();
        }
        assertThat(bench.machine.readMmio(Bench.WINDOW + 2, 4)).isZero();
        bench.machine.writeMmio(Bench.WINDOW + MmioDriver.STATUS, 1, ACKNOWLEDGE);
        assertThat(driver.status()).isZero();
        bench.machine.writeMmio(Bench.WINDOW + MmioDriver.STATUS, 8, ACKNOWLEDGE);
        assertThat(driver.status()).isZero();
    }

    @Test
    void shouldReadZeroWhatIsWriteOnlyAndKeepWhatIsReadOnly() {
        driver.negotiate(0);
        for (int register : new int[] {
            MmioDriver.DEVICE_FEATURES_SEL,
            MmioDriver.DRIVER_FEATURES,
            MmioDriver.QUEUE_SEL,
            MmioDriver.QUEUE_NUM,
            MmioDriver.QUEUE_NOTIFY,
            MmioDriver.INTERRUPT_ACK,
            MmioDriver.QUEUE_DESC,
            0x28,
            0x3c,
            0x40,
            0xd0,
            0xf8
        }) {
            assertThat(driver.read(register)).as("register 0x%x", register).isZero();
        }
        driver.write(MmioDriver.MAGIC_VALUE, 0);
        driver.write(MmioDriver.INTERRUPT_STATUS, 3);
        driver.write(MmioDriver.CONFIG_GENERATION, 99);
        assertThat(driver.read(MmioDriver.MAGIC_VALUE)).isEqualTo(0x74726976);
        assertThat(driver.read(MmioDriver.INTERRUPT_STATUS)).isZero();
        assertThat(driver.read(MmioDriver.CONFIG_GENERATION)).isZero();
    }

    @Test
    void shouldGiveTheConfigurationInEachWidthOfAField() {
        assertThat(driver.readConfig(0, 1)).isEqualTo(0x88);
        assertThat(driver.readConfig(2, 2)).isEqualTo(0x5566);
        assertThat(driver.readConfig(4, 4)).isEqualTo(0x1122_3344);
        assertThat(driver.readConfig64(0)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(driver.readConfig(1, 2)).as("misaligned").isZero();
        assertThat(driver.readConfig(0, 8)).as("too wide").isZero();
        assertThat(driver.readConfig(16, 4)).as("behind the end").isZero();
        assertThat(driver.readConfig(0xefc, 4)).as("end of the window").isZero();
    }

    @Test
    void shouldTellTheDeviceOfWritesToItsConfigurationOnly() {
        driver.writeConfig(8, 4, 5);
        driver.writeConfig(13, 1, 6);
        driver.writeConfig(16, 4, 7);
        driver.writeConfig(9, 2, 8);
        bench.machine.settle();
        assertThat(echo.configWrites()).containsExactly("8:4=5", "13:1=6");
    }

    @Test
    void shouldIncrementTheGenerationWithEachChangeAndNotifyALiveDriver() {
        driver.negotiate(0);
        bench.machine.runOnDevice(() -> echo.link().configChanged());
        assertThat(driver.read(MmioDriver.CONFIG_GENERATION)).isEqualTo(1);
        assertThat(driver.read(MmioDriver.INTERRUPT_STATUS))
                .as("not before DRIVER_OK")
                .isZero();

        driver.go();
        bench.machine.runOnDevice(() -> {
            echo.config().putInt(8, 8);
            echo.link().configChanged();
        });
        assertThat(driver.read(MmioDriver.CONFIG_GENERATION)).isEqualTo(2);
        assertThat(driver.readConfig(8, 4)).isEqualTo(8);
        assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.CONFIG_CHANGE);
        assertThat(bench.machine.raised(0)).isEqualTo(1);
    }

    @Test
    void shouldShowSharedMemoryAndAllOnesWhereThereIsNone() {
        driver.write(MmioDriver.SHM_SEL, 3);
        assertThat(driver.read(MmioDriver.SHM_LEN)).isEqualTo(0x1000);
        assertThat(driver.read(MmioDriver.SHM_LEN + 4)).isEqualTo(2);
        assertThat(driver.read(MmioDriver.SHM_BASE)).isEqualTo(0x3456_7000);
        assertThat(driver.read(MmioDriver.SHM_BASE + 4)).isEqualTo(0x12);
        driver.write(MmioDriver.SHM_SEL, 0);
        for (int register = MmioDriver.SHM_LEN; register < MmioDriver.QUEUE_RESET; register += 4) {
            assertThat(driver.read(register)).isEqualTo(-1);
        }
    }

    @Test
    void shouldStopWorkingForADriverThatGaveUp() {
        DriverQueue queue = bench.live(Bench.features(RingFormat.SPLIT), 16);
        driver.write(MmioDriver.STATUS, NEGOTIATED | DRIVER_OK | MmioDriver.FAILED);
        queue.offer(DriverBuffer.of(DriverBuffer.writable(bench.bytes(new byte[4]), 4)));
        queue.kick();
        bench.machine.settle();
        assertThat(queue.poll()).isEmpty();
    }
}
