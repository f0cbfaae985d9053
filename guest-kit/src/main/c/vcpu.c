/* vCPUs: what each has of its own, and how secondary ones start. */
#include "vcpu.h"

#include <stddef.h>

#include "pv_clock.h"
#include "pv_hypercall.h"
#include "pv_smp.h"
#include "string.h"

/* Local APIC (Intel SDM vol. 3, 10.4 and 10.6), in xAPIC mode. */
#define APIC_ICR_LOW 0xfee00300
#define APIC_ICR_HIGH 0xfee00310
#define APIC_ICR_DESTINATION 24
#define APIC_ICR_PENDING (1 << 12)
#define ICR_INIT 0x4500
#define ICR_STARTUP 0x4600
#define SIPI_PAGE 0x8000
#define INIT_NS 10000000
#define SIPI_NS 200000
#define START_NS 500000000

#define TSS_TYPE UINT64_C(0x890000000000) /* present, DPL 0, available 64-bit TSS */
#define PAGE 4096

_Static_assert(offsetof(struct pv_vcpu, syscall_stack) == PV_VCPU_SYSCALL_STACK, "for assembler");
_Static_assert(offsetof(struct pv_vcpu, user_stack) == PV_VCPU_USER_STACK, "for assembler");
_Static_assert(offsetof(struct pv_vcpu, resume) == PV_VCPU_RESUME, "for assembler");
_Static_assert(offsetof(struct pv_vcpu, number) == PV_VCPU_NUMBER, "for assembler");
_Static_assert(offsetof(struct pv_vcpu, tss.rsp) == PV_VCPU_TSS_RSP0, "for assembler");
_Static_assert(sizeof(struct pv_tss) == 104, "64-bit TSS");

struct pv_vcpu pv_vcpus[PV_LIMIT_VCPUS] __attribute__((section(".noinit")));
struct pv_vcpu *pv_sipi_vcpu;
uint64_t pv_sipi_stack;

extern uint64_t pv_gdt[];
extern struct {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed)) pv_gdt_pointer;
extern uint64_t pv_pml4[];
extern const char pv_sipi_code[], pv_sipi_code_end[];
void pv_secondary64(void);
_Noreturn void pv_secondary_main(struct pv_vcpu *vcpu);

/* States of vCPUs other than 0, which are valid once the vCPU has been initialized. */
static bool initialized[PV_LIMIT_VCPUS];

void pv_vcpu_init(unsigned number, char *fault_stack_end)
{
    struct pv_vcpu *vcpu = &pv_vcpus[number];
    memset(vcpu, 0, sizeof(*vcpu));
    vcpu->self = vcpu;
    vcpu->number = number;
    vcpu->tss.ist[PV_FAULT_IST - 1] = (uintptr_t)fault_stack_end;
    vcpu->tss.io_bitmap = PV_NO_IO_MAP;
    vcpu->io_map[sizeof(vcpu->io_map) - 1] = 0xff;
    uint64_t base = (uintptr_t)&vcpu->tss;
    uint64_t *descriptor = &pv_gdt[PV_TSS_FIRST / sizeof(uint64_t) + 2 * number];
    uint64_t limit = offsetof(struct pv_vcpu, io_map) + sizeof(vcpu->io_map) - offsetof(struct pv_vcpu, tss) - 1;
    descriptor[0] = TSS_TYPE | limit | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
    descriptor[1] = base >> 32;
    initialized[number] = true;
}

void pv_vcpu_load(struct pv_vcpu *vcpu)
{
    pv_wrmsr(PV_MSR_GS_BASE, (uintptr_t)vcpu);
    pv_interrupts_load();
    /* LTR marks the descriptor busy, and refuses one that is. */
    pv_gdt[PV_TSS_FIRST / sizeof(uint64_t) + 2 * vcpu->number] &= ~(UINT64_C(1) << 41);
    __asm__ volatile("ltr %w0" : : "r"(PV_TSS_FIRST + 16 * vcpu->number));
}

unsigned pv_vcpu(void)
{
    uint32_t number;
    __asm__ volatile("mov %%gs:%c1, %0" : "=r"(number) : "i"(PV_VCPU_NUMBER));
    return number;
}

/* On the new vCPU, on its own stack. */
_Noreturn void pv_secondary_main(struct pv_vcpu *vcpu)
{
    pv_vcpu_load(vcpu);
    __atomic_store_n(&vcpu->state, PV_VCPU_RUNNING, __ATOMIC_RELEASE);
    vcpu->main(vcpu->argument);
    pv_interrupts_off();
    __atomic_store_n(&vcpu->state, PV_VCPU_STOPPED, __ATOMIC_RELEASE);
    pv_call1(PV_CALL_VCPU_STOP, UINT64_MAX);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

static void wait_ns(uint64_t ns)
{
    uint64_t end = pv_now() + ns;
    while (pv_now() < end) {
        pv_pause();
    }
}

static int start_by_call(struct pv_vcpu *vcpu)
{
    static struct pv_vcpu_start start;
    start = (struct pv_vcpu_start){
        .mode = PV_VCPU_MODE_LONG,
        .rip = (uintptr_t)pv_secondary64,
        .rsp = vcpu->stack,
        .rdi = (uintptr_t)vcpu,
        .cr3 = (uintptr_t)pv_pml4,
        .gdt_base = (uintptr_t)pv_gdt,
        .gdt_limit = pv_gdt_pointer.limit,
    };
    for (;;) {
        int64_t result = pv_call2(PV_CALL_VCPU_START, vcpu->number, (uintptr_t)&start);
        /* A vCPU whose main has returned is for a moment on its way to VCPU_STOP. */
        if (result != -PV_EBUSY) {
            return (int)result;
        }
        pv_vcpu_yield();
    }
}

static void send_ipi(unsigned vcpu, uint32_t command)
{
    volatile uint32_t *high = (volatile uint32_t *)APIC_ICR_HIGH;
    volatile uint32_t *low = (volatile uint32_t *)APIC_ICR_LOW;
    *high = vcpu << APIC_ICR_DESTINATION;
    *low = command;
    while (*low & APIC_ICR_PENDING) {
        pv_pause();
    }
}

/* Intel SDM vol. 3, 8.4.4.1, with APIC IDs that are the vCPUs' numbers, as QEMU and its like give them. */
static int start_by_sipi(struct pv_vcpu *vcpu)
{
    memcpy((void *)SIPI_PAGE, pv_sipi_code, (size_t)(pv_sipi_code_end - pv_sipi_code));
    pv_sipi_vcpu = vcpu;
    pv_sipi_stack = vcpu->stack;
    pv_full_fence();
    send_ipi(vcpu->number, ICR_INIT);
    wait_ns(INIT_NS);
    for (int i = 0; i < 2 && __atomic_load_n(&vcpu->state, __ATOMIC_ACQUIRE) == PV_VCPU_STARTING; i++) {
        send_ipi(vcpu->number, ICR_STARTUP | SIPI_PAGE / PAGE);
        wait_ns(SIPI_NS);
    }
    return 0;
}

int pv_vcpu_start(unsigned number, void (*main)(void *), void *argument, void *stack_end)
{
    if (number == 0 || number >= PV_LIMIT_VCPUS) {
        return -PV_ENOENT;
    }
    struct pv_vcpu *vcpu = &pv_vcpus[number];
    if (!initialized[number]) {
        char *stack = pv_alloc_pages((PV_STACK_BYTES + PV_FAULT_STACK_BYTES) / PAGE);
        if (!stack) {
            return -PV_ENOMEM;
        }
        pv_vcpu_init(number, stack + PV_FAULT_STACK_BYTES);
        vcpu->own_stack = stack + PV_FAULT_STACK_BYTES;
    }
    if (__atomic_load_n(&vcpu->state, __ATOMIC_ACQUIRE) != PV_VCPU_STOPPED) {
        return -PV_EBUSY;
    }
    vcpu->main = main;
    vcpu->argument = argument;
    vcpu->stack = (uintptr_t)(stack_end ? (char *)stack_end : vcpu->own_stack + PV_STACK_BYTES) & -UINT64_C(16);
    __atomic_store_n(&vcpu->state, PV_VCPU_STARTING, __ATOMIC_RELEASE);
    int result = pv_has(PV_FEATURE_VCPU) ? start_by_call(vcpu) : start_by_sipi(vcpu);
    uint64_t end = pv_now() + START_NS;
    while (result == 0 && __atomic_load_n(&vcpu->state, __ATOMIC_ACQUIRE) == PV_VCPU_STARTING && !pv_platform.paravert) {
        result = pv_now() < end ? 0 : -PV_ETIMEDOUT;
        pv_pause();
    }
    if (result != 0) {
        __atomic_store_n(&vcpu->state, PV_VCPU_STOPPED, __ATOMIC_RELEASE);
    }
    return result;
}

void pv_vcpu_join(unsigned number)
{
    if (number >= PV_LIMIT_VCPUS || !initialized[number]) {
        return;
    }
    while (__atomic_load_n(&pv_vcpus[number].state, __ATOMIC_ACQUIRE) != PV_VCPU_STOPPED) {
        pv_pause();
        pv_vcpu_yield();
    }
}
