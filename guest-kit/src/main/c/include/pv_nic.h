/*
 * A driver for a network interface, the same over every path. It polls; one thread of control at a time.
 *
 *     struct pv_nic nic;
 *     if (pv_nic_open(&nic, pv_find_device(PV_DEVICE_NET), PV_NIC_RING_ADAPTIVE)) ...
 *     pv_nic_send(&nic, frame, bytes);
 *     while ((bytes = pv_nic_receive(&nic, room, sizeof(room))) == -PV_EAGAIN) pv_nic_wait(&nic);
 *
 * Frames are Ethernet frames without FCS. Over rings and virtio they are copied to and from buffers of the driver's own.
 */
#ifndef PV_NIC_H
#define PV_NIC_H

#include <stdint.h>

#include "pv_hypercall.h"
#include "pv_ring.h"
#include "pv_virtio.h"

enum pv_nic_path {
    PV_NIC_PORT,
    PV_NIC_MMIO,
    PV_NIC_CALL, /* several frames at once go by MULTICALL */
    PV_NIC_VIRTIO,
    PV_NIC_RING_DOORBELL,
    PV_NIC_RING_ADAPTIVE,
    PV_NIC_RING_POLLING,
};

enum {
    PV_NIC_BUFFERS = 32, /* in each direction, over rings and virtio */
    PV_NIC_BUFFER_BYTES = 2048,
    PV_NIC_MTU = 2000, /* at most */
};

struct pv_nic_frame {
    const void *data;
    uint32_t bytes;
};

struct pv_nic {
    const struct pv_device *device;
    enum pv_nic_path path;
    uint64_t send_failures; /* frames that the device did not take, over rings */
    struct pv_ring ring;
    struct pv_virtq receive_queue, send_queue;
    struct pv_call_slot *batch; /* PV_NIC_BUFFERS of them */
    uint8_t *buffers;           /* those to receive into, then those to send from */
    uint32_t free[PV_NIC_BUFFERS], free_count; /* buffers to send from */
    struct {
        uint32_t buffer, bytes;
    } ready[PV_NIC_BUFFERS]; /* received and not yet asked for, from `ready_first` on */
    uint32_t ready_first, ready_count;
    unsigned channel; /* by which pv_nic_wait is woken; 0 before its first call */
};

/* Opens it; 0 or a negative PV_E*. Over rings and virtio it takes pages that are never given back. */
int pv_nic_open(struct pv_nic *nic, const struct pv_device *device, enum pv_nic_path path);

/* Sends a frame: its bytes, or a negative PV_E*; -PV_EAGAIN when there is no room for it now. */
int64_t pv_nic_send(struct pv_nic *nic, const void *frame, uint32_t bytes);

/*
 * Sends frames, at most PV_NIC_BUFFERS, with as few exits as the path permits. Gives how many were taken, from the first on, or
 * the error of the first.
 */
int64_t pv_nic_send_all(struct pv_nic *nic, const struct pv_nic_frame *frames, unsigned count);

/*
 * Receives a frame: its bytes, or a negative PV_E*: -PV_EAGAIN when none waits, -PV_EMSGSIZE when the next is longer than
 * `bytes`; it stays.
 */
int64_t pv_nic_receive(struct pv_nic *nic, void *room, uint32_t bytes);

/*
 * After a receive that gave -PV_EAGAIN: sleeps until there may be a frame. It may return early. Over virtio it only yields. 0 or
 * a negative PV_E*.
 */
int pv_nic_wait(struct pv_nic *nic);

#endif
