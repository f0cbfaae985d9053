package io.paravert.devices.balloon;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** @param pages of 4 KiB that the guest is asked for, 0 to 2^32-1 */
public record BalloonOptions(
        @JsonPropertyDescription("pages of 4 KiB that the guest is asked for")
        long pages) {
    public BalloonOptions {
        if (pages < 0 || pages > BalloonDevice.MOST_PAGES) {
            throw new IllegalArgumentException(
                    "a balloon of " + pages + " pages: give 0 to " + BalloonDevice.MOST_PAGES);
        }
    }
}
