/* What the guest runs on: Paravert, found by CPUID, or another monitor that loaded it by PVH. */
#ifndef PV_PLATFORM_H
#define PV_PLATFORM_H

#include <stdbool.h>

#include "paravert.h"

struct pv_platform {
    bool paravert;         /* the rest, up to the blank line, is zero when this is false */
    uint32_t cpuid_base;
    uint32_t version;      /* of the monitor's ABI */
    uint64_t features;     /* PV_FEATURE_* */
    uint32_t transports;   /* bit n: transport n is offered */
    uint32_t transport;    /* the one behind the hypercall page */
    uint16_t call_port;
    uint16_t ring_doorbell_port;
    const void *hypercall_page;
    struct pv_call_slot *call_pages;
    volatile uint32_t *doorbell;
    const struct pv_boot_info *boot;

    char hypervisor[13];   /* what stands at CPUID 0x40000000, "" on bare metal */
    uint32_t vcpu_count;   /* 1 when it is not known */
    uint32_t tsc_khz;      /* 0 when it is not known */
    const struct pv_pvh_start_info *pvh; /* NULL when the guest was not entered by PVH */
    const char *command_line;            /* "" when there is none */
};

/* Filled before main, then only read. */
extern struct pv_platform pv_platform;

static inline bool pv_has(uint64_t feature)
{
    return (pv_platform.features & feature) == feature;
}

/* What follows `name=` on the command line, a decimal number; `otherwise` if the name is not there. */
uint64_t pv_option(const char *name, uint64_t otherwise);

/* Tables of the boot-info page. NULL when there is no such entry. */
const struct pv_memory_range *pv_memory_range(unsigned index);
const struct pv_device *pv_boot_device(unsigned index);
const struct pv_boot_module *pv_boot_module(unsigned index);

/* The first device of a type in the boot-info page, NULL when there is none. */
const struct pv_device *pv_find_device(uint32_t type);

/*
 * Takes whole pages of free RAM above the image and below 4 GiB, zeroed; NULL when there is not enough. They are never
 * given back. One vCPU at a time.
 */
void *pv_alloc_pages(uint64_t pages);

/*
 * Ends the guest. Under another monitor: by QEMU's isa-debug-exit at 0xf4 or 0x501, whose process then exits with
 * code * 2 + 1; else the processor halts.
 */
_Noreturn void pv_shutdown(int code);

/* Ends the guest as crashed, with a message. */
_Noreturn void pv_crash(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
