package io.paravert.lab.sensitive;

import io.paravert.isa.asm.Assembler;
import java.util.function.Consumer;

/**
 * One instruction to be tried.
 *
 * @param name as it stands in the table
 * @param what what makes it sensitive, or what it does to a deprivileged kernel when it does not trap
 * @param prepare code that goes before and traps nowhere
 * @param instruction exactly one instruction; where it transfers control, to {@link TrialGuest#AFTER}
 */
record SensitiveInstruction(String name, String what, Consumer<Assembler> prepare, Consumer<Assembler> instruction) {}
