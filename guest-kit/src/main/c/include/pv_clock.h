/* Time. */
#ifndef PV_CLOCK_GUEST_H
#define PV_CLOCK_GUEST_H

#include <stdint.h>

/*
 * Monotonic time in ns: by the shared clock page when the monitor keeps one (no exit), else by CLOCK_READ; on another
 * monitor by the TSC, measured against the PIT when first asked.
 */
uint64_t pv_now(void);

/* Nanoseconds since 1970-01-01 00:00 UTC, 0 when nobody tells. */
uint64_t pv_wall(void);

#endif
