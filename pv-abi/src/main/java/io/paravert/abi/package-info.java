/** abi. */
@org.jspecify.annotations.NullMarked
package io.paravert.abi;
