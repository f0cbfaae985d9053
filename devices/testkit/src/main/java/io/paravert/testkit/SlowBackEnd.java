package io.paravert.testkit;

/**
 * What stands behind a device under test, under the test's control: it keeps what it is asked until it is told to finish or to
 * fail it. Called on the device's context, but for {@link #queue} and {@link #request}.
 */
public interface SlowBackEnd {
    /** Queue by which a driver reaches it. */
    int queue();

    /** A request that reaches it. */
    DriverBuffer request(TestMemory memory);

    /** Requests that it keeps. */
    int waiting();

    /** Does what came first. */
    void finish();

    /** Fails what came first. */
    void fail();
}
