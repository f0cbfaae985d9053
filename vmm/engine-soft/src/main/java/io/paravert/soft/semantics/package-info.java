/**
 * What each integer instruction does: static methods over plain values, and nothing else. The interpreter binds them to decoded
 * operands, the translator calls them from generated code; there is no second copy. Every room of the engine may enter; this
 * one enters none.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.semantics;
