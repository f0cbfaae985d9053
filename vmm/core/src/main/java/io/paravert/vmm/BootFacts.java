package io.paravert.vmm;

import java.util.List;

/**
 * What the monitor tells a guest at its start; the boot-info page and the CPUID leaves say the same.
 *
 * @param features feature bits of the ABI
 * @param transports bit n set when transport n of the ABI is offered
 * @param transport number of the transport behind the hypercall page
 * @param vcpus 1 to 64
 * @param ramBytes all RAM, bytes
 * @param tscKilohertz TSC frequency, kHz
 * @param apicKilohertz local APIC bus frequency, kHz; 0 where there is no local APIC
 * @param guestNumber number by which other guests of the monitor name this one, from 1
 * @param devices in the order of their numbers
 */
public record BootFacts(
        long features,
        int transports,
        int transport,
        int vcpus,
        long ramBytes,
        int tscKilohertz,
        int apicKilohertz,
        int guestNumber,
        List<DeviceEntry> devices) {

    public BootFacts {
        devices = List.copyOf(devices);
    }
}
