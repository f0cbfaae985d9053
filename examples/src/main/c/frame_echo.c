/*
 * Frames between two guests on one network, over any path. The server sends each frame back to where it came from; the client
 * sends frames of several lengths, one by one and then many at once, and compares. See examples/FRAME-ECHO.md.
 */
#include <pv.h>
#include <pv_nic.h>

enum { HEADER = 14, MAC = 6, FRAME_BYTES = 1514, BATCH = 16, TYPE = 0x88b5 /* IEEE 802, local experiments */ };

static struct pv_nic nic;
static uint8_t frame[FRAME_BYTES], room[2048], many[BATCH][FRAME_BYTES];

static void send(const void *data, uint32_t bytes)
{
    int64_t result;
    while ((result = pv_nic_send(&nic, data, bytes)) == -PV_EAGAIN) {
        pv_vcpu_yield();
    }
    if (result != bytes) {
        pv_crash("a frame of %u bytes was not sent: %ld", bytes, result);
    }
}

static uint32_t receive(void)
{
    int64_t bytes;
    while ((bytes = pv_nic_receive(&nic, room, sizeof(room))) == -PV_EAGAIN) {
        pv_nic_wait(&nic);
    }
    if (bytes < HEADER) {
        pv_crash("no frame came: %ld", bytes);
    }
    return (uint32_t)bytes;
}

static void serve(unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        uint32_t bytes = receive();
        memcpy(room, room + MAC, MAC);
        memcpy(room + MAC, &nic.device->address, MAC);
        send(room, bytes);
    }
    printf("%u frames sent back\n", frames);
}

/* A frame to everybody; its number and length decide what is in it. */
static void make(uint8_t *to, unsigned number, uint32_t bytes)
{
    memset(to, 0xff, MAC);
    memcpy(to + MAC, &nic.device->address, MAC);
    to[12] = TYPE >> 8;
    to[13] = TYPE & 0xff;
    for (uint32_t i = HEADER; i < bytes; i++) {
        to[i] = (uint8_t)(i * 7 + number * 31 + bytes);
    }
}

static void expect(const uint8_t *sent, uint32_t bytes)
{
    uint32_t came = receive();
    if (came != bytes || memcmp(room, &nic.device->address, MAC) != 0 || memcmp(room + 12, sent + 12, bytes - 12) != 0) {
        pv_crash("%u bytes were sent, and %u other bytes came back", bytes, came);
    }
}

static void ask(void)
{
    static const uint32_t lengths[] = {14, 60, 64, 576, 1500, 1514};
    unsigned count = sizeof(lengths) / sizeof(*lengths);
    for (unsigned i = 0; i < count; i++) {
        make(frame, i, lengths[i]);
        send(frame, lengths[i]);
        expect(frame, lengths[i]);
    }
    struct pv_nic_frame frames[BATCH];
    for (unsigned i = 0; i < BATCH; i++) {
        frames[i] = (struct pv_nic_frame){many[i], 60 + 90 * i};
        make(many[i], i, frames[i].bytes);
    }
    unsigned sent = 0;
    while (sent < BATCH) {
        int64_t taken = pv_nic_send_all(&nic, frames + sent, BATCH - sent);
        if (taken < 0 && taken != -PV_EAGAIN) {
            pv_crash("the batch was not sent: %ld", taken);
        }
        sent += taken > 0 ? (unsigned)taken : 0;
    }
    for (unsigned i = 0; i < BATCH; i++) {
        expect(many[i], frames[i].bytes);
    }
    printf("%u frames came back as they were\n", count + BATCH);
}

int main(void)
{
    int wrong = pv_nic_open(&nic, pv_find_device(PV_DEVICE_NET), (enum pv_nic_path)pv_option("path", PV_NIC_CALL));
    if (wrong) {
        pv_crash("the network interface cannot be opened: %d", wrong);
    }
    unsigned serves = (unsigned)pv_option("serve", 0);
    if (serves) {
        serve(serves);
    } else {
        ask();
    }
    if (nic.send_failures) {
        pv_crash("%lu frames were not sent", nic.send_failures);
    }
    return 0;
}
