#include "attempt.h"

#include <string.h>

struct trap trap;
uint64_t gdt[GDT_ENTRIES] __attribute__((aligned(16)));
uint64_t idt[512] __attribute__((aligned(16)));
uint64_t pml4[512] __attribute__((aligned(4096)));
uint64_t pdpt[512] __attribute__((aligned(4096)));
uint64_t directory[512] __attribute__((aligned(4096)));
uint8_t tss[104 + 0x2000 + 1] __attribute__((aligned(16)));
static uint8_t stack0[16384] __attribute__((aligned(16)));
static uint8_t stack_ist[16384] __attribute__((aligned(16)));
uint64_t resume_rsp;

#define STRING2(x) #x
#define STRING(x) STRING2(x)

/* attempt(rip, cs, flags, rsp, ss, rax | rdx on the stack): goes there by IRETQ; each trap comes back to the caller. */
__asm__(".text\n"
        ".balign 16\n"
        "attempt:\n"
        "push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
        "mov 56(%rsp), %rax\n"
        "mov %rsp, resume_rsp(%rip)\n"
        "push %r8\npush %rcx\npush %rdx\npush %rsi\npush %rdi\n"
        "mov %r9, %rdx\nxchg %rax, %rdx\n"
        "xor %ebx, %ebx\nxor %ecx, %ecx\nxor %esi, %esi\nxor %edi, %edi\nxor %ebp, %ebp\n"
        "xor %r8d, %r8d\nxor %r9d, %r9d\nxor %r10d, %r10d\nxor %r11d, %r11d\n"
        "xor %r12d, %r12d\nxor %r13d, %r13d\nxor %r14d, %r14d\nxor %r15d, %r15d\n"
        "iretq\n"
        ".balign 16\n"
        "entries:\n"
        ".set vector, 0\n"
        ".rept 256\n"
        ".balign 16\n"
        ".if (vector != 8) && (vector != 10) && (vector != 11) && (vector != 12) && (vector != 13) && (vector != 14) && "
        "(vector != 17)\n"
        "push $0\n"
        ".endif\n"
        "push $vector\n"
        "jmp trapped\n"
        ".set vector, vector + 1\n"
        ".endr\n"
        "trapped:\n"
        "cld\n"
        "push %rax\n"
        "mov $" STRING(DATA0) ", %eax\n"
        "mov %eax, %ds\nmov %eax, %es\nmov %eax, %ss\n"
        "pop %rax\n"
        "mov %rax, trap+64(%rip)\n"
        "mov %rdx, trap+72(%rip)\n"
        "mov %rsp, trap+80(%rip)\n"
        "mov %cr2, %rax\n"
        "mov %rax, trap+56(%rip)\n"
        "lea trap(%rip), %rdi\n"
        "mov %rsp, %rsi\n"
        "mov $7, %ecx\n"
        "rep movsq\n"
        "mov resume_rsp(%rip), %rsp\n"
        "push $2\npopfq\n"
        "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\n"
        "ret\n");

void attempt(uint64_t rip, uint64_t cs, uint64_t flags, uint64_t rsp, uint64_t ss, uint64_t rax, uint64_t rdx);

uint64_t entry_of(int vector)
{
    return (uint64_t)entries + 16 * (uint64_t)vector;
}

void set_gate(int vector, uint64_t handler, int attributes, int ist)
{
    idt[2 * vector] =
        (handler & 0xffff) | CODE0 << 16 | (uint64_t)(attributes << 8 | ist) << 32 | (handler >> 16 & 0xffff) << 48;
    idt[2 * vector + 1] = handler >> 32;
}

static void load_tables(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) gdtr = {sizeof(gdt) - 1, (uint64_t)gdt}, idtr = {sizeof(idt) - 1, (uint64_t)idt};
    __asm__ volatile("lgdt %0\n"
                     "lidt %1\n"
                     "pushq %2\n"
                     "lea 1f(%%rip), %%rax\n"
                     "push %%rax\n"
                     "lretq\n"
                     "1: mov %3, %%eax\n"
                     "mov %%eax, %%ds\nmov %%eax, %%es\nmov %%eax, %%ss\n"
                     "mov %4, %%eax\n"
                     "ltr %%ax\n"
                     "xor %%eax, %%eax\n"
                     "lldt %%ax\n"
                     :
                     : "m"(gdtr), "m"(idtr), "i"(CODE0), "i"(DATA0), "i"(TSS_SELECTOR)
                     : "rax", "memory");
}

void attempt_init(void)
{
    memset(gdt, 0, sizeof(gdt));
    gdt[CODE0 / 8] = 0x00af9b000000ffff;
    gdt[DATA0 / 8] = 0x00cf93000000ffff;
    gdt[CODE3 / 8] = 0x00affb000000ffff;
    gdt[DATA3 / 8] = 0x00cff3000000ffff;
    uint64_t base = (uint64_t)tss;
    gdt[TSS_SELECTOR / 8] =
        (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    gdt[TSS_SELECTOR / 8 + 1] = base >> 32;
    memset(tss, 0, sizeof(tss));
    uint64_t top = (uint64_t)stack0 + sizeof(stack0), ist = (uint64_t)stack_ist + sizeof(stack_ist);
    memcpy(tss + 4, &top, 8);
    memcpy(tss + 0x24, &ist, 8);
    tss[102] = 104;
    memset(tss + 104, 0xff, sizeof(tss) - 104);
    for (int vector = 0; vector < 256; vector++) {
        set_gate(vector, entry_of(vector), vector == DONE ? 0xee : 0x8e, 0);
    }
    pml4[0] = (uint64_t)pdpt | 7;
    pdpt[0] = (uint64_t)directory | 7;
    for (uint64_t i = 0; i < 512; i++) {
        directory[i] = i << 21 | 0x83 | (i << 21 == USER_PAGE ? 4 : 0);
    }
    write_msr(0xc0000080, read_msr(0xc0000080) | 1 << 11 | 1);
    write_cr3((uint64_t)pml4);
    load_tables();
}

static void set_flags(uint64_t flags)
{
    __asm__ volatile("push %0\npopfq" : : "r"(flags) : "memory", "cc");
}

void run(int ring, const char *start, const char *end, uint64_t flags, uint64_t rax, uint64_t rdx)
{
    uint64_t page = ring == 3 ? USER_PAGE : KERNEL_PAGE;
    set_flags(2 | 1 << 18); /* AC: SMAP may be on. */
    memcpy((void *)page, start, (size_t)(end - start));
    set_flags(2);
    if (ring == 3) {
        attempt(page, CODE3, flags, page + STACK_OFFSET, DATA3, rax, rdx);
    } else {
        attempt(page, CODE0, flags, page + STACK_OFFSET, DATA0, rax, rdx);
    }
}

void run_at(uint64_t rip, uint64_t rax, uint64_t rdx)
{
    attempt(rip, CODE0, 2, KERNEL_PAGE + STACK_OFFSET, DATA0, rax, rdx);
}

#define CONTROL(n)                                                                                                     \
    uint64_t read_cr##n(void)                                                                                          \
    {                                                                                                                  \
        uint64_t value;                                                                                                \
        __asm__ volatile("mov %%cr" #n ", %0" : "=r"(value)::"memory");                                                \
        return value;                                                                                                  \
    }                                                                                                                  \
    void write_cr##n(uint64_t value)                                                                                   \
    {                                                                                                                  \
        __asm__ volatile("mov %0, %%cr" #n : : "r"(value) : "memory");                                                 \
    }
CONTROL(0)
CONTROL(3)
CONTROL(4)

uint64_t read_msr(uint32_t number)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

void write_msr(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(number) : "memory");
}

void invalidate(uint64_t address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}
