/**
 * Which of x86's sensitive instructions trap where: the table of Popek and Goldberg (CACM 17:7, 1974), measured. An instruction is
 * sensitive if it reads or changes what a monitor must keep for itself; a processor can be virtualized by trapping alone only if
 * all of them trap outside privilege level 0.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.lab.sensitive;
