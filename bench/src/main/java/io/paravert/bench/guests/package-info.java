/** What a guest costs, alone and in a crowd. */
@org.jspecify.annotations.NullMarked
package io.paravert.bench.guests;
