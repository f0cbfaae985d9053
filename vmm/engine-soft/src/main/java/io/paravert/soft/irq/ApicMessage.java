package io.paravert.soft.irq;

/**
 * One interrupt message between APICs, I/O APIC and message-signalled devices.
 *
 * @param destination APIC id, or logical destination; {@link ApicBus#BROADCAST} reaches all
 * @param logical whether {@code destination} is a logical one
 * @param vector 0 to 255
 * @param level level-triggered
 */
public record ApicMessage(int destination, boolean logical, DeliveryMode mode, int vector, boolean level) {
    /** As a device's store to {@code 0xfeexxxxx} says it (Intel SDM vol. 3, 11.11). */
    public static ApicMessage ofMsi(long address, int data) {
        int id = (int) (address >>> 12) & 0xff | (int) (address >>> 40) << 8;
        return new ApicMessage(
                id == 0xff ? ApicBus.BROADCAST : id,
                (address & 4) != 0,
                DeliveryMode.of(data),
                data & 0xff,
                (data & 0x8000) != 0);
    }
}
