/*
 * A key-value server that is the whole guest: requests come in frames over a ring, answers go back the same way. See
 * examples/KEY-VALUE.md.
 */
#include <pv.h>
#include <pv_nic.h>

enum { HEADER = 14, MAC = 6, ENTRIES = 1024, KEY_BYTES = 64, VALUE_BYTES = 1024 };
enum { GET = 1, PUT, REMOVE, STOP };
enum { OK, NOT_FOUND, FULL, BAD };

/* Behind a frame's header, little-endian. A request's key follows, then its value; an answer's value follows. */
struct message {
    uint32_t id;
    uint8_t what; /* the request's operation, or the answer's status */
    uint8_t key_bytes;
    uint16_t value_bytes;
} __attribute__((packed));

struct entry {
    uint16_t value_bytes;
    uint8_t key_bytes; /* 0: free */
    uint8_t key[KEY_BYTES];
    uint8_t value[VALUE_BYTES];
};

static struct pv_nic nic;
static struct entry *table;
static uint8_t frame[2048];
static unsigned requests;

/* Where a key is, or the place that it may have; NULL when the table is full. Linear probing. */
static struct entry *find(const uint8_t *key, uint8_t bytes)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (unsigned i = 0; i < bytes; i++) {
        hash = (hash ^ key[i]) * 16777619u;
    }
    for (unsigned i = 0; i < ENTRIES; i++) {
        struct entry *e = &table[(hash + i) % ENTRIES];
        if (e->key_bytes == 0 || (e->key_bytes == bytes && memcmp(e->key, key, bytes) == 0)) {
            return e;
        }
    }
    return NULL;
}

/* Takes an entry out and puts those that follow it where they are found without it. */
static void take_out(struct entry *e)
{
    e->key_bytes = 0;
    for (unsigned i = (unsigned)(e - table + 1) % ENTRIES; table[i].key_bytes != 0; i = (i + 1) % ENTRIES) {
        struct entry moved = table[i];
        table[i].key_bytes = 0;
        *find(moved.key, moved.key_bytes) = moved;
    }
}

static void put(struct entry *e, const uint8_t *key, uint8_t key_bytes, const uint8_t *value, uint16_t value_bytes)
{
    e->key_bytes = key_bytes;
    memcpy(e->key, key, key_bytes);
    e->value_bytes = value_bytes;
    memcpy(e->value, value, value_bytes);
}

/* Answers the request in the frame, in place; the answer's bytes behind the header. */
static uint32_t answer(uint32_t bytes)
{
    struct message *m = (struct message *)(frame + HEADER);
    uint8_t *key = (uint8_t *)(m + 1);
    uint8_t key_bytes = m->key_bytes;
    uint16_t value_bytes = m->value_bytes;
    uint8_t operation = m->what;
    m->key_bytes = 0;
    m->value_bytes = 0;
    m->what = BAD;
    if (key_bytes == 0 || key_bytes > KEY_BYTES || value_bytes > VALUE_BYTES
        || sizeof(*m) + key_bytes + value_bytes > bytes) {
        return sizeof(*m);
    }
    struct entry *e = find(key, key_bytes);
    bool there = e && e->key_bytes != 0;
    if (operation == PUT) {
        m->what = e ? OK : FULL;
        if (e) {
            put(e, key, key_bytes, key + key_bytes, value_bytes);
        }
    } else if (operation == GET && there) {
        m->what = OK;
        m->value_bytes = e->value_bytes;
        memcpy(m + 1, e->value, e->value_bytes);
    } else if (operation == REMOVE && there) {
        m->what = OK;
        take_out(e);
    } else if (operation == GET || operation == REMOVE) {
        m->what = NOT_FOUND;
    }
    return (uint32_t)sizeof(*m) + m->value_bytes;
}

static bool is_stop(uint32_t bytes)
{
    return bytes >= sizeof(struct message) && ((struct message *)(frame + HEADER))->what == STOP;
}

static void reply(uint32_t bytes)
{
    memcpy(frame, frame + MAC, MAC);
    memcpy(frame + MAC, &nic.device->address, MAC);
    while (pv_nic_send(&nic, frame, HEADER + bytes) == -PV_EAGAIN) {
        pv_vcpu_yield();
    }
}

int main(void)
{
    enum pv_nic_path path = (enum pv_nic_path)pv_option("path", PV_NIC_RING_ADAPTIVE);
    table = pv_alloc_pages((ENTRIES * sizeof(*table) + 4095) / 4096);
    int wrong = table ? pv_nic_open(&nic, pv_find_device(PV_DEVICE_NET), path) : -PV_ENOMEM;
    if (wrong) {
        pv_crash("the server cannot begin: %d", wrong);
    }
    printf("serving\n");
    for (;;) {
        int64_t bytes = pv_nic_receive(&nic, frame, sizeof(frame));
        if (bytes == -PV_EAGAIN) {
            pv_nic_wait(&nic);
            continue;
        }
        if (bytes < 0) {
            pv_crash("nothing can be received: %ld", bytes);
        }
        uint32_t behind = (uint32_t)bytes - HEADER;
        if (is_stop(behind)) {
            printf("%u requests served\n", requests);
            return 0;
        }
        if (behind >= sizeof(struct message)) {
            requests++;
            reply(answer(behind));
        }
    }
}
