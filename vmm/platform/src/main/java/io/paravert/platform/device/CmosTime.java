package io.paravert.platform.device;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;

/** The time registers of a PC's clock, in UTC; the day of the week follows from the date. One thread at a time. */
final class CmosTime {
    private static final int SECONDS = 0x00;
    private static final int MINUTES = 0x02;
    private static final int HOURS = 0x04;
    private static final int DAY_OF_WEEK = 0x06;
    private static final int DAY = 0x07;
    private static final int MONTH = 0x08;
    private static final int YEAR = 0x09;
    private static final int CENTURY = 0x32;

    private final int[] fields = new int[CENTURY + 1];

    /** Whether a register is one of them. */
    static boolean has(int register) {
        return switch (register) {
            case SECONDS, MINUTES, HOURS, DAY_OF_WEEK, DAY, MONTH, YEAR, CENTURY -> true;
            default -> false;
        };
    }

    void load(Instant time) {
        LocalDateTime now = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        fields[SECONDS] = now.getSecond();
        fields[MINUTES] = now.getMinute();
        fields[HOURS] = now.getHour();
        fields[DAY_OF_WEEK] = now.getDayOfWeek().getValue() % 7 + 1;
        fields[DAY] = now.getDayOfMonth();
        fields[MONTH] = now.getMonthValue();
        fields[YEAR] = now.getYear() % 100;
        fields[CENTURY] = now.getYear() / 100;
    }

    int get(int register, boolean binary) {
        return encoded(fields[register], binary);
    }

    void put(int register, int value, boolean binary) {
        fields[register] = binary ? value : (value >> 4) * 10 + (value & 0xf);
    }

    /** Seconds since 1970; empty if the fields are no time. */
    OptionalLong epochSecond() {
        try {
            return OptionalLong.of(LocalDateTime.of(
                            fields[CENTURY] * 100 + fields[YEAR],
                            fields[MONTH],
                            fields[DAY],
                            fields[HOURS],
                            fields[MINUTES],
                            fields[SECONDS])
                    .toEpochSecond(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    static int encoded(int value, boolean binary) {
        return binary ? value : value / 10 << 4 | value % 10;
    }
}
