package io.paravert.abi.generator;

import io.paravert.abi.generator.Abi.Call;
import io.paravert.abi.generator.Abi.Constant;
import io.paravert.abi.generator.Abi.Group;
import io.paravert.abi.generator.Abi.Layout;
import io.paravert.abi.generator.Abi.Stub;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What the source of the ABI must keep to, beyond its form. */
final class AbiCheck {
    private static final int MAX_ARGUMENTS = 6;
    private static final int MAX_CALL = 0xffff;
    private static final int STUB_BYTES = 32;

    private AbiCheck() {}

    static void check(Abi abi) {
        names(abi);
        values(abi);
        calls(abi);
        for (Stub stub : abi.stubs()) {
            require(stub.code().length <= STUB_BYTES, stub.transport() + ": stub over " + STUB_BYTES + " bytes");
            require(namesOf(abi, "Transport").contains(stub.transport()), "no transport " + stub.transport());
        }
    }

    private static void names(Abi abi) {
        Set<String> seen = new HashSet<>();
        for (Group group : abi.groups()) {
            require(seen.add(group.java()), "class twice: " + group.java());
            for (Constant constant : group.constants()) {
                require(seen.add(group.c() + "_" + constant.name()), "name twice: " + group.c() + constant.name());
            }
        }
        for (Call call : abi.calls()) {
            require(seen.add("PV_CALL_" + call.name()), "name twice: " + call.name());
        }
        for (Layout layout : abi.layouts()) {
            require(seen.add(layout.java() + "Layout"), "class twice: " + layout.java());
            String prefix = Abi.upper(layout.c());
            require(seen.add(prefix + "_SIZE"), "name twice: " + prefix + "_SIZE");
            layout.fields()
                    .forEach(f -> require(
                            seen.add(prefix + "_" + Abi.upper(f.name()) + "_OFFSET"),
                            "field twice: " + prefix + f.name()));
        }
    }

    private static void values(Abi abi) {
        for (Group group : abi.groups()) {
            Set<Long> seen = new HashSet<>();
            for (Constant constant : group.constants()) {
                boolean fits = group.wide() || constant.value() == (int) constant.value();
                require(fits, group.java() + "." + constant.name() + " does not fit in 32 bits");
                require(!group.bits() || seen.add(constant.value()), group.java() + ": bit twice: " + constant.name());
            }
        }
    }

    private static void calls(Abi abi) {
        Set<Long> numbers = new HashSet<>();
        for (Call call : abi.calls()) {
            require(numbers.add(call.number()), call.name() + ": number twice");
            require(call.number() <= MAX_CALL, call.name() + ": number over " + MAX_CALL);
            require(call.arguments().size() <= MAX_ARGUMENTS, call.name() + ": more than six arguments");
            call.errors().forEach(e -> require(namesOf(abi, "PvError").contains(e), call.name() + ": no error " + e));
            boolean known = call.feature().isEmpty() || namesOf(abi, "Feature").contains(call.feature());
            require(known, call.name() + ": no feature " + call.feature());
        }
    }

    private static Set<String> namesOf(Abi abi, String group) {
        return abi.groups().stream()
                .filter(g -> g.java().equals(group))
                .flatMap(g -> g.constants().stream())
                .map(Constant::name)
                .collect(Collectors.toSet());
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
