package io.paravert.soft.memory;

/** What of memory all vCPUs of a machine share. Any thread. */
public final class MachineMemory {
    private final GuestPhysical physical = new GuestPhysical();
    private final CodeWatch codeWatch = new CodeWatch(physical);
    private final Doorbells doorbells = new Doorbells();
    private final BusLock busLock = new BusLock();
    private final boolean shadowPaging;

    /** @param shadowPaging whether vCPUs use shadow page tables, or walk the guest's */
    public MachineMemory(boolean shadowPaging) {
        this.shadowPaging = shadowPaging;
    }

    public boolean hasShadowPaging() {
        return shadowPaging;
    }

    public GuestPhysical physical() {
        return physical;
    }

    public CodeWatch codeWatch() {
        return codeWatch;
    }

    public Doorbells doorbells() {
        return doorbells;
    }

    public BusLock busLock() {
        return busLock;
    }

    /** See {@link GuestPhysical#map}. vCPUs must flush their translations. */
    public void map(long gpa, long host, long bytes, boolean readOnly) {
        physical.map(gpa, host, bytes, readOnly);
    }

    /** Undoes {@link #map}; decoded code of the range is thrown away. vCPUs must flush their translations. */
    public void unmap(long gpa) {
        long bytes = physical.mappedAt(gpa);
        codeWatch.writtenRange(gpa, bytes);
        physical.unmap(gpa);
    }
}
