/**
 * The {@code paravert} command. Each command is one class that parses, and shows what the rooms behind it found; a wrong input
 * ends as a {@link io.paravert.cli.CommandException} with one line. Standard output is the guest's or the command's result, standard
 * error is for people.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.cli;
