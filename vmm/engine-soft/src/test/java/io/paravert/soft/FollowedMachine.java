package io.paravert.soft;

import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.DirtyLog;
import io.paravert.vmm.engine.DoorbellEvents;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.engine.InterruptLines;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.VcpuExit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/**
 * A machine for a monitor, that is followed: when it first runs, a second one is made with a copy of its memory and registers, which
 * interprets the same guest {@link InStep}. Only the first reaches the monitor's devices; the second's exits must be the same, and
 * get the first's answers.
 */
final class FollowedMachine implements EngineMachine {
    private record Region(long gpa, long host, long bytes, boolean readOnly) {}

    /** What an exit asks, and once it is answered the answer. */
    private record Exchange(String question, byte[] answer, long result) {}

    private final MachineSpec spec;
    private final InStep steps;
    private final List<Region> regions = new ArrayList<>();
    private final List<HostMapping> copies = new ArrayList<>();
    private final BlockingQueue<Exchange> exchanges = new LinkedBlockingQueue<>();
    private final SoftMachine leader;
    private final SoftMachine follower;
    private Leader vcpu;
    private Thread thread;
    private volatile String difference = "";

    FollowedMachine(MachineSpec spec, Supplier<Tier> tiers, InStep.Sampling sampling) {
        this.spec = spec;
        steps = new InStep(sampling);
        leader = new SoftMachine(spec, tiers, (machine, n) -> steps.lead(vcpu.soft, machine, n));
        SoftVcpu[] second = new SoftVcpu[1];
        follower = new SoftMachine(spec, () -> Tier.NONE, (machine, n) -> steps.follow(second[0], machine, n));
        second[0] = (SoftVcpu) follower.createVcpu(0);
        followers = second[0];
    }

    private final SoftVcpu followers;

    /** Empty if the follower never differed; to be asked when the leader is closed. */
    String difference() {
        return difference;
    }

    long points() {
        return steps.points();
    }

    long memories() {
        return steps.memories();
    }

    /** Instructions that the leader has run. */
    long instructions() {
        return vcpu.soft.translationStatistics().orElseThrow().instructions();
    }

    @Override
    public void mapMemory(long gpa, long hostAddress, long bytes, boolean readOnly) {
        regions.add(new Region(gpa, hostAddress, bytes, readOnly));
        leader.mapMemory(gpa, hostAddress, bytes, readOnly);
    }

    @Override
    public void unmapMemory(long gpa) {
        throw new UnsupportedOperationException();
    }

    @Override
    public EngineVcpu createVcpu(int id) {
        vcpu = new Leader((SoftVcpu) leader.createVcpu(id));
        return vcpu;
    }

    @Override
    public Optional<InterruptLines> interruptLines() {
        return Optional.of(new InterruptLines() {
            @Override
            public void setLine(int gsi, boolean level) {
                steps.input(lines -> lines.setLine(gsi, level));
            }

            @Override
            public void signalMsi(long address, int data) {
                steps.input(lines -> lines.signalMsi(address, data));
            }
        });
    }

    @Override
    public Optional<DoorbellEvents> doorbellEvents() {
        return Optional.empty();
    }

    @Override
    public Optional<DirtyLog> dirtyLog() {
        return Optional.empty();
    }

    @Override
    public void close() {
        leader.close();
        try {
            steps.ended();
            exchanges.add(new Exchange("", new byte[0], 0));
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        followers.close();
        follower.close();
        copies.forEach(HostMapping::close);
    }

    private void fork(CpuState state) {
        for (Region region : regions) {
            HostMapping copy = HostMapping.allocate(region.bytes);
            RawMemory.copy(region.host, copy.address(), region.bytes);
            copies.add(copy);
            follower.mapMemory(region.gpa, copy.address(), region.bytes, region.readOnly);
        }
        followers.writeState(state);
        steps.compareMemory(
                () -> digest(regions.stream().map(Region::host).toList()),
                () -> digest(copies.stream().map(HostMapping::address).toList()));
        thread = new Thread(this::follow, "follower");
        thread.start();
    }

    private long digest(List<Long> hosts) {
        long sum = 1;
        for (int i = 0; i < regions.size(); i++) {
            sum = digest(sum, hosts.get(i), regions.get(i).bytes);
        }
        return sum == 0 ? 1 : sum;
    }

    private static long digest(long before, long host, long bytes) {
        long sum = before;
        for (long at = host; at < host + bytes; at += Long.BYTES) {
            sum = sum * 0x5851_f42d_4c95_7f2dL + RawMemory.getLong(at);
        }
        return sum;
    }

    private void follow() {
        VcpuExit exit = new VcpuExit();
        try {
            while (true) {
                ExitReason reason = followers.run(exit);
                Exchange exchange = exchanges.take();
                if (exchange.question.isEmpty()) {
                    return;
                }
                String question = question(exit);
                if (!question.equals(exchange.question)) {
                    difference = "interpreted " + (reason == ExitReason.FAILED ? exit.failure() : question)
                            + ", translated " + exchange.question + ", after " + points() + " points";
                    steps.release();
                    return;
                }
                RawMemory.write(exit.dataAddress(), exchange.answer, 0, exchange.answer.length);
                exit.setResult(exchange.result);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int bytes(VcpuExit exit) {
        return switch (exit.reason()) {
            case PORT_READ, PORT_WRITE -> exit.size() * exit.count();
            case MMIO_READ, MMIO_WRITE -> exit.size();
            default -> 0;
        };
    }

    private static byte[] data(VcpuExit exit) {
        byte[] data = new byte[bytes(exit)];
        RawMemory.read(exit.dataAddress(), data, 0, data.length);
        return data;
    }

    private static String question(VcpuExit exit) {
        boolean writes = exit.reason() == ExitReason.PORT_WRITE || exit.reason() == ExitReason.MMIO_WRITE;
        return switch (exit.reason()) {
            case PORT_READ, PORT_WRITE, MMIO_READ, MMIO_WRITE ->
                exit.reason() + " " + Integer.toHexString(exit.port()) + " " + Long.toHexString(exit.gpa()) + " "
                        + bytes(exit) + (writes ? java.util.Arrays.toString(data(exit)) : "");
            case HYPERCALL -> "HYPERCALL " + exit.number();
            default -> exit.reason().toString();
        };
    }

    /** The vCPU that the monitor has. */
    private final class Leader implements EngineVcpu {
        private final SoftVcpu soft;
        private boolean forked;
        private String asked = "";

        Leader(SoftVcpu soft) {
            this.soft = soft;
        }

        @Override
        public ExitReason run(VcpuExit exit) {
            if (!forked) {
                forked = true;
                CpuState state = new CpuState();
                soft.readState(state);
                fork(state);
            }
            if (!asked.isEmpty()) {
                exchanges.add(new Exchange(asked, data(exit), exit.result()));
                asked = "";
            }
            ExitReason reason = soft.run(exit);
            if (reason != ExitReason.INTERRUPTED) {
                asked = question(exit);
            }
            return reason;
        }

        @Override
        public void completePending() {
            soft.completePending();
        }

        @Override
        public void kick() {
            soft.kick();
        }

        @Override
        public GuestRegisters registers() {
            return soft.registers();
        }

        @Override
        public void readState(CpuState state) {
            soft.readState(state);
        }

        @Override
        public void writeState(CpuState state) {
            soft.writeState(state);
        }

        @Override
        public boolean canTakeInterrupt() {
            return soft.canTakeInterrupt();
        }

        @Override
        public void injectInterrupt(int vector) {
            soft.injectInterrupt(vector);
        }

        @Override
        public void requestInterruptWindow(boolean wanted) {
            soft.requestInterruptWindow(wanted);
        }

        @Override
        public void setSingleStep(boolean on) {
            soft.setSingleStep(on);
        }

        @Override
        public void close() {
            soft.close();
        }
    }
}
