package io.paravert.soft.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocalApicTest {
    private static final long X2APIC_ENABLED = LocalApic.DEFAULT_BASE | 0xc00;

    private final FakeTimeline time = new FakeTimeline();
    private final ApicBus bus = new ApicBus();
    private final List<String> pins = new ArrayList<>();
    private final LocalApic[] apics = new LocalApic[3];

    @BeforeEach
    void threeProcessors() {
        for (int i = 0; i < 3; i++) {
            int id = i;
            InterruptSink sink = new InterruptSink() {
                @Override
                public void wake() {}

                @Override
                public void nmi() {
                    pins.add(id + " nmi");
                }

                @Override
                public void init() {
                    pins.add(id + " init");
                }

                @Override
                public void startup(int vector) {
                    pins.add(id + " startup " + vector);
                }
            };
            apics[i] = new LocalApic(i, bus, sink, time, 1_000_000_000L, time, 40);
            apics[i].write(ApicRegister.SVR, 0x1ff);
        }
    }

    @Test
    void shouldDeliverTheHighestVectorFirstAndHoldLowerOnesUntilItsEnd() {
        LocalApic apic = apics[0];
        fixed(0x41);
        fixed(0x93);
        assertThat(apic.pendingVector()).isEqualTo(0x93);
        assertThat(apic.acknowledge()).isEqualTo(0x93);
        assertThat(apic.pendingVector()).isEqualTo(-1);
        assertThat(apic.read(ApicRegister.PPR)).isEqualTo(0x90);
        apic.write(ApicRegister.EOI, 0);
        assertThat(apic.acknowledge()).isEqualTo(0x41);
    }

    @Test
    void shouldLetAHigherClassInterruptALowerOneInService() {
        fixed(0x41);
        apics[0].acknowledge();
        fixed(0x4f);
        assertThat(apics[0].pendingVector()).as("same class").isEqualTo(-1);
        fixed(0x51);
        assertThat(apics[0].pendingVector()).isEqualTo(0x51);
    }

    @Test
    void shouldHoldBackVectorsUpToTheTaskPriority() {
        apics[0].setTaskPriorityClass(5);
        fixed(0x5f);
        assertThat(apics[0].pendingVector()).isEqualTo(-1);
        apics[0].setTaskPriorityClass(4);
        assertThat(apics[0].pendingVector()).isEqualTo(0x5f);
        assertThat(apics[0].read(ApicRegister.TPR)).isEqualTo(0x40);
    }

    @Test
    void shouldGiveTheSpuriousVectorWhenThePriorityRoseInBetween() {
        fixed(0x31);
        apics[0].setTaskPriorityClass(15);
        assertThat(apics[0].acknowledge()).isEqualTo(0xff);
        apics[0].setTaskPriorityClass(0);
        assertThat(apics[0].acknowledge()).isEqualTo(0x31);
    }

    @Test
    void shouldDeliverNothingWhileSoftwareDisabled() {
        apics[0].write(ApicRegister.SVR, 0xff);
        fixed(0x31);
        assertThat(apics[0].pendingVector()).isEqualTo(-1);
        assertThat(apics[0].read(ApicRegister.LVT_TIMER) & 1 << 16).isNotZero();
    }

    @Test
    void shouldReportAReceivedVectorBelow16AsAnError() {
        fixed(15);
        assertThat(apics[0].read(ApicRegister.ESR)).isZero();
        apics[0].write(ApicRegister.ESR, 0);
        assertThat(apics[0].read(ApicRegister.ESR)).isEqualTo(0x40);
    }

    @Test
    void shouldStartAnotherProcessorByInitAndStartup() {
        ipi(0, 0x000c500 & 0xffff, 1);
        ipi(0, 0x0000608, 1);
        assertThat(pins).containsExactly("1 init", "1 startup 8");
    }

    @Test
    void shouldIgnoreTheInitDeassertion() {
        ipi(0, 0x8500, 1);
        assertThat(pins).isEmpty();
    }

    @Test
    void shouldHonourTheShorthands() {
        ipi(1, 0x40000 | 0x31, 0);
        assertThat(pending()).containsExactly(-1, 0x31, -1);
        ipi(1, 0xc0000 | 0x32, 0);
        assertThat(pending()).containsExactly(0x32, 0x31, 0x32);
        ipi(1, 0x80000 | 0x41, 0);
        assertThat(pending()).containsExactly(0x41, 0x41, 0x41);
        ipi(0, 0xc0400, 0);
        assertThat(pins).containsExactly("1 nmi", "2 nmi");
    }

    @Test
    void shouldMatchFlatAndClusterDestinations() {
        for (int i = 0; i < 3; i++) {
            apics[i].write(ApicRegister.LDR, 1 << 24 + i);
        }
        bus.send(new ApicMessage(0b101, true, DeliveryMode.FIXED, 0x31, false));
        assertThat(pending()).containsExactly(0x31, -1, 0x31);
        for (int i = 0; i < 3; i++) {
            apics[i].write(ApicRegister.DFR, 0x0fff_ffff);
            apics[i].write(ApicRegister.LDR, (i == 2 ? 0x21 : 0x11 << i) << 24);
        }
        bus.send(new ApicMessage(0x21, true, DeliveryMode.FIXED, 0x41, false));
        assertThat(pending()[2]).isEqualTo(0x41);
        assertThat(pending()[0]).isEqualTo(0x31);
    }

    @Test
    void shouldShareLowestPriorityMessagesAmongEqualsInTurn() {
        for (int i = 0; i < 3; i++) {
            bus.send(new ApicMessage(ApicBus.BROADCAST, false, DeliveryMode.LOWEST_PRIORITY, 0x31 + i, false));
        }
        assertThat(pending()).containsExactlyInAnyOrder(0x31, 0x32, 0x33);
    }

    @Test
    void shouldFireOnceInOneShotMode() {
        LocalApic apic = apics[0];
        apic.write(ApicRegister.LVT_TIMER, 0x31);
        apic.write(ApicRegister.DIVIDE, 0b0011); // by 16
        apic.write(ApicRegister.INITIAL_COUNT, 1000); // 16 us
        time.advance(8_000);
        assertThat(apic.read(ApicRegister.CURRENT_COUNT)).isEqualTo(500);
        assertThat(apic.pendingVector()).isEqualTo(-1);
        time.advance(8_000);
        assertThat(apic.acknowledge()).isEqualTo(0x31);
        assertThat(apic.read(ApicRegister.CURRENT_COUNT)).isZero();
        assertThat(time.armed()).isZero();
    }

    @Test
    void shouldFireEachPeriodInPeriodicMode() {
        LocalApic apic = apics[0];
        apic.write(ApicRegister.LVT_TIMER, 0x20031);
        apic.write(ApicRegister.DIVIDE, 0b1011); // by 1
        apic.write(ApicRegister.INITIAL_COUNT, 1_000_000);
        for (int i = 0; i < 5; i++) {
            time.advance(1_000_000);
            assertThat(apic.acknowledge()).isEqualTo(0x31);
            apic.write(ApicRegister.EOI, 0);
        }
        apic.write(ApicRegister.INITIAL_COUNT, 0);
        time.advance(10_000_000);
        assertThat(apic.pendingVector()).isEqualTo(-1);
    }

    @Test
    void shouldBoundWhatAShortPeriodCostsTheHost() {
        LocalApic apic = apics[0];
        apic.write(ApicRegister.LVT_TIMER, 0x20031);
        apic.write(ApicRegister.DIVIDE, 0b1011);
        apic.write(ApicRegister.INITIAL_COUNT, 1);
        time.advance(1_000);
        assertThat(apic.pendingVector()).isEqualTo(-1);
        time.advance(20_000);
        assertThat(apic.pendingVector()).isEqualTo(0x31);
    }

    @Test
    void shouldFireAtTheTscDeadlineOnce() {
        LocalApic apic = apics[0];
        apic.write(ApicRegister.LVT_TIMER, 0x40031);
        apic.setTscDeadline(2_000);
        time.advance(999);
        assertThat(apic.pendingVector()).isEqualTo(-1);
        assertThat(apic.tscDeadline()).isEqualTo(2_000);
        time.advance(1);
        assertThat(apic.acknowledge()).isEqualTo(0x31);
        assertThat(apic.tscDeadline()).isZero();
    }

    @Test
    void shouldIgnoreADeadlineOutsideItsModeAndCountsInsideIt() {
        LocalApic apic = apics[0];
        apic.setTscDeadline(2_000);
        assertThat(apic.tscDeadline()).isZero();
        apic.write(ApicRegister.LVT_TIMER, 0x40031);
        apic.write(ApicRegister.INITIAL_COUNT, 10);
        assertThat(apic.read(ApicRegister.INITIAL_COUNT)).isZero();
        assertThat(time.armed()).isZero();
    }

    @Test
    void shouldMoveItsRegistersWithTheBaseAndRefuseReservedBits() {
        LocalApic apic = apics[1];
        assertThat(apic.base()).isEqualTo(0xfee0_0800L);
        assertThat(apic.claims(0xfee0_0020L)).isTrue();
        assertThat(apic.writeBase(0xfed0_0800L)).isTrue();
        assertThat(apic.claims(0xfee0_0020L)).isFalse();
        assertThat(apic.claims(0xfed0_0020L)).isTrue();
        assertThat(apic.writeBase(0xfee0_0801L)).isFalse();
        assertThat(apic.writeBase(1L << 40 | 0x800)).isFalse();
        assertThat(apics[0].base() & 0x100).as("bootstrap processor").isNotZero();
    }

    @Test
    void shouldAllowOnlyTheModeChangesOfTheManual() {
        LocalApic apic = apics[1];
        assertThat(apic.writeBase(LocalApic.DEFAULT_BASE | 0x400))
                .as("x2APIC without enable")
                .isFalse();
        assertThat(apic.writeBase(X2APIC_ENABLED)).isTrue();
        assertThat(apic.writeBase(LocalApic.DEFAULT_BASE | 0x800))
                .as("back to xAPIC")
                .isFalse();
        assertThat(apic.writeBase(LocalApic.DEFAULT_BASE)).isTrue();
        assertThat(apic.writeBase(X2APIC_ENABLED)).as("from disabled to x2APIC").isFalse();
        assertThat(apic.writeBase(LocalApic.DEFAULT_BASE | 0x800)).isTrue();
    }

    @Test
    void shouldServeX2apicRegistersByMsr() {
        long[] out = new long[1];
        for (LocalApic apic : apics) {
            assertThat(apic.readMsr(0x02, out)).as("not in xAPIC mode").isFalse();
            apic.writeBase(apic.base() | 0x400);
        }
        assertThat(apics[2].readMsr(0x02, out)).isTrue();
        assertThat(out[0]).isEqualTo(2);
        apics[2].readMsr(0x0d, out);
        assertThat(out[0]).as("logical id").isEqualTo(4);
        assertThat(apics[0].writeMsr(0x30, 1L << 32 | 0x31)).isTrue();
        assertThat(pending()).containsExactly(-1, 0x31, -1);
        assertThat(apics[2].writeMsr(0x3f, 0x77)).as("self IPI").isTrue();
        assertThat(pending()[2]).isEqualTo(0x77);
        assertThat(apics[0].writeMsr(0x0b, 1)).as("EOI takes 0 only").isFalse();
        assertThat(apics[0].writeMsr(0x0d, 1)).as("LDR is read-only").isFalse();
        assertThat(apics[0].readMsr(0x31, out)).as("there is no ICR high").isFalse();
        assertThat(apics[0].writeMsr(0x08, 0x100)).as("reserved bits of TPR").isFalse();
    }

    @Test
    void shouldTakeThePicThroughLint0AsExtint() {
        assertThat(apics[0].acceptsPic()).isFalse();
        apics[0].write(ApicRegister.LVT_LINT0, 0x700);
        assertThat(apics[0].acceptsPic()).isTrue();
        apics[0].write(ApicRegister.LVT_LINT0, 0x10700);
        assertThat(apics[0].acceptsPic()).isFalse();
        apics[0].writeBase(LocalApic.DEFAULT_BASE | 0x100);
        assertThat(apics[0].acceptsPic()).as("disabled in hardware").isTrue();
    }

    @Test
    void shouldDecodeAMessageSignalledInterrupt() {
        bus.send(ApicMessage.ofMsi(0xfee0_2000L, 0x4031));
        assertThat(pending()).containsExactly(-1, -1, 0x31);
        bus.send(ApicMessage.ofMsi(0xfeef_f000L, 0x0441));
        assertThat(pins).containsExactly("0 nmi", "1 nmi", "2 nmi");
    }

    @Test
    void shouldForgetEverythingButIdAndBaseAtInit() {
        fixed(0x31);
        apics[0].write(ApicRegister.LVT_TIMER, 0x20031);
        apics[0].write(ApicRegister.INITIAL_COUNT, 1000);
        apics[0].reset();
        assertThat(apics[0].pendingVector()).isEqualTo(-1);
        assertThat(apics[0].read(ApicRegister.SVR)).isEqualTo(0xff);
        assertThat(time.armed()).isZero();
        assertThat(apics[0].base()).isEqualTo(0xfee0_0900L);
    }

    private void fixed(int vector) {
        bus.send(new ApicMessage(0, false, DeliveryMode.FIXED, vector, false));
    }

    private void ipi(int from, int low, int destination) {
        apics[from].write(ApicRegister.ICR_HIGH, destination << 24);
        apics[from].write(ApicRegister.ICR_LOW, low);
    }

    private int[] pending() {
        return new int[] {apics[0].pendingVector(), apics[1].pendingVector(), apics[2].pendingVector()};
    }
}
