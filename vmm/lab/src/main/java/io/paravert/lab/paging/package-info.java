/** The two ways to virtualize memory, shadow paging and two-dimensional paging, side by side under the same guest. */
@org.jspecify.annotations.NullMarked
package io.paravert.lab.paging;
