/* Between start.c and platform.c. */
#ifndef PV_PLATFORM_INTERNAL_H
#define PV_PLATFORM_INTERNAL_H

#include "pv_platform.h"

/* Fills pv_platform; `boot` is what the 64-bit entry was given, `pvh` what the PVH entry was given. */
void pv_platform_init(const struct pv_boot_info *boot, const struct pv_pvh_start_info *pvh);

#endif
