/*
 * The processor's bits that the kit uses (Intel SDM vol. 3, chapters 2 to 6; AMD APM vol. 2) and the guest's own
 * selectors. For C and for assembler.
 */
#ifndef PV_X86_H
#define PV_X86_H

#define PV_CR0_PE (1 << 0)
#define PV_CR0_MP (1 << 1)
#define PV_CR0_EM (1 << 2)
#define PV_CR0_TS (1 << 3)
#define PV_CR0_ET (1 << 4)
#define PV_CR0_NE (1 << 5)
#define PV_CR0_WP (1 << 16)
#define PV_CR0_PG (1 << 31)
#define PV_CR4_PAE (1 << 5)
#define PV_CR4_OSFXSR (1 << 9)
#define PV_CR4_OSXMMEXCPT (1 << 10)

#define PV_CPUID_1_EDX_SSE (1 << 25)
#define PV_CPUID_1_ECX_HYPERVISOR (1 << 31)

#define PV_MSR_APIC_BASE 0x1b
#define PV_MSR_EFER 0xc0000080
#define PV_EFER_SCE (1 << 0)
#define PV_EFER_LME (1 << 8)
#define PV_MSR_STAR 0xc0000081
#define PV_MSR_LSTAR 0xc0000082
#define PV_MSR_SFMASK 0xc0000084
#define PV_MSR_GS_BASE 0xc0000101

#define PV_RFLAGS_ARITHMETIC 0x8d5 /* CF, PF, AF, ZF, SF, OF */
#define PV_RFLAGS_FIXED (1 << 1)
#define PV_RFLAGS_TF (1 << 8)
#define PV_RFLAGS_IF (1 << 9)
#define PV_RFLAGS_DF (1 << 10)
#define PV_RFLAGS_IOPL3 (3 << 12)
#define PV_RFLAGS_NT (1 << 14)
#define PV_RFLAGS_AC (1 << 18)

#define PV_PAGE_PRESENT (1 << 0)
#define PV_PAGE_WRITABLE (1 << 1)
#define PV_PAGE_USER (1 << 2)
#define PV_PAGE_UNCACHED (3 << 3)
#define PV_PAGE_ACCESSED (1 << 5)
#define PV_PAGE_DIRTY (1 << 6)
#define PV_PAGE_LARGE (1 << 7)

/* The selectors below 0x28 are those of the boot GDT (PV_SELECTOR_*). */
#define PV_USER_DATA 0x33
#define PV_USER_CODE64 0x3b
#define PV_TSS_FIRST 0x40

#define PV_EXCEPTIONS 32
#define PV_SYSCALL_VECTOR 0x80

/* Where the fields of struct pv_vcpu (vcpu.h) are for assembler. */
#define PV_VCPU_SYSCALL_STACK 8
#define PV_VCPU_USER_STACK 16
#define PV_VCPU_RESUME 24
#define PV_VCPU_NUMBER 32
#define PV_VCPU_TSS_RSP0 40

#endif
