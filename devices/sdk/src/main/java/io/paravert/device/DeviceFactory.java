package io.paravert.device;

/**
 * The service by which devices are found: one class and one line in {@code META-INF/services}.
 *
 * @param <C> a record that {@code --device type,key=value} or a JSON file is bound to
 */
public interface DeviceFactory<C extends Record> {
    /** The type in {@code --device type,...}: lower case letters, digits and hyphens. */
    String type();

    /** One line for {@code paravert devices}. */
    String summary();

    Class<C> configuration();

    Device create(C configuration);
}
