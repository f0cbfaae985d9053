/*
 * kvmloop: the least that a monitor in C can do with /dev/kvm, as the measure for the engine in Java.
 *
 *   kvmloop out EXITS        the monitor looks at nothing but each exit's reason and port
 *   kvmloop call EXITS       a null hypercall by port I/O: the monitor takes number and arguments from the synced
 *                            registers, dispatches by number, and puts the result back
 *
 * Both run the guest of ExitGuest.java: 64-bit code at CPL 0 that loads a number into EAX and writes it to a port, EXITS
 * times, then writes to another port and begins again. The first pass warms up; the second is measured. Prints the
 * nanoseconds of one exit, by the clock and by the thread's CPU time.
 *
 * build: gcc -O2 -Wall -DFAST_PORT=... -DNULL_CALL=... -o kvmloop kvmloop.c, with the numbers of the ABI (CLoop.java)
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PML4 = 0x1000, PDPT = 0x2000, PD = 0x3000, CODE = 0x4000, MEMORY = 0x10000, PORT = FAST_PORT, MARK = 0xea };

static long check(long result, const char *what) {
    if (result < 0) {
        fprintf(stderr, "kvmloop: %s: %s\n", what, strerror(errno));
        exit(1);
    }
    return result;
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void set_long_mode(int vcpu) {
    struct kvm_sregs s;
    check(ioctl(vcpu, KVM_GET_SREGS, &s), "KVM_GET_SREGS");
    struct kvm_segment data = {.limit = ~0u, .selector = 0x10, .type = 3, .present = 1, .s = 1, .db = 1, .g = 1};
    s.cs = (struct kvm_segment){.limit = ~0u, .selector = 8, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1};
    s.ds = s.es = s.fs = s.gs = s.ss = data;
    s.tr = (struct kvm_segment){.limit = 0x67, .type = 11, .present = 1};
    s.cr0 = 0x80000033;
    s.cr3 = PML4;
    s.cr4 = 0x20;
    s.efer = 0x500;
    check(ioctl(vcpu, KVM_SET_SREGS, &s), "KVM_SET_SREGS");
    struct kvm_regs r = {.rip = CODE, .rflags = 2};
    check(ioctl(vcpu, KVM_SET_REGS, &r), "KVM_SET_REGS");
}

static void set_cpuid(int kvm, int vcpu) {
    struct kvm_cpuid2 *c = calloc(1, sizeof *c + 256 * sizeof c->entries[0]);
    c->nent = 256;
    check(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, c), "KVM_GET_SUPPORTED_CPUID");
    check(ioctl(vcpu, KVM_SET_CPUID2, c), "KVM_SET_CPUID2");
    free(c);
}

static void enter(int vcpu) {
    while (ioctl(vcpu, KVM_RUN, 0) < 0) {
        if (errno != EINTR) check(-1, "KVM_RUN");
    }
}

/* The port that the guest has written. */
static int port(const struct kvm_run *run) {
    if (run->exit_reason != KVM_EXIT_IO || run->io.direction != KVM_EXIT_IO_OUT) {
        fprintf(stderr, "kvmloop: unexpected exit %u\n", run->exit_reason);
        exit(1);
    }
    return run->io.port;
}

static void out_pass(int vcpu, struct kvm_run *run) {
    do enter(vcpu); while (port(run) == PORT);
}

static long volatile calls;

static int64_t dispatch(const struct kvm_regs *r) {
    switch (r->rax) {
    case NULL_CALL: calls++; return 0;
    default: return -ENOSYS;
    }
}

static void call_pass(int vcpu, struct kvm_run *run) {
    run->kvm_valid_regs = KVM_SYNC_X86_REGS;
    for (;;) {
        enter(vcpu);
        if (port(run) != PORT) return;
        struct kvm_regs *r = &run->s.regs.regs;
        r->rax = dispatch(r);
        run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
    }
}

int main(int argc, char **argv) {
    if (argc != 3 || atoi(argv[2]) <= 0) {
        fprintf(stderr, "usage: kvmloop out|call EXITS\n");
        return 2;
    }
    void (*pass)(int, struct kvm_run *) = strcmp(argv[1], "call") ? out_pass : call_pass;
    uint32_t exits = atoi(argv[2]);
    int kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
    int vm = check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    check(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000), "KVM_SET_TSS_ADDR");
    uint8_t *memory = mmap(0, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct kvm_userspace_memory_region region = {.memory_size = MEMORY, .userspace_addr = (uintptr_t)memory};
    check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    *(uint64_t *)(memory + PML4) = PDPT | 3;
    *(uint64_t *)(memory + PDPT) = PD | 3;
    *(uint64_t *)(memory + PD) = 0x83;
    const uint8_t code[] = {
        0xbb, exits, exits >> 8, exits >> 16, exits >> 24, /* again: mov ebx, EXITS */
        0xb8, NULL_CALL, 0, 0, 0,                          /* next:  mov eax, 2 */
        0xe7, PORT,                                        /*        out PORT, eax */
        0xff, 0xcb,                                        /*        dec ebx */
        0x75, 0xf5,                                        /*        jnz next */
        0xe7, MARK,                                        /*        out MARK, eax */
        0xeb, 0xec,                                        /*        jmp again */
    };
    memcpy(memory + CODE, code, sizeof code);
    int vcpu = check(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    int size = check(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
    struct kvm_run *run = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    set_cpuid(kvm, vcpu);
    set_long_mode(vcpu);
    pass(vcpu, run);
    double start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);
    pass(vcpu, run);
    cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu;
    printf("%.1f %.1f\n", (now(CLOCK_MONOTONIC) - start) / exits, cpu / exits);
    return 0;
}
