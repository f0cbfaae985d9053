/* The application of system.c, in ring 3. */
#include <pv_user.h>

#include "system.h"

void user_main(void *argument);

static uint64_t syscalls(uint64_t times)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < times; i++)
        sum = pv_syscall_fast(CALL_ADD, sum, i, 0);
    return sum;
}

static uint64_t interrupts(uint64_t times)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < times; i++)
        sum = pv_syscall(CALL_ADD, sum, i, 0);
    return sum;
}

/* What is touched is zero and mapped for the first time. */
static uint64_t faults(uint64_t times)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < times; i++) {
        for (uint64_t page = 0; page < REGION_PAGES; page++) {
            volatile uint64_t *at = (volatile uint64_t *)(REGION + page * 4096);
            *at += page;
            sum += *at;
        }
        pv_syscall_fast(CALL_UNMAP, 0, 0, 0);
    }
    return sum;
}

void user_main(void *argument)
{
    uint64_t work = (uint64_t)argument;
    uint64_t result = 0;
    switch (work & 0xff) {
    case WORK_SYSCALLS:
        result = syscalls(work >> 8);
        break;
    case WORK_INTERRUPTS:
        result = interrupts(work >> 8);
        break;
    case WORK_FAULTS:
        result = faults(work >> 8);
        break;
    }
    pv_syscall(CALL_EXIT, result, 0, 0);
}
