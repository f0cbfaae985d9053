/** guest. */
@org.jspecify.annotations.NullMarked
package io.paravert.guest;
