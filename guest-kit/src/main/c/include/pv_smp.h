/* Secondary vCPUs: by VCPU_START on Paravert, by INIT and SIPI elsewhere. */
#ifndef PV_SMP_H
#define PV_SMP_H

#include <stddef.h>
#include <stdint.h>

#define PV_STACK_BYTES 16384

/*
 * Starts a vCPU in `main(argument)` on the stack that ends at `stack_end`; with NULL the kit takes PV_STACK_BYTES for
 * it. The vCPU stops when main returns. Gives 0 or a negative PV_E*. One vCPU at a time may call.
 */
int pv_vcpu_start(unsigned vcpu, void (*main)(void *), void *argument, void *stack_end);

/* Waits until a vCPU's main has returned. */
void pv_vcpu_join(unsigned vcpu);

/* The number of the vCPU that calls, without an exit. Works in ring 3 too. */
unsigned pv_vcpu(void);

#endif
