package io.paravert.soft.translator;

import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.CodePage;
import io.paravert.soft.vcpu.Op;
import java.util.ArrayList;
import java.util.List;

/** What a region's generated code names by number. Filled while the code is written, constant afterwards. */
final class Layout {
    private static final CodePage[] ONE = {};

    Op[] operations = {};
    /** By number of an operation: its address, and the instructions of its block from it on. */
    long[] addresses = {};

    int[] rest = {};
    Region.Exit[] exits = {};
    /** Bytes of bytecode in the region's method. */
    int size;
    /** Families that must be usable; see {@code Guards}. */
    int guards;
    /** For each window whether it is for stores. */
    boolean[] windows = {};

    /** All pages if they are several. Of one page nothing has to be checked: who finds the entry block has found it. */
    final CodePage[] pages;

    final Counters counters;

    /** By number of an operation: the windows that it goes through, one bit each. */
    int[] touched = {};

    /** By number of an operation: its block. */
    Block[] operationBlocks = {};

    /** The region's first block. */
    final Block entry;

    private final List<Block> blockList = new ArrayList<>();
    private final List<Integer> touchedList = new ArrayList<>();
    private final List<Op> operationList = new ArrayList<>();
    private final List<Long> addressList = new ArrayList<>();
    private final List<Integer> restList = new ArrayList<>();
    private final List<Region.Exit> exitList = new ArrayList<>();

    Layout(List<Block> blocks, Counters counters) {
        CodePage[] all = blocks.stream().map(block -> block.page).distinct().toArray(CodePage[]::new);
        pages = all.length == 1 ? ONE : all;
        this.counters = counters;
        entry = blocks.get(0);
    }

    /** Gives the next number to operation {@code i} of a block. */
    int add(Block block, int i) {
        operationList.add(block.ops[i]);
        addressList.add(block.rip + block.ops[i].offset);
        restList.add(block.instructions - i);
        touchedList.add(0);
        blockList.add(block);
        return operationList.size() - 1;
    }

    void setTouched(int number, int windows) {
        touchedList.set(number, windows);
    }

    int exit(Region.Exit exit) {
        int known = exitList.indexOf(exit);
        if (known < 0) {
            exitList.add(exit);
            known = exitList.size() - 1;
        }
        return known;
    }

    void finish() {
        operations = operationList.toArray(Op[]::new);
        addresses = addressList.stream().mapToLong(Long::longValue).toArray();
        rest = restList.stream().mapToInt(Integer::intValue).toArray();
        operationBlocks = blockList.toArray(Block[]::new);
        touched = touchedList.stream().mapToInt(Integer::intValue).toArray();
        exits = exitList.toArray(Region.Exit[]::new);
    }
}
