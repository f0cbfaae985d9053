package io.paravert.vmm.engine;

/**
 * What an engine that decodes or translates guest code has done for one vCPU since it was made.
 *
 * @param instructions guest instructions that have retired
 * @param translated of these, the ones that retired in regions
 * @param blocks guest blocks decoded
 * @param regions regions compiled
 * @param regionBlocks guest blocks in them; one can be in several
 * @param bytes of the regions' class files
 * @param compileNanos ns spent on writing regions, without what the JVM's own compiler needs
 * @param entries times that a region was entered
 * @param exits how they were left
 * @param statements instructions of regions that the interpreter's code carried out
 * @param invalidatedBlocks decoded blocks dropped because their bytes, or what was known of them, changed
 * @param invalidatedRegions regions dropped with them
 * @param refused regions that were not made: too large, or too many waiting
 * @param flushes times that everything was dropped because there was too much of it
 */
public record TranslationStatistics(
        long instructions,
        long translated,
        long blocks,
        long regions,
        long regionBlocks,
        long bytes,
        long compileNanos,
        long entries,
        Exits exits,
        long statements,
        long invalidatedBlocks,
        long invalidatedRegions,
        long refused,
        long flushes) {

    /**
     * Ways out of regions.
     *
     * @param direct to an address known when the region was made, outside of it
     * @param indirect to an address that had to be looked up
     * @param pending because an interrupt, a kick or the like was pending
     * @param thrown by a fault, or for an instruction that has to be begun again elsewhere
     * @param missed before an instruction that is rare there, such as an access far from those before it
     */
    public record Exits(long direct, long indirect, long pending, long thrown, long missed) {
        public Exits plus(Exits other) {
            return new Exits(
                    direct + other.direct,
                    indirect + other.indirect,
                    pending + other.pending,
                    thrown + other.thrown,
                    missed + other.missed);
        }
    }

    /** The part of all instructions that retired in regions, 0 to 1. */
    public double coverage() {
        return instructions == 0 ? 0 : (double) translated / instructions;
    }

    /** Of two vCPUs together. */
    public TranslationStatistics plus(TranslationStatistics other) {
        return new TranslationStatistics(
                instructions + other.instructions,
                translated + other.translated,
                blocks + other.blocks,
                regions + other.regions,
                regionBlocks + other.regionBlocks,
                bytes + other.bytes,
                compileNanos + other.compileNanos,
                entries + other.entries,
                exits.plus(other.exits),
                statements + other.statements,
                invalidatedBlocks + other.invalidatedBlocks,
                invalidatedRegions + other.invalidatedRegions,
                refused + other.refused,
                flushes + other.flushes);
    }
}
