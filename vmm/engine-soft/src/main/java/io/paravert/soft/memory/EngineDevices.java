package io.paravert.soft.memory;

/**
 * Devices that the engine serves itself: an access to them is answered at once and leaves nothing for the monitor. vCPU thread only.
 */
public interface EngineDevices {
    /** No devices. */
    EngineDevices NONE = new EngineDevices() {
        @Override
        public boolean claims(long gpa) {
            return false;
        }

        @Override
        public long load(long gpa, int bytes) {
            throw new IllegalStateException("nothing is claimed");
        }

        @Override
        public void store(long gpa, int bytes, long value) {
            throw new IllegalStateException("nothing is claimed");
        }

        @Override
        public boolean claimsPort(int port) {
            return false;
        }

        @Override
        public long in(int port, int bytes) {
            throw new IllegalStateException("nothing is claimed");
        }

        @Override
        public void out(int port, int bytes, long value) {
            throw new IllegalStateException("nothing is claimed");
        }
    };

    /** Whether the page of {@code gpa}, where there is no memory, is one of these devices'. */
    boolean claims(long gpa);

    /** 1 to 8 bytes, zero-extended. */
    long load(long gpa, int bytes);

    void store(long gpa, int bytes, long value);

    boolean claimsPort(int port);

    /** 1, 2 or 4 bytes, zero-extended. */
    long in(int port, int bytes);

    void out(int port, int bytes, long value);
}
