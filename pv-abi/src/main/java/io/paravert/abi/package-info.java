/**
 * The contract between guest and monitor, and nothing else: numbers, layouts, error codes, CPUID leaves and formats.
 *
 * <p>Everything but three classes is generated from {@code src/main/abi/paravert-abi.json}, and so are the C header, the
 * assembler include and the reference page that {@link io.paravert.abi.AbiDocuments} hands out. No number of the ABI is
 * typed anywhere else in the tree. This room depends on nothing, and every other room may enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.abi;
