package io.paravert.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An amount of memory in words: {@code 64M}, {@code 2G}, {@code 1048576}; K, M, G, T are powers of 1024. */
record MemorySize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})([KMGT]?)(?:i?B)?", Pattern.CASE_INSENSITIVE);

    static MemorySize parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not an amount of memory: write 64M or 2G");
        }
        String unit = matcher.group(2).toUpperCase(Locale.ROOT);
        int shift = unit.isEmpty() ? 0 : 10 * ("KMGT".indexOf(unit) + 1);
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new TypeConversionException("'" + text + "' is more memory than there can be");
        }
        return new MemorySize(number << shift);
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<MemorySize> {
        @Override
        public MemorySize convert(String value) {
            return parse(value);
        }
    }
}
