/** Tests of the loaders, with kernels made on the spot. */
@org.jspecify.annotations.NullMarked
package io.paravert.platform.boot;
