package io.paravert.lab.paging;

import java.util.Locale;

/** Pictures of a walk, as SVG: which tables are read, in which order. */
final class WalkPicture {
    private static final int CELL = 64;
    private static final int LEFT = 150;
    private static final int TOP = 34;
    private static final String[] GUEST = {"PML4 entry", "PDPT entry", "PD entry", "PT entry", "the page itself"};
    private static final String[] NESTED = {"nested 4", "nested 3", "nested 2", "nested 1"};

    private WalkPicture() {}

    /** 4 rows of 4 nested references and the entry itself, and one more of 4: 24 references. */
    static String twoDimensional() {
        StringBuilder svg = begin(LEFT + 5 * CELL + 130, TOP + 5 * CELL + 10);
        for (int column = 0; column < 4; column++) {
            text(svg, LEFT + column * CELL + CELL / 2, 22, "middle", NESTED[column]);
        }
        text(svg, LEFT + 4 * CELL + CELL / 2, 22, "middle", "guest's");
        int number = 1;
        for (int row = 0; row < 5; row++) {
            text(svg, LEFT - 8, TOP + row * CELL + 28, "end", GUEST[row]);
            for (int column = 0; column < (row < 4 ? 5 : 4); column++) {
                cell(svg, column, row, number++, column < 4 ? "#9db8d9" : "#e09f3e");
            }
        }
        return svg.append("</svg>").toString();
    }

    /** The shadow's 4 levels. */
    static String shadow() {
        StringBuilder svg = begin(LEFT + 5 * CELL + 130, TOP + CELL + 10);
        for (int column = 0; column < 4; column++) {
            text(svg, LEFT + column * CELL + CELL / 2, 22, "middle", "shadow " + (4 - column));
            cell(svg, column, 0, column + 1, "#7bb661");
        }
        text(svg, LEFT - 8, TOP + 28, "end", "the page itself");
        return svg.append("</svg>").toString();
    }

    private static StringBuilder begin(int width, int height) {
        return new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox='0 0 %d %d' width='%d' role='img' font-family='sans-serif' font-size='12'>",
                width,
                height,
                width));
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
        svg.append(String.format(Locale.ROOT, "<text x='%d' y='%d' text-anchor='%s'>%s</text>", x, y, anchor, text));
    }

    private static void cell(StringBuilder svg, int column, int row, int number, String colour) {
        int x = LEFT + column * CELL;
        int y = TOP + row * CELL;
        svg.append(String.format(
                Locale.ROOT,
                "<rect x='%d' y='%d' width='%d' height='%d' rx='5' fill='%s'/>",
                x + 3,
                y + 3,
                CELL - 6,
                CELL - 6,
                colour));
        text(svg, x + CELL / 2, y + CELL / 2 + 5, "middle", String.valueOf(number));
    }
}
