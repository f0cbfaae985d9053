package io.paravert.vmm.bus;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Something else that the monitor asks of a device: open a ring, take an event. */
final class TaskExchange extends Exchange {
    private final String description;
    private final Supplier<Future<Long>> task;

    TaskExchange(String description, Supplier<Future<Long>> task, boolean posted) {
        super(posted);
        this.description = description;
        this.task = task;
    }

    @Override
    Future<Long> ask() {
        return task.get();
    }

    @Override
    String describe() {
        return description;
    }
}
