package io.paravert.soft.vcpu;

/** What one kind of instruction does, bound to the operands of a decoded one. Has no state; vCPU threads share it. */
@FunctionalInterface
public interface Statement {
    /**
     * Carries the instruction out. Either all of it happens, or it throws ({@code GuestFault}, {@code Unwind}) with registers
     * unchanged and memory such that running it again does the same.
     */
    void execute(Core core, Op op);
}
