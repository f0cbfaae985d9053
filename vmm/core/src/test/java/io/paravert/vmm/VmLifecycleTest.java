package io.paravert.vmm;

import static io.paravert.vmm.script.VmFixture.await;
import static io.paravert.vmm.script.VmFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.abi.Hypercall;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.script.Script;
import io.paravert.vmm.script.Step;
import io.paravert.vmm.script.VmFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VmLifecycleTest {
    @RegisterExtension
    final VmFixture vms = new VmFixture();

    private static final Step SHUTDOWN = Step.call(Hypercall.SHUTDOWN, 0, 0);

    @Test
    void shouldEndWithTheExitCodeOfTheGuest() {
        VmOutcome outcome = vms.run(vms.config("vm", Script.of(Step.call(Hypercall.SHUTDOWN, 7, 0))));
        assertThat(outcome).isEqualTo(new VmOutcome.Shutdown(7, false));
    }

    @Test
    void shouldSayThatTheGuestAskedForAReboot() {
        VmOutcome outcome = vms.run(vms.config("vm", Script.of(Step.call(Hypercall.SHUTDOWN, 0, 1))));
        assertThat(outcome).isEqualTo(new VmOutcome.Shutdown(0, true));
    }

    @Test
    void shouldGiveAProcessOneWhereTheLowByteHidesAnError() {
        assertThat(new VmOutcome.Shutdown(0x100, false).processStatus()).isEqualTo(1);
        assertThat(new VmOutcome.Shutdown(0x17f, false).processStatus()).isEqualTo(0x7f);
        assertThat(new VmOutcome.Shutdown(0, false).processStatus()).isZero();
    }

    @Test
    void shouldEndByTheDebugExitPort() {
        VmOutcome outcome = vms.run(vms.config("vm", Script.of(Step.out(0xf4, 1, 5))));
        assertThat(outcome).isEqualTo(new VmOutcome.Shutdown(11, false));
    }

    @Test
    void shouldBeCreatedThenRunningThenPausedThenRunningThenStopped() {
        Vm vm = vms.create(vms.config("vm", Script.forever(Step.spin())));
        assertThat(vm.state()).isEqualTo(VmState.CREATED);
        get(vm.start());
        assertThat(vm.state()).isEqualTo(VmState.RUNNING);
        get(vm.pause());
        assertThat(vm.state()).isEqualTo(VmState.PAUSED);
        assertThat(vm.vcpuState(0)).isEqualTo(VcpuState.PAUSED);
        get(vm.resume());
        assertThat(vm.state()).isEqualTo(VmState.RUNNING);
        assertThat(get(vm.stop())).isEqualTo(new VmOutcome.Stopped());
        assertThat(vm.state()).isEqualTo(VmState.STOPPED);
    }

    @Test
    void shouldRefuseTransitionsThatDoNotExist() {
        Vm vm = vms.create(vms.config("vm", Script.forever(Step.spin())));
        assertThatThrownBy(() -> get(vm.pause())).hasMessage("vm cannot pause: it is created");
        assertThatThrownBy(() -> get(vm.resume())).hasMessage("vm cannot resume: it is created");
        get(vm.start());
        assertThatThrownBy(() -> get(vm.start())).hasMessage("vm cannot start: it is running");
        assertThatThrownBy(() -> get(vm.resume())).hasMessage("vm cannot resume: it is running");
        assertThatThrownBy(() -> get(vm.registers(0))).hasMessage("vm cannot show registers: it is running");
        get(vm.stop());
        assertThatThrownBy(() -> get(vm.start())).isInstanceOf(VmException.class);
        assertThatThrownBy(() -> get(vm.pause())).isInstanceOf(VmException.class);
    }

    @Test
    void shouldKnowWhichArrowsExist() {
        assertThat(VmState.CREATED.leadsTo(VmState.RUNNING)).isTrue();
        assertThat(VmState.CREATED.leadsTo(VmState.PAUSED)).isFalse();
        assertThat(VmState.PAUSED.leadsTo(VmState.RUNNING)).isTrue();
        assertThat(VmState.STOPPED.leadsTo(VmState.RUNNING)).isFalse();
        for (VmState live : List.of(VmState.CREATED, VmState.RUNNING, VmState.PAUSED)) {
            assertThat(live.leadsTo(VmState.FAILED)).isTrue();
        }
    }

    @Test
    void shouldNotEnterTheGuestWhilePaused() {
        AtomicLong steps = new AtomicLong();
        Step counted = Step.call(Hypercall.NULL);
        Vm vm = vms.start(vms.config("vm", previous -> {
            steps.incrementAndGet();
            return counted;
        }));
        await("the guest runs", () -> steps.get() > 100);
        get(vm.pause());
        long before = steps.get();
        get(vm.registers(0));
        get(vm.registers(0));
        assertThat(steps.get()).isEqualTo(before);
        get(vm.resume());
        await("it goes on", () -> steps.get() > before);
    }

    @Test
    void shouldStopBeforeItWasStarted() {
        Vm vm = vms.create(vms.config("vm", Script.of(SHUTDOWN)));
        assertThat(get(vm.stop())).isEqualTo(new VmOutcome.Stopped());
        assertThat(vm.state()).isEqualTo(VmState.STOPPED);
    }

    @Test
    void shouldStopWhilePaused() {
        Vm vm = vms.start(vms.config("vm", Script.forever(Step.spin())).vcpus(3));
        get(vm.pause());
        assertThat(get(vm.stop())).isEqualTo(new VmOutcome.Stopped());
    }

    @Test
    void shouldTimeOut() {
        VmOutcome outcome =
                vms.run(vms.config("vm", Script.forever(Step.spin())).timeout(Duration.ofMillis(30)));
        assertThat(outcome).isEqualTo(new VmOutcome.TimedOut(Duration.ofMillis(30)));
    }

    @Test
    void shouldNotCountPausesAgainstTheTimeLimit() throws InterruptedException {
        Vm vm = vms.start(vms.config("vm", Script.forever(Step.spin())).timeout(Duration.ofMillis(1_500)));
        get(vm.pause());
        Thread.sleep(1_700);
        assertThat(vm.state()).isEqualTo(VmState.PAUSED);
        get(vm.resume());
        assertThat(get(vm.ended())).isInstanceOf(VmOutcome.TimedOut.class);
    }

    @Test
    void shouldReportATripleFaultWithTheLastExits() {
        VmOutcome outcome = vms.run(vms.config("vm", Script.of(Step.out(0x80, 1, 3), Step.tripleFault())));
        CrashInfo crash = ((VmOutcome.Crashed) outcome).crash();
        assertThat(crash.cause()).isEqualTo(CrashInfo.Cause.TRIPLE_FAULT);
        assertThat(crash.state().rip).isEqualTo(0x10_0000);
        assertThat(crash.lastExits())
                .extracting(e -> e.reason())
                .containsExactly(ExitReason.PORT_WRITE, ExitReason.SHUTDOWN);
        assertThat(crash.lastExits().get(0).describe()).isEqualTo("write port 0x80 size 1 <- 0x3  (unclaimed)");
    }

    @Test
    void shouldReportWhatTheEngineCannotDo() {
        Vm vm = vms.start(vms.config("vm", Script.of(Step.fail("emulation failed at 0x1000"))));
        CrashInfo crash = ((VmOutcome.Crashed) get(vm.ended())).crash();
        assertThat(crash.cause()).isEqualTo(CrashInfo.Cause.ENGINE);
        assertThat(crash.message()).isEqualTo("emulation failed at 0x1000");
        assertThat(vm.state()).isEqualTo(VmState.FAILED);
        assertThat(vm.vcpuState(0)).isEqualTo(VcpuState.FAILED);
    }

    @Test
    void shouldShowTheMessageOfAGuestThatReportsItsCrash() {
        byte[] text = "panic: no\ninit".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Vm vm = vms.create(vms.config("vm", Script.of(Step.call(Hypercall.CRASH, 0x10_0000, text.length))));
        vm.memory().write(0x10_0000, text, 0, text.length);
        get(vm.start());
        CrashInfo crash = ((VmOutcome.Crashed) get(vm.ended())).crash();
        assertThat(crash.cause()).isEqualTo(CrashInfo.Cause.GUEST_REQUEST);
        assertThat(crash.message()).isEqualTo("panic: no init");
    }

    @Test
    void shouldLeaveOutACrashMessageThatCannotBeRead() {
        VmOutcome outcome = vms.run(vms.config("vm", Script.of(Step.call(Hypercall.CRASH, -8, 4096))));
        assertThat(((VmOutcome.Crashed) outcome).crash().message()).isEmpty();
    }

    @Test
    void shouldSayThatNothingCanWakeAGuestThatHaltedWithInterruptsOff() {
        VmOutcome outcome = vms.run(vms.config("vm", previous -> (vcpu, exit, data) -> {
            vcpu.setInterruptsEnabled(false);
            return exit.set(ExitReason.HALT);
        }));
        assertThat(((VmOutcome.Crashed) outcome).crash().cause()).isEqualTo(CrashInfo.Cause.HALTED);
    }

    @Test
    void shouldWakeAHaltedGuestByAKick() {
        Vm vm = vms.start(vms.config("vm", Script.of(Step.halt(), SHUTDOWN)));
        await("it halts", () -> vm.statistics().exits().containsKey(ExitReason.HALT));
        vm.kick();
        assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
    }

    @Test
    void shouldFailInOneLineWhenTheEngineMakesNoVcpu() {
        vms.engine().breakVcpus();
        VmOutcome outcome = vms.run(vms.config("vm", Script.of(SHUTDOWN)).vcpus(2));
        assertThat(((VmOutcome.Failed) outcome).message()).endsWith("cannot be made; repair the engine");
    }

    @Test
    void shouldSurviveAnEngineThatThrows() {
        VmOutcome outcome = vms.run(vms.config("vm", Script.of(Step.throwing(new IllegalStateException("broken")))));
        assertThat(((VmOutcome.Failed) outcome).message()).contains("broken");
    }

    @Test
    void shouldCloseEverythingWhenTheGuestCannotBeLoaded() {
        VmConfig config = VmConfig.builder((memory, facts) -> {
                    throw new IllegalArgumentException("not a guest");
                })
                .build();
        assertThatThrownBy(() -> Vm.create(config, vms.vertx(), vms.engine())).hasMessage("not a guest");
        assertThat(vms.engine().open()).isZero();
    }

    @Test
    void shouldNameTheTransportsThatThereAre() {
        VmConfig.Builder config = vms.config("vm", Script.of(SHUTDOWN))
                .transport(io.paravert.vmm.engine.HypercallTransport.VMCALL_EXIT_HYPERCALL);
        assertThatThrownBy(() -> vms.create(config))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("VMCALL_INTERCEPTED");
    }

    @Test
    void shouldRefuseToBlockAnEventLoop() {
        Vm vm = vms.start(vms.config("vm", Script.forever(Step.spin())));
        io.vertx.core.Promise<Throwable> thrown = io.vertx.core.Promise.promise();
        vms.vertx().runOnContext(ignored -> {
            try {
                vm.close();
                thrown.complete(new AssertionError("it blocked"));
            } catch (IllegalStateException e) {
                thrown.complete(e);
            }
        });
        assertThat(get(thrown.future())).hasMessageContaining("use release()");
        get(vm.release());
        assertThat(vm.state()).isEqualTo(VmState.STOPPED);
    }

    @Test
    void shouldKeepMemoryReadableBetweenEndAndClose() {
        Vm vm = vms.start(vms.config("vm", Script.of(SHUTDOWN)));
        get(vm.ended());
        assertThat(vm.memory().getInt(0x4000)).isNotZero();
        vm.close();
        assertThat(vm.memory().contains(0x4000, 4)).isFalse();
    }

    @Test
    void shouldSurviveOwnersWhoRaceEachOther() throws InterruptedException {
        for (int round = 0; round < 100; round++) {
            Vm vm = vms.create(vms.config("race" + round, Script.forever(Step.call(Hypercall.NULL)))
                    .vcpus(2));
            vm.start();
            List<Thread> owners = Stream.<Runnable>of(
                            vm::pause, vm::resume, vm::kick, vm::pause, vm::resume, vm::statistics, vm::stop)
                    .map(Thread::new)
                    .toList();
            owners.forEach(Thread::start);
            for (Thread owner : owners) {
                owner.join();
            }
            assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Stopped());
            vm.close();
        }
        assertThat(vms.engine().open()).isZero();
    }

    @Test
    void shouldPauseAndResumeAThousandTimesWithoutLosingOne() {
        Vm vm = vms.start(
                vms.config("vm", Script.forever(Step.call(Hypercall.NULL))).vcpus(3));
        for (int i = 0; i < 1_000; i++) {
            get(vm.pause());
            get(vm.resume());
        }
        assertThat(get(vm.stop())).isEqualTo(new VmOutcome.Stopped());
    }

    /** What the process has; once everything is warm a round must leave these as they were. */
    private record Holdings(long descriptors, long mappedKib, long threads) {
        static Holdings now() throws IOException {
            try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"));
                    Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
                return new Holdings(
                        fds.count(),
                        status.filter(line -> line.startsWith("VmSize:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                                .sum(),
                        Thread.getAllStackTraces().keySet().stream()
                                .filter(t -> t.getName().startsWith("round"))
                                .count());
            }
        }
    }

    @Test
    void shouldLeakNothingInAThousandRounds() throws IOException {
        for (int i = 0; i < 100; i++) {
            oneRound(i);
        }
        Holdings before = Holdings.now();
        for (int i = 0; i < 1_000; i++) {
            oneRound(i);
        }
        Holdings after = Holdings.now();
        assertThat(after.threads()).isZero();
        assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors() + 8);
        // Each round maps 2 MiB of guest memory: leaking them all would be 2 GiB.
        assertThat(after.mappedKib()).isLessThan(before.mappedKib() + (256 << 10));
        assertThat(vms.engine().open()).isZero();
    }

    private void oneRound(int i) {
        try (Vm vm =
                Vm.create(vms.config("round" + i, Script.of(SHUTDOWN)).vcpus(2).build(), vms.vertx(), vms.engine())) {
            get(vm.start());
            assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
        }
    }
}
