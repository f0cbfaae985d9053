/* What the kit keeps for each vCPU. GS points to it on every vCPU, in ring 0 and in ring 3. */
#ifndef PV_VCPU_H
#define PV_VCPU_H

#include "paravert.h"
#include "pv_user.h"
#include "pv_x86.h"

/* 64-bit TSS (Intel SDM vol. 3, 8.7). */
struct pv_tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_bitmap;
} __attribute__((packed));

/* Value of io_bitmap beyond every limit: no map, no port is permitted by it. */
#define PV_NO_IO_MAP 0xffff

/* The IST stack that double fault, NMI and machine check take. */
#define PV_FAULT_IST 1
#define PV_FAULT_STACK_BYTES 4096

enum pv_vcpu_state { PV_VCPU_STOPPED, PV_VCPU_STARTING, PV_VCPU_RUNNING };

struct pv_vcpu {
    struct pv_vcpu *self;
    uint64_t syscall_stack; /* where `syscall` from ring 3 begins, the same as tss.rsp[0] */
    uint64_t user_stack;    /* RSP of ring 3 for the first instructions of `syscall` */
    uint64_t resume;        /* stack of the pv_user_run that is running, 0 outside of one */
    uint32_t number;
    struct pv_tss tss;
    int state;              /* enum pv_vcpu_state; atomic */
    void (*main)(void *);
    void *argument;
    uint64_t stack;
    bool syscall_ready;
    char *own_stack;        /* pages that the kit took for it */
    struct pv_user_result result;
    /*
     * The TSS's I/O permission map, all ports permitted, and the byte of ones that ends it. PV_USER_IO points the TSS to it,
     * beside IOPL: PVM loses IOPL, and emulates by the map.
     */
    uint8_t io_map[8192 + 1];
} __attribute__((aligned(512)));

extern struct pv_vcpu pv_vcpus[PV_LIMIT_VCPUS];

static inline struct pv_vcpu *pv_this_vcpu(void)
{
    struct pv_vcpu *vcpu;
    __asm__("mov %%gs:0, %0" : "=r"(vcpu));
    return vcpu;
}

/* Makes the structure of a vCPU that is not running; its faults that need a stack of their own end at `fault_stack`. */
void pv_vcpu_init(unsigned number, char *fault_stack_end);

/* Loads GS, IDT and TSS on the vCPU that calls. */
void pv_vcpu_load(struct pv_vcpu *vcpu);

/* Fills the gates of exceptions; once, before pv_vcpu_load. */
void pv_interrupts_init(void);
void pv_interrupts_load(void);

/* Asked about an exception in ring 3 that no handler took, before it ends the application; set by user.c. */
extern pv_handler *pv_ring3_exception;

/* Opens a vector to `int` from ring 3. */
void pv_interrupts_open(unsigned vector);

/* user_entry.S: back to the pv_user_run of this vCPU. */
_Noreturn void pv_user_leave(uint64_t resume);

#endif
