/* Every combination of P, R/W, U/S and NX in two levels of tables, with WP, SMEP, SMAP, AC and the ring, for the three accesses. */
#include <stdio.h>

#include "attempt.h"

#define VA 0xa00000
#define NX (1ull << 63)

static uint64_t table[512] __attribute__((aligned(4096)));

SNIPPET(load, "mov (%rax), %rdx");
SNIPPET(store, "mov %rdx, (%rax)");
SNIPPET(fetch, "call *%rax");

static uint64_t bits(int four)
{
    return (uint64_t)(four & 7) | (four & 8 ? NX : 0);
}

/* 0 if it was allowed, else the error code plus 1; 99 for another exception or a wrong address. */
static int outcome(void)
{
    if (trap.vector == DONE) {
        return 0;
    }
    return trap.vector == 14 && trap.cr2 == VA ? (int)trap.error + 1 : 99;
}

static void try_all(void)
{
    for (int ring = 0; ring <= 3; ring += 3) {
        for (int ac = 0; ac < 2; ac++) {
            uint64_t flags = 2 | (uint64_t)ac << 18;
            directory[VA >> 21] &= ~0x60ull;
            for (int kind = 0; kind < 3; kind++) {
                invalidate(VA);
                if (kind == 0) {
                    run(ring, load_start, load_end, flags, VA, 0);
                } else if (kind == 1) {
                    run(ring, store_start, store_end, flags, VA, 0xc3);
                } else {
                    run(ring, fetch_start, fetch_end, flags, VA, 0);
                }
                int code = outcome();
                putchar(code == 0 ? '.' : code == 99 ? '?' : code - 1 < 10 ? '0' + code - 1 : 'a' + code - 11);
            }
        }
    }
}

int main(void)
{
    attempt_init();
    *(volatile uint64_t *)VA = 0xc3;
    uint64_t cr0 = read_cr0() & ~(1ull << 16 | 1ull << 18), cr4 = read_cr4();
    for (int upper = 0; upper < 16; upper++) {
        for (int lower = 0; lower < 16; lower++) {
            printf("%x%x ", upper, lower);
            for (int mode = 0; mode < 8; mode++) {
                write_cr0(cr0 | (mode & 1 ? 1 << 16 : 0));
                write_cr4(cr4 | (mode & 2 ? 1 << 20 : 0) | (mode & 4 ? 1 << 21 : 0));
                directory[VA >> 21] = (uint64_t)table | bits(upper);
                table[0] = VA | bits(lower);
                try_all();
                /* And the leaf's accessed and dirty bits. Whether a walk that faults marks upper tables is free. */
                printf("-%x%c", (int)(table[0] >> 5 & 3), mode == 7 ? '\n' : ' ');
            }
            write_cr4(cr4);
        }
    }
    printf("end\n");
    return 0;
}
