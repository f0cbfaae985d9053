/* The programs of bench/cpu on the processor itself: as in a guest, but in a host process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "programs.h"

static unsigned long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ul + t.tv_nsec;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 6;
    printf("ready\n");
    for (const struct program *p = programs; p->name; p++) {
        if (argc > 2 && *argv[2] && strcmp(argv[2], p->name))
            continue;
        for (int r = 0; r < rounds; r++) {
            unsigned long from = now();
            unsigned long check = p->run(p->units);
            printf("%s %lu %lx\n", p->name, now() - from, check);
            fflush(stdout);
        }
    }
    return 0;
}
