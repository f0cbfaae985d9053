package io.paravert.guest;

/** Makes a guest's program. */
@FunctionalInterface
public interface GuestSource {
    /**
     * Builds the program.
     *
     * @throws GuestProgramException if it cannot be built here, such as without a C compiler; the message says what to do
     */
    GuestProgram program();
}
