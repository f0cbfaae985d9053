/* Bits of control registers, EFER and other MSRs, and privileged instructions in both rings. */
#include <stdio.h>

#include "attempt.h"

SNIPPET(to_cr0, "mov %rax, %cr0");
SNIPPET(to_cr4, "mov %rax, %cr4");
SNIPPET(to_cr8, "mov %rax, %cr8");
SNIPPET(to_efer, "mov %rax, %rdx\nshr $32, %rdx\nmov $0xc0000080, %ecx\nwrmsr");
SNIPPET(to_dr6, "mov %rax, %dr6");
SNIPPET(to_dr7, "mov %rax, %dr7");
SNIPPET(read_msr_edx, "mov %edx, %ecx\nrdmsr");
SNIPPET(write_msr_edx, "mov %edx, %ecx\nmov %rax, %rdx\nshr $32, %rdx\nwrmsr");

SNIPPET(p_hlt, "cli\nhlt");
SNIPPET(p_cli, "cli");
SNIPPET(p_sti, "sti\ncli");
SNIPPET(p_clts, "clts");
SNIPPET(p_lmsw, "smsw %eax\nlmsw %ax");
SNIPPET(p_lgdt, "sub $16, %rsp\nsgdt (%rsp)\nlgdt (%rsp)");
SNIPPET(p_lidt, "sub $16, %rsp\nsidt (%rsp)\nlidt (%rsp)");
SNIPPET(p_lldt, "xor %eax, %eax\nlldt %ax");
SNIPPET(p_invlpg, "invlpg (%rsp)");
SNIPPET(p_wbinvd, "wbinvd");
SNIPPET(p_invd, "invd");
SNIPPET(p_swapgs, "swapgs\nswapgs");
SNIPPET(p_rdtsc, "rdtsc");
SNIPPET(p_in, "mov $0x80, %edx\nin %dx, %al");
SNIPPET(p_out, "mov $0x80, %edx\nout %al, %dx");
SNIPPET(p_sysret, "sysretq");
SNIPPET(p_read_cr0, "mov %cr0, %rax");
SNIPPET(p_read_cr1, "mov %cr1, %rax");
SNIPPET(p_read_cr2, "mov %cr2, %rax");
SNIPPET(p_read_cr5, ".byte 0x0f, 0x20, 0xe8");
SNIPPET(p_read_cr8, "mov %cr8, %rax");
SNIPPET(p_read_dr0, "mov %dr0, %rax");
SNIPPET(p_read_dr4, "mov %dr4, %rax");
SNIPPET(p_str, "str %eax");
SNIPPET(p_sldt, "sldt %eax");
SNIPPET(p_smsw, "smsw %eax");
SNIPPET(p_locked_nop, ".byte 0xf0, 0x90");
SNIPPET(p_locked_mov, ".byte 0xf0, 0x48, 0x89, 0x04, 0x24");
SNIPPET(p_push_cs, ".byte 0x0e");
SNIPPET(p_int1_prefix, ".byte 0x66, 0x66, 0x90");
SNIPPET(p_sixteen, ".byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x90");
SNIPPET(p_lea_register, ".byte 0x8d, 0xc0");
SNIPPET(p_xsetbv, "xor %ecx, %ecx\nxor %edx, %edx\nmov $1, %eax\nxsetbv");
SNIPPET(p_rdpmc, "mov $0x100, %ecx\nrdpmc");

#define P(name) {#name, p_##name##_start, p_##name##_end}
static const struct {
    const char *name;
    const char *start, *end;
} privileged[] = {
    P(hlt), P(cli), P(sti), P(clts), P(lmsw), P(lgdt), P(lidt), P(lldt), P(invlpg), P(wbinvd), P(invd), P(swapgs),
    P(rdtsc), P(in), P(out), P(sysret), P(read_cr0), P(read_cr1), P(read_cr2), P(read_cr5), P(read_cr8), P(read_dr0),
    P(read_dr4), P(str), P(sldt), P(smsw), P(locked_nop), P(locked_mov), P(push_cs), P(int1_prefix), P(sixteen),
    P(lea_register), P(xsetbv), P(rdpmc),
};

static uint64_t read_dr7(void)
{
    uint64_t value;
    __asm__ volatile("mov %%dr7, %0" : "=r"(value));
    return value;
}

static uint64_t read_dr6(void)
{
    uint64_t value;
    __asm__ volatile("mov %%dr6, %0" : "=r"(value));
    return value;
}

static void put(uint64_t value)
{
    printf(" %x:%x", (int)trap.vector, (unsigned)trap.error);
    if (trap.vector == DONE) {
        printf("=%x", (unsigned)value);
    }
}

/* One bit changed at a time; what can be changed is put back. */
static void bits(void)
{
    /* Not PAE, which QEMU lets long mode clear, nor reserved bits, which it takes: its faults. */
    static const int cr4_common[] = {2, 3, 4, 6, 7, 9, 10, 16, 17, 20, 21};
    /* MP, EM, TS, NE, WP, AM. QEMU takes and keeps all other bits, and PG without PE, which is its fault. */
    static const int cr0_common[] = {1, 2, 3, 5, 16, 18};
    printf("cr0:");
    uint64_t cr0 = read_cr0(), cr4 = read_cr4(), efer = read_msr(0xc0000080);
    for (unsigned i = 0; i < sizeof(cr0_common) / sizeof(cr0_common[0]); i++) {
        RUN(0, to_cr0, cr0 ^ 1ull << cr0_common[i], 0);
        put(read_cr0() ^ cr0);
        write_cr0(cr0);
    }
    printf("\ncr4:");
    for (unsigned i = 0; i < sizeof(cr4_common) / sizeof(cr4_common[0]); i++) {
        RUN(0, to_cr4, cr4 ^ 1ull << cr4_common[i], 0);
        put(read_cr4() ^ cr4);
        write_cr4(cr4);
    }
    /* SCE and NXE. QEMU ignores what EFER and CR3 reserve, and lets LME change: its faults. */
    static const int efer_common[] = {0, 11};
    printf("\nefer:");
    for (unsigned i = 0; i < sizeof(efer_common) / sizeof(efer_common[0]); i++) {
        RUN(0, to_efer, efer ^ 1ull << efer_common[i], 0);
        put(read_msr(0xc0000080) ^ efer);
        write_msr(0xc0000080, efer);
    }
    printf("\ncr8:");
    /* QEMU takes reserved bits here too. */
    for (int bit = 0; bit < 4; bit++) {
        RUN(0, to_cr8, 1ull << bit, 0);
        put(0);
    }
    RUN(0, to_cr8, 0, 0);
    printf("\ndr6 and dr7:");
    for (int bit = 0; bit < 64; bit++) {
        /* Reserved bits that QEMU keeps. */
        if (bit == 12 || bit == 14 || bit == 15) {
            continue;
        }
        RUN(0, to_dr6, 1ull << bit, 0);
        put(read_dr6());
        /* Bit 13 guards the registers themselves. */
        if (bit != 13) {
            RUN(0, to_dr7, 1ull << bit, 0);
            put(read_dr7());
        }
    }
    RUN(0, to_dr7, 0x400, 0);
    putchar('\n');
}

static void msrs(void)
{
    static const uint32_t bases[] = {0xc0000100, 0xc0000101, 0xc0000102, 0xc0000082, 0xc0000083, 0x175, 0x176};
    /* Canonical ones: QEMU takes others. */
    static const uint64_t values[] = {0, 0x7fffffffffff, 0xffff800000000000};
    printf("base msrs:");
    for (unsigned i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        uint64_t old = read_msr(bases[i]);
        for (unsigned k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
            RUN(0, write_msr_edx, values[k], bases[i]);
            put(read_msr(bases[i]));
        }
        write_msr(bases[i], old);
    }
    printf("\nmsrs in ring 3:");
    for (unsigned i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        RUN(3, read_msr_edx, 0, bases[i]);
        put(0);
        RUN(3, write_msr_edx, 0, bases[i]);
        put(0);
    }
    putchar('\n');
}

int main(void)
{
    attempt_init();
    write_cr4(read_cr4() & ~(1ull << 18));
    bits();
    msrs();
    for (unsigned i = 0; i < sizeof(privileged) / sizeof(privileged[0]); i++) {
        for (int ring = 0; ring <= 3; ring += 3) {
            if (ring == 0 && i == 0) {
                continue; /* HLT would stay. */
            }
            for (int iopl = 0; iopl < 4; iopl += 3) {
                attempt_init();
                run(ring, privileged[i].start, privileged[i].end, 2 | (uint64_t)iopl << 12, 0, 0);
                printf("%s ring %d iopl %d: %x error %x rip %x\n", privileged[i].name, ring, iopl, (int)trap.vector,
                       (unsigned)trap.error, (unsigned)OFFSET(ring));
            }
        }
    }
    printf("end\n");
    return 0;
}
