/*
 * A driver for virtio 1.2 over MMIO version 2 with one split queue, and for virtio-blk on it. It polls: no interrupts. One thread
 * of control at a time. Numbers are those of virtio 1.2: 2.7 (split queues), 4.2.2 (registers), 5.2 (block).
 */
#ifndef PV_VIRTIO_H
#define PV_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "pv_cpu.h"

enum { PV_VIRTIO_NET_HEADER = 12, PV_VIRTQ_SIZE = 128, PV_VIRTIO_BLOCKS = PV_VIRTQ_SIZE / 3 };

struct pv_virtq_descriptor {
    uint64_t address;
    uint32_t bytes;
    uint16_t flags; /* 1: next, 2: the device writes */
    uint16_t next;
};

struct pv_virtio_block_header {
    uint32_t type; /* 0: in, 1: out, 4: flush */
    uint32_t reserved;
    uint64_t sector;
};

/* What is shared with the device; page-aligned, zeroed. */
struct pv_virtq_memory {
    struct pv_virtq_descriptor descriptors[PV_VIRTQ_SIZE];
    struct {
        uint16_t flags, index, ring[PV_VIRTQ_SIZE], used_event;
    } available __attribute__((aligned(64)));
    struct {
        uint16_t flags, index;
        struct {
            uint32_t id, bytes;
        } ring[PV_VIRTQ_SIZE];
        uint16_t available_event;
    } used __attribute__((aligned(64)));
    struct pv_virtio_block_header headers[PV_VIRTIO_BLOCKS];
    uint8_t status[PV_VIRTIO_BLOCKS];
};

struct pv_virtq {
    volatile uint32_t *window;
    struct pv_virtq_memory *memory;
    uint16_t index;
    uint16_t prepared, published, taken;
    bool event_idx, in_order, notification_data;
    uint64_t kicks;
};

/* Feature bits of virtio 1.2, chapter 6. */
enum {
    PV_VIRTIO_EVENT_IDX = 29,
    PV_VIRTIO_VERSION_1 = 32,
    PV_VIRTIO_RING_PACKED = 34,
    PV_VIRTIO_IN_ORDER = 35,
    PV_VIRTIO_NOTIFICATION_DATA = 38
};

/*
 * Finds a device of this virtio type and agrees with it on VERSION_1 and on what it offers of `wanted`. Gives what was agreed on,
 * or 0 when the device is not there or refuses. pv_virtio_set_queue and pv_virtio_ready follow.
 */
static inline uint64_t pv_virtio_negotiate(volatile uint32_t *window, uint32_t type, uint64_t wanted)
{
    if (window[0x000 / 4] != 0x74726976 || window[0x004 / 4] != 2 || window[0x008 / 4] != type) {
        return 0;
    }
    window[0x070 / 4] = 0;
    window[0x070 / 4] = 1 | 2;
    uint64_t offered = 0;
    for (uint32_t half = 0; half < 2; half++) {
        window[0x014 / 4] = half;
        offered |= (uint64_t)window[0x010 / 4] << (32 * half);
    }
    uint64_t agreed = offered & (wanted | 1ull << PV_VIRTIO_VERSION_1);
    for (uint32_t half = 0; half < 2; half++) {
        window[0x024 / 4] = half;
        window[0x020 / 4] = (uint32_t)(agreed >> (32 * half));
    }
    window[0x070 / 4] = 1 | 2 | 8;
    return window[0x070 / 4] & 8 ? agreed : 0;
}

/* Hands a queue over: its size, and where its descriptors, the driver's part and the device's part lie; 0, or -1 if it is too long. */
static inline int pv_virtio_set_queue(
    volatile uint32_t *window, uint32_t index, uint32_t size, const void *descriptors, const void *driver, const void *device)
{
    window[0x030 / 4] = index;
    if (window[0x034 / 4] < size) {
        return -1;
    }
    window[0x038 / 4] = size;
    uint64_t parts[3] = {(uintptr_t)descriptors, (uintptr_t)driver, (uintptr_t)device};
    for (unsigned i = 0; i < 3; i++) {
        window[(0x080 + 0x10 * i) / 4] = (uint32_t)parts[i];
        window[(0x084 + 0x10 * i) / 4] = (uint32_t)(parts[i] >> 32);
    }
    window[0x044 / 4] = 1;
    return 0;
}

/* From here on the device serves its queues. */
static inline void pv_virtio_ready(volatile uint32_t *window)
{
    window[0x070 / 4] = 1 | 2 | 8 | 4;
}

/*
 * As vring_need_event of virtio 1.2, appendix A: whether an index on its way from `old` to `now` has passed `event`. All count
 * modulo 2^16.
 */
static inline bool pv_virtio_passes(uint16_t event, uint16_t now, uint16_t old)
{
    return (uint16_t)(now - event - 1) < (uint16_t)(now - old);
}

/* Hands a queue over to a device with which `agreed` was agreed on; pv_virtio_ready follows. 0, or -1 if it is too long. */
static inline int pv_virtq_attach(struct pv_virtq *queue, volatile uint32_t *window, uint64_t agreed, uint16_t index,
    struct pv_virtq_memory *memory)
{
    if (pv_virtio_set_queue(window, index, PV_VIRTQ_SIZE, memory->descriptors, &memory->available, &memory->used)) {
        return -1;
    }
    *queue = (struct pv_virtq){.window = window,
        .memory = memory,
        .index = index,
        .event_idx = agreed & 1ull << PV_VIRTIO_EVENT_IDX,
        .in_order = agreed & 1ull << PV_VIRTIO_IN_ORDER,
        .notification_data = agreed & 1ull << PV_VIRTIO_NOTIFICATION_DATA};
    memory->available.flags = 1; /* no interrupts; with EVENT_IDX it is used_event that says so */
    return 0;
}

/* Finds a device of this virtio type, agrees on EVENT_IDX and hands it one queue; 0, or -1 when it is not there or refuses. */
static inline int pv_virtio_begin_queue(
    struct pv_virtq *queue, volatile uint32_t *window, uint32_t type, uint16_t index, struct pv_virtq_memory *memory)
{
    uint64_t agreed = pv_virtio_negotiate(window, type, 1ull << PV_VIRTIO_EVENT_IDX);
    if (!agreed || pv_virtq_attach(queue, window, agreed, index, memory)) {
        return -1;
    }
    pv_virtio_ready(window);
    return 0;
}

/* As pv_virtio_begin_queue, with queue 0. */
static inline int pv_virtio_begin(
    struct pv_virtq *queue, volatile uint32_t *window, uint32_t type, struct pv_virtq_memory *memory)
{
    return pv_virtio_begin_queue(queue, window, type, 0, memory);
}

/* Prepares a request in a slot below PV_VIRTIO_BLOCKS that is not in use. */
static inline void pv_virtio_block_prepare(
    struct pv_virtq *queue, unsigned slot, uint32_t type, uint64_t sector, void *data, uint32_t bytes)
{
    struct pv_virtq_memory *m = queue->memory;
    struct pv_virtq_descriptor *d = &m->descriptors[3 * slot];
    m->headers[slot] = (struct pv_virtio_block_header){.type = type, .sector = sector};
    m->status[slot] = 0xff;
    d[0] = (struct pv_virtq_descriptor){(uintptr_t)&m->headers[slot], sizeof(m->headers[slot]), 1, (uint16_t)(3 * slot + 1)};
    d[1] = (struct pv_virtq_descriptor){(uintptr_t)data, bytes, type == 0 ? 1 | 2 : 1, (uint16_t)(3 * slot + 2)};
    d[2] = (struct pv_virtq_descriptor){(uintptr_t)&m->status[slot], 1, 2, 0};
    m->available.ring[queue->prepared++ % PV_VIRTQ_SIZE] = (uint16_t)(3 * slot);
}

/* Prepares a frame for a net device without offloads, in a slot as above: its header is 12 zero bytes (5.1.6). */
static inline void pv_virtio_net_prepare(struct pv_virtq *queue, unsigned slot, const void *frame, uint32_t bytes)
{
    struct pv_virtq_memory *m = queue->memory;
    struct pv_virtq_descriptor *d = &m->descriptors[3 * slot];
    m->headers[slot] = (struct pv_virtio_block_header){0};
    d[0] = (struct pv_virtq_descriptor){(uintptr_t)&m->headers[slot], PV_VIRTIO_NET_HEADER, 1, (uint16_t)(3 * slot + 1)};
    d[1] = (struct pv_virtq_descriptor){(uintptr_t)frame, bytes, 0, 0};
    m->available.ring[queue->prepared++ % PV_VIRTQ_SIZE] = (uint16_t)(3 * slot);
}

/* Prepares output for a console's port (5.3.6), in a slot as above. */
static inline void pv_virtio_console_prepare(struct pv_virtq *queue, unsigned slot, const void *text, uint32_t bytes)
{
    queue->memory->descriptors[3 * slot] = (struct pv_virtq_descriptor){(uintptr_t)text, bytes, 0, 0};
    queue->memory->available.ring[queue->prepared++ % PV_VIRTQ_SIZE] = (uint16_t)(3 * slot);
}

/* Publishes what was prepared, and notifies the device if it wants that. */
static inline void pv_virtq_publish(struct pv_virtq *queue)
{
    struct pv_virtq_memory *m = queue->memory;
    uint16_t old = queue->published, now = queue->prepared;
    m->available.used_event = (uint16_t)(queue->taken - 1); /* far away: no interrupts */
    __atomic_store_n(&m->available.index, now, __ATOMIC_RELEASE);
    pv_full_fence();
    queue->published = now;
    uint16_t event = __atomic_load_n(&m->used.available_event, __ATOMIC_RELAXED);
    bool wanted = queue->event_idx ? pv_virtio_passes(event, now, old)
                                   : !(__atomic_load_n(&m->used.flags, __ATOMIC_RELAXED) & 1);
    if (wanted) {
        queue->kicks++;
        /* 2.9: with NOTIFICATION_DATA the upper half says where the driver stands. */
        queue->window[0x050 / 4] = queue->index | (queue->notification_data ? (uint32_t)now << 16 : 0);
    }
}

/* Takes the next request that is done: its slot, or -1 when there is none. Its status is in memory->status. */
static inline int pv_virtq_take(struct pv_virtq *queue)
{
    struct pv_virtq_memory *m = queue->memory;
    if (__atomic_load_n(&m->used.index, __ATOMIC_ACQUIRE) == queue->taken) {
        return -1;
    }
    unsigned at = queue->taken++ % PV_VIRTQ_SIZE;
    /* In order, the device may write one entry for many (2.7.9): which these are, the driver knows by itself. */
    return (int)(queue->in_order ? m->available.ring[at] : m->used.ring[at].id) / 3;
}

#endif
