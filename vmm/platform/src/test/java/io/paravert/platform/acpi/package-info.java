/** Tests of the tables. */
@org.jspecify.annotations.NullMarked
package io.paravert.platform.acpi;
