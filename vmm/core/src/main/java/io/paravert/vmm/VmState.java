package io.paravert.vmm;

/** The life of a virtual machine. {@link Vm} says who asks for each transition; any other is refused. */
public enum VmState {
    /** Memory filled, vCPUs waiting. -> RUNNING, STOPPED, FAILED */
    CREATED,
    /** -> PAUSED, STOPPED, FAILED */
    RUNNING,
    /** No vCPU is in the guest, and each one's state is exact. -> RUNNING, STOPPED, FAILED */
    PAUSED,
    /** Ended by its guest, by its owner or by its time limit. */
    STOPPED,
    /** Ended by a crash of its guest or a failure of its engine. */
    FAILED;

    public boolean isEnd() {
        return this == STOPPED || this == FAILED;
    }

    /** Whether the arrow from here to {@code next} exists. */
    public boolean leadsTo(VmState next) {
        return switch (this) {
            case CREATED -> next == RUNNING || next.isEnd();
            case RUNNING -> next == PAUSED || next.isEnd();
            case PAUSED -> next == RUNNING || next.isEnd();
            case STOPPED, FAILED -> false;
        };
    }
}
