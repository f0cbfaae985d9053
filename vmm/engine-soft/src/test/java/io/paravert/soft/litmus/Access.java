package io.paravert.soft.litmus;

/** One step of a thread. Variables are numbered from 0 and begin at 0; values are 1 to 15. */
sealed interface Access {
    record Store(int variable, int value) implements Access {}

    record Load(int variable) implements Access {}

    /** XCHG: loads the old value. */
    record Exchange(int variable, int value) implements Access {}

    /** Something after which the thread's stores are everybody's. */
    record Barrier(Kind kind) implements Access {}

    /** What is a barrier on x86, by itself or as a side effect. */
    enum Kind {
        MFENCE,
        LOCKED_ADD,
        CPUID,
        INVLPG,
        MOV_CR3,
        WRMSR,
        IRET,
        IN
    }

    static Access st(int variable, int value) {
        return new Store(variable, value);
    }

    static Access ld(int variable) {
        return new Load(variable);
    }

    static Access xchg(int variable, int value) {
        return new Exchange(variable, value);
    }

    static Access barrier(Kind kind) {
        return new Barrier(kind);
    }
}
