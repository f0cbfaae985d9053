/* From the entry to main, and the way out. */
#include <stdlib.h>

#include "pv_console.h"
#include "pv_hypercall.h"
#include "platform.h"
#include "stdio.h"
#include "string.h"
#include "vcpu.h"

#define MAX_WORDS 32
#define QEMU_DEBUG_EXIT_DEFAULT 0x501
#define CRASH_CODE 5

int main(int argc, char **argv);
_Noreturn void pv_start(const struct pv_boot_info *boot, const struct pv_pvh_start_info *pvh);

static char boot_fault_stack[PV_FAULT_STACK_BYTES] __attribute__((section(".noinit"), aligned(16)));
static char command_line[PV_LIMIT_COMMAND_LINE_BYTES + 1] __attribute__((section(".noinit")));
static char *words[MAX_WORDS + 1];

/* Cuts the command line into words at spaces. Words beyond MAX_WORDS stay in the last one. */
static int split(const char *line)
{
    size_t length = strlen(line);
    if (length >= sizeof(command_line)) {
        length = sizeof(command_line) - 1;
    }
    memcpy(command_line, line, length);
    command_line[length] = 0;
    int count = 0;
    char *at = command_line;
    while (count < MAX_WORDS) {
        while (*at == ' ') {
            at++;
        }
        if (!*at) {
            break;
        }
        words[count++] = at;
        char *space = strchr(at, ' ');
        if (!space || count == MAX_WORDS) {
            break;
        }
        *space = 0;
        at = space + 1;
    }
    return count;
}

/* Called by crt0.S on the boot stack, on vCPU 0. One of the two is NULL. */
_Noreturn void pv_start(const struct pv_boot_info *boot, const struct pv_pvh_start_info *pvh)
{
    pv_vcpu_init(0, boot_fault_stack + sizeof(boot_fault_stack));
    pv_vcpus[0].state = PV_VCPU_RUNNING;
    pv_interrupts_init();
    pv_vcpu_load(&pv_vcpus[0]);
    pv_platform_init(boot, pvh);
    int count = split(pv_platform.command_line);
    exit(main(count, words));
}

_Noreturn void pv_shutdown(int code)
{
    pv_interrupts_off();
    pv_call2(PV_CALL_SHUTDOWN, (uint32_t)code, PV_SHUTDOWN_POWER_OFF);
    pv_out8(PV_PORT_DEBUG_EXIT, (uint8_t)code);
    pv_out8(QEMU_DEBUG_EXIT_DEFAULT, (uint8_t)code);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

_Noreturn void pv_crash(const char *format, ...)
{
    static char message[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof(message)) {
        length = sizeof(message) - 1;
    }
    pv_call2(PV_CALL_CRASH, (uintptr_t)message, (uint64_t)length);
    pv_console_write("crash: ", 7);
    pv_console_write(message, (uint64_t)length);
    pv_console_write("\n", 1);
    pv_shutdown(CRASH_CODE);
}

_Noreturn void exit(int code)
{
    pv_shutdown(code);
}

_Noreturn void abort(void)
{
    pv_crash("abort");
}
