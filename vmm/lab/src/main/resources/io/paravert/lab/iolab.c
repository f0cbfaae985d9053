/* Sets the experiment up, then runs its loop in ring 0 or ring 3: the same machine code. Arguments come on the command line. */
#include <pv.h>
#include <pv_smp.h>
#include <string.h>

#include "iolab.h"

void user_main(void *argument);

static uint64_t number_of(const char *name)
{
    uint64_t value = pv_option(name, UINT64_MAX);
    if (value == UINT64_MAX) {
        pv_crash("the command line lacks %s=", name);
    }
    return value;
}

static int64_t serve(struct pv_frame *frame)
{
    pv_user_exit((int64_t)frame->rdi);
}

static bool is_virtio(const struct job *job)
{
    return job->path == PATH_VIRTIO || job->path == PATH_PACKED;
}

/* A console is virtio's alone; other devices have their virtio registers behind those of the classical path. */
static volatile uint32_t *virtio_window(const struct job *job)
{
    return job->type == PV_DEVICE_CONSOLE ? job->window : job->window + job->window[PV_REGISTER_VIRTIO / 4] / 4;
}

/* Its number in virtio 1.2, chapter 5. */
static uint32_t virtio_type(const struct job *job)
{
    return job->type == PV_DEVICE_NET ? 1 : job->type == PV_DEVICE_BLOCK ? 2 : 3;
}

/* What is agreed on with the virtio device. */
static uint64_t agree(const struct job *job)
{
    enum { BLOCK_MQ = 12 };
    uint64_t wanted = 1ull << PV_VIRTIO_EVENT_IDX;
    wanted |= job->path == PATH_PACKED ? 1ull << PV_VIRTIO_RING_PACKED : 0;
    wanted |= pv_option("order", 0) << PV_VIRTIO_IN_ORDER;
    wanted |= pv_option("data", 0) << PV_VIRTIO_NOTIFICATION_DATA;
    wanted |= number_of("vcpus") == 2 ? 1ull << BLOCK_MQ : 0;
    uint64_t agreed = pv_virtio_negotiate(virtio_window(job), virtio_type(job), wanted);
    if (~agreed & wanted) {
        pv_crash("the virtio device lacks features: 0x%lx of 0x%lx", agreed, wanted);
    }
    return agreed;
}

static void attach_virtio(struct job *job, uint64_t agreed, uint16_t index, void *memory)
{
    /* Descriptors of an operation: net has no status, and a console no header either. */
    uint16_t list = job->type == PV_DEVICE_BLOCK ? 3 : job->type == PV_DEVICE_NET ? 2 : 1;
    int refused = job->path == PATH_PACKED
        ? pv_packed_attach(&job->packed, virtio_window(job), agreed, index, list, memory)
        : pv_virtq_attach(&job->queue, virtio_window(job), agreed, index, memory);
    if (refused) {
        pv_crash("the virtio device refuses queue %u", index);
    }
}

static void begin_ring(struct job *job, void *memory)
{
    if (job->path != PATH_RING) {
        return;
    }
    pv_ring_init(&job->ring, memory, 64, (uint32_t)number_of("mode"));
    int wrong = pv_ring_setup(&job->ring, (uint32_t)job->device);
    if (wrong) {
        pv_crash("the ring is refused: %d", wrong);
    }
    if (number_of("page")) {
        pv_user_permit((const void *)pv_platform.doorbell, 4096);
        job->ring_register = pv_platform.doorbell + PV_DOORBELL_RING / 4 + job->ring.number;
    }
}

/* Gives a job its buffers. */
static struct job *lay_out(uint8_t *memory)
{
    struct job *job = (struct job *)memory;
    job->batch = (struct pv_call_slot *)(memory + BATCH_AT);
    job->data = memory + DATA_AT;
    job->samples = (uint32_t *)(memory + SAMPLES_AT);
    return job;
}

/* What the second vCPU needs to do the same with buffers, registers and a queue or ring of its own. */
static struct job *other_job(const struct job *job)
{
    uint8_t *memory = (uint8_t *)job + JOB_BYTES;
    memcpy(memory, job, sizeof(*job));
    struct job *other = lay_out(memory);
    other->seed ^= 0x5555555555;
    other->is_other = 1;
    return other;
}

/* Output goes to queue 1 of a net device or console, requests to queue 0 of a block device, the second vCPU's to queue 1. */
static void begin_queues(struct job *job)
{
    struct job *other = job->other;
    if (is_virtio(job)) {
        uint64_t agreed = agree(job);
        attach_virtio(job, agreed, job->type != PV_DEVICE_BLOCK, (uint8_t *)job + QUEUE_AT);
        if (other) {
            attach_virtio(other, agreed, 1, (uint8_t *)other + QUEUE_AT);
        }
        pv_virtio_ready(virtio_window(job));
    }
    begin_ring(job, (uint8_t *)job + QUEUE_AT);
    if (other) {
        begin_ring(other, (uint8_t *)other + QUEUE_AT);
    }
}

/* It works from now on, in ring 0. */
static void start_other(struct job *other)
{
    int wrong = pv_vcpu_start(1, user_main, other, NULL);
    if (wrong) {
        pv_crash("the second vCPU does not start: %d", wrong);
    }
}

/* The first device of a type; with registers, if its path needs some, for every machine has a console without. */
static const struct pv_device *find(uint64_t type, bool with_registers)
{
    const struct pv_device *device;
    for (unsigned i = 0; (device = pv_boot_device(i)) != NULL; i++) {
        if (device->type == type && (!with_registers || device->mmio)) {
            return device;
        }
    }
    return NULL;
}

int main(void)
{
    uint64_t type = number_of("type");
    uint64_t path = number_of("path");
    const struct pv_device *device = find(type, path == PATH_VIRTIO || path == PATH_PACKED);
    if (!device) {
        pv_crash("there is no device of type %lu", type);
    }
    enum { PAGES = 2 * JOB_BYTES / 4096 };
    uint8_t *memory = pv_alloc_pages(PAGES);
    if (!memory) {
        pv_crash("there is not enough memory");
    }
    pv_user_permit(memory, (uint64_t)PAGES * 4096);
    pv_user_permit(pv_platform.hypercall_page, 4096);
    if (device->mmio) {
        pv_user_permit((const void *)device->mmio, 8192);
    }
    struct job *job = lay_out(memory);
    job->seed = 88172645463325252u;
    job->path = path;
    job->type = type;
    job->op = number_of("op");
    job->bytes = number_of("bytes");
    job->depth = number_of("depth");
    job->rounds = number_of("rounds");
    job->warm_ticks = number_of("warm") * pv_platform.tsc_khz / 1000;
    job->round_ticks = number_of("round") * pv_platform.tsc_khz / 1000;
    job->sectors = device->parameter;
    job->device = device->number;
    job->port = device->port;
    job->window = (volatile uint32_t *)device->mmio;
    job->page = pv_platform.hypercall_page;
    job->ring_port = pv_platform.ring_doorbell_port;
    for (uint64_t line = 0; type == PV_DEVICE_CONSOLE && line < job->depth; line++) {
        memset(job->data + line * DATA_BYTES, '.', job->bytes - 1);
        job->data[line * DATA_BYTES + job->bytes - 1] = '\n';
    }
    if (number_of("vcpus") == 2) {
        job->other = other_job(job);
    }
    begin_queues(job);
    if (job->other) {
        start_other(job->other);
    }
    if (number_of("cpl") == 3) {
        job->by_system_call = 1;
        pv_user_set_syscalls(serve);
        struct pv_user_result result = pv_user_run(user_main, job, NULL, PV_USER_IO);
        if (result.faulted) {
            pv_crash("the application faulted: exception %lu at 0x%lx", result.fault.vector, result.fault.rip);
        }
    } else {
        user_main(job);
    }
    return 0;
}
