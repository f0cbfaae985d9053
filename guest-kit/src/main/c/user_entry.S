/* Into ring 3 and back. */
#include "pv_x86.h"
    .include "paravert.inc"

    .text
    /*
     * void pv_user_enter(entry, argument, stack_end, rflags): returns when pv_user_leave is called. The stack below this
     * frame is what interrupts and system calls from ring 3 run on.
     */
    .globl pv_user_enter
pv_user_enter:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    pushfq
    mov %rsp, %gs:PV_VCPU_RESUME
    mov %rsp, %rax
    and $-16, %rax
    mov %rax, %gs:PV_VCPU_SYSCALL_STACK
    mov %rax, %gs:PV_VCPU_TSS_RSP0
    cli
    push $PV_USER_DATA
    push %rdx
    push %rcx
    push $PV_USER_CODE64
    push %rdi
    mov %rsi, %rdi
    /* Nothing of the kernel's goes along. */
    xor %eax, %eax
    xor %ebx, %ebx
    xor %ecx, %ecx
    xor %edx, %edx
    xor %esi, %esi
    xor %ebp, %ebp
    xor %r8d, %r8d
    xor %r9d, %r9d
    xor %r10d, %r10d
    xor %r11d, %r11d
    xor %r12d, %r12d
    xor %r13d, %r13d
    xor %r14d, %r14d
    xor %r15d, %r15d
    iretq

    /* void pv_user_leave(resume): returns from the pv_user_enter that kept that stack. */
    .globl pv_user_leave
pv_user_leave:
    mov %rdi, %rsp
    popfq
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret

    /*
     * `syscall` changes neither stack nor GS: make the frame that an interrupt would. SFMASK has cleared IF. The way back
     * is iretq, not sysretq, which some monitors do not emulate and which is unsafe for a non-canonical RIP.
     */
    .globl pv_syscall_entry
pv_syscall_entry:
    mov %rsp, %gs:PV_VCPU_USER_STACK
    mov %gs:PV_VCPU_SYSCALL_STACK, %rsp
    push $PV_USER_DATA
    push %gs:PV_VCPU_USER_STACK
    push %r11
    push $PV_USER_CODE64
    push %rcx
    push $0
    push $PV_SYSCALL_VECTOR
    jmp pv_interrupt_common

    .section .note.GNU-stack, "", @progbits
