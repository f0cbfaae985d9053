package io.paravert.soft.vcpu;

import io.paravert.vmm.engine.TranslationStatistics;

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

        @Override
        public TranslationStatistics statistics(long instructions, CodeCache code) {
            return new TranslationStatistics(
                    instructions,
                    0,
                    code.decoded(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    new TranslationStatistics.Exits(0, 0, 0, 0),
                    0,
                    code.invalidatedBlocks(),
                    code.invalidatedRegions(),
                    0,
                    0);
        }
    };

    /** {@link #hot} is called when a block's {@link Block#heat} reaches this. */
    int threshold();

    /** The block has been run often. May give it a {@link Block#translation}, now or later, or set its heat back. */
    void hot(Core core, Block block);

    /**
     * What has been done so far. Any thread; values may be a little old.
     *
     * @param instructions guest instructions that have retired
     */
    TranslationStatistics statistics(long instructions, CodeCache code);
}
