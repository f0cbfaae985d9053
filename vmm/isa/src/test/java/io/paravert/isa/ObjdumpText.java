package io.paravert.isa;

import java.util.Set;

/** objdump's lines, cut to what is compared. */
final class ObjdumpText {
    private static final Set<String> PREFIXES =
            Set.of(("data16 data32 addr16 addr32 cs ds es ss fs gs repz repnz rep xacquire xrelease bnd notrack lock")
                    .split(" "));

    private ObjdumpText() {}

    /** The text without the address that objdump adds, and without trailing spaces. */
    static String withoutComment(String text) {
        int comment = text.indexOf("        #");
        return (comment >= 0 ? text.substring(0, comment) : text).stripTrailing();
    }

    /** The text without prefixes and branch hints: what the instruction is. */
    static String plain(String text) {
        String left = withoutComment(text);
        while (true) {
            int space = left.indexOf(' ');
            String first = space < 0 ? left : left.substring(0, space);
            if (first.endsWith(",pn") || first.endsWith(",pt")) {
                return first.substring(0, first.length() - 3)
                        + left.substring(space).replaceFirst(" +", " ");
            }
            if (space < 0 || !(PREFIXES.contains(first) || first.startsWith("rex"))) {
                return left.stripTrailing().replaceFirst(" +", " ");
            }
            left = left.substring(space + 1).stripLeading();
        }
    }
}
