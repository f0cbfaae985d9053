/*
 * Where a guest starts. Two entries lead to pv_start(boot_info, pvh_start_info):
 *   pv_entry64   from Paravert, in 64-bit mode: RDI = GPA of the boot-info page (docs/abi.md, "Entry");
 *   pv_entry32   from any PVH loader, in 32-bit protected mode with paging off: EBX = GPA of hvm_start_info.
 * Both run on the page tables below, made when the guest is assembled: a monitor that emulates ring 0 would spend
 * milliseconds on a loop that fills them.
 */
#include "pv_x86.h"
    .include "paravert.inc"

    .section .note.paravert, "a", @note
    .balign 4
    .long 2f - 1f, 4f - 3f, PV_ELF_NOTE_PARAVERT_ENTRY64
1:  .asciz "Paravert"
2:  .balign 4
3:  .long PV_ABI_VALUE, 0
    .quad pv_entry64
4:  .balign 4

    .section .note.xen, "a", @note
    .balign 4
    .long 2f - 1f, 4f - 3f, PV_ELF_NOTE_XEN_PHYS32_ENTRY
1:  .asciz "Xen"
2:  .balign 4
3:  .long pv_entry32
4:  .balign 4

    .section .text.entry, "ax", @progbits
    .code32
    .globl pv_entry32
pv_entry32:
    cli
    cld
    lgdt pv_gdt_pointer
    mov $pv_pvh_start, %edi

    /* From 32-bit protected mode with the kit's GDT loaded to 64-bit mode at RDI. Keeps EBX. */
    .globl pv_enter_long_mode
pv_enter_long_mode:
    mov $(PV_CR4_PAE), %eax
    mov %eax, %cr4
    mov $pv_pml4, %eax
    mov %eax, %cr3
    mov $PV_MSR_EFER, %ecx
    rdmsr
    or $PV_EFER_LME, %eax
    wrmsr
    mov $(PV_CR0_PE | PV_CR0_MP | PV_CR0_ET | PV_CR0_NE | PV_CR0_WP | PV_CR0_PG), %eax
    mov %eax, %cr0
    ljmp $PV_SELECTOR_CODE64, $1f
    .code64
1:  mov $PV_SELECTOR_DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov %edi, %edi
    jmp *%rdi

pv_pvh_start:
    xor %edi, %edi
    mov %ebx, %esi
    jmp common

    .globl pv_entry64
pv_entry64:
    cli
    cld
    /* CODE64 and DATA have the same selectors in the boot GDT: CS and SS stay as they are. */
    lgdt pv_gdt_pointer
    mov $pv_pml4, %eax
    mov %rax, %cr3
    xor %esi, %esi

common:
    mov $pv_boot_stack_end, %esp
    xor %ebp, %ebp
    mov %rdi, %r12
    mov $pv_bss_start, %edi
    mov $pv_bss_end, %ecx
    sub %edi, %ecx
    shr $3, %ecx
    xor %eax, %eax
    rep stosq
    mov %rax, %fs
    mov %rax, %gs
    call pv_enable_sse
    mov %r12, %rdi
    call pv_start
0:  hlt
    jmp 0b

    /* Lets SSE instructions run, where the processor has them; the kit itself uses none. Clobbers RAX, RBX, RCX, RDX. */
    .globl pv_enable_sse
pv_enable_sse:
    mov $1, %eax
    cpuid
    test $PV_CPUID_1_EDX_SSE, %edx
    jz 1f
    mov %cr0, %rax
    and $~(PV_CR0_EM | PV_CR0_TS), %rax
    or $PV_CR0_MP, %rax
    mov %rax, %cr0
    mov %cr4, %rax
    or $(PV_CR4_OSFXSR | PV_CR4_OSXMMEXCPT), %rax
    mov %rax, %cr4
1:  ret

    .section .data.tables, "aw", @progbits
    .balign 4096
    .globl pv_pml4
pv_pml4:
    .quad pv_pdpt + PV_PAGE_PRESENT + PV_PAGE_WRITABLE + PV_PAGE_USER + PV_PAGE_ACCESSED
    .fill 511, 8, 0
pv_pdpt:
    .quad pv_pd + PV_PAGE_PRESENT + PV_PAGE_WRITABLE + PV_PAGE_USER + PV_PAGE_ACCESSED
    .quad pv_pd + 4096 + PV_PAGE_PRESENT + PV_PAGE_WRITABLE + PV_PAGE_USER + PV_PAGE_ACCESSED
    .quad pv_pd + 8192 + PV_PAGE_PRESENT + PV_PAGE_WRITABLE + PV_PAGE_USER + PV_PAGE_ACCESSED
    .quad pv_pd + 12288 + PV_PAGE_PRESENT + PV_PAGE_WRITABLE + PV_PAGE_USER + PV_PAGE_ACCESSED
    .fill 508, 8, 0
    /* The first 2 MiB in small pages, so that ring 3 can be given some of them. */
    .globl pv_pt
pv_pt:
    .set address, 0
    .rept 512
    .quad address + PV_PAGE_PRESENT + PV_PAGE_WRITABLE + PV_PAGE_ACCESSED + PV_PAGE_DIRTY
    .set address, address + 0x1000
    .endr
    /* 0 to 4 GiB onto itself; from RAM_GAP_START, where devices are, without caching. */
    .globl pv_pd
pv_pd:
    .quad pv_pt + PV_PAGE_PRESENT + PV_PAGE_WRITABLE + PV_PAGE_USER + PV_PAGE_ACCESSED
    .set address, 0x200000
    .rept 2047
    .set attributes, PV_PAGE_PRESENT | PV_PAGE_WRITABLE | PV_PAGE_ACCESSED | PV_PAGE_DIRTY | PV_PAGE_LARGE
    .if address >= PV_GPA_RAM_GAP_START
    .set attributes, attributes | PV_PAGE_UNCACHED
    .endif
    .quad address + attributes
    .set address, address + 0x200000
    .endr

    .globl pv_gdt
    .balign 16
pv_gdt:
    .quad 0
    .quad 0x00cf9b000000ffff    /* CODE32 */
    .quad 0x00af9b000000ffff    /* CODE64 */
    .quad 0x00cf93000000ffff    /* DATA */
    .quad 0, 0                  /* the boot GDT's TSS */
    .quad 0x00cff3000000ffff    /* USER_DATA */
    .quad 0x00affb000000ffff    /* USER_CODE64 */
    .fill 2 * PV_LIMIT_VCPUS, 8, 0  /* each vCPU's TSS, filled by vcpu.c */
pv_gdt_end:
    .globl pv_gdt_pointer
pv_gdt_pointer:
    .word pv_gdt_end - pv_gdt - 1
    .quad pv_gdt

    .section .noinit, "aw", @nobits
    .balign 16
    .fill 16384
    .globl pv_boot_stack_end
pv_boot_stack_end:

    .section .note.GNU-stack, "", @progbits
