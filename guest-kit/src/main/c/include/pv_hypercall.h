/*
 * Calls to the monitor. Every function gives the call's result, a negative PV_E* on failure; -PV_ENOSYS when the guest
 * does not run on Paravert. Pointers are in the identity map: a pointer is its own guest-physical address.
 */
#ifndef PV_HYPERCALL_H
#define PV_HYPERCALL_H

#include "pv_cpu.h"
#include "pv_platform.h"

/* Where calls go: the hypercall page, or the kit's own answer of -PV_ENOSYS. */
extern const void *pv_hypercall_entry;

/*
 * A call through the hypercall page, which may push on the stack below RSP: the kit is compiled without red zone. From
 * ring 3 it needs I/O privilege, except where the transport is vmcall or vmmcall.
 */
static inline int64_t pv_call6(
    uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
    register uint64_t r10 __asm__("r10") = a3;
    register uint64_t r8 __asm__("r8") = a4;
    register uint64_t r9 __asm__("r9") = a5;
    int64_t result;
    __asm__ volatile("call *%[entry]"
                     : "=a"(result)
                     : "a"(number), "D"(a0), "S"(a1), "d"(a2), "r"(r10), "r"(r8), "r"(r9),
                       [entry] "m"(pv_hypercall_entry)
                     : "rcx", "r11", "memory", "cc");
    return result;
}

static inline int64_t pv_call3(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2)
{
    int64_t result;
    __asm__ volatile("call *%[entry]"
                     : "=a"(result)
                     : "a"(number), "D"(a0), "S"(a1), "d"(a2), [entry] "m"(pv_hypercall_entry)
                     : "rcx", "r11", "memory", "cc");
    return result;
}

static inline int64_t pv_call0(uint64_t number)
{
    return pv_call3(number, 0, 0, 0);
}

static inline int64_t pv_call1(uint64_t number, uint64_t a0)
{
    return pv_call3(number, a0, 0, 0);
}

static inline int64_t pv_call2(uint64_t number, uint64_t a0, uint64_t a1)
{
    return pv_call3(number, a0, a1, 0);
}

static inline int64_t pv_call4(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    return pv_call6(number, a0, a1, a2, a3, 0, 0);
}

static inline int64_t pv_call5(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
    return pv_call6(number, a0, a1, a2, a3, a4, 0);
}

/* A slot of a vCPU's call page. The caller fills number and arguments, then sends it by one of the two functions below. */
static inline volatile struct pv_call_slot *pv_slot(unsigned vcpu, unsigned index)
{
    return pv_platform.call_pages + (uint64_t)vcpu * PV_CALL_PAGE_SLOTS + index;
}

/* Makes the call in the calling vCPU's slot by port I/O. */
static inline void pv_send_slot_by_port(unsigned index)
{
    pv_out32(pv_platform.call_port, index);
}

/* Makes the call in the calling vCPU's slot by the MMIO doorbell: needs no I/O privilege, only the page. */
static inline void pv_send_slot_by_doorbell(unsigned index)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    pv_platform.doorbell[PV_DOORBELL_CALL / sizeof(uint32_t)] = index;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* Calls by name. docs/abi.md says what each does. */

static inline int64_t pv_version(void)
{
    return pv_call0(PV_CALL_VERSION);
}

static inline int64_t pv_features(void)
{
    return pv_call0(PV_CALL_FEATURES);
}

static inline int64_t pv_null(void)
{
    return pv_call0(PV_CALL_NULL);
}

static inline int64_t pv_multicall(struct pv_call_slot *entries, unsigned count, uint64_t flags)
{
    return pv_call3(PV_CALL_MULTICALL, (uintptr_t)entries, count, flags);
}

static inline int64_t pv_device_info(unsigned index, struct pv_device *device)
{
    return pv_call2(PV_CALL_DEVICE_INFO, index, (uintptr_t)device);
}

static inline int64_t pv_clock_read(void)
{
    return pv_call0(PV_CALL_CLOCK_READ);
}

static inline int64_t pv_clock_wall(void)
{
    return pv_call0(PV_CALL_CLOCK_WALL);
}

static inline int64_t pv_clock_alarm(unsigned channel, uint64_t deadline)
{
    return pv_call2(PV_CALL_CLOCK_ALARM, channel, deadline);
}

static inline int64_t pv_vcpu_yield(void)
{
    return pv_call0(PV_CALL_VCPU_YIELD);
}

static inline int64_t pv_vcpu_poll(const uint64_t *wanted, uint64_t deadline)
{
    return pv_call2(PV_CALL_VCPU_POLL, (uintptr_t)wanted, deadline);
}

static inline int64_t pv_entropy(void *buffer, uint64_t bytes)
{
    return pv_call2(PV_CALL_ENTROPY, (uintptr_t)buffer, bytes);
}

static inline int64_t pv_block_submit(uint32_t device, uint16_t op, uint64_t sector, const void *data, uint64_t bytes)
{
    return pv_call5(PV_CALL_BLOCK_SUBMIT, device, op, sector, (uintptr_t)data, bytes);
}

static inline int64_t pv_net_send(uint32_t device, const void *frame, uint64_t bytes)
{
    return pv_call3(PV_CALL_NET_SEND, device, (uintptr_t)frame, bytes);
}

static inline int64_t pv_net_recv(uint32_t device, void *buffer, uint64_t bytes)
{
    return pv_call3(PV_CALL_NET_RECV, device, (uintptr_t)buffer, bytes);
}

static inline int64_t pv_share_grant(void *pages, uint64_t count, uint32_t peer, uint64_t flags)
{
    return pv_call4(PV_CALL_SHARE_GRANT, (uintptr_t)pages, count, peer, flags);
}

static inline int64_t pv_share_map(uint32_t peer, uint64_t grant, uint64_t gpa, uint64_t flags)
{
    return pv_call4(PV_CALL_SHARE_MAP, peer, grant, gpa, flags);
}

static inline int64_t pv_share_revoke(uint64_t grant)
{
    return pv_call1(PV_CALL_SHARE_REVOKE, grant);
}

static inline int64_t pv_share_unmap(uint64_t gpa)
{
    return pv_call1(PV_CALL_SHARE_UNMAP, gpa);
}

#endif
