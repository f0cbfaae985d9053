/**
 * Memory order of several vCPUs: litmus tests, run as guests, against an exhaustive model of x86-TSO (Sewell and others, "x86-TSO: a
 * rigorous and usable programmer's model for x86 multiprocessors", 2010; AMD APM vol. 2, 7.2).
 */
@NullMarked
package io.paravert.soft.litmus;

import org.jspecify.annotations.NullMarked;
