/** What ring 3 cannot reach, by hand: each test on the interpreter and on translated code. */
@NullMarked
package io.paravert.soft.directed;

import org.jspecify.annotations.NullMarked;
