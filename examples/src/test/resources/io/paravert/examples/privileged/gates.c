/* INT through gates of every type and privilege, exceptions within exceptions, stacks, and what lies on them. */
#include <stdio.h>

#include "attempt.h"

#define GONE 0xc00000
#define NON_CANONICAL 0x800000000000ull

SNIPPET(interrupt, "int $0x90");
SNIPPET(breakpoint, "int3");
SNIPPET(undefined, "ud2");
SNIPPET(divide, "xor %ecx, %ecx\ndiv %ecx");
SNIPPET(divide_overflow, "mov $1, %ecx\nmov $2, %edx\ndiv %ecx");
SNIPPET(not_canonical, "mov (%rax), %rcx");
SNIPPET(stack_not_canonical, "mov %rax, %rsp\npop %rcx");
SNIPPET(frame_not_canonical, "mov %rax, %rbp\nmov (%rbp), %rcx");
SNIPPET(page, "mov (%rax), %rcx");
SNIPPET(page_second, "mov -4(%rax), %rcx");
SNIPPET(jump_not_canonical, "jmp *%rax");
SNIPPET(return_not_canonical, "push %rax\nret");
SNIPPET(iret_not_canonical, "mov %rsp, %rcx\nmov %ss, %esi\npush %rsi\npush %rcx\npushfq\nmov %cs, %esi\npush %rsi\npush %rax\niretq");
SNIPPET(hlt, "hlt");
SNIPPET(step, "pushfq\norl $0x100, (%rsp)\npopfq\nnop\nnop");
SNIPPET(step_syscall_flags, "pushfq\norl $0x4100, (%rsp)\npopfq\nnop");
SNIPPET(step_stack_load, "mov %ss, %ecx\npushfq\norl $0x100, (%rsp)\npopfq\nmov %ecx, %ss\nnop\nnop");
SNIPPET(flags_all, "pushq $-769\npopfq\npushfq\npop %rax");
SNIPPET(flags_none, "pushq $0\npopfq\npushfq\npop %rax");
SNIPPET(alignment, "pushfq\norl $0x40000, (%rsp)\npopfq\nlea -7(%rsp), %rdx\nmov (%rdx), %rcx");
SNIPPET(wait, "fwait");
SNIPPET(float_load, "fldz");
SNIPPET(vector_move, "movaps %xmm0, %xmm1");

struct snippet {
    const char *name;
    const char *start, *end;
    uint64_t rax;
};
#define S(name, rax) {#name, name##_start, name##_end, rax}
static const struct snippet snippets[] = {
    S(breakpoint, 0), S(undefined, 0), S(divide, 0), S(divide_overflow, 0),
    S(not_canonical, NON_CANONICAL), S(stack_not_canonical, NON_CANONICAL), S(frame_not_canonical, NON_CANONICAL),
    S(page, GONE), S(page_second, GONE), S(jump_not_canonical, NON_CANONICAL), S(return_not_canonical, NON_CANONICAL),
    S(iret_not_canonical, NON_CANONICAL), S(hlt, 0), S(step, 0), S(step_syscall_flags, 0), S(step_stack_load, 0),
    S(flags_all, 0), S(flags_none, 0), S(alignment, 0), S(wait, 0), S(float_load, 0), S(vector_move, 0),
};
#define COUNT (sizeof(snippets) / sizeof(snippets[0]))

static void init(void)
{
    attempt_init();
    directory[GONE >> 21] = 0;
    directory[(GONE >> 21) - 1] |= 4;
    write_cr3(read_cr3());
}

/* Where code faults by its fetch, the target is its RIP. */
static uint64_t rip(int ring)
{
    return trap.rip == NON_CANONICAL ? 0xffff : OFFSET(ring);
}

/*
 * The vector and its error code. Where that names a gate, QEMU counts in units of 16 bytes and leaves EXT clear, both its faults:
 * then only whether it is the right gate is said.
 */
static void put_error(int gate)
{
    unsigned error = (unsigned)trap.error;
    if (trap.vector != DONE && trap.vector != 14 && (error & 2) && (error >> 3 == (unsigned)gate || error >> 4 == (unsigned)gate)) {
        printf(" %x:gate", (int)trap.vector);
    } else if (trap.vector == 12) {
        printf(" c:%x", error & ~1u);
    } else {
        printf(" %x:%x", (int)trap.vector, error);
    }
}

static void show(int ring)
{
    put_error(3);
    /* Without RF, which QEMU does not push. */
    printf(" rip %x cs %x ss %x flags %x", (unsigned)rip(ring), (unsigned)trap.cs, (unsigned)trap.ss,
           (unsigned)trap.rflags & 0x27700);
    if (trap.vector == 14) {
        printf(" cr2 %x", (unsigned)trap.cr2);
    }
    /* Frames begin at a multiple of 16. */
    printf(" frame %x\n", (unsigned)trap.handler_rsp & 15);
}

static void gates(void)
{
    for (int ring = 0; ring <= 3; ring += 3) {
        for (int type = 0; type < 32; type++) {
            printf("gate type %x ring %d:", type, ring);
            for (int attributes = 0; attributes < 8; attributes++) {
                init();
                set_gate(0x90, entry_of(0x90), type | attributes << 5, 0);
                run(ring, interrupt_start, interrupt_end, 2, 0, 0);
                put_error(0x90);
            }
            putchar('\n');
        }
    }
    for (int ring = 0; ring <= 3; ring += 3) {
        printf("gate selectors, ring %d:", ring);
        static const int selectors[] = {0, DATA0, CODE0, CODE3, FREE, 0x1000, 4, TSS_SELECTOR};
        for (unsigned i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++) {
            init();
            set_gate(0x90, entry_of(0x90), 0xee, 0);
            idt[0x120] = (idt[0x120] & ~0xffff0000ull) | (uint64_t)selectors[i] << 16;
            run(ring, interrupt_start, interrupt_end, 2, 0, 0);
            put_error(0x90);
        }
        putchar('\n');
    }
}

/* The first exception's gate is broken in some way; what comes of both. */
static void nested(void)
{
    static const int first[] = {0, 3, 6, 13, 14};
    const struct snippet *raising[] = {&snippets[2], &snippets[0], &snippets[1], &snippets[4], &snippets[7]};
    for (unsigned i = 0; i < 5; i++) {
        for (int broken = 0; broken < 4; broken++) {
            for (int ring = 0; ring <= 3; ring += 3) {
                init();
                int vector = first[i];
                int dpl = vector == 3 ? 0x60 : 0;
                if (broken == 0) {
                    set_gate(vector, entry_of(vector), 0x0e | dpl, 0);
                } else if (broken == 1) {
                    set_gate(vector, entry_of(vector), 0x80 | dpl, 0);
                } else if (broken == 2) {
                    uint64_t gone = GONE + 0x800;
                    __builtin_memcpy(tss + 0x2c, &gone, 8);
                    set_gate(vector, entry_of(vector), 0x8e | dpl, 2);
                } else {
                    uint64_t gone = NON_CANONICAL;
                    __builtin_memcpy(tss + 0x2c, &gone, 8);
                    set_gate(vector, entry_of(vector), 0x8e | dpl, 2);
                }
                run(ring, raising[i]->start, raising[i]->end, 2, raising[i]->rax, 0);
                printf("%s, broken gate %d, ring %d: ", raising[i]->name, broken, ring);
                put_error(vector);
                putchar('\n');
            }
        }
    }
}

int main(void)
{
    gates();
    nested();
    for (unsigned i = 0; i < COUNT; i++) {
        /* In ring 0 a stack that is not there would leave no room for the exception, and HLT would stay. */
        int user = snippets[i].start == stack_not_canonical_start || snippets[i].start == hlt_start;
        for (int ring = user ? 3 : 0; ring <= 3; ring += 3) {
            for (int mode = 0; mode < 3; mode++) {
                init();
                /* Plain; AM and TS; EM. */
                write_cr0((read_cr0() & ~0xcull) | (mode == 1 ? 1 << 18 | 1 << 3 : mode == 2 ? 1 << 2 : 0));
                run(ring, snippets[i].start, snippets[i].end, 2, snippets[i].rax, 0);
                write_cr0(read_cr0() & ~(1ull << 18 | 0xc));
                printf("%s ring %d mode %d: ", snippets[i].name, ring, mode);
                if (trap.vector == DONE && (snippets[i].start == flags_all_start || snippets[i].start == flags_none_start)) {
                    printf("flags %x, ", (unsigned)trap.rax);
                }
                show(ring);
            }
        }
    }
    printf("end\n");
    return 0;
}
