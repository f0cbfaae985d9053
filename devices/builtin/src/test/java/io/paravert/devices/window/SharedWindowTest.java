package io.paravert.devices.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.device.ClaimException;
import io.paravert.memory.RawMemory;
import io.paravert.testkit.TestMachine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedWindowTest {
    private static final long BYTES = 8192;

    /** A side that writes down what it is told. */
    private record Told(int guest, List<String> words) implements SharedWindow.Side {
        Told(int guest) {
            this(guest, new ArrayList<>());
        }

        @Override
        public void rung() {
            words.add("rung");
        }

        @Override
        public void peerChanged(int number) {
            words.add("peer " + number);
        }
    }

    @Test
    void shouldJoinTwoSidesAndTellEachOfTheOther() {
        Told one = new Told(1);
        Told two = new Told(2);
        SharedWindow window = SharedWindow.enter("joins", BYTES, one);
        assertThat(window.peerOf(one)).isZero();
        assertThat(SharedWindow.enter("joins", BYTES, two)).isSameAs(window);
        assertThat(window.peerOf(one)).isEqualTo(2);
        assertThat(window.peerOf(two)).isEqualTo(1);
        window.ring(two);
        window.leave(two);
        window.ring(one);
        assertThat(one.words).containsExactly("peer 2", "rung", "peer 0");
        assertThat(two.words).as("nothing after it has left").isEmpty();
        window.release();
        window.release();
    }

    @Test
    void shouldKeepItsBytesUntilNobodyCanTouchThem() {
        Told one = new Told(1);
        SharedWindow window = SharedWindow.enter("keeps", BYTES, one);
        RawMemory.putLong(window.address(), 42);
        Told two = new Told(2);
        SharedWindow.enter("keeps", BYTES, two);
        window.leave(one);
        window.release();
        SharedWindow again = SharedWindow.enter("keeps", BYTES, new Told(3));
        assertThat(RawMemory.getLong(again.address())).isEqualTo(42);
        again.release();
        window.leave(two);
        window.release();
        SharedWindow other = SharedWindow.enter("keeps", BYTES, one);
        assertThat(other).as("it is another").isNotSameAs(window);
        assertThat(RawMemory.getLong(other.address())).isZero();
        other.release();
    }

    @Test
    void shouldRefuseAThirdSideAndAnotherSize() {
        SharedWindow window = SharedWindow.enter("refuses", BYTES, new Told(1));
        assertThatThrownBy(() -> SharedWindow.enter("refuses", 2 * BYTES, new Told(2)))
                .hasMessageContaining("has 8 KiB already, not 16");
        SharedWindow.enter("refuses", BYTES, new Told(2));
        assertThatThrownBy(() -> SharedWindow.enter("refuses", BYTES, new Told(3)))
                .hasMessageContaining("has two sides already");
        window.release();
        window.release();
    }

    @Test
    void shouldHoldNothingOfAMachineThatCannotMapIt() {
        try (TestMachine machine = new TestMachine()) {
            WindowDevice device = new WindowDevice(new WindowConfiguration("nowhere", 8, 0));
            assertThatThrownBy(() -> machine.plug(device)).isInstanceOf(ClaimException.class);
        }
        SharedWindow.enter("nowhere", 2 * BYTES, new Told(1)).release();
    }

    @Test
    void shouldSayWhatMayBeGiven() {
        assertThatThrownBy(() -> new WindowConfiguration("", 0, 0)).hasMessageContaining("name=");
        assertThatThrownBy(() -> new WindowConfiguration("w", 6, 0)).hasMessageContaining("size-kib=6");
        assertThatThrownBy(() -> new WindowConfiguration("w", 65536, 0)).hasMessageContaining("size-kib=65536");
        assertThatThrownBy(() -> new WindowConfiguration("w", 0, 100)).hasMessageContaining("gpa=100");
    }
}
