/* Between system.c, the kernel, and app.c, its application. */
#ifndef SYSTEM_H
#define SYSTEM_H

/* What the application does, in the low byte of its argument; how often, above it. */
enum { WORK_SYSCALLS, WORK_INTERRUPTS, WORK_FAULTS };
enum { CALL_ADD, CALL_UNMAP, CALL_EXIT };

/* A region that is mapped page by page, as faults ask for it. */
#define REGION 0x8000000000
#define REGION_PAGES 512

#endif
