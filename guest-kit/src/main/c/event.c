/* Event channels. */
#include "pv_event.h"

#include "pv_hypercall.h"
#include "pv_interrupt.h"
#include "pv_smp.h"
#include "string.h"

#define WORD_BITS 64

struct binding {
    pv_event_handler *handler;
    void *argument;
};

#define WORDS (PV_LIMIT_EVENT_CHANNELS / WORD_BITS)

static struct pv_event_area *area;

/* Zeroed by the first pv_event_setup, not at every guest's start. */
static struct {
    struct binding bindings[PV_LIMIT_EVENT_CHANNELS];
    uint64_t owned[PV_LIMIT_VCPUS][WORDS]; /* channels whose events the vCPU serves */
} table __attribute__((section(".noinit")));

static uint64_t bit(unsigned channel)
{
    return UINT64_C(1) << channel % WORD_BITS;
}

static bool upcall(struct pv_frame *frame)
{
    (void)frame;
    pv_event_serve();
    pv_apic_eoi();
    return true;
}

int pv_event_setup(unsigned vector)
{
    if (!pv_has(PV_FEATURE_EVENT)) {
        return -PV_ENOSYS;
    }
    if (!area) {
        const struct pv_boot_info *boot = pv_platform.boot;
        void *pages = boot && boot->event_area ? (void *)boot->event_area : pv_alloc_pages(sizeof(*area) / 4096);
        if (!pages) {
            return -PV_ENOMEM;
        }
        int64_t result = pv_call1(PV_CALL_EVENT_PAGE_SETUP, (uintptr_t)pages);
        if (result < 0) {
            return (int)result;
        }
        memset(&table, 0, sizeof(table));
        area = pages;
    }
    if (vector) {
        pv_set_handler(vector, upcall);
        pv_apic_on();
    }
    return (int)pv_call2(PV_CALL_EVENT_SET_VECTOR, pv_vcpu(), vector);
}

int pv_event_bind(uint32_t kind, uint64_t source, pv_event_handler *handler, void *argument)
{
    int64_t channel = pv_call3(PV_CALL_EVENT_BIND, kind, source, pv_vcpu());
    if (channel > 0) {
        table.bindings[channel] = (struct binding){handler, argument};
        __atomic_fetch_or(&table.owned[pv_vcpu()][channel / WORD_BITS], bit((unsigned)channel), __ATOMIC_SEQ_CST);
    }
    return (int)channel;
}

int pv_event_unbind(unsigned channel)
{
    int result = (int)pv_call1(PV_CALL_EVENT_UNBIND, channel);
    if (result == 0) {
        for (unsigned vcpu = 0; vcpu < PV_LIMIT_VCPUS; vcpu++) {
            __atomic_fetch_and(&table.owned[vcpu][channel / WORD_BITS], ~bit(channel), __ATOMIC_SEQ_CST);
        }
        table.bindings[channel] = (struct binding){0};
        pv_event_take(channel);
    }
    return result;
}

int pv_event_send(unsigned channel)
{
    return (int)pv_call1(PV_CALL_EVENT_SEND, channel);
}

void pv_event_mask(unsigned channel)
{
    __atomic_fetch_or(&area->masked[channel / WORD_BITS], bit(channel), __ATOMIC_SEQ_CST);
}

void pv_event_unmask(unsigned channel)
{
    __atomic_fetch_and(&area->masked[channel / WORD_BITS], ~bit(channel), __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&area->pending[channel / WORD_BITS], __ATOMIC_SEQ_CST) & bit(channel)) {
        pv_call1(PV_CALL_EVENT_UNMASK, channel);
    }
}

bool pv_event_take(unsigned channel)
{
    uint64_t before = __atomic_fetch_and(&area->pending[channel / WORD_BITS], ~bit(channel), __ATOMIC_SEQ_CST);
    return before & bit(channel);
}

static void serve_word(unsigned word)
{
    for (;;) {
        uint64_t ready = __atomic_load_n(&area->pending[word], __ATOMIC_SEQ_CST)
            & ~__atomic_load_n(&area->masked[word], __ATOMIC_SEQ_CST)
            & __atomic_load_n(&table.owned[pv_vcpu()][word], __ATOMIC_SEQ_CST);
        if (!ready) {
            return;
        }
        unsigned channel = word * WORD_BITS + (unsigned)__builtin_ctzll(ready);
        struct binding binding = table.bindings[channel];
        if (pv_event_take(channel) && binding.handler) {
            binding.handler(channel, binding.argument);
        }
    }
}

void pv_event_serve(void)
{
    struct pv_event_vcpu *line = &area->vcpus[pv_vcpu()];
    __atomic_exchange_n(&line->upcall, 0, __ATOMIC_SEQ_CST);
    uint32_t words = __atomic_exchange_n(&line->selector, 0, __ATOMIC_SEQ_CST);
    for (; words; words &= words - 1) {
        serve_word((unsigned)__builtin_ctz(words));
    }
}

int pv_event_wait(const unsigned *channels, unsigned count, uint64_t deadline)
{
    uint64_t wanted[WORDS] = {0};
    for (unsigned i = 0; i < count; i++) {
        if (channels[i] >= PV_LIMIT_EVENT_CHANNELS) {
            return -PV_EINVAL;
        }
        wanted[channels[i] / WORD_BITS] |= bit(channels[i]);
    }
    int64_t result;
    do {
        result = pv_vcpu_poll(wanted, deadline);
    } while (result == -PV_EINTR);
    return (int)result;
}
