/* Time. */
#include "pv_clock.h"

#include "pv_hypercall.h"
#include "string.h"

/* Intel 8254 PIT, channel 2, gated by port 0x61. */
#define PIT_CHANNEL2 0x42
#define PIT_MODE 0x43
#define PIT_CHANNEL2_MODE0 0xb0
#define PIT_GATE 0x61
#define GATE_ON 0x01
#define GATE_SPEAKER 0x02
#define GATE_OUTPUT 0x20
#define PIT_HZ 1193182
#define MEASURE_MS 10
#define PIT_PATIENCE 100000000

#define NS_PER_MS 1000000

static struct pv_clock_page *page;
static bool page_asked;
static uint64_t tsc_start;
static uint64_t ns_per_tick; /* scaled by 2^32; without Paravert */

/* Asks for a clock page, where the monitor has set one aside. */
static void ask_for_page(void)
{
    page_asked = true;
    const struct pv_boot_info *boot = pv_platform.boot;
    if (boot && boot->clock_page && pv_has(PV_FEATURE_CLOCK_PAGE)
        && pv_call1(PV_CALL_CLOCK_PAGE_SETUP, boot->clock_page) == 0) {
        page = (struct pv_clock_page *)boot->clock_page;
    }
}

static bool read_page(uint64_t *ns)
{
    uint32_t sequence;
    bool valid;
    do {
        sequence = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
        volatile struct pv_clock_page *p = page;
        unsigned __int128 ticks = pv_rdtsc() - p->tsc_base;
        *ns = p->ns_base + (uint64_t)(ticks * p->multiplier >> (p->shift & 63));
        valid = p->flags & PV_CLOCK_TSC_VALID;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (sequence & 1 || sequence != __atomic_load_n(&page->sequence, __ATOMIC_RELAXED));
    return valid;
}

/* Ticks of the TSC in a millisecond, by the PIT; a guess of 1 GHz where there is no PIT. */
static uint32_t measure_tsc_khz(void)
{
    uint16_t count = PIT_HZ * MEASURE_MS / 1000;
    pv_out8(PIT_GATE, (uint8_t)((pv_in8(PIT_GATE) & ~GATE_SPEAKER) | GATE_ON));
    pv_out8(PIT_MODE, PIT_CHANNEL2_MODE0);
    pv_out8(PIT_CHANNEL2, (uint8_t)count);
    pv_out8(PIT_CHANNEL2, (uint8_t)(count >> 8));
    uint64_t start = pv_rdtsc();
    for (unsigned i = 0; i < PIT_PATIENCE && !(pv_in8(PIT_GATE) & GATE_OUTPUT); i++) {
    }
    uint64_t khz = (pv_rdtsc() - start) / MEASURE_MS;
    return khz > MEASURE_MS ? (uint32_t)khz : NS_PER_MS;
}

uint64_t pv_now(void)
{
    uint64_t ns;
    if (pv_platform.paravert) {
        if (!page_asked) {
            ask_for_page();
        }
        return page && read_page(&ns) ? ns : (uint64_t)pv_clock_read();
    }
    if (!tsc_start) {
        pv_platform.tsc_khz = measure_tsc_khz();
        ns_per_tick = ((uint64_t)NS_PER_MS << 32) / pv_platform.tsc_khz;
        tsc_start = pv_rdtsc();
    }
    return (uint64_t)((unsigned __int128)(pv_rdtsc() - tsc_start) * ns_per_tick >> 32);
}

uint64_t pv_wall(void)
{
    int64_t ns = pv_clock_wall();
    return ns < 0 ? 0 : (uint64_t)ns;
}
