package io.paravert.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * A buffer that a driver offers.
 *
 * @param elements readable ones first
 * @param indirect described by an indirect table
 */
public record DriverBuffer(List<Element> elements, boolean indirect) {
    /** @param writable the device is to write it */
    public record Element(long gpa, long length, boolean writable) {}

    public DriverBuffer {
        elements = List.copyOf(elements);
    }

    public static DriverBuffer of(Element... elements) {
        return new DriverBuffer(List.of(elements), false);
    }

    public static Element readable(long gpa, long length) {
        return new Element(gpa, length, false);
    }

    public static Element writable(long gpa, long length) {
        return new Element(gpa, length, true);
    }

    public DriverBuffer asIndirect() {
        return new DriverBuffer(elements, true);
    }

    /** The descriptors of a legal driver, without addresses in the ring. */
    List<RawDescriptor> descriptors() {
        List<RawDescriptor> all = new ArrayList<>();
        for (Element element : elements) {
            int flags = (element.writable() ? RawDescriptor.WRITE : 0)
                    | (all.size() + 1 < elements.size() ? RawDescriptor.NEXT : 0);
            all.add(new RawDescriptor(element.gpa(), element.length(), flags));
        }
        return all;
    }
}
