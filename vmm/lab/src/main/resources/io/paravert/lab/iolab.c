/* Sets the experiment up, then runs its loop in ring 0 or ring 3: the same machine code. Arguments come on the command line. */
#include <pv.h>

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

int main(void)
{
    const struct pv_device *disk = pv_find_device(PV_DEVICE_BLOCK);
    if (!disk) {
        pv_crash("there is no block device");
    }
    enum { PAGES = 4096 };
    uint8_t *memory = pv_alloc_pages(PAGES);
    if (!memory) {
        pv_crash("there is not enough memory");
    }
    pv_user_permit(memory, (uint64_t)PAGES * 4096);
    pv_user_permit(pv_platform.hypercall_page, 4096);
    pv_user_permit((const void *)disk->mmio, 8192);
    struct job *job = (struct job *)memory;
    job->path = number_of("path");
    job->op = number_of("op");
    job->bytes = number_of("bytes");
    job->depth = number_of("depth");
    job->rounds = number_of("rounds");
    job->warm_ticks = number_of("warm") * pv_platform.tsc_khz / 1000;
    job->round_ticks = number_of("round") * pv_platform.tsc_khz / 1000;
    job->sectors = disk->parameter;
    job->device = disk->number;
    job->port = disk->port;
    job->window = (volatile uint32_t *)disk->mmio;
    job->page = pv_platform.hypercall_page;
    job->ring_port = pv_platform.ring_doorbell_port;
    job->batch = (struct pv_call_slot *)(memory + (1 << 20));
    job->data = memory + (2 << 20);
    job->samples = (uint32_t *)(memory + (4 << 20));
    if (job->path == PATH_VIRTIO
        && pv_virtio_begin(&job->queue, job->window + job->window[PV_REGISTER_VIRTIO / 4] / 4, 2,
            (struct pv_virtq_memory *)(memory + (6 << 20)))) {
        pv_crash("the virtio device refuses");
    }
    if (job->path == PATH_PACKED
        && pv_packed_begin(&job->packed, job->window + job->window[PV_REGISTER_VIRTIO / 4] / 4, 2,
            (struct pv_packed_memory *)(memory + (6 << 20)))) {
        pv_crash("the virtio device refuses a packed queue");
    }
    if (job->path == PATH_RING) {
        pv_ring_init(&job->ring, memory + (8 << 20), 64, (uint32_t)number_of("mode"));
        int wrong = pv_ring_setup(&job->ring, disk->number);
        if (wrong) {
            pv_crash("the ring is refused: %d", wrong);
        }
        if (number_of("page")) {
            pv_user_permit((const void *)pv_platform.doorbell, 4096);
            job->ring_register = pv_platform.doorbell + PV_DOORBELL_RING / 4 + job->ring.number;
        }
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
