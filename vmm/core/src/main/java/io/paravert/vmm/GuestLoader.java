package io.paravert.vmm;

import io.paravert.vmm.memory.GuestMemory;

/** Puts a guest into memory. Called once, on the thread that creates the VM, when RAM is zeroed but for the hypercall page. */
@FunctionalInterface
public interface GuestLoader {
    /**
     * Fills memory (image, boot-info page, boot GDT and page tables at the ABI's places) and says how vCPU 0 starts.
     *
     * @throws RuntimeException with one line for the user, if the guest cannot be loaded
     */
    GuestEntry load(GuestMemory memory, BootFacts facts);
}
