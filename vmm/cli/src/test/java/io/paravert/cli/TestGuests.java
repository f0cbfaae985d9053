package io.paravert.cli;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.CallRange;
import io.paravert.abi.DeviceLayout;
import io.paravert.abi.DeviceType;
import io.paravert.abi.EventAreaLayout;
import io.paravert.abi.EventKind;
import io.paravert.abi.Hypercall;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;
import io.paravert.vmm.lab.Lab;
import io.paravert.vmm.lab.LabReport;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Guests, a device and a lab that the commands find as they find the real ones. */
final class TestGuests {
    private TestGuests() {}

    abstract static class Named implements ExampleGuest {
        private final String name;
        private final Consumer<PvAssembler> body;

        Named(String name, Consumer<PvAssembler> body) {
            this.name = name;
            this.body = body;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String summary() {
            return "the test guest " + name;
        }

        @Override
        public GuestProgram program() {
            return PvAssembler.program(name, GuestMode.LONG, body::accept);
        }
    }

    /** So often round that a translator has the time to see it. */
    public static final class Loops extends Named {
        public Loops() {
            super("loops", g -> {
                g.mov(RCX, 100_000_000);
                Label top = g.here();
                g.dec(RCX);
                g.jnz(top);
            });
        }
    }

    public static final class Greets extends Named {
        public Greets() {
            super("greets", g -> g.print("Good day\n"));
        }
    }

    /** Leaves with the answer of the bell, or with 7 where there is no bell. */
    public static final class Exits extends Named {
        public Exits() {
            super("exits", g -> {
                g.hypercall(CallRange.PLUGIN_FIRST);
                g.mov(RBX, 7);
                g.test(RAX, RAX);
                g.cmovns(RBX, RAX);
                g.shutdown(RBX);
            });
        }
    }

    public static final class Spins extends Named {
        public Spins() {
            super("spins", g -> {
                g.print("spinning\n");
                Label again = g.here();
                g.vcpuPoll(imm(-1));
                g.jmp(again);
            });
        }
    }

    public static final class Crashes extends Named {
        public Crashes() {
            super("crashes", g -> g.crash("as told"));
        }
    }

    /** Reads its console to the end, slowly at first, then leaves with the number of bytes, in units of 4096. */
    public static final class Counts extends Named {
        public Counts() {
            super("counts", Counts::body);
        }

        private static void body(PvAssembler g) {
            Label buffer = g.reserve("buffer", 1000, 8);
            g.mov(RBP, qwordAt(g.bootInfo()));
            g.mov(RBP, qword(RBP, BootInfoLayout.EVENT_AREA_OFFSET));
            g.eventArea(RBP);
            g.eventBind(EventKind.DEVICE, imm(0), 0);
            g.exitOnError(1);
            g.mov(R12, RAX);
            g.xor(RBX, RBX);
            Label read = g.here();
            Label sleep = g.label();
            Label end = g.label();
            g.lock().btr(qword(RBP, EventAreaLayout.PENDING_OFFSET), R12);
            g.consoleRead(buffer, 1000);
            g.jumpIfAgain(sleep);
            g.test(RAX, RAX);
            g.jle(end);
            g.add(RBX, RAX);
            g.jmp(read);
            g.bind(sleep);
            g.vcpuPoll(imm(-1));
            g.jmp(read);
            g.bind(end);
            g.shr(RBX, 12);
            g.shutdown(RBX);
        }
    }

    /** Leaves with the sum of its network interfaces' MTUs, in units of 64. */
    public static final class Interfaces extends Named {
        public Interfaces() {
            super("interfaces", Interfaces::body);
        }

        private static void body(PvAssembler g) {
            Label device = g.reserve("device", DeviceLayout.SIZE, 8);
            Label next = g.label();
            Label end = g.label();
            g.xor(RBX, RBX);
            g.mov(R12, imm(-1));
            g.lea(R13, at(device));
            g.bind(next);
            g.inc(R12);
            g.hypercall(Hypercall.DEVICE_INFO, R12, R13);
            g.test(RAX, RAX);
            g.js(end);
            g.cmp(dword(R13, DeviceLayout.TYPE_OFFSET), DeviceType.NET);
            g.jne(next);
            g.add(RBX, qword(R13, DeviceLayout.PARAMETER_OFFSET));
            g.jmp(next);
            g.bind(end);
            g.shr(RBX, 6);
            g.shutdown(RBX);
        }
    }

    record BellSettings(@JsonProperty(required = true) int strokes) {}

    public static final class Bell implements DeviceFactory<BellSettings> {
        @Override
        public String type() {
            return "bell";
        }

        @Override
        public String summary() {
            return "answers with its strokes";
        }

        @Override
        public Class<BellSettings> configuration() {
            return BellSettings.class;
        }

        @Override
        public Device create(BellSettings settings) {
            return site -> site.claimHypercalls(
                    CallRange.PLUGIN_FIRST,
                    1,
                    Delivery.CALL,
                    call -> Future.succeededFuture((long) settings.strokes()));
        }
    }

    public static final class Ruler implements Lab {
        @Override
        public String name() {
            return "ruler";
        }

        @Override
        public String summary() {
            return "measures a ruler";
        }

        @Override
        public LabReport run(Consumer<String> progress) {
            progress.accept("measuring");
            return new LabReport("300 mm\n", "{\"mm\":300}", Optional.of("<p>300 mm</p>"));
        }
    }

    static List<String> names() {
        return List.of("counts", "crashes", "exits", "greets", "interfaces", "spins");
    }
}
