/* Event channels (docs/abi.md, "Event channels"). */
#ifndef PV_EVENT_GUEST_H
#define PV_EVENT_GUEST_H

#include <stdbool.h>
#include <stdint.h>

typedef void pv_event_handler(unsigned channel, void *argument);

/*
 * Names the event area to the monitor and, with a vector from 32 to 255, takes upcalls on the calling vCPU through its
 * local APIC; with vector 0 the guest polls. Once for each vCPU that takes events. Gives 0 or a negative PV_E*.
 */
int pv_event_setup(unsigned vector);

/*
 * Binds a channel for the calling vCPU, masked. `handler` may be NULL for a channel that is polled. Gives the channel or
 * a negative PV_E*.
 */
int pv_event_bind(uint32_t kind, uint64_t source, pv_event_handler *handler, void *argument);
int pv_event_unbind(unsigned channel);
int pv_event_send(unsigned channel);
void pv_event_mask(unsigned channel);
void pv_event_unmask(unsigned channel);

/* Takes a pending event: true when there was one. */
bool pv_event_take(unsigned channel);

/* Serves every event of the calling vCPU that is pending and not masked; the upcall does this by itself. */
void pv_event_serve(void);

/* Waits until one of the channels is pending, without serving it; its number, or a negative PV_E*. */
int pv_event_wait(const unsigned *channels, unsigned count, uint64_t deadline);

#endif
