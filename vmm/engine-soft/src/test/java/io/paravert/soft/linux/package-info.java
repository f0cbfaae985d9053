/** An unmodified Linux kernel on the software engine. */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.linux;
