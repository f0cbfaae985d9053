/*
 * Exceptions and interrupts. An exception that no handler takes ends the guest with a dump of the registers. Handlers run
 * at ring 0 with interrupts off; general registers are saved, SSE registers are not: handlers are compiled with
 * -mgeneral-regs-only, as pv-cc does unless it is told otherwise.
 */
#ifndef PV_INTERRUPT_H
#define PV_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* What interrupt_entry.S puts on the stack. */
struct pv_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector;
    uint64_t error;
    uint64_t rip, cs, rflags, rsp, ss;
};

/* Gives true when the cause is dealt with: the code that was interrupted goes on, with the registers as in the frame. */
typedef bool pv_handler(struct pv_frame *frame);

/* Sets the handler of a vector from 0 to 255, for all vCPUs; NULL takes it away. Gives the one before. */
pv_handler *pv_set_handler(unsigned vector, pv_handler *handler);

/* Prints registers, the exception's name, and what the error code means. */
void pv_print_frame(const struct pv_frame *frame);

/* Turns the local APIC on, so that vectors of event channels and of other vCPUs arrive. */
void pv_apic_on(void);

/* Tells the local APIC that the interrupt has been served. */
void pv_apic_eoi(void);

#endif
