/**
 * The interpreter: lowering decoded instructions to operations, one statement for each mnemonic, the loop that runs them, and what
 * happens between blocks. The engine's face enters; the translator shares the statements.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.interpreter;
