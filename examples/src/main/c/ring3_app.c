/* The application: runs in ring 3, knows the kernel by its system calls only. */
#include <pv_user.h>
#include <string.h>

#include "ring3.h"

void user_main(void *argument);

static void write(const char *text)
{
    pv_syscall(CALL_WRITE, (uintptr_t)text, strlen(text), 0);
}

void user_main(void *argument)
{
    if (argument == (void *)2) {
        write("now reading the kernel's memory\n");
        *(volatile char *)0x100000;
    }
    write("hello by int 0x80\n");
    static const char fast[] = "hello by syscall\n";
    pv_syscall_fast(CALL_WRITE, (uintptr_t)fast, sizeof(fast) - 1, 0);
    if (pv_syscall(CALL_WRITE, 0x100000, 16, 0) == -PV_EFAULT) {
        write("the kernel does not print its own memory for me\n");
    }
    pv_syscall(CALL_EXIT, (uint64_t)pv_syscall_fast(CALL_ADD, 40, 2, 0), 0, 0);
}
