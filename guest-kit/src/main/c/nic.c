/* The driver of pv_nic.h. Virtio's numbers are those of virtio 1.2: 2.7 (split queues), 5.1 (net). */
#include "pv_nic.h"

#include <string.h>

#include "pv_device_io.h"
#include "pv_event.h"

enum {
    VIRTIO_NET = 1,
    VIRTIO_HEADER = 12,
    WRITE = 2, /* flag of a descriptor: the device writes */
    RECEIVE_QUEUE = 0,
    SEND_QUEUE = 1,
};

static uint8_t *receive_buffer(const struct pv_nic *nic, uint32_t index)
{
    return nic->buffers + index * PV_NIC_BUFFER_BYTES;
}

static uint8_t *send_buffer(const struct pv_nic *nic, uint32_t index)
{
    return receive_buffer(nic, PV_NIC_BUFFERS + index);
}

static uint64_t pages(uint64_t bytes)
{
    return (bytes + 4095) / 4096;
}

/* Receive buffers on their way to the device. */

static void offer(struct pv_nic *nic, uint32_t index)
{
    if (nic->path == PV_NIC_VIRTIO) {
        struct pv_virtq_memory *m = nic->receive_queue.memory;
        m->descriptors[index] =
            (struct pv_virtq_descriptor){(uintptr_t)receive_buffer(nic, index), PV_NIC_BUFFER_BYTES, WRITE, 0};
        m->available.ring[nic->receive_queue.prepared++ % PV_VIRTQ_SIZE] = (uint16_t)index;
        return;
    }
    struct pv_ring_submission *s = pv_ring_prepare(&nic->ring);
    s->user_data = index;
    s->op = PV_OP_RECEIVE;
    s->gpa = (uintptr_t)receive_buffer(nic, index);
    s->bytes = PV_NIC_BUFFER_BYTES;
}

static void publish_offers(struct pv_nic *nic)
{
    if (nic->path == PV_NIC_VIRTIO) {
        pv_virtq_publish(&nic->receive_queue);
    } else {
        pv_ring_submit(&nic->ring);
    }
}

static int open_virtio(struct pv_nic *nic)
{
    volatile uint32_t *registers = (volatile uint32_t *)nic->device->mmio;
    volatile uint32_t *window = registers + registers[PV_REGISTER_VIRTIO / 4] / 4;
    struct pv_virtq_memory *memory = pv_alloc_pages(2 * pages(sizeof(*memory)));
    if (!memory) {
        return -PV_ENOMEM;
    }
    uint64_t agreed = pv_virtio_negotiate(window, VIRTIO_NET, 1ull << PV_VIRTIO_EVENT_IDX);
    if (!agreed) {
        return -PV_ENOTSUP;
    }
    struct pv_virtq *queues[] = {&nic->receive_queue, &nic->send_queue};
    for (uint16_t i = RECEIVE_QUEUE; i <= SEND_QUEUE; i++) {
        struct pv_virtq_memory *m = (void *)((uint8_t *)memory + i * 4096 * pages(sizeof(*memory)));
        if (pv_virtio_set_queue(window, i, PV_VIRTQ_SIZE, m->descriptors, &m->available, &m->used)) {
            return -PV_ENOTSUP;
        }
        m->available.flags = 1; /* no interrupts */
        *queues[i] = (struct pv_virtq){
            .window = window,
            .index = i,
            .memory = m,
            .event_idx = agreed & 1ull << PV_VIRTIO_EVENT_IDX,
        };
    }
    pv_virtio_ready(window);
    return 0;
}

static int open_ring(struct pv_nic *nic)
{
    enum { ENTRIES = 2 * PV_NIC_BUFFERS };
    void *memory = pv_alloc_pages(pages(pv_ring_bytes(ENTRIES)));
    if (!memory) {
        return -PV_ENOMEM;
    }
    pv_ring_init(&nic->ring, memory, ENTRIES, (uint32_t)(nic->path - PV_NIC_RING_DOORBELL));
    return pv_ring_setup(&nic->ring, nic->device->number);
}

int pv_nic_open(struct pv_nic *nic, const struct pv_device *device, enum pv_nic_path path)
{
    if (!device) {
        return -PV_ENODEV;
    }
    if (device->parameter > PV_NIC_MTU) {
        return -PV_EMSGSIZE;
    }
    *nic = (struct pv_nic){.device = device, .path = path};
    if (path == PV_NIC_CALL) {
        nic->batch = pv_alloc_pages(pages(PV_NIC_BUFFERS * sizeof(*nic->batch)));
        return nic->batch ? 0 : -PV_ENOMEM;
    }
    if (path < PV_NIC_VIRTIO) {
        return 0;
    }
    nic->buffers = pv_alloc_pages(pages(2 * PV_NIC_BUFFERS * PV_NIC_BUFFER_BYTES));
    if (!nic->buffers) {
        return -PV_ENOMEM;
    }
    int wrong = path == PV_NIC_VIRTIO ? open_virtio(nic) : open_ring(nic);
    if (wrong) {
        return wrong;
    }
    for (uint32_t i = 0; i < PV_NIC_BUFFERS; i++) {
        nic->free[nic->free_count++] = i;
        offer(nic, i);
    }
    publish_offers(nic);
    return 0;
}

/* What comes back from the device. */

static void arrived(struct pv_nic *nic, uint32_t buffer, uint32_t bytes)
{
    uint32_t last = (nic->ready_first + nic->ready_count++) % PV_NIC_BUFFERS;
    nic->ready[last].buffer = buffer;
    nic->ready[last].bytes = bytes;
}

/* The next buffer that a queue gives back; its index, or -1. */
static int take(struct pv_virtq *queue, uint32_t *bytes)
{
    struct pv_virtq_memory *m = queue->memory;
    if (__atomic_load_n(&m->used.index, __ATOMIC_ACQUIRE) == queue->taken) {
        return -1;
    }
    uint32_t at = queue->taken++ % PV_VIRTQ_SIZE;
    *bytes = m->used.ring[at].bytes;
    return (int)m->used.ring[at].id;
}

static void poll_virtio(struct pv_nic *nic)
{
    uint32_t bytes;
    for (int i = take(&nic->send_queue, &bytes); i >= 0; i = take(&nic->send_queue, &bytes)) {
        nic->free[nic->free_count++] = (uint32_t)i;
    }
    for (int i = take(&nic->receive_queue, &bytes); i >= 0; i = take(&nic->receive_queue, &bytes)) {
        if (bytes > VIRTIO_HEADER) {
            arrived(nic, (uint32_t)i, bytes - VIRTIO_HEADER);
        } else {
            offer(nic, (uint32_t)i);
            publish_offers(nic);
        }
    }
}

static void poll_ring(struct pv_nic *nic)
{
    struct pv_ring_completion c;
    while (pv_ring_take(&nic->ring, &c)) {
        if (c.op == PV_OP_SEND) {
            nic->free[nic->free_count++] = (uint32_t)c.user_data;
            nic->send_failures += c.result < 0;
        } else if (c.result >= 0) {
            arrived(nic, (uint32_t)c.user_data, (uint32_t)c.result);
        } else {
            offer(nic, (uint32_t)c.user_data);
            publish_offers(nic);
        }
    }
}

static void poll(struct pv_nic *nic)
{
    if (nic->path == PV_NIC_VIRTIO) {
        poll_virtio(nic);
    } else {
        poll_ring(nic);
    }
}

/* Receiving. */

int64_t pv_nic_receive(struct pv_nic *nic, void *room, uint32_t bytes)
{
    if (nic->path == PV_NIC_PORT) {
        return pv_port_io(nic->device->port, PV_OP_RECEIVE, 0, room, bytes);
    }
    if (nic->path == PV_NIC_MMIO) {
        return pv_mmio_io((volatile uint32_t *)nic->device->mmio, PV_OP_RECEIVE, 0, room, bytes);
    }
    if (nic->path == PV_NIC_CALL) {
        return pv_net_recv(nic->device->number, room, bytes);
    }
    poll(nic);
    if (nic->ready_count == 0) {
        int broken = nic->path == PV_NIC_VIRTIO ? 0 : pv_ring_status(&nic->ring);
        return broken ? broken : -PV_EAGAIN;
    }
    uint32_t buffer = nic->ready[nic->ready_first].buffer;
    uint32_t length = nic->ready[nic->ready_first].bytes;
    if (length > bytes) {
        return -PV_EMSGSIZE;
    }
    memcpy(room, receive_buffer(nic, buffer) + (nic->path == PV_NIC_VIRTIO ? VIRTIO_HEADER : 0), length);
    nic->ready_first = (nic->ready_first + 1) % PV_NIC_BUFFERS;
    nic->ready_count--;
    offer(nic, buffer);
    publish_offers(nic);
    return length;
}

/* Binds the channel that wakes the guest; what has come before that may have been told to nobody. */
static int bind(struct pv_nic *nic)
{
    int result = pv_event_setup(0);
    if (result < 0) {
        return result;
    }
    bool ring = nic->path > PV_NIC_VIRTIO;
    result = pv_event_bind(
        ring ? PV_EVENT_RING : PV_EVENT_DEVICE, ring ? (uint64_t)nic->ring.number : nic->device->number, NULL, NULL);
    if (result < 0) {
        return result;
    }
    nic->channel = (unsigned)result;
    return 0;
}

int pv_nic_wait(struct pv_nic *nic)
{
    if (nic->path == PV_NIC_VIRTIO) {
        return (int)pv_vcpu_yield();
    }
    if (!nic->channel) {
        return bind(nic);
    }
    bool ring = nic->path > PV_NIC_VIRTIO;
    if (ring && !pv_ring_before_sleep(&nic->ring)) {
        return 0;
    }
    int result = pv_event_wait(&nic->channel, 1, UINT64_MAX);
    pv_event_take(nic->channel);
    if (ring) {
        pv_ring_after_sleep(&nic->ring);
    }
    return result < 0 ? result : 0;
}

/* Sending. */

/* Copies a frame into a buffer and prepares it; false when all buffers are under way. */
static bool prepare(struct pv_nic *nic, const struct pv_nic_frame *frame)
{
    if (nic->free_count == 0) {
        return false;
    }
    uint32_t index = nic->free[--nic->free_count];
    uint8_t *buffer = send_buffer(nic, index);
    if (nic->path == PV_NIC_VIRTIO) {
        memset(buffer, 0, VIRTIO_HEADER);
        memcpy(buffer + VIRTIO_HEADER, frame->data, frame->bytes);
        struct pv_virtq_memory *m = nic->send_queue.memory;
        m->descriptors[index] = (struct pv_virtq_descriptor){(uintptr_t)buffer, VIRTIO_HEADER + frame->bytes, 0, 0};
        m->available.ring[nic->send_queue.prepared++ % PV_VIRTQ_SIZE] = (uint16_t)index;
        return true;
    }
    memcpy(buffer, frame->data, frame->bytes);
    struct pv_ring_submission *s = pv_ring_prepare(&nic->ring);
    s->user_data = index;
    s->op = PV_OP_SEND;
    s->gpa = (uintptr_t)buffer;
    s->bytes = frame->bytes;
    return true;
}

static int64_t send_queued(struct pv_nic *nic, const struct pv_nic_frame *frames, unsigned count)
{
    poll(nic);
    unsigned sent = 0;
    while (sent < count) {
        if (frames[sent].bytes > PV_NIC_BUFFER_BYTES - VIRTIO_HEADER) {
            break;
        }
        if (!prepare(nic, &frames[sent])) {
            break;
        }
        sent++;
    }
    if (sent == 0) {
        return nic->free_count == 0 ? -PV_EAGAIN : -PV_EMSGSIZE;
    }
    if (nic->path == PV_NIC_VIRTIO) {
        pv_virtq_publish(&nic->send_queue);
    } else {
        pv_ring_submit(&nic->ring);
    }
    return sent;
}

static int64_t send_batch(struct pv_nic *nic, const struct pv_nic_frame *frames, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct pv_call_slot *slot = &nic->batch[i];
        *slot = (struct pv_call_slot){.number = PV_CALL_NET_SEND};
        slot->arguments[0] = nic->device->number;
        slot->arguments[1] = (uintptr_t)frames[i].data;
        slot->arguments[2] = frames[i].bytes;
    }
    int64_t made = pv_multicall(nic->batch, count, PV_MULTICALL_STOP_ON_ERROR);
    if (made < 0) {
        return made;
    }
    unsigned sent = 0;
    while (sent < count && sent < made && nic->batch[sent].result >= 0) {
        sent++;
    }
    return sent > 0 ? sent : nic->batch[0].result;
}

static int64_t send_one(struct pv_nic *nic, const struct pv_nic_frame *frame)
{
    if (nic->path == PV_NIC_PORT) {
        return pv_port_io(nic->device->port, PV_OP_SEND, 0, frame->data, frame->bytes);
    }
    if (nic->path == PV_NIC_MMIO) {
        return pv_mmio_io((volatile uint32_t *)nic->device->mmio, PV_OP_SEND, 0, frame->data, frame->bytes);
    }
    return pv_net_send(nic->device->number, frame->data, frame->bytes);
}

int64_t pv_nic_send_all(struct pv_nic *nic, const struct pv_nic_frame *frames, unsigned count)
{
    if (count == 0 || count > PV_NIC_BUFFERS) {
        return count == 0 ? 0 : -PV_EINVAL;
    }
    if (nic->path >= PV_NIC_VIRTIO) {
        return send_queued(nic, frames, count);
    }
    if (nic->path == PV_NIC_CALL) {
        return send_batch(nic, frames, count);
    }
    for (unsigned sent = 0; sent < count; sent++) {
        int64_t result = send_one(nic, &frames[sent]);
        if (result < 0) {
            return sent > 0 ? sent : result;
        }
    }
    return count;
}

int64_t pv_nic_send(struct pv_nic *nic, const void *frame, uint32_t bytes)
{
    struct pv_nic_frame one = {frame, bytes};
    if (nic->path < PV_NIC_VIRTIO) {
        return send_one(nic, &one);
    }
    int64_t sent = send_queued(nic, &one, 1);
    return sent < 0 ? sent : bytes;
}
