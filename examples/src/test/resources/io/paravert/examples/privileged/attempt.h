/* Tries privileged behaviour, and says what came of it. */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include <stdint.h>

/* Selectors. From FREE on, descriptors are a test's own. */
#define CODE0 0x08
#define DATA0 0x10
#define CODE3 (0x18 | 3)
#define DATA3 (0x20 | 3)
#define TSS_SELECTOR 0x28
#define FREE 0x40
#define GDT_ENTRIES 64

/* Where snippets run: 2 MiB that ring 3 may use, and 2 MiB that it may not. */
#define USER_PAGE 0x600000
#define KERNEL_PAGE 0x800000
#define STACK_OFFSET 0x100000

/* Vector of the INT that ends each snippet. */
#define DONE 0x80

/* What the handler found. Read before the next attempt. */
struct trap {
    uint64_t vector, error, rip, cs, rflags, rsp, ss; /* as they lay on the stack */
    uint64_t cr2, rax, rdx, handler_rsp;
};
extern struct trap trap;

extern uint64_t gdt[GDT_ENTRIES];
extern uint64_t idt[512];
extern uint64_t pml4[512], pdpt[512], directory[512];
extern uint8_t tss[104 + 0x2000 + 1];
extern char entries[];

/* Makes everything anew and loads it. */
void attempt_init(void);
/* A gate for a vector: 64-bit, with this type-and-attributes byte. */
void set_gate(int vector, uint64_t handler, int attributes, int ist);
uint64_t entry_of(int vector);

/* Copies code to a ring's page and runs it there, general registers 0 but for RAX and RDX. Fills trap. */
void run(int ring, const char *start, const char *end, uint64_t flags, uint64_t rax, uint64_t rdx);
/* As run(), in ring 0 at an address; the code is there already. */
void run_at(uint64_t rip, uint64_t rax, uint64_t rdx);

/* Declares a snippet: assembler lines, and the INT at its end. */
#define SNIPPET(name, lines)                                                                                           \
    extern const char name##_start[], name##_end[];                                                                    \
    __asm__(".pushsection .rodata\n" #name "_start:\n" lines "\nint $0x80\n" #name "_end:\n.popsection")
#define RUN(ring, name, rax, rdx) run(ring, name##_start, name##_end, 2, rax, rdx)

uint64_t read_cr0(void);
uint64_t read_cr3(void);
uint64_t read_cr4(void);
void write_cr0(uint64_t value);
void write_cr3(uint64_t value);
void write_cr4(uint64_t value);
uint64_t read_msr(uint32_t number);
void write_msr(uint32_t number, uint64_t value);
void invalidate(uint64_t address);

/* Offset of the trap's RIP in the page that the snippet ran in. */
#define OFFSET(ring) (trap.rip - ((ring) == 3 ? USER_PAGE : KERNEL_PAGE))

#endif
