/**
 * What a person is told when a guest dies: registers with their flags named, the last exits, page walks, code disassembled.
 * Reads guest memory only through checked views, so that a guest that is broken beyond repair can still be looked at.
 * Core and CLI enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.crash;
