/* Without Paravert every call answers -ENOSYS, and nothing else happens. */
#include <pv.h>

int main(void)
{
    printf("%ld %ld %ld\n", (long)pv_version(), (long)pv_null(), (long)pv_call6(0x8000, 1, 2, 3, 4, 5, 6));
    printf("%d %d\n", pv_event_setup(0), pv_has(PV_FEATURE_CONSOLE));
    struct pv_ring ring;
    void *memory = pv_alloc_pages((pv_ring_bytes(16) + 4095) / 4096);
    pv_ring_init(&ring, memory, 16, PV_RING_MODE_DOORBELL);
    unsigned prepared = 0;
    while (pv_ring_prepare(&ring)) {
        prepared++;
    }
    struct pv_ring_completion completion;
    printf("%d %u %d\n", pv_ring_setup(&ring, 1), prepared, pv_ring_take(&ring, &completion));
    return 0;
}
