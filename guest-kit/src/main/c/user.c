/* Ring 3. */
#include <stddef.h>
#include "pv_user.h"

#include "pv_cpu.h"
#include "string.h"
#include "vcpu.h"

#define SMALL_PAGE 4096
#define LARGE_PAGE 0x200000
#define MAPPED (UINT64_C(1) << 32)
#define STAR_KERNEL 32
#define VECTOR_INVALID_OPCODE 6
#define VECTOR_PAGE_FAULT 14

extern uint64_t pv_pt[], pv_pd[];
#define STACK_BYTES 65536

extern char pv_user_start[], pv_user_end[];
void pv_syscall_entry(void);
void pv_user_enter(void (*entry)(void *), void *argument, void *stack_end, uint64_t rflags);

static pv_syscall_handler *syscalls;
static char user_stack[STACK_BYTES] __attribute__((section(".user.stack"), aligned(16)));

void pv_user_permit(const void *start, uint64_t bytes)
{
    uint64_t at = (uintptr_t)start & -(uint64_t)SMALL_PAGE;
    uint64_t end = (uintptr_t)start + bytes;
    if (end > MAPPED || end < at) {
        end = MAPPED;
    }
    while (at < end) {
        if (at < LARGE_PAGE) {
            pv_pt[at / SMALL_PAGE] |= PV_PAGE_USER;
            at += SMALL_PAGE;
        } else {
            pv_pd[at / LARGE_PAGE] |= PV_PAGE_USER;
            at = (at & -(uint64_t)LARGE_PAGE) + LARGE_PAGE;
        }
    }
    pv_flush_tlb();
}

/* Each vCPU has its own MSRs for `syscall`. */
static void prepare_syscall(struct pv_vcpu *vcpu)
{
    if (vcpu->syscall_ready) {
        return;
    }
    vcpu->syscall_ready = true;
    pv_wrmsr(PV_MSR_STAR, (uint64_t)PV_SELECTOR_CODE64 << STAR_KERNEL);
    pv_wrmsr(PV_MSR_LSTAR, (uintptr_t)pv_syscall_entry);
    pv_wrmsr(PV_MSR_SFMASK, PV_RFLAGS_TF | PV_RFLAGS_IF | PV_RFLAGS_DF | PV_RFLAGS_NT | PV_RFLAGS_AC);
    pv_wrmsr(PV_MSR_EFER, pv_rdmsr(PV_MSR_EFER) | PV_EFER_SCE);
}

struct pv_user_result pv_user_run(void (*entry)(void *), void *argument, void *stack_end, unsigned flags)
{
    struct pv_vcpu *vcpu = pv_this_vcpu();
    if (vcpu->resume) {
        return (struct pv_user_result){.value = -PV_EBUSY};
    }
    prepare_syscall(vcpu);
    pv_user_permit(pv_user_start, (uint64_t)(pv_user_end - pv_user_start));
    uint64_t stack = (uintptr_t)(stack_end ? stack_end : user_stack + sizeof(user_stack)) & -UINT64_C(16);
    uint64_t rflags;
    __asm__ volatile("pushfq; pop %0" : "=r"(rflags) : : "memory");
    rflags = (rflags & PV_RFLAGS_IF) | PV_RFLAGS_FIXED | (flags & PV_USER_IO ? PV_RFLAGS_IOPL3 : 0);
    vcpu->tss.io_bitmap = flags & PV_USER_IO
        ? (uint16_t)(offsetof(struct pv_vcpu, io_map) - offsetof(struct pv_vcpu, tss))
        : PV_NO_IO_MAP;
    vcpu->result = (struct pv_user_result){0};
    /* A function finds RSP 8 below a multiple of 16, as after a call. */
    pv_user_enter(entry, argument, (void *)(stack - sizeof(uint64_t)), rflags);
    vcpu->resume = 0;
    return vcpu->result;
}

/* In a handler: serves the call that the frame's registers hold. */
static bool serve(struct pv_frame *frame)
{
    if ((frame->cs & 3) != 3) {
        return false;
    }
    frame->rax = (uint64_t)(syscalls ? syscalls(frame) : -PV_ENOSYS);
    return true;
}

/*
 * Monitors that emulate ring 0 while ring 3 runs natively (PVM) fail to deliver system calls to a kernel that does not
 * know them: `int $0x80` comes as #UD on the instruction, and `syscall` goes to LSTAR but stays in ring 3, where fetching
 * is refused. Both leave all that is needed to serve the call. An application that jumps to LSTAR by itself gets no more
 * than a system call that returns to RCX.
 */
static bool serve_undelivered(struct pv_frame *frame)
{
    static const uint8_t int_0x80[2] = {0xcd, PV_SYSCALL_VECTOR};
    if (frame->vector == VECTOR_INVALID_OPCODE && memcmp((const void *)frame->rip, int_0x80, sizeof(int_0x80)) == 0) {
        frame->rip += sizeof(int_0x80);
        return serve(frame);
    }
    if (frame->vector == VECTOR_PAGE_FAULT && frame->rip == (uintptr_t)pv_syscall_entry) {
        frame->rip = frame->rcx;
        frame->rflags = (frame->rflags & ~(uint64_t)PV_RFLAGS_ARITHMETIC) | (frame->r11 & PV_RFLAGS_ARITHMETIC);
        return serve(frame);
    }
    return false;
}

void pv_user_set_syscalls(pv_syscall_handler *handler)
{
    syscalls = handler;
    pv_ring3_exception = serve_undelivered;
    pv_set_handler(PV_SYSCALL_VECTOR, serve);
    pv_interrupts_open(PV_SYSCALL_VECTOR);
}

_Noreturn void pv_user_exit(int64_t value)
{
    struct pv_vcpu *vcpu = pv_this_vcpu();
    vcpu->result.value = value;
    pv_user_leave(vcpu->resume);
}
