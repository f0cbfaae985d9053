package io.paravert.testkit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Queue;

/** What a slow or failing back end answers: futures that wait until the test completes or fails them, the first first. Any thread. */
public final class HeldFutures<T> {
    private final Queue<Promise<T>> waiting = new ArrayDeque<>();

    /** A future that waits. */
    public synchronized Future<T> hold() {
        Promise<T> promise = Promise.promise();
        waiting.add(promise);
        return promise.future();
    }

    public synchronized int count() {
        return waiting.size();
    }

    private synchronized Promise<T> first() {
        return waiting.remove();
    }

    /** Completes the first that waits. */
    public void complete(T value) {
        first().complete(value);
    }

    /** Completes the first that waits with null: for futures of Void. */
    public void complete() {
        first().complete();
    }

    /** Fails the first that waits. */
    public void fail(Throwable why) {
        first().fail(why);
    }
}
