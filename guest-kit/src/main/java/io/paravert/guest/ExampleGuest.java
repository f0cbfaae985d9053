package io.paravert.guest;

import java.util.List;
import java.util.Set;

/**
 * The service by which {@code paravert run NAME} finds guests: one class and one line in
 * {@code META-INF/services/io.paravert.guest.ExampleGuest}.
 */
public interface ExampleGuest extends GuestSource {
    /** Lower case letters, digits and hyphens; unique. */
    String name();

    /** One line for {@code paravert run --help}. */
    String summary();

    /** How many vCPUs it wants when the user does not say; 1 or more. */
    default int vcpus() {
        return 1;
    }

    /** Devices it wants besides those that every guest has, each as {@code --device} takes it: {@code type,key=value}. */
    default List<String> devices() {
        return List.of();
    }

    /** What it needs of the engine beyond what every engine can. */
    default Set<GuestNeed> needs() {
        return Set.of();
    }
}
