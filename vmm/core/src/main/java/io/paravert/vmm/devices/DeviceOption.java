package io.paravert.vmm.devices;

/**
 * One option of a device type: a component of its configuration record. {@code JsonPropertyDescription} on the component describes
 * it; {@code JsonProperty} may rename it, require it and name its default.
 *
 * @param name as text spells it: lower case with hyphens, {@code readOnly} being {@code read-only}
 * @param component name of the record's component
 * @param type what its value is, in a word or as {@code one|other}
 * @param required whether a device cannot be made without it
 * @param defaultValue what it is when it is left out; empty if its device says so elsewhere
 * @param description one line; may be empty
 */
public record DeviceOption(
        String name, String component, String type, boolean required, String defaultValue, String description) {}
