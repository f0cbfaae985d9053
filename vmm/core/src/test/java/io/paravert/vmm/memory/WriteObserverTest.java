package io.paravert.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever keeps what it derived from guest memory hears of every write. */
class WriteObserverTest {
    private final GuestMemory memory = GuestMemory.allocate(1 << 20);
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void observe() {
        memory.setWriteObserver((gpa, bytes) -> told.add(gpa + "+" + bytes));
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldHearOfEveryWidthOfStore() {
        memory.putByte(1, (byte) 1);
        memory.putShort(2, (short) 1);
        memory.putInt(4, 1);
        memory.putLong(8, 1);
        memory.putShortRelease(16, (short) 1);
        memory.putIntRelease(20, 1);
        memory.putLongRelease(24, 1);
        assertThat(told).containsExactly("1+1", "2+2", "4+4", "8+8", "16+2", "20+4", "24+8");
    }

    @Test
    void shouldHearOfCompareAndSetCopiesFillsAndViews() {
        memory.compareAndSetInt(4, 0, 1);
        memory.compareAndSetLong(8, 0, 1);
        memory.write(16, new byte[3], 0, 3);
        memory.fill(32, 100, (byte) 1);
        memory.view(200, 50);
        memory.writableHostAddress(300, 7);
        assertThat(told).containsExactly("4+4", "8+8", "16+3", "32+100", "200+50", "300+7");
    }

    @Test
    void shouldNotHearOfLoadsAndOfNothing() {
        memory.getLong(0);
        memory.hostAddress(0, 8);
        memory.view(0, 0);
        memory.write(0, new byte[0], 0, 0);
        assertThat(told).isEmpty();
    }

    @Test
    void shouldFindTheNewBytesWhenTold() {
        memory.setWriteObserver((gpa, bytes) -> told.add(Integer.toString(memory.getInt(gpa))));
        memory.putInt(4, 77);
        assertThat(told).containsExactly("77");
    }
}
