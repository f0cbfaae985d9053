package io.paravert.soft.vcpu;

/** A faster way to run code that is executed often. vCPU thread only. */
public interface Tier {
    /** None: everything stays in the interpreter. */
    Tier NONE = new Tier() {
        @Override
        public int threshold() {
            return -1;
        }

        @Override
        public void hot(Core core, Block block) {}
    };

    /** {@link #hot} is called when a block's {@link Block#heat} reaches this. */
    int threshold();

    /** The block has been run often. May give it a {@link Block#translation}, now or later, or set its heat back. */
    void hot(Core core, Block block);
}
