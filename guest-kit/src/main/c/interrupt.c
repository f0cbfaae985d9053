/* Exceptions and interrupts: gates, handlers, and the dump of an exception that nobody takes. */
#include "pv_interrupt.h"

#include <stdio.h>
#include <string.h>

#include "pv_cpu.h"
#include "pv_platform.h"
#include "pv_smp.h"
#include "vcpu.h"

#define VECTORS 256
#define ENTRY_BYTES 16
#define GATE_INTERRUPT 0x8e00 /* present, DPL 0, 64-bit interrupt gate */
#define GATE_DPL3 0x6000
#define VECTOR_NMI 2
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_PAGE_FAULT 14
#define VECTOR_MACHINE_CHECK 18

/* Local APIC (Intel SDM vol. 3, 10.4.1, 10.8.5, 10.9). */
#define APIC_EOI 0xfee000b0
#define APIC_SPURIOUS 0xfee000f0
#define APIC_ENABLE 0x100
#define APIC_BASE_ENABLE (1 << 11)
#define SPURIOUS_VECTOR 0xff

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t ist;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
/* IST is bits 0-2 of byte 4, the type byte 5: together the word that GATE_INTERRUPT fills. */
_Static_assert(sizeof(struct gate) == 16, "64-bit gate");

extern const char pv_interrupt_entries[];
void pv_interrupt(struct pv_frame *frame);

static struct gate idt[VECTORS];
static pv_handler *handlers[VECTORS];
pv_handler *pv_ring3_exception;

static const char *const names[PV_EXCEPTIONS] = {
    "#DE divide error", "#DB debug", "NMI", "#BP breakpoint", "#OF overflow", "#BR bound range", "#UD invalid opcode",
    "#NM no math coprocessor", "#DF double fault", NULL, "#TS invalid TSS", "#NP segment not present",
    "#SS stack segment", "#GP general protection", "#PF page fault", NULL, "#MF x87 error", "#AC alignment",
    "#MC machine check", "#XM SIMD error", "#VE virtualization", "#CP control protection", NULL, NULL, NULL, NULL, NULL,
    NULL, "#HV hypervisor injection", "#VC VMM communication", "#SX security", NULL,
};

static void fill_gate(unsigned vector, unsigned ist)
{
    uint64_t entry = (uintptr_t)pv_interrupt_entries + vector * ENTRY_BYTES;
    idt[vector] = (struct gate){
        .offset_low = (uint16_t)entry,
        .selector = PV_SELECTOR_CODE64,
        .ist = (uint16_t)(GATE_INTERRUPT | ist),
        .offset_middle = (uint16_t)(entry >> 16),
        .offset_high = (uint32_t)(entry >> 32),
    };
}

void pv_interrupts_init(void)
{
    for (unsigned vector = 0; vector < PV_EXCEPTIONS; vector++) {
        bool own_stack = vector == VECTOR_NMI || vector == VECTOR_DOUBLE_FAULT || vector == VECTOR_MACHINE_CHECK;
        fill_gate(vector, own_stack ? PV_FAULT_IST : 0);
    }
    fill_gate(SPURIOUS_VECTOR, 0);
}

void pv_interrupts_load(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof(idt) - 1, (uintptr_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

void pv_interrupts_open(unsigned vector)
{
    fill_gate(vector, 0);
    idt[vector].ist |= GATE_DPL3;
}

pv_handler *pv_set_handler(unsigned vector, pv_handler *handler)
{
    if (vector >= VECTORS) {
        return NULL;
    }
    if (vector >= PV_EXCEPTIONS && !idt[vector].selector) {
        fill_gate(vector, 0);
    }
    return __atomic_exchange_n(&handlers[vector], handler, __ATOMIC_ACQ_REL);
}

static void print_cause(const struct pv_frame *f)
{
    const char *name = f->vector < PV_EXCEPTIONS ? names[f->vector] : NULL;
    printf("exception %lu %s, error code 0x%lx, in ring %lu on vCPU %u\n", f->vector, name ? name : "(interrupt)",
        f->error, f->cs & 3, pv_vcpu());
    if (f->vector == VECTOR_PAGE_FAULT) {
        printf("  %s of 0x%016lx: %s%s%s\n",
            f->error & 16 ? "fetch" : f->error & 2 ? "write" : "read", pv_cr2(),
            f->error & 1 ? "the page does not permit it" : "no page is there",
            f->error & 8 ? ", reserved bit set in a table" : "", f->error & 4 ? ", from ring 3" : "");
    } else if (f->error) {
        printf("  %s entry %lu%s\n", f->error & 2 ? "IDT" : f->error & 4 ? "LDT" : "GDT", f->error >> 3,
            f->error & 1 ? ", from outside the program" : "");
    }
}

void pv_print_frame(const struct pv_frame *f)
{
    uint64_t cr0, cr4;
    __asm__("mov %%cr0, %0" : "=r"(cr0));
    __asm__("mov %%cr4, %0" : "=r"(cr4));
    print_cause(f);
    printf("  rip %04lx:%016lx  rflags %016lx\n", f->cs, f->rip, f->rflags);
    printf("  rsp %04lx:%016lx  rbp    %016lx\n", f->ss, f->rsp, f->rbp);
    printf("  rax %016lx  rbx %016lx  rcx %016lx\n", f->rax, f->rbx, f->rcx);
    printf("  rdx %016lx  rsi %016lx  rdi %016lx\n", f->rdx, f->rsi, f->rdi);
    printf("  r8  %016lx  r9  %016lx  r10 %016lx\n", f->r8, f->r9, f->r10);
    printf("  r11 %016lx  r12 %016lx  r13 %016lx\n", f->r11, f->r12, f->r13);
    printf("  r14 %016lx  r15 %016lx\n", f->r14, f->r15);
    printf("  cr0 %016lx  cr2 %016lx  cr3 %016lx  cr4 %016lx\n", cr0, pv_cr2(), pv_cr3(), cr4);
}

/* From interrupt_entry.S, interrupts off. */
void pv_interrupt(struct pv_frame *frame)
{
    pv_handler *handler = __atomic_load_n(&handlers[frame->vector], __ATOMIC_ACQUIRE);
    if (frame->vector == SPURIOUS_VECTOR || (handler && handler(frame))) {
        return;
    }
    struct pv_vcpu *vcpu = pv_this_vcpu();
    if ((frame->cs & 3) == 3 && vcpu->resume) {
        if (pv_ring3_exception && pv_ring3_exception(frame)) {
            return;
        }
        vcpu->result = (struct pv_user_result){.value = -PV_EFAULT, .faulted = true, .fault = *frame};
        pv_user_leave(vcpu->resume);
    }
    pv_print_frame(frame);
    pv_crash("exception %lu at 0x%lx, and no handler took it", frame->vector, frame->rip);
}

void pv_apic_on(void)
{
    pv_wrmsr(PV_MSR_APIC_BASE, pv_rdmsr(PV_MSR_APIC_BASE) | APIC_BASE_ENABLE);
    *(volatile uint32_t *)APIC_SPURIOUS = APIC_ENABLE | SPURIOUS_VECTOR;
}

void pv_apic_eoi(void)
{
    *(volatile uint32_t *)APIC_EOI = 0;
}
