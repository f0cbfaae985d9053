package io.paravert.lab.paging;

/** What the guest does. An operation is what figures are divided by. */
enum Workload {
    COMPUTE(
            "compute",
            "a loop of a thousand multiplications",
            "Registers and one page, which the TLB knows: neither technique costs anything. This is what most of a program is."),
    WALKS(
            "TLB misses",
            "a read of the next of 4,096 pages",
            "More pages than the TLB holds, and tables that never change. Each miss is a walk: 24 references in two dimensions, 4"
                    + " through the shadow, which is complete after the first pass. Here shadow paging wins."),
    CHURN(
            "map and unmap",
            "a page mapped, written, unmapped and invalidated",
            "The guest's own tables change all the time, as with mmap. The monitor must hear of every change of a table that its"
                    + " shadow comes from: it leaves the guest for the store, for the page that the shadow lacks, and for INVLPG."),
    FAULTS(
            "page faults",
            "a page that is mapped by the guest's fault handler",
            "Demand paging: the first touch faults into the guest, which maps a page and returns. With a shadow the monitor sees"
                    + " the fault first, finds that it is the guest's own, and hands it on; the second try faults again, to fill"
                    + " the shadow in."),
    SWITCHES(
            "context switches",
            "a load of CR3, and a read of 16 pages",
            "Eight address spaces by turns. A load of CR3 is an exit, so that the monitor can change the shadow; it keeps one for"
                    + " each address space. In two dimensions the guest loads CR3 by itself, and pays with longer walks.");

    private final String label;
    private final String operation;
    private final String story;

    Workload(String label, String operation, String story) {
        this.label = label;
        this.operation = operation;
        this.story = story;
    }

    /** At most 16 characters. */
    String label() {
        return label;
    }

    /** What one operation is. */
    String operation() {
        return operation;
    }

    String story() {
        return story;
    }
}
