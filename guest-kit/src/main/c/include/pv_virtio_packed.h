/*
 * A driver for one packed queue (virtio 1.2, 2.8), and for virtio-blk on it. It polls: no interrupts. One thread of control at a
 * time. All requests of a queue are lists of as many descriptors.
 */
#ifndef PV_VIRTIO_PACKED_H
#define PV_VIRTIO_PACKED_H

#include "pv_virtio.h"

enum { PV_PACKED_SIZE = 128, PV_PACKED_BLOCKS = PV_PACKED_SIZE / 3 };

/* Flags of a descriptor. */
enum { PV_PACKED_NEXT = 1, PV_PACKED_WRITE = 2, PV_PACKED_AVAIL = 1 << 7, PV_PACKED_USED = 1 << 15 };

struct pv_packed_descriptor {
    uint64_t address;
    uint32_t bytes;
    uint16_t id;
    uint16_t flags;
};

/* Who wants to be told of what: a ring offset with its wrap counter in bit 15, and 0 always, 1 never, 2 at that offset. */
struct pv_packed_events {
    uint16_t place;
    uint16_t flags;
};

/* What is shared with the device; page-aligned, zeroed. */
struct pv_packed_memory {
    struct pv_packed_descriptor descriptors[PV_PACKED_SIZE];
    struct pv_packed_events driver __attribute__((aligned(64)));
    struct pv_packed_events device __attribute__((aligned(64)));
    struct pv_virtio_block_header headers[PV_PACKED_BLOCKS];
    uint8_t status[PV_PACKED_BLOCKS];
};

struct pv_packedq {
    volatile uint32_t *window;
    struct pv_packed_memory *memory;
    uint16_t next_available, next_used;
    uint16_t index;
    uint16_t list;        /* descriptors of a request */
    uint16_t unpublished; /* descriptors since the device was last told */
    bool available_wrap, used_wrap;
    bool in_order, notification_data;
    /* With IN_ORDER: slots in the order in which they were made available, and until which one the device is done. */
    uint8_t order[PV_PACKED_BLOCKS];
    uint8_t order_head, order_tail;
    int done; /* -1: no further one is known to be done */
    uint64_t kicks;
};

/*
 * Hands a queue, for requests of `list` descriptors each (block 3, net 2, console 1), over to a device with which `agreed` was agreed on;
 * pv_virtio_ready follows. 0, or -1 when packed queues were not agreed on, or it is too long.
 */
static inline int pv_packed_attach(struct pv_packedq *queue, volatile uint32_t *window, uint64_t agreed, uint16_t index,
    uint16_t list, struct pv_packed_memory *memory)
{
    if (!(agreed & 1ull << PV_VIRTIO_RING_PACKED)
        || pv_virtio_set_queue(window, index, PV_PACKED_SIZE, memory->descriptors, &memory->driver, &memory->device)) {
        return -1;
    }
    memory->driver.flags = 1; /* no interrupts */
    *queue = (struct pv_packedq){.window = window,
        .memory = memory,
        .index = index,
        .list = list,
        .available_wrap = true,
        .used_wrap = true,
        .in_order = agreed & 1ull << PV_VIRTIO_IN_ORDER,
        .notification_data = agreed & 1ull << PV_VIRTIO_NOTIFICATION_DATA,
        .done = -1};
    return 0;
}

/*
 * Finds a device of this virtio type, agrees on packed queues and hands it one, for requests of `list` descriptors each; 0, or -1
 * when it is not there or refuses.
 */
static inline int pv_packed_begin_queue(struct pv_packedq *queue, volatile uint32_t *window, uint32_t type, uint16_t index,
    uint16_t list, struct pv_packed_memory *memory)
{
    uint64_t agreed
        = pv_virtio_negotiate(window, type, 1ull << PV_VIRTIO_EVENT_IDX | 1ull << PV_VIRTIO_RING_PACKED);
    if (!agreed || pv_packed_attach(queue, window, agreed, index, list, memory)) {
        return -1;
    }
    pv_virtio_ready(window);
    return 0;
}

/* As pv_packed_begin_queue, for the one queue of a block device. */
static inline int pv_packed_begin(
    struct pv_packedq *queue, volatile uint32_t *window, uint32_t type, struct pv_packed_memory *memory)
{
    return pv_packed_begin_queue(queue, window, type, 0, 3, memory);
}

static inline uint16_t pv_packed_available(const struct pv_packedq *queue)
{
    return queue->available_wrap ? PV_PACKED_AVAIL : PV_PACKED_USED;
}

static inline void pv_packed_begin_list(struct pv_packedq *queue, unsigned slot)
{
    queue->order[queue->order_tail] = (uint8_t)slot;
    queue->order_tail = (uint8_t)((queue->order_tail + 1) % PV_PACKED_BLOCKS);
}

/* Fills the next descriptor but for its flags, which it gives. */
static inline uint16_t pv_packed_fill(
    struct pv_packedq *queue, const void *address, uint32_t bytes, unsigned id, uint16_t flags)
{
    struct pv_packed_descriptor *d = &queue->memory->descriptors[queue->next_available];
    d->address = (uintptr_t)address;
    d->bytes = bytes;
    d->id = (uint16_t)id;
    flags |= pv_packed_available(queue);
    if (++queue->next_available == PV_PACKED_SIZE) {
        queue->next_available = 0;
        queue->available_wrap = !queue->available_wrap;
    }
    queue->unpublished++;
    return flags;
}

static inline void pv_packed_add(
    struct pv_packedq *queue, const void *address, uint32_t bytes, unsigned id, uint16_t flags)
{
    uint16_t at = queue->next_available;
    queue->memory->descriptors[at].flags = pv_packed_fill(queue, address, bytes, id, flags);
}

/* Makes a request available in a slot below PV_PACKED_BLOCKS that is not in use; pv_packed_publish tells the device. */
static inline void pv_packed_block_prepare(
    struct pv_packedq *queue, unsigned slot, uint32_t type, uint64_t sector, void *data, uint32_t bytes)
{
    struct pv_packed_memory *m = queue->memory;
    m->headers[slot] = (struct pv_virtio_block_header){.type = type, .sector = sector};
    m->status[slot] = 0xff;
    pv_packed_begin_list(queue, slot);
    uint16_t head = queue->next_available;
    uint16_t flags = pv_packed_fill(queue, &m->headers[slot], sizeof(m->headers[slot]), slot, PV_PACKED_NEXT);
    pv_packed_add(queue, data, bytes, slot, type == 0 ? PV_PACKED_NEXT | PV_PACKED_WRITE : PV_PACKED_NEXT);
    pv_packed_add(queue, &m->status[slot], 1, slot, PV_PACKED_WRITE);
    /* The head's flags come last: with them the device sees the whole list. */
    __atomic_store_n(&m->descriptors[head].flags, flags, __ATOMIC_RELEASE);
}

/* The same for a frame and a net device without offloads; see pv_virtio_net_prepare. */
static inline void pv_packed_net_prepare(struct pv_packedq *queue, unsigned slot, const void *frame, uint32_t bytes)
{
    struct pv_packed_memory *m = queue->memory;
    m->headers[slot] = (struct pv_virtio_block_header){0};
    pv_packed_begin_list(queue, slot);
    uint16_t head = queue->next_available;
    uint16_t flags = pv_packed_fill(queue, &m->headers[slot], PV_VIRTIO_NET_HEADER, slot, PV_PACKED_NEXT);
    pv_packed_add(queue, frame, bytes, slot, 0);
    __atomic_store_n(&m->descriptors[head].flags, flags, __ATOMIC_RELEASE);
}

/* The same for output of a console's port; see pv_virtio_console_prepare. */
static inline void pv_packed_console_prepare(struct pv_packedq *queue, unsigned slot, const void *text, uint32_t bytes)
{
    pv_packed_begin_list(queue, slot);
    uint16_t head = queue->next_available;
    uint16_t flags = pv_packed_fill(queue, text, bytes, slot, 0);
    __atomic_store_n(&queue->memory->descriptors[head].flags, flags, __ATOMIC_RELEASE);
}

/* Notifies the device of what was made available, if it wants that. */
static inline void pv_packed_publish(struct pv_packedq *queue)
{
    pv_full_fence();
    uint32_t word = __atomic_load_n((uint32_t *)&queue->memory->device, __ATOMIC_RELAXED);
    uint16_t event_place = (uint16_t)word, wanted = (uint16_t)(word >> 16) & 3;
    uint16_t now = queue->next_available, old = (uint16_t)(now - queue->unpublished);
    queue->unpublished = 0;
    if (wanted == 2) {
        uint16_t event = event_place & 0x7fff;
        if ((bool)(event_place >> 15) != queue->available_wrap) {
            event = (uint16_t)(event - PV_PACKED_SIZE);
        }
        wanted = pv_virtio_passes(event, now, old) ? 0 : 1;
    }
    if (wanted != 1) {
        queue->kicks++;
        uint32_t place = (uint32_t)now | (queue->available_wrap ? 1u << 15 : 0);
        queue->window[0x050 / 4] = queue->index | (queue->notification_data ? place << 16 : 0);
    }
}

/* The next request in order, of those that the device is done with. */
static inline int pv_packed_take_in_order(struct pv_packedq *queue)
{
    int slot = queue->order[queue->order_head];
    queue->order_head = (uint8_t)((queue->order_head + 1) % PV_PACKED_BLOCKS);
    if (slot == queue->done) {
        queue->done = -1;
    }
    return slot;
}

static inline void pv_packed_pass(struct pv_packedq *queue)
{
    queue->next_used += queue->list;
    if (queue->next_used >= PV_PACKED_SIZE) {
        queue->next_used -= PV_PACKED_SIZE;
        queue->used_wrap = !queue->used_wrap;
    }
}

/* Takes the next request that is done: its slot, or -1 when there is none. Its status is in memory->status. */
static inline int pv_packed_take(struct pv_packedq *queue)
{
    if (queue->done < 0) {
        struct pv_packed_descriptor *d = &queue->memory->descriptors[queue->next_used];
        uint16_t flags = __atomic_load_n(&d->flags, __ATOMIC_ACQUIRE);
        bool available = flags & PV_PACKED_AVAIL, used = flags & PV_PACKED_USED;
        if (available != used || used != queue->used_wrap) {
            return -1;
        }
        queue->done = d->id;
    }
    pv_packed_pass(queue);
    if (queue->in_order) {
        /* The device may write one descriptor for many (2.8.7): the id is that of the last. */
        return pv_packed_take_in_order(queue);
    }
    int slot = queue->done;
    queue->done = -1;
    return slot;
}

#endif
