/**
 * Memory that two guests of one process have in common, with a doorbell each way: what goes through it costs no exit and no
 * copy. It lives as long as one of them has it.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.window;
