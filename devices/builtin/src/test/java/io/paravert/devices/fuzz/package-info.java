/**
 * What a coverage-guided fuzzer (Jazzer) is given: a queue, each device, and the shared-memory ring, behind drivers that do what
 * bytes say. {@code tools/fuzz} runs them; the corpus that it kept is run by every build.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.fuzz;
