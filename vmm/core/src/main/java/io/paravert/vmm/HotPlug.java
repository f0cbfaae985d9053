package io.paravert.vmm;

import io.paravert.device.Device;
import io.paravert.vmm.bus.HostedDevice;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/**
 * Devices that come and go while the guest runs. A device is started before the guest can reach it, and it is stopped after
 * the guest cannot any more and what was under way is answered; the guest hears of both by the event DEVICE_LIST.
 */
final class HotPlug {
    private final Machine machine;

    HotPlug(Machine machine) {
        this.machine = machine;
    }

    Future<Integer> attach(String name, Device device) {
        HostedDevice hosted;
        try {
            machine.lifecycle().requireStarted("attach device " + name);
            hosted = machine.devices().attach(name, device, machine.ground());
        } catch (VmException e) {
            return Future.failedFuture(e);
        }
        long limit = machine.config().deviceDeadline().toMillis() + 1;
        return hosted.start().timeout(limit, TimeUnit.MILLISECONDS).transform(started -> {
            if (started.failed()) {
                machine.devices().drop(hosted);
                return refused(
                        hosted,
                        new VmException(
                                "device " + name + " did not start: "
                                        + started.cause().getMessage(),
                                started.cause()));
            }
            return admit(hosted);
        });
    }

    private Future<Integer> admit(HostedDevice hosted) {
        try {
            machine.lifecycle().whileStarted("attach device " + hosted.name(), () -> {
                machine.devices().admit(hosted);
                machine.connectDoorbells(hosted);
            });
        } catch (VmException e) {
            machine.devices().drop(hosted);
            return refused(hosted, e);
        }
        machine.devicesChanged();
        return Future.succeededFuture(hosted.number());
    }

    private static Future<Integer> refused(HostedDevice hosted, VmException why) {
        return hosted.stop().transform(stopped -> Future.failedFuture(why));
    }

    Future<Void> detach(String name) {
        HostedDevice hosted;
        try {
            machine.lifecycle().requireStarted("detach device " + name);
        } catch (VmException e) {
            return Future.failedFuture(e);
        }
        hosted = machine.devices().remove(name);
        if (hosted == null) {
            return Future.failedFuture(new VmException(machine.name() + " has no device " + name));
        }
        hosted.disconnectDoorbells();
        machine.devicesChanged();
        return machine.services().closeRings(hosted).transform(closed -> hosted.stop());
    }
}
