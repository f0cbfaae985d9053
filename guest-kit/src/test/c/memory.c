/* The memory map and the page allocator. */
#include <pv.h>

extern char pv_image_end[];

int main(void)
{
    uint64_t ram = 0;
    const struct pv_memory_range *range;
    for (unsigned i = 0; (range = pv_memory_range(i)) != NULL; i++) {
        ram += range->type == PV_MEMORY_RAM ? range->bytes : 0;
    }
    printf("%lu MiB\n", (ram + 0xfffff) >> 20);
    char *a = pv_alloc_pages(1);
    char *b = pv_alloc_pages(256);
    printf("%d %d %d\n", a >= pv_image_end, b >= a + 4096, a && !a[0] && !a[4095] && !b[0]);
    printf("%d %d\n", pv_alloc_pages(1 << 19) == NULL, pv_alloc_pages(0) == NULL);
    memset(b, 0x5a, 4096);
    memmove(b + 1, b, 4095);
    memmove(b, b + 1, 4095);
    uint64_t start = pv_now();
    while (pv_now() < start + 2000000) {
        pv_pause();
    }
    printf("%d %s\n", b[4095] == 0x5a, "time passes");
    return 0;
}
