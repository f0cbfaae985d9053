/**
 * The second tier: hot guest code as JVM bytecode. A region (blocks that lead to one another) becomes one method of a hidden class,
 * with guest registers in Java locals. Its instructions are the {@code semantics} and {@code numeric} rooms' methods, or the
 * interpreter's statements, called; nothing is said a second time. Nobody but the engine's vCPU enters.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.translator;
