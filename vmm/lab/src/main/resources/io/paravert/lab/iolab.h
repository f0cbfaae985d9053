/* What the host (IoCase, Marks) and the two halves of the guest agree on. */
#ifndef IOLAB_H
#define IOLAB_H

#include <paravert.h>
#include <pv_device_io.h>
#include <pv_ring.h>
#include <pv_user.h>
#include <pv_virtio.h>
#include <pv_virtio_packed.h>

enum { MARK_BEGIN = 0x5a00, MARK_END = 0x5a04, MARK_SAMPLES = 0x5a08, MARK_FAILED = 0x5a0c, MARK_KICKS = 0x5a10 };

/* As IoPath says. */
enum { PATH_PORT, PATH_MMIO, PATH_CALL, PATH_MULTICALL, PATH_VIRTIO, PATH_PACKED, PATH_RING };

enum { MAX_DEPTH = 32, MAX_SAMPLES = 16384, DATA_BYTES = 4096 };

/* What a vCPU has for itself: its job at 0, and behind that. Small, because zeroing it is slow where ring 0 is emulated. */
enum {
    BATCH_AT = 0x1000,
    DATA_AT = 0x2000,
    SAMPLES_AT = DATA_AT + MAX_DEPTH * DATA_BYTES,
    QUEUE_AT = SAMPLES_AT + MAX_SAMPLES * sizeof(uint32_t),
    QUEUE_BYTES = 0x4000,
    JOB_BYTES = QUEUE_AT + QUEUE_BYTES
};
_Static_assert(sizeof(struct pv_virtq_memory) <= QUEUE_BYTES, "a queue has its room");
_Static_assert(sizeof(struct pv_packed_memory) <= QUEUE_BYTES, "a packed queue has its room");

struct job {
    uint64_t path, type, op, bytes, depth, rounds; /* type: PV_DEVICE_*; the console is PV_DEVICE_CONSOLE */
    uint64_t warm_ticks, round_ticks;
    uint64_t sectors, device;
    uint16_t port, ring_port;
    const void *page; /* the hypercall page */
    volatile uint32_t *window;
    struct pv_ring ring;
    struct pv_virtq queue;
    struct pv_packedq packed;
    volatile uint32_t *ring_register; /* of the doorbell page; NULL to ring by the port */
    uint64_t kicks;
    struct pv_call_slot *batch;
    uint8_t *data; /* MAX_DEPTH buffers */
    uint32_t *samples;
    /* Where it is. */
    uint64_t seed, ended, samples_taken;
    uint64_t started[MAX_DEPTH];
    uint8_t free_slots[MAX_DEPTH];
    struct job *other;       /* the second vCPU's, for the first; NULL without one */
    uint64_t is_other;       /* goes on without end, and is measured by the first */
    uint64_t by_system_call; /* the application ends by a system call */
};

#endif
