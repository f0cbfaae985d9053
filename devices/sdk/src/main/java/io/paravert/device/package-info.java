/** device. */
@org.jspecify.annotations.NullMarked
package io.paravert.device;
