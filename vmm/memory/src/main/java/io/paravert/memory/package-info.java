/** Raw host memory: allocation and unchecked access by address. Only the monitor's rooms may enter; every bound is checked by the caller. */
@org.jspecify.annotations.NullMarked
package io.paravert.memory;
