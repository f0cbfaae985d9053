/**
 * The tables by which a kernel finds what it cannot probe for (ACPI 6.4). Whoever assembles a machine enters, by
 * {@link io.paravert.platform.acpi.AcpiTables}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.platform.acpi;
