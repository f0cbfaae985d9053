/*
 * Runs machine code given on stdin on the processor underneath, at ring 3, and writes the state it leaves to stdout:
 * the reference of the differential tests. Built and driven by io.paravert.soft.numeric.ring3.Ring3.
 *
 * Why native: only the processor itself is a complete statement of what its instructions do.
 * Why safe: the process owns nothing but its two pipes; a fault of the tested code ends in a signal handler that
 * reports the state at the fault; code that never ends is stopped by an interval timer and reported as trap 255.
 *
 * Protocol, little-endian: a 32-bit count, then that many `struct request`; the answer is as many `struct state`.
 * The whole batch is read before anything is written, so neither side can block the other.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

/* Fixed addresses, so that the trampoline reaches its data without a register. */
#define CONTROL 0x13570000L /* struct control */
#define CODE    0x10100000L /* the tested code, one page */
#define MEM     0x20000000L /* the tested code's memory: one page between unmapped ones */
#define MEM_BYTES 256
#define CODE_BYTES 120

struct state {
    uint64_t gpr[16]; /* RAX RCX RDX RBX RSP RBP RSI RDI R8..R15 */
    uint64_t rflags;
    uint32_t reserved;
    uint32_t trap; /* out: 0 none, else 0x100 | vector */
    uint64_t cr2;
    uint64_t rip; /* out: offset in the code where it stopped */
    uint8_t fx[160]; /* the FXSAVE64 image up to the end of ST7 */
    uint64_t ymm[16][4];
    uint8_t mem[MEM_BYTES];
};

struct request {
    uint32_t code_bytes;
    uint32_t mode; /* 16, 32 or 64: the size of its code segment */
    uint8_t code[CODE_BYTES];
    struct state in;
};

struct control {
    uint64_t host_rsp;      /* 0x000 */
    uint32_t code;          /* 0x008 */
    uint16_t code_selector; /* 0x00c */
    uint16_t data_selector; /* 0x00e */
    uint64_t epilogue;      /* 0x010 */
    uint32_t mxcsr;         /* 0x018 */
    uint32_t reserved;
    uint64_t rflags;        /* 0x020 */
    uint8_t pad[0x58];
    uint64_t gpr[16];       /* 0x080 */
    uint64_t ymm[16][4];    /* 0x100 */
    uint8_t fx[512];        /* 0x300 */
    uint8_t stack[0x800];   /* 0x500 */
    uint8_t pad2[0x100];
    uint8_t from_legacy[8]; /* 0xe00: where 16- and 32-bit code jumps to: 64-bit code, jmp *0x13570010 */
};

#define control ((struct control *)CONTROL)

extern void ring3_run(void);
extern void ring3_epilogue(void);

#define STR1(x) #x
#define STR(x) STR1(x)
#define EACH_GPR(f) f(0, rax) f(8, rcx) f(0x10, rdx) f(0x18, rbx) f(0x28, rbp) f(0x30, rsi) f(0x38, rdi) \
    f(0x40, r8) f(0x48, r9) f(0x50, r10) f(0x58, r11) f(0x60, r12) f(0x68, r13) f(0x70, r14) f(0x78, r15) f(0x20, rsp)
#define LOAD(o, r) "mov 0x13570080+" STR(o) ",%" STR(r) "\n"
#define SAVE(o, r) "mov %" STR(r) ",0x13570080+" STR(o) "\n"
#define EACH_YMM(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11) f(12) f(13) f(14) f(15)
#define LOADY(n) "vmovdqu 0x13570100+32*" STR(n) ",%ymm" STR(n) "\n"
#define SAVEY(n) "vmovdqu %ymm" STR(n) ",0x13570100+32*" STR(n) "\n"

__asm__(".text\n.globl ring3_run\nring3_run:\n"
        "push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
        "mov %rsp,0x13570000\n"
        "mov $0x13570c00,%esp\n"
        "fxrstor64 0x13570300\n"
        EACH_YMM(LOADY)
        "push 0x13570020\npopfq\n"
        "mov 0x1357000e,%ds\nmov 0x1357000e,%es\nmov 0x1357000e,%ss\n"
        EACH_GPR(LOAD)
        "ljmpl *0x13570008\n"
        ".globl ring3_epilogue\nring3_epilogue:\n"
        EACH_GPR(SAVE)
        "mov $0x2b,%esp\nmov %esp,%ss\n"
        "mov $0x13570c00,%esp\n"
        "pushfq\npop 0x13570020\ncld\n"
        "fxsave64 0x13570300\n"
        EACH_YMM(SAVEY)
        "vzeroupper\nfninit\n"
        "movl $0x1f80,0x13570018\nldmxcsr 0x13570018\n"
        "mov 0x13570000,%rsp\n"
        "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");

static sigjmp_buf resume;
static struct state *result;
static unsigned long code_base;
static uint8_t signal_stack[65536];

static const int gpr_of_ucontext[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                        REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static void on_signal(int number, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    (void)info;
    if (number == SIGALRM && u->uc_mcontext.gregs[REG_RIP] - code_base >= 0x1000) return;
    const uint8_t *fp = (const uint8_t *)u->uc_mcontext.fpregs;
    for (int i = 0; i < 16; i++) {
        result->gpr[i] = u->uc_mcontext.gregs[gpr_of_ucontext[i]];
        memcpy(&result->ymm[i][0], fp + 160 + 16 * i, 16);
        memcpy(&result->ymm[i][2], fp + 576 + 16 * i, 16); /* XSAVE standard format: the AVX component */
    }
    if (!(((const uint64_t *)(fp + 512))[0] & 4)) { /* XSTATE_BV: the upper halves are in their initial state */
        for (int i = 0; i < 16; i++) result->ymm[i][2] = result->ymm[i][3] = 0;
    }
    memcpy(result->fx, fp, 160);
    result->rflags = u->uc_mcontext.gregs[REG_EFL];
    result->trap = 0x100 | (number == SIGALRM ? 255 : u->uc_mcontext.gregs[REG_TRAPNO]);
    result->cr2 = u->uc_mcontext.gregs[REG_CR2];
    result->rip = u->uc_mcontext.gregs[REG_RIP] - code_base;
    siglongjmp(resume, 1);
}

static void run(const struct request *r, struct state *out) {
    static const uint8_t leave64[] = {0xff, 0x24, 0x25, 0x10, 0x00, 0x57, 0x13}; /* jmp *0x13570010 */
    static const uint8_t leave32[] = {0xea, 0x00, 0x0e, 0x57, 0x13, 0x33, 0x00}; /* ljmp $0x33,$0x13570e00 */
    static const uint8_t leave16[] = {0x66, 0xea, 0x00, 0x0e, 0x57, 0x13, 0x33, 0x00};
    const uint8_t *leave = r->mode == 64 ? leave64 : r->mode == 32 ? leave32 : leave16;
    size_t leave_bytes = r->mode == 16 ? sizeof leave16 : sizeof leave64;
    code_base = r->mode == 16 ? 0 : CODE;
    control->code = code_base;
    control->code_selector = r->mode == 64 ? 0x33 : r->mode == 32 ? 0x23 : 0x07;
    control->data_selector = r->mode == 16 ? 0x0f : 0x2b;
    static uint8_t page[0x1000];
    /* The tested code may read its page, and write it: every byte is given. */
    memset(page, 0, CODE_BYTES + sizeof leave16);
    memcpy(page, r->code, r->code_bytes);
    memcpy(page + r->code_bytes, leave, leave_bytes);
    if (memcmp((void *)CODE, page, sizeof page)) memcpy((void *)CODE, page, sizeof page);
    memset(control->fx, 0, sizeof control->fx);
    memcpy(control->fx, r->in.fx, 160);
    memcpy(control->gpr, r->in.gpr, sizeof control->gpr);
    memcpy(control->ymm, r->in.ymm, sizeof control->ymm);
    memset((void *)MEM, 0, 0x1000);
    memcpy((void *)MEM, r->in.mem, MEM_BYTES);
    control->rflags = r->in.rflags;
    result = out;
    if (sigsetjmp(resume, 0) == 0) {
        ring3_run();
        memcpy(out->gpr, control->gpr, sizeof out->gpr);
        memcpy(out->ymm, control->ymm, sizeof out->ymm);
        memcpy(out->fx, control->fx, 160);
        out->rflags = control->rflags;
        out->trap = 0;
        out->cr2 = 0;
        out->rip = r->code_bytes;
    }
    out->reserved = 0;
    memcpy(out->mem, (void *)MEM, MEM_BYTES);
}

static int transfer(int fd, uint8_t *p, size_t n, int writing) {
    while (n) {
        ssize_t k = writing ? write(fd, p, n) : read(fd, p, n);
        if (k <= 0) return 0;
        p += k;
        n -= k;
    }
    return 1;
}

static void map(long address, size_t bytes, int protection) {
    void *p = mmap((void *)address, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (p != (void *)address) _exit(3);
}

/* A 16-bit segment of one page in the local descriptor table; without it there is no 16-bit code. */
static void segment(int entry, unsigned base, int contents) {
    struct user_desc d = {.entry_number = entry, .base_addr = base, .limit = 0xfff, .contents = contents, .useable = 1};
    syscall(SYS_modify_ldt, 1, &d, sizeof d);
}

int main(void) {
    map(CONTROL, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC);
    segment(0, CODE, MODIFY_LDT_CONTENTS_CODE);
    segment(1, MEM, MODIFY_LDT_CONTENTS_DATA);
    static const uint8_t from_legacy[] = {0xff, 0x24, 0x25, 0x10, 0x00, 0x57, 0x13};
    memcpy(control->from_legacy, from_legacy, sizeof from_legacy);
    map(CODE, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC);
    map(MEM, 0x1000, PROT_READ | PROT_WRITE);
    control->epilogue = (uint64_t)ring3_epilogue;
    stack_t alternate = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
    sigaltstack(&alternate, 0);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    static const int caught[] = {SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGBUS, SIGALRM};
    for (unsigned i = 0; i < sizeof caught / sizeof *caught; i++) sigaction(caught[i], &action, 0);
    uint32_t count;
    while (transfer(0, (uint8_t *)&count, 4, 0)) {
        struct request *requests = malloc(count * sizeof *requests);
        struct state *states = malloc(count * sizeof *states);
        if (!requests || !states || !transfer(0, (uint8_t *)requests, count * sizeof *requests, 0)) return 2;
        struct itimerval limit = {.it_value.tv_sec = 2, .it_interval.tv_sec = 2}, none = {.it_value.tv_sec = 0};
        for (uint32_t i = 0; i < count; i++) {
            if (requests[i].code_bytes > CODE_BYTES) return 4;
            if (i % 64 == 0) setitimer(ITIMER_REAL, &limit, 0);
            run(&requests[i], &states[i]);
        }
        setitimer(ITIMER_REAL, &none, 0);
        if (!transfer(1, (uint8_t *)states, count * sizeof *states, 1)) return 2;
        free(requests);
        free(states);
    }
    return 0;
}
