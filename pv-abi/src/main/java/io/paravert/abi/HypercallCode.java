package io.paravert.abi;

import java.util.Arrays;

/** Makes the content of the hypercall page, as docs/abi.md describes it. */
public final class HypercallCode {
    private static final byte MOV_EAX_IMM32 = (byte) 0xb8;
    private static final byte JMP_REL32 = (byte) 0xe9;
    private static final byte INT3 = (byte) 0xcc;
    private static final int JMP_AT = 5;
    private static final int JMP_END = 10;

    private HypercallCode() {}

    /**
     * A whole hypercall page, in a new array: the generic stub of the transport, then a stub for each number up to 127;
     * what is between is INT3.
     *
     * @throws IllegalArgumentException when the transport cannot stand behind the page
     */
    public static byte[] page(int transport) {
        byte[] page = new byte[HypercallPage.BYTES];
        Arrays.fill(page, INT3);
        byte[] generic = HypercallStub.code(transport);
        System.arraycopy(generic, 0, page, 0, generic.length);
        for (int number = 1; number < HypercallPage.STUBS; number++) {
            int at = number * HypercallPage.STUB_BYTES;
            page[at] = MOV_EAX_IMM32;
            page[at + 1] = (byte) number;
            Arrays.fill(page, at + 2, at + JMP_AT, (byte) 0);
            page[at + JMP_AT] = JMP_REL32;
            int displacement = -(at + JMP_END);
            for (int i = 0; i < Integer.BYTES; i++) {
                page[at + JMP_AT + 1 + i] = (byte) (displacement >> Byte.SIZE * i);
            }
        }
        return page;
    }
}
