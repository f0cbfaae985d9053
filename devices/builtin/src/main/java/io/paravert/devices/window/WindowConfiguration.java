package io.paravert.devices.window;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What {@code --device window,key=value} takes. */
public record WindowConfiguration(
        @JsonProperty(required = true) @JsonPropertyDescription("the two guests that give it share the memory")
        String name,

        @JsonProperty(defaultValue = "64")
        @JsonPropertyDescription("KiB, a multiple of 4 up to 32768; the same on both sides")
        int sizeKib,

        @JsonPropertyDescription("where it lies, a multiple of 4096 outside RAM; 0 to choose by the device's number")
        long gpa) {
    /** The largest window. */
    static final long MOST_BYTES = 32L << 20;

    private static final int USUAL_KIB = 64;
    private static final int PAGE = 4096;

    public WindowConfiguration {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name=: give the window a name, the same on both sides");
        }
        if (sizeKib < 0 || sizeKib % 4 != 0 || sizeKib * 1024L > MOST_BYTES) {
            throw new IllegalArgumentException("size-kib=" + sizeKib + ": give a multiple of 4 from 4 to 32768");
        }
        if (gpa < 0 || gpa % PAGE != 0) {
            throw new IllegalArgumentException("gpa=" + gpa + ": give a multiple of " + PAGE + " outside RAM");
        }
    }

    long bytes() {
        return (sizeKib == 0 ? USUAL_KIB : sizeKib) * 1024L;
    }
}
