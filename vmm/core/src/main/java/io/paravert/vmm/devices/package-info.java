/**
 * Devices by name: what device types are there, which options each takes, and how text such as {@code type,key=value} becomes a
 * device. The command line, tests and plugins all come through here.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.devices;
