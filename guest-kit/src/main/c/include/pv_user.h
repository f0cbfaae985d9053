/* Ring 3: an application over a tiny kernel. */
#ifndef PV_USER_H
#define PV_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "paravert.h"
#include "pv_interrupt.h"

#define PV_USER_IO 1 /* with I/O privilege: IN, OUT, CLI and STI are permitted, and so are hypercalls by port */

struct pv_user_result {
    int64_t value;         /* what pv_user_exit was given; negative PV_EFAULT after a fault */
    bool faulted;
    struct pv_frame fault; /* the exception, when `faulted` */
};

/*
 * Lets ring 3 reach a range: whole pages of 4 KiB below 2 MiB, of 2 MiB above. The application itself (pv-cc --user) and
 * its own stack are permitted by pv_user_run; the kernel's pages are not.
 */
void pv_user_permit(const void *start, uint64_t bytes);

/*
 * Runs entry(argument) in ring 3 on the stack that ends at `stack_end` (NULL: the kit's, of 64 KiB), until the system-call handler calls
 * pv_user_exit, or the application faults. Interrupts stay off unless the caller has them on.
 */
struct pv_user_result pv_user_run(
    void (*entry)(void *), void *argument, void *stack_end, unsigned flags);

/* Serves `int $0x80` and `syscall`: number in RAX; arguments in RDI, RSI, RDX, R10, R8, R9; the result goes to RAX. */
typedef int64_t pv_syscall_handler(struct pv_frame *frame);
void pv_user_set_syscalls(pv_syscall_handler *handler);

/* Ends the pv_user_run of the calling vCPU. Only from a system-call or interrupt handler that interrupted ring 3. */
_Noreturn void pv_user_exit(int64_t value);

/* For the application: a system call by `int $0x80`. */
static inline int64_t pv_syscall(int64_t number, uint64_t a0, uint64_t a1, uint64_t a2)
{
    int64_t result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "D"(a0), "S"(a1), "d"(a2) : "memory");
    return result;
}

/* The same by `syscall`. */
static inline int64_t pv_syscall_fast(int64_t number, uint64_t a0, uint64_t a1, uint64_t a2)
{
    int64_t result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a0), "S"(a1), "d"(a2)
                     : "rcx", "r11", "memory", "cc");
    return result;
}

#endif
