/* The guest kit: everything that a guest needs. */
#ifndef PV_H
#define PV_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pv_clock.h"
#include "pv_console.h"
#include "pv_cpu.h"
#include "pv_event.h"
#include "pv_hypercall.h"
#include "pv_interrupt.h"
#include "pv_platform.h"
#include "pv_ring.h"
#include "pv_smp.h"
#include "pv_user.h"

#endif
