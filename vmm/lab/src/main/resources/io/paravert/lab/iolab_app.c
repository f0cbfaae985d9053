/* The loops that are measured. */
#include <string.h>

#include "iolab.h"

/* A random place, whole operations apart; only a disk has places. */
static uint64_t place(struct job *job)
{
    if (job->type != PV_DEVICE_BLOCK) {
        return 0;
    }
    job->seed ^= job->seed << 13;
    job->seed ^= job->seed >> 7;
    job->seed ^= job->seed << 17;
    uint64_t each = job->bytes / 512;
    return job->seed % (job->sectors / each) * each;
}

static void failed(int64_t result)
{
    pv_out32(MARK_FAILED, (uint32_t)result);
    for (;;) {
        pv_pause();
    }
}

/* A console whose reader is slow takes part of a line: the rest is written by more calls. */
static int64_t rest_of_line(const struct job *job, int64_t taken)
{
    while (taken > 0 && taken < (int64_t)job->bytes) {
        int64_t more = pv_call_at(
            job->page, PV_CALL_CONSOLE_WRITE, (uintptr_t)job->data + (uint64_t)taken, job->bytes - (uint64_t)taken, 0, 0, 0);
        taken = more > 0 ? taken + more : more;
    }
    return taken;
}

static void check(const struct job *job, int64_t result)
{
    if (job->type == PV_DEVICE_CONSOLE) {
        result = rest_of_line(job, result);
    }
    if (result != (int64_t)job->bytes) {
        failed(result);
    }
}

static void sample(struct job *job, uint64_t ticks)
{
    if (job->samples_taken < MAX_SAMPLES) {
        job->samples[job->samples_taken++] = ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks;
    }
    __atomic_store_n(&job->ended, job->ended + 1, __ATOMIC_RELAXED);
}

/* Puts a line on the console byte by byte, as a guest without a driver does. */
static int64_t bytewise(const struct job *job)
{
    for (uint64_t i = 0; i < job->bytes; i++) {
        pv_out8(PV_PORT_DEBUG_CONSOLE, job->data[i]);
    }
    return (int64_t)job->bytes;
}

/* The operation as a call: fills arguments in and gives its number. */
static uint64_t call_of(const struct job *job, uint64_t sector, const uint8_t *data, uint64_t arguments[5])
{
    uint64_t gpa = (uintptr_t)data;
    switch (job->type) {
    case PV_DEVICE_BLOCK:
        memcpy(arguments, (uint64_t[5]){job->device, job->op, sector, gpa, job->bytes}, sizeof(uint64_t[5]));
        return PV_CALL_BLOCK_SUBMIT;
    case PV_DEVICE_NET:
        memcpy(arguments, (uint64_t[5]){job->device, gpa, job->bytes}, sizeof(uint64_t[5]));
        return PV_CALL_NET_SEND;
    default:
        memcpy(arguments, (uint64_t[5]){gpa, job->bytes}, sizeof(uint64_t[5]));
        return PV_CALL_CONSOLE_WRITE;
    }
}

static void one(struct job *job)
{
    uint64_t sector = place(job);
    uint64_t from = pv_rdtsc();
    int64_t result;
    if (job->path == PATH_PORT && job->type == PV_DEVICE_CONSOLE) {
        result = bytewise(job);
    } else if (job->path == PATH_PORT) {
        result = pv_port_io(job->port, (uint32_t)job->op, sector, job->data, (uint32_t)job->bytes);
    } else if (job->path == PATH_MMIO) {
        result = pv_mmio_io(job->window, (uint32_t)job->op, sector, job->data, (uint32_t)job->bytes);
    } else {
        uint64_t a[5];
        uint64_t number = call_of(job, sector, job->data, a);
        result = pv_call_at(job->page, number, a[0], a[1], a[2], a[3], a[4]);
    }
    check(job, result);
    sample(job, pv_rdtsc() - from);
}

static void batch(struct job *job)
{
    uint64_t from = pv_rdtsc();
    for (unsigned i = 0; i < job->depth; i++) {
        struct pv_call_slot *slot = &job->batch[i];
        slot->number = call_of(job, place(job), job->data + i * DATA_BYTES, slot->arguments);
    }
    int64_t made = pv_call_at(job->page, PV_CALL_MULTICALL, (uintptr_t)job->batch, job->depth, 0, 0, 0);
    if (made != (int64_t)job->depth) {
        failed(made);
    }
    uint64_t ticks = pv_rdtsc() - from;
    for (unsigned i = 0; i < job->depth; i++) {
        check(job, job->batch[i].result);
        sample(job, ticks);
    }
}

static void prepare(struct job *job, unsigned slot)
{
    uint8_t *data = job->data + slot * DATA_BYTES;
    if (job->path == PATH_VIRTIO && job->type == PV_DEVICE_NET) {
        pv_virtio_net_prepare(&job->queue, slot, data, (uint32_t)job->bytes);
        return;
    }
    if (job->path == PATH_PACKED && job->type == PV_DEVICE_NET) {
        pv_packed_net_prepare(&job->packed, slot, data, (uint32_t)job->bytes);
        return;
    }
    if (job->path == PATH_VIRTIO && job->type == PV_DEVICE_CONSOLE) {
        pv_virtio_console_prepare(&job->queue, slot, data, (uint32_t)job->bytes);
        return;
    }
    if (job->path == PATH_PACKED && job->type == PV_DEVICE_CONSOLE) {
        pv_packed_console_prepare(&job->packed, slot, data, (uint32_t)job->bytes);
        return;
    }
    if (job->path == PATH_VIRTIO) {
        pv_virtio_block_prepare(
            &job->queue, slot, job->op == PV_OP_WRITE, place(job), data, (uint32_t)job->bytes);
        return;
    }
    if (job->path == PATH_PACKED) {
        pv_packed_block_prepare(
            &job->packed, slot, job->op == PV_OP_WRITE, place(job), data, (uint32_t)job->bytes);
        return;
    }
    struct pv_ring_submission *s = pv_ring_prepare(&job->ring);
    s->user_data = slot;
    s->op = (uint16_t)job->op;
    s->bytes = (uint32_t)job->bytes;
    s->offset = place(job);
    s->gpa = (uintptr_t)data;
}

static void publish(struct job *job)
{
    if (job->path == PATH_VIRTIO) {
        pv_virtq_publish(&job->queue);
    } else if (job->path == PATH_PACKED) {
        pv_packed_publish(&job->packed);
    } else if (pv_ring_publish(&job->ring)) {
        job->ring.doorbells++;
        if (job->ring_register) {
            *job->ring_register = 0;
        } else {
            pv_out32(job->ring_port, (uint32_t)job->ring.number);
        }
    }
}

/* How often the drivers have told the device so far. */
static uint64_t kicks(const struct job *job)
{
    uint64_t own = job->queue.kicks + job->packed.kicks + __atomic_load_n(&job->ring.doorbells, __ATOMIC_RELAXED);
    return own + (job->other ? kicks(job->other) : 0);
}

/* How many operations have ended so far, on all vCPUs. */
static uint64_t ended(const struct job *job)
{
    return __atomic_load_n(&job->ended, __ATOMIC_RELAXED) + (job->other ? ended(job->other) : 0);
}

static int virtio_done(const struct job *job, int slot, const uint8_t *status)
{
    if (slot >= 0 && job->type == PV_DEVICE_BLOCK && status[slot] != 0) {
        failed(-PV_EIO);
    }
    return slot;
}

/* The slot of the next completion, or -1. */
static int take(struct job *job)
{
    if (job->path == PATH_VIRTIO) {
        return virtio_done(job, pv_virtq_take(&job->queue), job->queue.memory->status);
    }
    if (job->path == PATH_PACKED) {
        return virtio_done(job, pv_packed_take(&job->packed), job->packed.memory->status);
    }
    struct pv_ring_completion completion;
    if (!pv_ring_take(&job->ring, &completion)) {
        if (pv_ring_status(&job->ring)) {
            failed(pv_ring_status(&job->ring));
        }
        return -1;
    }
    check(job, completion.result);
    return (int)completion.user_data;
}

/* Keeps `depth` operations under way until the end, then waits for the last. */
static void stream(struct job *job, uint64_t end)
{
    unsigned free = 0;
    while (free < job->depth) {
        job->free_slots[free] = (uint8_t)free;
        free++;
    }
    for (;;) {
        uint64_t now = pv_rdtsc();
        if (now >= end && free == job->depth) {
            return;
        }
        if (now < end && free > 0) {
            while (free > 0) {
                unsigned slot = job->free_slots[--free];
                job->started[slot] = now;
                prepare(job, slot);
            }
            publish(job);
        }
        int slot = take(job);
        if (slot < 0) {
            pv_pause();
        }
        for (; slot >= 0; slot = take(job)) {
            sample(job, pv_rdtsc() - job->started[slot]);
            job->free_slots[free++] = (uint8_t)slot;
        }
    }
}

static void round_until(struct job *job, uint64_t end)
{
    if (job->path >= PATH_VIRTIO) {
        stream(job, end);
        return;
    }
    while (pv_rdtsc() < end) {
        if (job->path == PATH_MULTICALL) {
            batch(job);
        } else {
            one(job);
        }
    }
}

void user_main(void *argument)
{
    struct job *job = argument;
    while (job->is_other) {
        job->samples_taken = 0;
        round_until(job, pv_rdtsc() + job->round_ticks);
    }
    round_until(job, pv_rdtsc() + job->warm_ticks);
    for (uint64_t round = 0; round < job->rounds; round++) {
        job->samples_taken = 0;
        uint64_t kicked = kicks(job);
        uint64_t before = ended(job);
        pv_out32(MARK_BEGIN, (uint32_t)(uintptr_t)job->samples);
        round_until(job, pv_rdtsc() + job->round_ticks);
        pv_out32(MARK_END, (uint32_t)(ended(job) - before));
        pv_out32(MARK_KICKS, (uint32_t)(kicks(job) - kicked));
        pv_out32(MARK_SAMPLES, (uint32_t)job->samples_taken);
    }
    if (job->by_system_call) {
        pv_syscall(0, 0, 0, 0);
    }
}
