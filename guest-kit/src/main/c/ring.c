/* The guest's side of a shared-memory ring: what is not on the hot path. */
#include "pv_ring.h"

void pv_ring_init(struct pv_ring *ring, void *memory, uint32_t entries, uint32_t mode)
{
    struct pv_ring_header *header = memory;
    uint64_t submissions = sizeof(*header);
    uint64_t completions = submissions + (uint64_t)entries * sizeof(struct pv_ring_submission);
    header->magic = PV_RING_MAGIC;
    header->version = PV_RING_VERSION;
    header->bytes = pv_ring_bytes(entries);
    header->submission_offset = submissions;
    header->completion_offset = completions;
    header->submission_entries = entries;
    header->completion_entries = entries;
    header->mode = mode;
    *ring = (struct pv_ring){
        .header = header,
        .submissions = (struct pv_ring_submission *)((char *)memory + submissions),
        .completions = (struct pv_ring_completion *)((char *)memory + completions),
        .entries = entries,
        .number = -1,
    };
}

int pv_ring_setup(struct pv_ring *ring, uint32_t device)
{
    int64_t number = pv_call2(PV_CALL_RING_SETUP, device, (uintptr_t)ring->header);
    if (number < 0) {
        return (int)number;
    }
    ring->number = (int)number;
    return 0;
}

int pv_ring_teardown(struct pv_ring *ring)
{
    int result = (int)pv_call1(PV_CALL_RING_TEARDOWN, (uint64_t)ring->number);
    if (result == 0) {
        ring->number = -1;
    }
    return result;
}

bool pv_ring_before_sleep(struct pv_ring *ring)
{
    __atomic_store_n(&ring->header->completion_flags, PV_RING_FLAG_NEED_WAKEUP, __ATOMIC_RELAXED);
    pv_full_fence();
    if (__atomic_load_n(&ring->header->completion_tail, __ATOMIC_RELAXED) == ring->taken) {
        return true;
    }
    pv_ring_after_sleep(ring);
    return false;
}
