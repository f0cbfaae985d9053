package io.paravert.virtio.frame;

import static io.paravert.virtio.frame.DeviceStatus.ACKNOWLEDGE;
import static io.paravert.virtio.frame.DeviceStatus.DRIVER;
import static io.paravert.virtio.frame.DeviceStatus.DRIVER_OK;
import static io.paravert.virtio.frame.DeviceStatus.FAILED;
import static io.paravert.virtio.frame.DeviceStatus.FEATURES_OK;
import static io.paravert.virtio.frame.DeviceStatus.NEEDS_RESET;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeviceStatusTest {
    private static final int NEGOTIATED = ACKNOWLEDGE | DRIVER | FEATURES_OK;
    private static final int LIVE = NEGOTIATED | DRIVER_OK;

    private static int write(int status, int written) {
        return DeviceStatus.afterWrite(status, written, () -> true);
    }

    @Test
    void shouldFollowADriverStepByStep() {
        assertThat(write(0, ACKNOWLEDGE)).isEqualTo(ACKNOWLEDGE);
        assertThat(write(ACKNOWLEDGE, ACKNOWLEDGE | DRIVER)).isEqualTo(ACKNOWLEDGE | DRIVER);
        assertThat(write(ACKNOWLEDGE | DRIVER, NEGOTIATED)).isEqualTo(NEGOTIATED);
        assertThat(write(NEGOTIATED, LIVE)).isEqualTo(LIVE);
    }

    @Test
    void shouldTakeTheFirstTwoStepsInOneWrite() {
        assertThat(write(0, ACKNOWLEDGE | DRIVER)).isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    void shouldNotSetFeaturesOkWhenTheFeaturesWillNotDo() {
        assertThat(DeviceStatus.afterWrite(ACKNOWLEDGE | DRIVER, NEGOTIATED, () -> false))
                .isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    void shouldNotGoLiveInTheWriteThatSetsFeaturesOk() {
        assertThat(write(ACKNOWLEDGE | DRIVER, LIVE)).isEqualTo(NEGOTIATED);
    }

    @Test
    void shouldNotGoLiveForALegacyDriverThatSkipsFeaturesOk() {
        assertThat(write(ACKNOWLEDGE | DRIVER, ACKNOWLEDGE | DRIVER | DRIVER_OK))
                .isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    void shouldNotSkipSteps() {
        assertThat(write(0, DRIVER)).isZero();
        assertThat(write(ACKNOWLEDGE, ACKNOWLEDGE | FEATURES_OK)).isEqualTo(ACKNOWLEDGE);
        assertThat(write(0, DRIVER_OK)).isZero();
    }

    @Test
    void shouldNotClearBits() {
        assertThat(write(LIVE, ACKNOWLEDGE)).isEqualTo(LIVE);
        assertThat(write(NEGOTIATED, ACKNOWLEDGE | DRIVER | DRIVER_OK)).isEqualTo(NEGOTIATED);
        assertThat(write(LIVE | NEEDS_RESET, ACKNOWLEDGE)).isEqualTo(LIVE | NEEDS_RESET);
    }

    @Test
    void shouldNotLetTheDriverSetNeedsReset() {
        assertThat(write(LIVE, LIVE | NEEDS_RESET)).isEqualTo(LIVE);
    }

    @Test
    void shouldLetTheDriverGiveUpAtAnyTime() {
        assertThat(write(0, FAILED)).isEqualTo(FAILED);
        assertThat(write(LIVE, LIVE | FAILED)).isEqualTo(LIVE | FAILED);
        assertThat(write(LIVE | NEEDS_RESET, LIVE | FAILED)).isEqualTo(LIVE | NEEDS_RESET | FAILED);
        assertThat(DeviceStatus.isLive(LIVE | FAILED)).isFalse();
    }

    @Test
    void shouldStandStillOnceItNeedsAReset() {
        assertThat(write(NEGOTIATED | NEEDS_RESET, LIVE)).isEqualTo(NEGOTIATED | NEEDS_RESET);
        assertThat(DeviceStatus.isLive(LIVE | NEEDS_RESET)).isFalse();
        assertThat(DeviceStatus.maySetUpQueues(NEGOTIATED | NEEDS_RESET)).isFalse();
    }

    @Test
    void shouldNegotiateOnlyBetweenDriverAndFeaturesOk() {
        assertThat(DeviceStatus.mayNegotiate(ACKNOWLEDGE)).isFalse();
        assertThat(DeviceStatus.mayNegotiate(ACKNOWLEDGE | DRIVER)).isTrue();
        assertThat(DeviceStatus.mayNegotiate(NEGOTIATED)).isFalse();
    }
}
