package io.paravert.lab;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Charts as SVG; scales are logarithmic, because the paths are powers of ten apart. */
final class IoChart {
    private static final int WIDTH = 560;
    private static final int LINE = 22;
    private static final int LABELS = 150;
    private static final int FIGURES = 90;
    private static final int CURVES_HEIGHT = 420;
    private static final int CURVES_WIDTH = 1120;
    private static final int MARGIN = 60;
    private static final int LEGEND = 200;
    private static final String[] COLOURS = {
        "#c2413b", "#e09f3e", "#8a5a9e", "#5b6f8a", "#2f6fb2", "#35a2b8", "#0b3d66", "#7fb3d5", "#7a9a01", "#b0578d",
        "#795548", "#2a7f62", "#111111"
    };
    private static final double[] PERCENTILES = {0, 10, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99};

    private IoChart() {}

    /** A line of a bar chart. */
    record Bar(String label, double value, String style) {}

    static String bars(List<Bar> bars) {
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        double least =
                bars.stream().mapToDouble(Bar::value).filter(v -> v > 0).min().orElse(most);
        double decades = Math.max(1, Math.log10(most / least) + 0.5);
        StringBuilder svg = new StringBuilder(svg(WIDTH, bars.size() * LINE + 8));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double share = bar.value() <= 0 ? 0 : 1 - Math.log10(most / bar.value()) / decades;
            int length = (int) Math.round((WIDTH - LABELS - FIGURES) * Math.max(0, share));
            int y = i * LINE + 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%d' y='%d' text-anchor='end'>%s</text><rect class='%s' x='%d' y='%d' width='%d' height='%d'/>"
                            + "<text x='%d' y='%d'>%s</text>",
                    LABELS - 6,
                    y + 15,
                    bar.label(),
                    bar.style(),
                    LABELS,
                    y + 3,
                    length,
                    LINE - 6,
                    LABELS + length + 6,
                    y + 15,
                    figure(bar.value())));
        }
        return svg.append("</svg>").toString();
    }

    /** As short as it can be said. */
    static String figure(double value) {
        if (value >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return value == 0 ? "0" : String.format(Locale.ROOT, value < 0.01 ? "%.4f" : "%.2f", value);
    }

    private static String svg(int width, int height) {
        return "<svg viewBox='0 0 " + width + " " + height + "' role='img'>";
    }

    /** For each result the latency, across, that a share of operations, down, exceeded. */
    static String curves(List<IoResult> results) {
        double most = 1_000;
        double least = Double.MAX_VALUE;
        for (IoResult r : results) {
            most = Math.max(most, (double) r.latency(PERCENTILES[PERCENTILES.length - 1]));
            least = Math.min(least, Math.max(1.0, (double) r.latency(0)));
        }
        double from = Math.floor(Math.log10(least));
        double to = Math.max(from + 1, Math.ceil(Math.log10(most)));
        StringBuilder svg = new StringBuilder(svg(CURVES_WIDTH, CURVES_HEIGHT));
        grid(svg, from, to);
        for (int i = 0; i < results.size(); i++) {
            IoResult r = results.get(i);
            String colour = COLOURS[r.io().path().ordinal() % COLOURS.length];
            String dash = r.io().depth() == 1 ? "" : " stroke-dasharray='6 3'";
            svg.append("<polyline fill='none' stroke-width='2' stroke='" + colour + "'" + dash + " points='");
            for (double p : PERCENTILES) {
                svg.append(String.format(Locale.ROOT, "%.0f,%.0f ", x(r.latencies(), p, from, to), y(p)));
            }
            int at = 18 + i * 18;
            svg.append(String.format(
                    Locale.ROOT,
                    "'/><line x1='%d' x2='%d' y1='%d' y2='%d' stroke-width='2' stroke='%s'%s/><text x='%d' y='%d'>%s x%d</text>",
                    CURVES_WIDTH - LEGEND,
                    CURVES_WIDTH - LEGEND + 30,
                    at,
                    at,
                    colour,
                    dash,
                    CURVES_WIDTH - LEGEND + 36,
                    at + 4,
                    r.io().path().label(),
                    r.io().depth()));
        }
        return svg.append("</svg>").toString();
    }

    private static double x(Histogram latencies, double percentile, double from, double to) {
        double log = Math.log10(Math.max(1.0, (double) latencies.getValueAtPercentile(percentile)));
        return MARGIN + (log - from) / (to - from) * (CURVES_WIDTH - MARGIN - LEGEND - 20);
    }

    /** 100 % at the top, 0.01 % at the bottom. */
    private static double y(double percentile) {
        double decades = -Math.log10(1 - percentile / 100);
        return 12 + decades / 4 * (CURVES_HEIGHT - 50);
    }

    private static void grid(StringBuilder svg, double from, double to) {
        for (int decade = 0; decade <= 4; decade++) {
            double at = 12 + decade / 4.0 * (CURVES_HEIGHT - 50);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1='%d' x2='%d' y1='%.0f' y2='%.0f' stroke='#d5dde6'/><text x='%d' y='%.0f' text-anchor='end'>%s%%</text>",
                    MARGIN,
                    CURVES_WIDTH - LEGEND - 20,
                    at,
                    at,
                    MARGIN - 6,
                    at + 4,
                    decade <= 2 ? String.valueOf((int) Math.pow(10, 2.0 - decade)) : decade == 3 ? "0.1" : "0.01"));
        }
        for (int decade = (int) from; decade <= to; decade++) {
            double at = MARGIN + (decade - from) / (to - from) * (CURVES_WIDTH - MARGIN - LEGEND - 20);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1='%.0f' x2='%.0f' y1='12' y2='%d' stroke='#d5dde6'/><text x='%.0f' y='%d' text-anchor='middle'>%s</text>",
                    at,
                    at,
                    CURVES_HEIGHT - 38,
                    at,
                    CURVES_HEIGHT - 16,
                    unit(decade)));
        }
    }

    private static String unit(int decade) {
        String[] units = {"ns", "us", "ms", "s"};
        int unit = Math.min(decade / 3, units.length - 1);
        return (int) Math.pow(10, decade - 3.0 * unit) + " " + units[unit];
    }
}
