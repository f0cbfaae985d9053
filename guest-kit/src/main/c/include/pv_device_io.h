/*
 * Drivers for a device's registers (ports or MMIO) and its calls: one operation at a time, complete when the function returns.
 * They take all they need as arguments and use no global, so that an application in ring 3 can use them too, where it has I/O
 * privilege (ports, calls) or the window mapped (MMIO).
 */
#ifndef PV_DEVICE_IO_H
#define PV_DEVICE_IO_H

#include <stdint.h>

#include "paravert.h"
#include "pv_cpu.h"

/* Offsets of the registers, 32 bits each. */
enum {
    PV_REGISTER_COMMAND = 0x00,   /* write an op: done when the write is */
    PV_REGISTER_RESULT = 0x04,    /* bytes, or a negative PV_E* */
    PV_REGISTER_OFFSET = 0x08,    /* 64 bits */
    PV_REGISTER_GPA = 0x10,       /* 64 bits */
    PV_REGISTER_BYTES = 0x18,
    PV_REGISTER_MAGIC = 0x20,     /* PV_REGISTER_MAGIC_VALUE */
    PV_REGISTER_TYPE = 0x24,
    PV_REGISTER_PARAMETER = 0x28, /* 64 bits */
    PV_REGISTER_FLAGS = 0x30,
    PV_REGISTER_VIRTIO = 0x34,    /* offset of the virtio registers, 0 for none */
    PV_REGISTER_MAGIC_VALUE = 0x4f495650,
};

static inline int64_t pv_port_io(uint16_t port, uint32_t op, uint64_t offset, const void *data, uint32_t bytes)
{
    uint64_t gpa = (uintptr_t)data;
    pv_out32(port + PV_REGISTER_OFFSET, (uint32_t)offset);
    pv_out32(port + PV_REGISTER_OFFSET + 4, (uint32_t)(offset >> 32));
    pv_out32(port + PV_REGISTER_GPA, (uint32_t)gpa);
    pv_out32(port + PV_REGISTER_GPA + 4, (uint32_t)(gpa >> 32));
    pv_out32(port + PV_REGISTER_BYTES, bytes);
    __asm__ volatile("" ::: "memory");
    pv_out32(port + PV_REGISTER_COMMAND, op);
    __asm__ volatile("" ::: "memory");
    return (int32_t)pv_in32(port + PV_REGISTER_RESULT);
}

static inline int64_t pv_mmio_io(
    volatile uint32_t *window, uint32_t op, uint64_t offset, const void *data, uint32_t bytes)
{
    uint64_t gpa = (uintptr_t)data;
    window[PV_REGISTER_OFFSET / 4] = (uint32_t)offset;
    window[PV_REGISTER_OFFSET / 4 + 1] = (uint32_t)(offset >> 32);
    window[PV_REGISTER_GPA / 4] = (uint32_t)gpa;
    window[PV_REGISTER_GPA / 4 + 1] = (uint32_t)(gpa >> 32);
    window[PV_REGISTER_BYTES / 4] = bytes;
    __asm__ volatile("" ::: "memory");
    window[PV_REGISTER_COMMAND / 4] = op;
    __asm__ volatile("" ::: "memory");
    return (int32_t)window[PV_REGISTER_RESULT / 4];
}

/* A call through the hypercall page at `page`. */
static inline int64_t pv_call_at(
    const void *page, uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
    register uint64_t r10 __asm__("r10") = a3;
    register uint64_t r8 __asm__("r8") = a4;
    int64_t result;
    __asm__ volatile("call *%[page]"
                     : "=a"(result)
                     : "a"(number), "D"(a0), "S"(a1), "d"(a2), "r"(r10), "r"(r8), [page] "r"(page)
                     : "rcx", "r11", "memory", "cc");
    return result;
}

#endif
