/* Sets the experiment up, then runs its loop in ring 0 or ring 3: the same machine code. Arguments come on the command line. */
#include <pv.h>
#include <pv_smp.h>

#include "iolab.h"

void user_main(void *argument);

static uint64_t number_of(const char *name)
{
    for (const char *p = pv_platform.command_line; *p; p++) {
        const char *n = name;
        const char *q = p;
        while (*n && *q == *n) {
            n++;
            q++;
        }
        if (!*n && *q == '=') {
            uint64_t value = 0;
            for (q++; *q >= '0' && *q <= '9'; q++) {
                value = value * 10 + (uint64_t)(*q - '0');
            }
            return value;
        }
    }
    pv_crash("the command line lacks %s=", name);
}

static int64_t serve(struct pv_frame *frame)
{
    pv_user_exit((int64_t)frame->rdi);
}

/* Sends go to queue 1 of a net device, requests to queue 0 of a block device. */
static void begin_virtio(struct job *job, void *memory)
{
    bool net = job->type == PV_DEVICE_NET;
    uint32_t type = net ? 1 : 2;
    if (job->path == PATH_VIRTIO
        && pv_virtio_begin_queue(&job->queue, job->window + job->window[PV_REGISTER_VIRTIO / 4] / 4, type, net, memory)) {
        pv_crash("the virtio device refuses");
    }
    if (job->path == PATH_PACKED
        && pv_packed_begin_queue(&job->packed, job->window + job->window[PV_REGISTER_VIRTIO / 4] / 4, type, net, net ? 2 : 3,
            memory)) {
        pv_crash("the virtio device refuses a packed queue");
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

/* The second vCPU does the same with buffers, registers and a ring of its own, from now on, in ring 0. */
static void start_other(struct job *job, uint8_t *memory)
{
    struct job *other = (struct job *)memory;
    *other = *job;
    other->seed ^= 0x5555555555;
    other->is_other = 1;
    other->batch = (struct pv_call_slot *)(memory + (1 << 20));
    other->data = memory + (2 << 20);
    other->samples = (uint32_t *)(memory + (3 << 20));
    begin_ring(other, memory + (4 << 20));
    job->other = other;
    int wrong = pv_vcpu_start(1, user_main, other, NULL);
    if (wrong) {
        pv_crash("the second vCPU does not start: %d", wrong);
    }
}

int main(void)
{
    uint64_t type = number_of("type");
    const struct pv_device *device = pv_find_device((uint32_t)type);
    if (!device) {
        pv_crash("there is no device of type %lu", type);
    }
    enum { PAGES = 4096 };
    uint8_t *memory = pv_alloc_pages(PAGES);
    if (!memory) {
        pv_crash("there is not enough memory");
    }
    pv_user_permit(memory, (uint64_t)PAGES * 4096);
    pv_user_permit(pv_platform.hypercall_page, 4096);
    if (device->mmio) {
        pv_user_permit((const void *)device->mmio, 8192);
    }
    struct job *job = (struct job *)memory;
    job->seed = 88172645463325252u;
    job->path = number_of("path");
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
    job->batch = (struct pv_call_slot *)(memory + (1 << 20));
    job->data = memory + (2 << 20);
    job->samples = (uint32_t *)(memory + (4 << 20));
    for (uint64_t i = 0; type == PV_DEVICE_CONSOLE && i < MAX_DEPTH * DATA_BYTES; i++) {
        job->data[i] = (uint8_t)(i % job->bytes == job->bytes - 1 ? '\n' : '.');
    }
    begin_virtio(job, memory + (6 << 20));
    begin_ring(job, memory + (8 << 20));
    if (number_of("vcpus") == 2) {
        start_other(job, memory + (10 << 20));
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
