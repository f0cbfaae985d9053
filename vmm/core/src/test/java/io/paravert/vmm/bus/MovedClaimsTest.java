package io.paravert.vmm.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.Hypercall;
import io.paravert.device.ClaimException;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.script.Script;
import io.paravert.vmm.script.Step;
import io.paravert.vmm.script.VmFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A device whose registers move while its guest runs, as a BAR does: a byte that says where, written to a port. */
class MovedClaimsTest {
    private static final long HOME = 0xe000_0000L;
    private static final long STEP = 0x1_0000;
    private static final int MOVE_PORT = 0x100;
    private static final long NEIGHBOUR = HOME + 3 * STEP;
    private static final long NOTHING = 0xffL;

    @RegisterExtension
    final VmFixture vms = new VmFixture();

    private final List<Long> seen = new ArrayList<>();
    private boolean refused;

    /** Two claims of a byte each, and a port that moves both. */
    private final class Mover {
        private long place = HOME;

        void attach(DeviceSite site) {
            site.claimMmio(HOME, 1, answering(0x11));
            site.claimMmio(HOME + 0x800, 1, answering(0x22));
            site.claimPorts(MOVE_PORT, 1, new InlineAccessHandler() {
                @Override
                public long read(int vcpu, long offset, int size) {
                    return 0;
                }

                @Override
                public void write(int vcpu, long offset, int size, long value) {
                    try {
                        site.moveMmio(place, STEP, HOME + value * STEP);
                        place = HOME + value * STEP;
                    } catch (ClaimException e) {
                        refused = true;
                    }
                }
            });
        }
    }

    private static InlineAccessHandler answering(long value) {
        return new InlineAccessHandler() {
            @Override
            public long read(int vcpu, long offset, int size) {
                return value;
            }

            @Override
            public void write(int vcpu, long offset, int size, long written) {}
        };
    }

    private void run(Step... steps) {
        int[] next = {0};
        Script script = previous -> {
            if (next[0] > 0) {
                seen.add(previous);
            }
            return next[0] < steps.length ? steps[next[0]++] : Step.call(Hypercall.SHUTDOWN, 0, 0);
        };
        VmOutcome outcome = vms.run(vms.config("vm", script)
                .device("mover", new PlainDevice(new Mover()::attach))
                .device("neighbour", new PlainDevice(site -> site.claimMmio(NEIGHBOUR + 0x800, 1, answering(0x33)))));
        assertThat(outcome).isEqualTo(new VmOutcome.Shutdown(0, false));
    }

    @Test
    void shouldAnswerAtTheNewPlaceAndNotAtTheOld() {
        run(
                Step.load(HOME, 1),
                Step.out(MOVE_PORT, 1, 1),
                Step.load(HOME, 1),
                Step.load(HOME + STEP, 1),
                Step.load(HOME + STEP + 0x800, 1),
                Step.load(NEIGHBOUR + 0x800, 1));
        assertThat(seen).containsExactly(0x11L, 0L, NOTHING, 0x11L, 0x22L, 0x33L);
    }

    @Test
    void shouldMoveAllOrNothing() {
        run(Step.out(MOVE_PORT, 1, 3), Step.load(NEIGHBOUR, 1), Step.load(HOME, 1), Step.load(NEIGHBOUR + 0x800, 1));
        assertThat(seen).containsExactly(0L, NOTHING, 0x11L, 0x33L);
        assertThat(refused).isTrue();
    }
}
