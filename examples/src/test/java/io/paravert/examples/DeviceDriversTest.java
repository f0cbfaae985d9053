package io.paravert.examples;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceType;
import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.abi.RingMode;
import io.paravert.devices.DevicePaths;
import io.paravert.devices.block.BlockDevice;
import io.paravert.devices.block.MemoryStore;
import io.paravert.devices.net.NetBackend;
import io.paravert.devices.net.NetDevice;
import io.paravert.devices.net.NetIdentity;
import io.paravert.devices.net.NetInput;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.guest.driver.DeviceDriver;
import io.paravert.guest.driver.QueueDriver;
import io.paravert.guest.driver.VirtioOption;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.isa.asm.Label;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;

/**
 * The guest kit's assembled drivers, on every engine: what is written over a path is flushed and read back over it, then read
 * over ports, because all paths lead to one disk.
 */
class DeviceDriversTest {
    private static final int BYTES = 4096;
    private static final int ROUNDS = 20;
    private static final int FRAME_BYTES = 1500;
    private static final long DISK_BYTES = 1 << 20;
    private static final int SECTORS = (int) (DISK_BYTES / 512);

    /** Ends with 0; with 1 to 5 where it failed. */
    private static GuestProgram program(Function<PvAssembler, DeviceDriver> path) {
        return PvAssembler.program("drivers", GuestMode.LONG, g -> {
            DeviceDriver.find(g, DeviceType.BLOCK);
            DeviceDriver driver = path.apply(g);
            DeviceDriver ports = DeviceDriver.ports(g);
            Label out = g.reserve("out", BYTES, BYTES);
            Label in = g.reserve("in", BYTES, BYTES);
            driver.begin();
            g.mov(R12D, ROUNDS);
            Label round = g.here("round");
            // A pattern of this round's.
            g.lea(RDI, at(out));
            g.mov(EAX, R12D);
            g.imul(EAX, EAX, 0x01010101);
            g.mov(ECX, BYTES / Integer.BYTES);
            g.rep().stosd();
            transfer(g, driver, IoOp.WRITE, out, BYTES);
            same(g, BYTES, 1);
            g.mov(EDI, 0);
            g.mov(ESI, 0);
            g.mov(EDX, 0);
            driver.operation(IoOp.FLUSH);
            same(g, 0, 2);
            readBack(g, driver, out, in, 3);
            readBack(g, ports, out, in, 4);
            g.dec(R12D);
            g.jnz(round);
            // Beyond the end: an error of the ABI, or virtio's only one.
            g.mov(EDI, SECTORS);
            g.lea(RSI, at(in));
            g.mov(EDX, BYTES);
            driver.operation(IoOp.READ);
            Label refused = g.label();
            g.jumpOnError(PvError.ERANGE, refused);
            g.jumpOnError(PvError.EIO, refused);
            g.shutdown(5);
            g.bind(refused);
        });
    }

    /** Each round has eight sectors of its own. */
    private static void transfer(PvAssembler g, DeviceDriver driver, int op, Label buffer, int bytes) {
        g.mov(EDI, R12D);
        g.shl(EDI, 3);
        g.lea(RSI, at(buffer));
        g.mov(EDX, bytes);
        driver.operation(op);
    }

    private static void readBack(PvAssembler g, DeviceDriver driver, Label out, Label in, int code) {
        g.lea(RDI, at(in));
        g.mov(EAX, 0);
        g.mov(ECX, BYTES / Integer.BYTES);
        g.rep().stosd();
        transfer(g, driver, IoOp.READ, in, BYTES);
        same(g, BYTES, code);
        g.lea(RSI, at(out));
        g.lea(RDI, at(in));
        g.mov(ECX, BYTES / Long.BYTES);
        g.rep().cmpsq();
        Label equal = g.label();
        g.je(equal);
        g.shutdown(code);
        g.bind(equal);
    }

    private static void same(PvAssembler g, int expected, int code) {
        Label fine = g.label();
        g.cmp(RAX, expected);
        g.je(fine);
        g.shutdown(code);
        g.bind(fine);
    }

    private static void check(GuestHost host, Function<PvAssembler, DeviceDriver> path) {
        check(host, program(path));
    }

    private static void check(GuestHost host, GuestProgram program) {
        BlockDevice disk = new BlockDevice(new MemoryStore(DISK_BYTES), BlockDevice.Settings.USUAL.withInOrder());
        assertThat(host.run(program, config -> config.device("disk", disk))).hasExited(0);
    }

    /** As many reads at once as there may be, ended in whatever order; ends with 0, or with 1 or 2 where it failed. */
    private static GuestProgram many(Function<PvAssembler, QueueDriver> path) {
        return PvAssembler.program("many", GuestMode.LONG, g -> {
            DeviceDriver.find(g, DeviceType.BLOCK);
            QueueDriver driver = path.apply(g);
            Label in = g.reserve("in", BYTES, BYTES);
            driver.begin();
            g.mov(R12D, ROUNDS);
            Label round = g.here("round");
            g.xor(R13D, R13D);
            Label next = g.here("next");
            g.mov(ECX, R13D);
            g.mov(EDI, R13D);
            g.lea(RSI, at(in));
            g.mov(EDX, BYTES);
            driver.submit(IoOp.READ);
            g.inc(R13D);
            g.cmp(R13D, QueueDriver.MOST);
            g.jb(next);
            // A bit for each tag that has not come back.
            g.mov(R14, imm((1L << QueueDriver.MOST) - 1));
            Label look = g.here("look");
            driver.take();
            g.test(RAX, RAX);
            g.js(look);
            g.xchg(RAX, RDX);
            same(g, BYTES, 1);
            Label first = g.label();
            g.btr(R14, RDX);
            g.jc(first);
            g.shutdown(2);
            g.bind(first);
            g.test(R14, R14);
            g.jnz(look);
            g.dec(R12D);
            g.jnz(round);
        });
    }

    /** Frames that come back, each way by the driver; ends with 0, or with 1 to 3 where it failed. */
    private static GuestProgram frames(Function<PvAssembler, DeviceDriver> path) {
        return PvAssembler.program("frames", GuestMode.LONG, g -> {
            DeviceDriver.find(g, DeviceType.NET);
            DeviceDriver driver = path.apply(g);
            Label out = g.reserve("out", BYTES, BYTES);
            Label in = g.reserve("in", BYTES, BYTES);
            driver.begin();
            g.mov(R12D, ROUNDS);
            Label round = g.here("round");
            g.lea(RDI, at(out));
            g.mov(EAX, R12D);
            g.mov(ECX, FRAME_BYTES / Integer.BYTES);
            g.rep().stosd();
            g.mov(dwordAt(out), imm(-1));
            g.xor(EDI, EDI);
            g.lea(RSI, at(out));
            g.mov(EDX, FRAME_BYTES);
            driver.operation(IoOp.SEND);
            same(g, FRAME_BYTES, 1);
            g.xor(EDI, EDI);
            g.lea(RSI, at(in));
            g.mov(EDX, BYTES);
            driver.operation(IoOp.RECEIVE);
            same(g, FRAME_BYTES, 2);
            g.lea(RSI, at(out));
            g.lea(RDI, at(in));
            g.mov(ECX, FRAME_BYTES / Integer.BYTES);
            g.rep().cmpsd();
            Label equal = g.label();
            g.je(equal);
            g.shutdown(3);
            g.bind(equal);
            g.dec(R12D);
            g.jnz(round);
        });
    }

    private static void checkFrames(GuestHost host, Function<PvAssembler, DeviceDriver> path) {
        NetDevice loop = new NetDevice(new Loop(), NetIdentity.random(), DevicePaths.Place.USUAL);
        assertThat(host.run(frames(path), config -> config.device("loop", loop)))
                .hasExited(0);
    }

    /** A plug with its own socket behind it. */
    private static final class Loop implements NetBackend {
        private NetInput input;

        @Override
        public Future<Void> start(Vertx vertx, NetInput frames) {
            input = frames;
            return Future.succeededFuture();
        }

        @Override
        public boolean send(byte[] bytes, int length) {
            return input.deliver(bytes, 0, length);
        }

        @Override
        public Future<Void> stop() {
            return Future.succeededFuture();
        }
    }

    @GuestTest
    void overPorts(GuestHost host) {
        check(host, DeviceDriver::ports);
    }

    @GuestTest
    void overMmio(GuestHost host) {
        check(host, DeviceDriver::mmio);
    }

    @GuestTest
    void overCalls(GuestHost host) {
        check(host, DeviceDriver::calls);
    }

    @GuestTest
    void overVirtio(GuestHost host) {
        check(host, DeviceDriver::virtioBlock);
    }

    @GuestTest
    void overARingWithDoorbell(GuestHost host) {
        check(host, g -> DeviceDriver.ring(g, RingMode.DOORBELL));
    }

    @GuestTest
    void overAnAdaptiveRing(GuestHost host) {
        check(host, g -> DeviceDriver.ring(g, RingMode.ADAPTIVE));
    }

    @GuestTest
    void overAPollingRing(GuestHost host) {
        check(host, g -> DeviceDriver.ring(g, RingMode.POLLING));
    }

    @GuestTest
    void overVirtioWithAllThatIsAgreedOn(GuestHost host) {
        check(host, g -> DeviceDriver.virtioBlock(g, VirtioOption.values()));
    }

    @GuestTest
    void manyAtOnceOverVirtio(GuestHost host) {
        check(host, many(DeviceDriver::virtioBlock));
    }

    @GuestTest
    void manyAtOnceOverVirtioWithAllThatIsAgreedOn(GuestHost host) {
        check(host, many(g -> DeviceDriver.virtioBlock(g, VirtioOption.values())));
    }

    @GuestTest
    void manyAtOnceOverARing(GuestHost host) {
        check(host, many(g -> DeviceDriver.ring(g, RingMode.ADAPTIVE)));
    }

    @GuestTest
    void framesOverPorts(GuestHost host) {
        checkFrames(host, DeviceDriver::ports);
    }

    @GuestTest
    void framesOverMmio(GuestHost host) {
        checkFrames(host, DeviceDriver::mmio);
    }

    @GuestTest
    void framesOverCalls(GuestHost host) {
        checkFrames(host, DeviceDriver::calls);
    }

    @GuestTest
    void framesOverVirtio(GuestHost host) {
        checkFrames(host, DeviceDriver::virtioNet);
    }

    @GuestTest
    void framesOverARing(GuestHost host) {
        checkFrames(host, g -> DeviceDriver.ring(g, RingMode.DOORBELL));
    }
}
