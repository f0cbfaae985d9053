/*
 * The guest's side of a shared-memory ring (docs/abi.md, "Shared-memory rings"). One thread of control at a time.
 *
 *     struct pv_ring_submission *s = pv_ring_prepare(&ring);   fill it in
 *     pv_ring_submit(&ring);                                   publish, and ring if the device sleeps
 *     struct pv_ring_completion c;
 *     while (!pv_ring_take(&ring, &c)) pv_pause();
 */
#ifndef PV_RING_GUEST_H
#define PV_RING_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "pv_hypercall.h"

struct pv_ring {
    struct pv_ring_header *header;
    struct pv_ring_submission *submissions;
    struct pv_ring_completion *completions;
    uint32_t entries;   /* in each direction */
    uint32_t prepared;  /* submission tail, including what is not yet published */
    uint32_t taken;     /* completion head */
    int number;         /* what RING_SETUP gave; negative while the ring is not set up */
    uint64_t doorbells; /* how often the device had to be woken */
};

/* Bytes that a ring of so many entries in each direction takes. */
static inline uint64_t pv_ring_bytes(uint32_t entries)
{
    return sizeof(struct pv_ring_header) + (uint64_t)entries * (sizeof(struct pv_ring_submission) + sizeof(struct pv_ring_completion));
}

/* Lays a ring out in page-aligned zeroed memory of pv_ring_bytes. `entries` is a power of two. */
void pv_ring_init(struct pv_ring *ring, void *memory, uint32_t entries, uint32_t mode);

/* Hands it to a device; gives 0 or a negative PV_E*. */
int pv_ring_setup(struct pv_ring *ring, uint32_t device);

/* Takes it back; gives 0 or a negative PV_E*. */
int pv_ring_teardown(struct pv_ring *ring);

/* Operations whose completion has not been taken. */
static inline uint32_t pv_ring_in_flight(const struct pv_ring *ring)
{
    return ring->prepared - ring->taken;
}

/* The next entry, zeroed, or NULL when as many are in flight as the ring has. */
static inline struct pv_ring_submission *pv_ring_prepare(struct pv_ring *ring)
{
    if (pv_ring_in_flight(ring) >= ring->entries) {
        return 0;
    }
    struct pv_ring_submission *s = &ring->submissions[ring->prepared++ & (ring->entries - 1)];
    *s = (struct pv_ring_submission){0};
    return s;
}

/* Publishes what was prepared; true when the device sleeps and must be woken. */
static inline bool pv_ring_publish(struct pv_ring *ring)
{
    __atomic_store_n(&ring->header->submission_tail, ring->prepared, __ATOMIC_RELEASE);
    pv_full_fence();
    return __atomic_load_n(&ring->header->submission_flags, __ATOMIC_RELAXED) & PV_RING_FLAG_NEED_WAKEUP;
}

/* Publishes what was prepared, and wakes the device if it sleeps. */
static inline void pv_ring_submit(struct pv_ring *ring)
{
    if (pv_ring_publish(ring)) {
        ring->doorbells++;
        pv_call1(PV_CALL_RING_DOORBELL, (uint64_t)ring->number);
    }
}

/* Takes the next completion; false when there is none. */
static inline bool pv_ring_take(struct pv_ring *ring, struct pv_ring_completion *completion)
{
    uint32_t tail = __atomic_load_n(&ring->header->completion_tail, __ATOMIC_ACQUIRE);
    if (tail == ring->taken) {
        return false;
    }
    *completion = ring->completions[ring->taken++ & (ring->entries - 1)];
    __atomic_store_n(&ring->header->completion_head, ring->taken, __ATOMIC_RELEASE);
    return true;
}

/* Asks for an event with the next completion; true when the caller may sleep, false when one has come already. */
bool pv_ring_before_sleep(struct pv_ring *ring);

/* Takes that back. */
static inline void pv_ring_after_sleep(struct pv_ring *ring)
{
    __atomic_store_n(&ring->header->completion_flags, 0, __ATOMIC_RELAXED);
}

/* 0, or the negative PV_E* for which the device serves the ring no more. */
static inline int pv_ring_status(const struct pv_ring *ring)
{
    return __atomic_load_n(&ring->header->status, __ATOMIC_RELAXED);
}

#endif
