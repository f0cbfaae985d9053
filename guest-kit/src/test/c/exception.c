/* Takes some exceptions and goes on, then one that no handler takes. */
#include <pv.h>

static unsigned caught;

static bool skip_ud2(struct pv_frame *frame)
{
    caught++;
    frame->rip += 2;
    return true;
}

static bool count_breakpoint(struct pv_frame *frame)
{
    caught += frame->rbx == 0x1234 ? 16 : 0;
    return true;
}

int main(void)
{
    pv_set_handler(6, skip_ud2);
    pv_set_handler(3, count_breakpoint);
    __asm__ volatile("ud2");
    __asm__ volatile("int3" : : "b"(0x1234));
    __asm__ volatile("int $3" : : "b"(0x1234));
    printf("caught %u\n", caught);
    __asm__ volatile("movq $0x77, %%r9; movq $1, (%0)" : : "r"(UINT64_C(0x123456789000)) : "r9", "memory");
    return 0;
}
