/**
 * Labs of the monitor as a whole: a guest drives one device over each of its paths, and what that costs is measured. Knows core,
 * the built-in devices and the guest kit; finds engines as everybody does; the CLI finds the labs.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.lab;
