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
                    new TranslationStatistics.Exits(0, 0, 0, 0, 0),
                    0,
                    code.invalidatedBlocks(),
                    code.invalidatedRegions(),
                    0,
                    0);
        }
    };

    /** First {@link Block#due} of every block; -1 for never. */
    int threshold();

    /** A block's heat has come to what was due. May give it a {@link Block#translation}, now or later, or a later {@link Block#due}. */
    void hot(Core core, Block block);

    /**
     * What has been done so far. Any thread; values may be a little old.
     *
     * @param instructions guest instructions that have retired
     */
    TranslationStatistics statistics(long instructions, CodeCache code);
}
