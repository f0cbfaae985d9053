/** vmm. */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm;
