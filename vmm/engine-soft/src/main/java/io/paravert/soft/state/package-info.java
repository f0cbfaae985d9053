/**
 * The architectural state of one software vCPU, and the exceptions that its instructions raise. Everything here belongs to the
 * vCPU's thread, but for {@link io.paravert.soft.state.Pending}. All rooms of the engine may enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.state;
