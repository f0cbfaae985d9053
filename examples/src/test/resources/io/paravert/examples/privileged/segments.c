/* Loads of segment registers, far transfers and looks at descriptors, over type, DPL, P, RPL and the ring. */
#include <stdio.h>

#include "attempt.h"

SNIPPET(load_ds, "mov %eax, %ds");
SNIPPET(load_fs, "mov %eax, %fs");
SNIPPET(load_ss, "mov %eax, %ss");
SNIPPET(far_return, "lea 1f(%rip), %rbx\nmov %rsp, %rcx\npush %rdx\npush %rcx\npush %rax\npush %rbx\nlretq\n1:");
SNIPPET(far_jump, "lea 1f(%rip), %rbx\nmov %rbx, -32(%rsp)\nmov %eax, -24(%rsp)\nrex.w ljmp *-32(%rsp)\n1:");
SNIPPET(far_call, "lea 1f(%rip), %rbx\nmov %rbx, -32(%rsp)\nmov %eax, -24(%rsp)\nrex.w lcall *-32(%rsp)\n1:");
SNIPPET(return_to, "lea 1f(%rip), %rbx\nmov %rsp, %rcx\npush %rdx\npush %rcx\npushfq\npush %rax\npush %rbx\niretq\n1:");
SNIPPET(look_lar, "mov %eax, %ecx\nmov $0x1234, %eax\nlar %ecx, %eax\nsetz %dl");
SNIPPET(look_lsl, "mov %eax, %ecx\nmov $0x1234, %eax\nlsl %ecx, %eax\nsetz %dl");
SNIPPET(look_verr, "verr %ax\nsetz %dl");
SNIPPET(look_verw, "verw %ax\nsetz %dl");
SNIPPET(load_ldt, "lldt %ax");
SNIPPET(load_tr, "ltr %ax");

/* A stack segment of each level. */
#define STACKS 0x80

static uint64_t stack_of(int level)
{
    return (uint64_t)((STACKS + 8 * level) | level);
}

/* A descriptor of a type (with S in bit 4): base 0, limit 0xfffff pages, or a call gate or a TSS of that type. */
static void describe(int type, int dpl, int present)
{
    uint64_t access = (uint64_t)(type | dpl << 5 | present << 7) << 40;
    uint64_t l = (type & 0x18) == 0x18 ? 1ull << 53 : 1ull << 54;
    gdt[FREE / 8 + 1] = 0;
    if (type & 0x10) {
        gdt[FREE / 8] = access | l | 0x008f00000000ffff;
    } else if (type == 0xc || type == 4) {
        uint64_t target = entry_of(0x81);
        gdt[FREE / 8] = access | CODE0 << 16 | (target & 0xffff) | (target >> 16 & 0xffff) << 48;
        gdt[FREE / 8 + 1] = target >> 32;
    } else {
        gdt[FREE / 8] = access | 0x67 | ((uint64_t)tss & 0xffffff) << 16 | ((uint64_t)tss >> 24 & 0xff) << 56;
        gdt[FREE / 8 + 1] = (uint64_t)tss >> 32;
    }
}

static const struct {
    const char *name;
    const char *start, *end;
    int look;
} kinds[] = {
    {"mov ds", load_ds_start, load_ds_end, 0},       {"mov fs", load_fs_start, load_fs_end, 0},
    {"mov ss", load_ss_start, load_ss_end, 0},       {"lret", far_return_start, far_return_end, 0},
    {"ljmp", far_jump_start, far_jump_end, 0},       {"lcall", far_call_start, far_call_end, 0},
    {"iret", return_to_start, return_to_end, 0},     {"lar", look_lar_start, look_lar_end, 1},
    {"lsl", look_lsl_start, look_lsl_end, 1},        {"verr", look_verr_start, look_verr_end, 2},
    {"verw", look_verw_start, look_verw_end, 2},     {"lldt", load_ldt_start, load_ldt_end, 0},
    {"ltr", load_tr_start, load_tr_end, 0},
};

static void report(int look, int selector)
{
    int expected = selector & ~3;
    if (trap.vector == DONE || trap.vector == 0x81) {
        if (look == 1) {
            printf(" %c%x", (int)(trap.rdx & 1) + '0', (unsigned)trap.rax & 0xfff0ffff);
        } else if (look == 2) {
            printf(" %c", (int)(trap.rdx & 1) + '0');
        } else {
            /* Through a gate or not, and the ring that it ended in. */
            printf(" %c%d%d", trap.vector == DONE ? 'k' : 'g', (int)(trap.cs & 3), (int)((trap.cs & ~3ull) == FREE));
        }
    } else if (trap.error == 0) {
        printf(" %d", (int)trap.vector);
    } else {
        printf(" %d%s", (int)trap.vector, (int)trap.error == expected ? "s" : "!");
    }
}

int main(void)
{
    attempt_init();
    for (unsigned kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
        for (int ring = 0; ring <= 3; ring += 3) {
            for (int type = 0; type < 32; type++) {
                /* QEMU takes descriptors of 16-bit systems that long mode has not (AMD APM vol. 2, 4.8.3): its fault. */
                if (kinds[kind].look == 1 && (type == 1 || type == 3 || type == 4 || type == 5)) {
                    continue;
                }
                if (kinds[kind].start == load_tr_start && type == 1) {
                    continue;
                }
                printf("%s ring %d type %x:", kinds[kind].name, ring, type);
                attempt_init();
                for (int level = 0; level < 4; level++) {
                    gdt[STACKS / 8 + level] = 0x00cf93000000ffff | (uint64_t)level << 45;
                }
                for (int present = 0; present < 2; present++) {
                    for (int dpl = 0; dpl < 4; dpl++) {
                        for (int rpl = 0; rpl < 4; rpl++) {
                            describe(type, dpl, present);
                            run(ring, kinds[kind].start, kinds[kind].end, 2, (uint64_t)(FREE | rpl), stack_of(rpl));
                            report(kinds[kind].look, FREE | rpl);
                        }
                    }
                }
                putchar('\n');
            }
        }
    }
    for (int ring = 0; ring <= 3; ring += 3) {
        printf("null and beyond, ring %d:", ring);
        for (unsigned kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
            static const int selectors[] = {0, 1, 2, 3, GDT_ENTRIES * 8, GDT_ENTRIES * 8 | 3, 4, FREE | 4};
            for (unsigned i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++) {
                /* QEMU loads SS with null selectors of other levels: its fault. */
                if (kinds[kind].start == load_ss_start && selectors[i] < 4 && selectors[i] != ring) {
                    continue;
                }
                /* Nor does it mind a null selector in LTR. */
                if (kinds[kind].start == load_tr_start && selectors[i] < 4) {
                    continue;
                }
                attempt_init();
                run(ring, kinds[kind].start, kinds[kind].end, 2, (uint64_t)selectors[i], ring == 3 ? DATA3 : DATA0);
                report(kinds[kind].look, selectors[i]);
            }
        }
        putchar('\n');
    }
    printf("end\n");
    return 0;
}
