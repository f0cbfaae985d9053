/*
 * Packets between two guests through memory that both have (the device `window`), with its doorbell. See examples/WINDOW-ECHO.md.
 *
 * The window holds two slots, one each way: a length (0: empty) and the packet. A side that has filled or emptied a slot rings;
 * a side that has nothing to do sleeps until it is rung.
 */
#include <pv.h>

enum { PACKET_BYTES = 4096, PACKETS = 50, DOORBELL = 0, PEER = 1 };

struct slot {
    uint32_t bytes;
    uint8_t data[PACKET_BYTES];
};

struct window {
    struct slot request __attribute__((aligned(64)));
    struct slot answer __attribute__((aligned(64)));
};

static const struct pv_device *device;
static struct window *window;
static unsigned channels[2];

static uint32_t length_of(const struct slot *slot)
{
    return __atomic_load_n(&slot->bytes, __ATOMIC_ACQUIRE);
}

static void set_length(struct slot *slot, uint32_t bytes)
{
    __atomic_store_n(&slot->bytes, bytes, __ATOMIC_RELEASE);
    pv_full_fence();
    pv_event_send(channels[DOORBELL]);
}

/* Sleeps until a slot is full; its length, read once and checked: the peer can write what it likes. */
static uint32_t await(const struct slot *slot)
{
    for (;;) {
        uint32_t bytes = length_of(slot);
        if (bytes > PACKET_BYTES) {
            pv_crash("the peer says a packet has %u bytes", bytes);
        }
        if (bytes) {
            return bytes;
        }
        pv_event_wait(channels, 2, UINT64_MAX);
        pv_event_take(channels[DOORBELL]);
        pv_event_take(channels[PEER]);
    }
}

static uint32_t peer(void)
{
    struct pv_device now;
    for (unsigned i = 0; pv_device_info(i, &now) == 0; i++) {
        if (now.number == device->number) {
            return (uint32_t)now.parameter;
        }
    }
    return 0;
}

static void serve(void)
{
    for (unsigned i = 0; i < PACKETS; i++) {
        uint32_t bytes = await(&window->request);
        for (uint32_t b = 0; b < bytes; b++) {
            window->answer.data[b] = window->request.data[b] ^ 0xff;
        }
        set_length(&window->request, 0);
        set_length(&window->answer, bytes);
    }
    printf("%u packets put back\n", PACKETS);
}

static void ask(void)
{
    for (unsigned i = 0; i < PACKETS; i++) {
        uint32_t bytes = 1 + i * 37 % 1500;
        for (uint32_t b = 0; b < bytes; b++) {
            window->request.data[b] = (uint8_t)(b * 3 + i);
        }
        set_length(&window->request, bytes);
        if (await(&window->answer) != bytes) {
            pv_crash("packet %u came back with another length", i);
        }
        for (uint32_t b = 0; b < bytes; b++) {
            if (window->answer.data[b] != (uint8_t) ~(b * 3 + i)) {
                pv_crash("packet %u came back with other bytes", i);
            }
        }
        set_length(&window->answer, 0);
    }
    printf("%u packets through the window\n", PACKETS);
}

int main(void)
{
    device = pv_find_device(PV_DEVICE_WINDOW);
    if (!device || device->mmio_bytes < sizeof(struct window)) {
        pv_crash("there is no window, or it is too small");
    }
    window = (struct window *)device->mmio;
    if (pv_event_setup(0) < 0) {
        pv_crash("there are no events");
    }
    for (uint64_t event = DOORBELL; event <= PEER; event++) {
        int channel = pv_event_bind(PV_EVENT_DEVICE, device->number | event << 32, NULL, NULL);
        if (channel < 0) {
            pv_crash("the window's event cannot be bound: %d", channel);
        }
        channels[event] = (unsigned)channel;
    }
    while (!peer()) {
        pv_event_wait(channels, 2, UINT64_MAX);
        pv_event_take(channels[PEER]);
    }
    if (pv_option("serve", 0)) {
        serve();
    } else {
        ask();
    }
    if (pv_option("last", 0)) {
        while (peer()) {
            pv_event_wait(channels, 2, UINT64_MAX);
            pv_event_take(channels[PEER]);
        }
        uint32_t left = window->request.bytes;
        printf("the peer has gone, and the window is still here: %u\n", left);
    }
    return 0;
}
