/**
 * The software engine: an x86-64 machine in pure Java. This package is its face, the engine SPI over a vCPU's interpreter; the rooms
 * behind it are {@code interpreter}, {@code system}, {@code vcpu}, {@code memory}, {@code state}, {@code semantics} and {@code
 * numeric}, each knowing only those after it.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft;
