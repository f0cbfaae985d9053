/** A key-value server that is a whole guest, and its client in Java. See examples/KEY-VALUE.md. */
@org.jspecify.annotations.NullMarked
package io.paravert.examples.kv;
