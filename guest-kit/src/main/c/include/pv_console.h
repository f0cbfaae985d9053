/*
 * The console: Paravert's by CONSOLE_WRITE and CONSOLE_READ, otherwise the first serial port. Bytes go out as they are;
 * a terminal that wants carriage returns adds them itself.
 */
#ifndef PV_CONSOLE_H
#define PV_CONSOLE_H

#include <stdint.h>

/* Writes all of it. */
void pv_console_write(const void *bytes, uint64_t count);

/* Reads what waits, at most `count` bytes: their number, 0 at the end of the input, -PV_EAGAIN when nothing waits. */
int64_t pv_console_read(void *buffer, uint64_t count);

/* The next byte, waiting for it; -1 at the end of the input. */
int pv_console_getchar(void);

#endif
