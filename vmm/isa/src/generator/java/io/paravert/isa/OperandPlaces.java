package io.paravert.isa;

import java.util.ArrayDeque;
import java.util.Deque;

/** Which part of the encoding each register operand comes from, where the line does not say so. */
final class OperandPlaces {
    private final Form form;
    private final boolean slashR;
    private final boolean digit;
    private final boolean is4;
    private final String order;

    OperandPlaces(Form form, boolean slashR, boolean digit, boolean is4, String order) {
        this.form = form;
        this.slashR = slashR;
        this.digit = digit;
        this.is4 = is4;
        this.order = order;
    }

    void assign() {
        Deque<Integer> places = places();
        int immediates = 0;
        for (int i = 0; i < form.operands.length; i++) {
            int location = Layout.opLocation(form.operands[i]);
            if (location == Layout.LOC_NONE || !order.isEmpty() && location == Layout.LOC_RM) {
                if (places.isEmpty()) {
                    throw new TableException(form.where, "no place in the encoding for operand " + (i + 1));
                }
                form.operands[i] = form.operands[i] & ~31 | places.removeFirst();
            } else if (location == Layout.LOC_IMM1 && immediates++ > 0) {
                form.operands[i] += Layout.LOC_IMM2 - Layout.LOC_IMM1;
            }
        }
    }

    private Deque<Integer> places() {
        Deque<Integer> places = new ArrayDeque<>();
        if (!order.isEmpty()) {
            order.chars().forEach(c -> places.add("RMVOS".indexOf(c) + Layout.LOC_REG));
            return places;
        }
        boolean rmTaken = false;
        int open = 0;
        for (int op : form.operands) {
            rmTaken |= Layout.opLocation(op) == Layout.LOC_RM;
            open += Layout.opLocation(op) == Layout.LOC_NONE ? 1 : 0;
        }
        boolean vex = form.has(Layout.F_VEX);
        if ((form.encoding & Layout.E_PLUS_R) != 0) {
            places.add(Layout.LOC_OPCODE);
        }
        if (slashR) {
            places.add(Layout.LOC_REG);
        }
        boolean both = open + (rmTaken ? 1 : 0) > (slashR ? 2 : 1) + (is4 ? 1 : 0);
        if (vex && (slashR || digit) && both) {
            places.add(Layout.LOC_VVVV);
        }
        if (!rmTaken && (slashR || digit) && open > places.size()) {
            places.add(Layout.LOC_RM);
        }
        if (is4) {
            places.add(Layout.LOC_IS4);
        }
        return places;
    }
}
