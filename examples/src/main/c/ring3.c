/*
 * A tiny kernel in ring 0 under an application in ring 3, which it serves by system calls and survives when it errs.
 * Build: pv-cc ring3.c --user ring3_app.c
 */
#include <pv.h>

#include "ring3.h"

#define MAX_TEXT 200

void user_main(void *argument);

/* The application's memory: all that a pointer from ring 3 may name. */
extern const char pv_user_start[], pv_user_end[];

static bool belongs_to_user(uint64_t start, uint64_t bytes)
{
    uint64_t first = (uintptr_t)pv_user_start;
    uint64_t end = (uintptr_t)pv_user_end;
    return start >= first && start <= end && bytes <= end - start;
}

static int64_t serve(struct pv_frame *f)
{
    switch (f->rax) {
    case CALL_WRITE:
        if (f->rsi > MAX_TEXT || !belongs_to_user(f->rdi, f->rsi)) {
            return -PV_EFAULT;
        }
        printf("[ring %lu] %.*s", f->cs & 3, (int)f->rsi, (const char *)f->rdi);
        return (int64_t)f->rsi;
    case CALL_ADD:
        return (int64_t)(f->rdi + f->rsi);
    case CALL_EXIT:
        pv_user_exit((int64_t)f->rdi);
    default:
        return -PV_ENOSYS;
    }
}

int main(void)
{
    pv_user_set_syscalls(serve);
    struct pv_user_result first = pv_user_run(user_main, (void *)1, NULL, 0);
    printf("the application ended with %ld\n", (long)first.value);
    struct pv_user_result second = pv_user_run(user_main, (void *)2, NULL, 0);
    if (second.faulted) {
        printf("the application faulted: exception %lu in ring %lu; the kernel goes on\n", second.fault.vector,
            second.fault.cs & 3);
    }
    return first.value == 42 && second.faulted ? 0 : 1;
}
