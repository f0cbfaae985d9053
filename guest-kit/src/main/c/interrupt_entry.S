/* 256 entries of 16 bytes; each leaves a struct pv_frame on the stack for pv_interrupt(frame). */
#include "pv_x86.h"

    .text
    .balign 16
    .globl pv_interrupt_entries
pv_interrupt_entries:
    .set vector, 0
    .rept 256
    .balign 16
    /* The processor pushes an error code for these (Intel SDM vol. 3, 6.13); the others get a zero. */
    .if (vector != 8) && (vector != 10) && (vector != 11) && (vector != 12) && (vector != 13) && (vector != 14) && (vector != 17) && (vector != 21) && (vector != 29) && (vector != 30)
    push $0
    .endif
    push $vector
    jmp pv_interrupt_common
    .set vector, vector + 1
    .endr

    .balign 16
    .globl pv_interrupt_common
pv_interrupt_common:
    push %rax
    push %rbx
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %rbp
    push %r8
    push %r9
    push %r10
    push %r11
    push %r12
    push %r13
    push %r14
    push %r15
    cld
    mov %rsp, %rdi
    call pv_interrupt
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rbp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rbx
    pop %rax
    add $16, %rsp
    iretq

    .section .note.GNU-stack, "", @progbits
