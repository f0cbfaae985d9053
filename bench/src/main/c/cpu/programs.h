/* What bench/cpu measures. A program does `units` of work, each of a millisecond or some on an ordinary emulator, and returns a check. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <stdint.h>

struct program {
    const char *name;
    uint64_t (*run)(uint32_t units);
    uint32_t units; /* of a row of the table */
};

/* Ends with a name of NULL. */
extern const struct program programs[];
/* What needs ring 0; in a guest only. */
extern const struct program system_programs[];

#endif
