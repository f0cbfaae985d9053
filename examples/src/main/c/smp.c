/* Two vCPUs add to one counter at the same time; no addition may be lost. Build: pv-cc smp.c */
#include <pv.h>

#define ROUNDS 10000

static unsigned counter;
static unsigned second = ~0u;

static void count(void)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
    }
}

static void secondary(void *argument)
{
    (void)argument;
    second = pv_vcpu();
    count();
}

int main(void)
{
    int result = pv_vcpu_start(1, secondary, NULL, NULL);
    if (result < 0) {
        printf("vCPU 1 does not start: error %d; this guest wants two vCPUs\n", -result);
        return 1;
    }
    count();
    pv_vcpu_join(1);
    printf("vCPU %u and vCPU %u counted to %u\n", pv_vcpu(), second, counter);
    return counter == 2 * ROUNDS ? 0 : 1;
}
