/* The part of <stdlib.h> that a guest has. */
#ifndef PV_STDLIB_H
#define PV_STDLIB_H

#include <stddef.h>

_Noreturn void exit(int code);
_Noreturn void abort(void);

/* Base 10 or 16; `end` may be NULL. No check for overflow. */
unsigned long strtoul(const char *text, char **end, int base);

#endif
