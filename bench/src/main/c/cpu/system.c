/*
 * Programs of a kernel: system calls, page faults, mappings that come and go, context switches. Everything here may run in a handler,
 * so nothing uses SSE registers.
 */
#pragma GCC target("general-regs-only")
#include <pv.h>

#include "programs.h"
#include "system.h"

#define PAGE 4096
#define PAGE_BITS (PV_PAGE_PRESENT | PV_PAGE_WRITABLE | PV_PAGE_USER)
/* Memory beyond the image, which nobody else uses. */
#define FRAMES (UINT64_C(32) << 20)
#define SPACES 8
#define SPACE_PAGES 16
#define STACK_WORDS 512
#define STAR_USER 48
#define STAR_KERNEL 32

extern uint64_t pv_pml4[];

/* `syscall` as a kernel of today serves it: SYSRET, no interrupt frame. */
void fast_syscall(void);
__asm__(".text\n"
        ".globl fast_syscall\n"
        "fast_syscall:\n"
        "    mov %rsp, %gs:16\n"
        "    mov %gs:8, %rsp\n"
        "    push %rcx\n"
        "    push %r11\n"
        "    push %rdi\n"
        "    push %rsi\n"
        "    push %rdx\n"
        "    push %r8\n"
        "    push %r9\n"
        "    push %r10\n"
        "    mov %rdi, %rcx\n"
        "    mov %rax, %rdi\n"
        "    mov %rsi, %rdx\n"
        "    mov %rcx, %rsi\n"
        "    call serve_call\n"
        "    pop %r10\n"
        "    pop %r9\n"
        "    pop %r8\n"
        "    pop %rdx\n"
        "    pop %rsi\n"
        "    pop %rdi\n"
        "    pop %r11\n"
        "    pop %rcx\n"
        "    mov %gs:16, %rsp\n"
        "    sysretq\n");

int64_t serve_call(int64_t number, uint64_t a, uint64_t b);
void user_main(void *argument);

static uint64_t region_pdpt[512] __attribute__((aligned(PAGE)));
static uint64_t region_pd[512] __attribute__((aligned(PAGE)));
static uint64_t region_pt[REGION_PAGES] __attribute__((aligned(PAGE)));
static uint64_t faults_served;

static inline void invlpg(uint64_t address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static void unmap_region(void)
{
    for (uint64_t i = 0; i < REGION_PAGES; i++) {
        region_pt[i] = 0;
        invlpg(REGION + i * PAGE);
    }
}

int64_t serve_call(int64_t number, uint64_t a, uint64_t b)
{
    switch (number) {
    case CALL_ADD:
        return (int64_t)(a + b);
    case CALL_UNMAP:
        unmap_region();
        return 0;
    default:
        return -PV_ENOSYS;
    }
}

static int64_t serve_frame(struct pv_frame *frame)
{
    if (frame->rax == CALL_EXIT)
        pv_user_exit((int64_t)frame->rdi);
    return serve_call((int64_t)frame->rax, frame->rdi, frame->rsi);
}

/* Demand-zero: a clean frame for each page of the region that is touched. */
static bool serve_fault(struct pv_frame *frame)
{
    uint64_t page = (pv_cr2() - REGION) / PAGE;
    if (page >= REGION_PAGES || frame->error & 1)
        return false;
    uint64_t gpa = FRAMES + page * PAGE;
    memset((void *)gpa, 0, PAGE);
    region_pt[page] = gpa | PAGE_BITS;
    faults_served++;
    return true;
}

static void prepare(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    region_pd[0] = (uintptr_t)region_pt | PAGE_BITS;
    region_pdpt[0] = (uintptr_t)region_pd | PAGE_BITS;
    pv_pml4[1] = (uintptr_t)region_pdpt | PAGE_BITS;
    pv_set_handler(14, serve_fault);
    pv_user_set_syscalls(serve_frame);
    /* The first run makes the kit write its own MSRs. */
    pv_user_run(user_main, (void *)WORK_INTERRUPTS, NULL, 0);
    uint64_t user = (PV_USER_DATA - 8) | 3;
    pv_wrmsr(PV_MSR_STAR, user << STAR_USER | (uint64_t)PV_SELECTOR_CODE64 << STAR_KERNEL);
    pv_wrmsr(PV_MSR_LSTAR, (uintptr_t)fast_syscall);
}

static uint64_t application(uint64_t work, uint64_t times)
{
    prepare();
    struct pv_user_result result = pv_user_run(user_main, (void *)(times << 8 | work), NULL, 0);
    if (result.faulted)
        pv_crash("the application faulted: vector %lu at %lx", result.fault.vector, result.fault.rip);
    return (uint64_t)result.value;
}

static uint64_t syscalls(uint32_t units)
{
    return application(WORK_SYSCALLS, 2000 * (uint64_t)units);
}

static uint64_t interrupts(uint32_t units)
{
    return application(WORK_INTERRUPTS, 1000 * (uint64_t)units);
}

static uint64_t faults(uint32_t units)
{
    faults_served = 0;
    return application(WORK_FAULTS, units) + faults_served;
}

/* What mmap, a touch and munmap leave for the processor to do, a batch of pages at a time. */
static uint64_t mappings(uint32_t units)
{
    prepare();
    uint64_t sum = 0;
    for (uint32_t u = 0; u < 32 * units; u++) {
        for (uint64_t i = 0; i < 64; i++)
            region_pt[i] = (FRAMES + ((i + u) & 255) * PAGE) | PAGE_BITS;
        for (uint64_t i = 0; i < 64; i++) {
            volatile uint64_t *at = (volatile uint64_t *)(REGION + i * PAGE);
            *at = i + u;
            sum += *at;
        }
        for (uint64_t i = 0; i < 64; i++) {
            region_pt[i] = 0;
            invlpg(REGION + i * PAGE);
        }
    }
    return sum;
}

/* Kernel threads in address spaces of their own. */
struct thread {
    uint64_t *sp;
    uint64_t cr3;
};

static struct thread threads[SPACES];
static uint64_t roots[SPACES][512] __attribute__((aligned(PAGE)));
static uint64_t space_tables[SPACES][3][512] __attribute__((aligned(PAGE)));
static uint64_t stacks[SPACES][STACK_WORDS] __attribute__((aligned(16)));
static struct thread boss;
static uint64_t switches_left;
static uint64_t switch_sum;

/* Saves the caller's registers and stack in `from`, and goes on where `to` was saved. */
void switch_thread(struct thread *from, struct thread *to);
__asm__(".globl switch_thread\n"
        "switch_thread:\n"
        "    push %rbx\n"
        "    push %rbp\n"
        "    push %r12\n"
        "    push %r13\n"
        "    push %r14\n"
        "    push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov (%rsi), %rsp\n"
        "    mov 8(%rsi), %rax\n"
        "    mov %rax, %cr3\n"
        "    pop %r15\n"
        "    pop %r14\n"
        "    pop %r13\n"
        "    pop %r12\n"
        "    pop %rbp\n"
        "    pop %rbx\n"
        "    ret\n");

static void thread_main(void)
{
    uint64_t self = 0;
    for (;;) {
        for (uint64_t page = 0; page < SPACE_PAGES; page++)
            switch_sum += ++*(volatile uint64_t *)(REGION + page * PAGE);
        struct thread *me = &threads[self];
        self = (uint64_t)(me - threads);
        for (uint64_t i = 0; i < SPACES; i++)
            if (pv_cr3() == threads[i].cr3)
                self = i;
        struct thread *next = --switches_left ? &threads[(self + 1) % SPACES] : &boss;
        switch_thread(&threads[self], next);
    }
}

static void prepare_threads(void)
{
    for (uint64_t s = 0; s < SPACES; s++) {
        for (uint64_t i = 0; i < SPACE_PAGES; i++)
            space_tables[s][2][i] = (FRAMES + (s * SPACE_PAGES + i) * PAGE) | PAGE_BITS;
        space_tables[s][1][0] = (uintptr_t)space_tables[s][2] | PAGE_BITS;
        space_tables[s][0][0] = (uintptr_t)space_tables[s][1] | PAGE_BITS;
        roots[s][0] = pv_pml4[0];
        roots[s][1] = (uintptr_t)space_tables[s][0] | PAGE_BITS;
        threads[s].cr3 = (uintptr_t)roots[s];
        uint64_t *sp = &stacks[s][STACK_WORDS - 2];
        *--sp = (uintptr_t)thread_main;
        threads[s].sp = sp - 6;
    }
    memset((void *)FRAMES, 0, SPACES * SPACE_PAGES * PAGE);
    boss.cr3 = pv_cr3();
}

static uint64_t switches(uint32_t units)
{
    prepare_threads();
    switches_left = 500 * (uint64_t)units;
    switch_sum = 0;
    switch_thread(&boss, &threads[0]);
    return switch_sum;
}

const struct program system_programs[] = {
    {"syscall", syscalls, 60}, {"int80", interrupts, 60},  {"fault", faults, 30},
    {"mapping", mappings, 30}, {"switch", switches, 40}, {NULL, NULL, 0},
};
