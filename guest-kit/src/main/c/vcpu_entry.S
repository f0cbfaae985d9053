/* Where secondary vCPUs start. */
#include "pv_x86.h"
    .include "paravert.inc"

    .text
    /* From VCPU_START in 64-bit mode, on the kit's page tables, GDT and the vCPU's stack: RDI = struct pv_vcpu. */
    .globl pv_secondary64
pv_secondary64:
    cld
    xor %ebp, %ebp
    push %rdi
    xor %eax, %eax
    mov %eax, %fs
    mov %eax, %gs
    call pv_enable_sse
    pop %rdi
    call pv_secondary_main
0:  hlt
    jmp 0b

    /* After SIPI, in 32-bit protected mode. */
    .code32
pv_secondary32:
    mov $PV_SELECTOR_DATA, %eax
    mov %eax, %ds
    mov %eax, %ss
    mov $pv_secondary_long, %edi
    jmp pv_enter_long_mode
    .code64
pv_secondary_long:
    mov pv_sipi_vcpu, %rdi
    mov pv_sipi_stack, %rsp
    jmp pv_secondary64

    /* Copied to a page below 1 MiB, where SIPI starts in real mode with CS at that page and IP 0. */
    .section .rodata
    .globl pv_sipi_code
    .globl pv_sipi_code_end
pv_sipi_code:
    .code16
    cli
    cld
    mov %cs, %ax
    mov %ax, %ds
    lgdtl 1f - pv_sipi_code
    mov $PV_CR0_PE, %eax
    mov %eax, %cr0
    ljmpl $PV_SELECTOR_CODE32, $pv_secondary32
    .code64
    .balign 8
1:  .word PV_TSS_FIRST + 16 * PV_LIMIT_VCPUS - 1
    .long pv_gdt
pv_sipi_code_end:

    .section .note.GNU-stack, "", @progbits
