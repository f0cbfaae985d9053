/*
 * The guest of bench/cpu. The same file boots on Paravert and, by PVH, on other monitors. With -DROUNDS=n each program runs n times, and
 * each time prints "NAME NANOSECONDS CHECK"; -DONLY="\"name\"" is for one program. With -DFIRST_SECOND it does one unit of each in turn
 * until a second has passed since its start, and prints "first-second UNITS".
 */
#include <pv.h>

#include "programs.h"

#ifndef ROUNDS
#define ROUNDS 6
#endif
#ifndef ONLY
#define ONLY ""
#endif

#define SECOND 1000000000

static const struct program *const tables[] = {programs, system_programs};

#ifdef FIRST_SECOND

static unsigned units;

static bool in_time(uint64_t start)
{
    for (unsigned t = 0; t < 2; t++)
        for (const struct program *p = tables[t]; p->name; p++) {
            p->run(1);
            if (pv_now() - start >= SECOND)
                return false;
            units++;
        }
    return true;
}

int main(void)
{
    printf("ready\n");
    uint64_t start = pv_now();
    while (in_time(start)) {
    }
    printf("first-second %u\n", units);
    return 0;
}

#else

int main(void)
{
    printf("ready\n");
    for (unsigned t = 0; t < 2; t++)
        for (const struct program *p = tables[t]; p->name; p++) {
            if (*ONLY && strcmp(ONLY, p->name))
                continue;
            for (int r = 0; r < ROUNDS; r++) {
                uint64_t from = pv_now();
                uint64_t check = p->run(p->units);
                printf("%s %lu %lx\n", p->name, pv_now() - from, check);
            }
        }
    return 0;
}

#endif
