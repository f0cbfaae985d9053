package io.paravert.cli;

import io.paravert.device.Delivery;
import io.paravert.load.BlockTarget;
import io.paravert.load.EchoTarget;
import io.paravert.load.Faults;
import io.paravert.load.LoadException;
import io.paravert.load.LoadShare;
import io.paravert.load.LoadTarget;
import io.paravert.vmm.devices.Spelling;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a guest under load drives, as words say it.
 *
 * @param delivery of echo only
 */
record LoadKind(Target target, BlockTarget.Path path, Optional<Delivery> delivery, int depth, Faults faults) {
    private static final List<String> KEYS = List.of("path", "delivery", "depth", "delay", "errors", "drops");

    /** What {@code --target} takes. */
    enum Target {
        ECHO,
        BLOCK
    }

    /**
     * Reads TARGET[,KEY=VALUE]...
     *
     * @throws LoadException one line that says what may be given
     */
    static LoadKind parse(String words, long seed) {
        String[] parts = words.split(",", -1);
        LoadKind kind = new LoadKind(
                oneOf(Target.values(), "target", parts[0]),
                BlockTarget.Path.HYPERCALL,
                Optional.empty(),
                1,
                new Faults(Duration.ZERO, 0, 0, 0, seed));
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            if (pair.length < 2 || !KEYS.contains(pair[0])) {
                throw new LoadException("'" + parts[i] + "' in --mix " + words
                        + Spelling.nearest(pair[0], KEYS)
                                .map(key -> "; did you mean '" + key + "='?")
                                .orElse("; known: " + String.join(", ", KEYS)));
            }
            kind = kind.with(pair[0], pair[1]);
        }
        return kind;
    }

    private LoadKind with(String key, String value) {
        Faults f = faults;
        return switch (key) {
            case "path" -> new LoadKind(target, oneOf(BlockTarget.Path.values(), key, value), delivery, depth, f);
            case "delivery" -> new LoadKind(target, path, Optional.of(oneOf(Delivery.values(), key, value)), depth, f);
            case "depth" -> new LoadKind(target, path, delivery, (int) number(key, value), f);
            case "delay" -> {
                String[] parts = value.split(":", -1);
                if (parts.length != 2) {
                    throw new LoadException("delay=" + value + ": give a share and milliseconds, as in 0.01:20");
                }
                Duration time = Duration.ofNanos((long) (number(key, parts[1]) * 1e6));
                Faults late = new Faults(time, number(key, parts[0]), f.failed(), f.dropped(), f.seed());
                yield new LoadKind(target, path, delivery, depth, late);
            }
            case "errors" -> {
                Faults some = new Faults(f.delay(), f.delayed(), number(key, value), f.dropped(), f.seed());
                yield new LoadKind(target, path, delivery, depth, some);
            }
            default -> {
                Faults some = new Faults(f.delay(), f.delayed(), f.failed(), number(key, value), f.seed());
                yield new LoadKind(target, path, delivery, depth, some);
            }
        };
    }

    private static double number(String key, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new LoadException(key + "=" + value + ": give a number");
        }
    }

    private static <E extends Enum<E>> E oneOf(E[] all, String key, String value) {
        String name = value.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(all)
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new LoadException(key + " '" + value + "'; known: "
                        + String.join(
                                ", ",
                                Arrays.stream(all)
                                        .map(each -> each.name()
                                                .toLowerCase(Locale.ROOT)
                                                .replace('_', '-'))
                                        .toList())));
    }

    LoadShare share() {
        return new LoadShare(loadTarget(), faults);
    }

    private LoadTarget loadTarget() {
        if (target == Target.BLOCK) {
            if (delivery.isPresent()) {
                throw new LoadException("--delivery goes with --target echo: block has its own");
            }
            return new BlockTarget(path, depth);
        }
        if (path.ordinal() >= BlockTarget.Path.VIRTIO.ordinal()) {
            throw new LoadException("--path " + path + " goes with --target block");
        }
        if (depth != 1) {
            throw new LoadException("--depth goes with --target block");
        }
        return new EchoTarget(EchoTarget.Path.valueOf(path.name()), delivery.orElse(Delivery.CALL));
    }
}
