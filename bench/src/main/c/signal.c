/* What it costs a device in user space to interrupt a vCPU: KVM_SIGNAL_MSI beside a write to an irqfd whose route is the same message. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, EACH = 200000, GSI = 30, APIC = 0xfee00000, SPURIOUS = 0xf0, ENABLED = 0x1ff };

static int need(const char *what, int result)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static double nanos(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(void)
{
    int kvm = need("/dev/kvm", open("/dev/kvm", O_RDWR));
    int vm = need("KVM_CREATE_VM", ioctl(kvm, KVM_CREATE_VM, 0));
    need("KVM_CREATE_IRQCHIP", ioctl(vm, KVM_CREATE_IRQCHIP, 0));
    int vcpu = need("KVM_CREATE_VCPU", ioctl(vm, KVM_CREATE_VCPU, 0));
    struct kvm_lapic_state apic;
    need("KVM_GET_LAPIC", ioctl(vcpu, KVM_GET_LAPIC, &apic));
    uint32_t enabled = ENABLED;
    memcpy(apic.regs + SPURIOUS, &enabled, sizeof(enabled));
    need("KVM_SET_LAPIC", ioctl(vcpu, KVM_SET_LAPIC, &apic));

    struct kvm_msi message = {.address_lo = APIC, .data = 0x41};
    struct kvm_irq_routing *routes = calloc(1, sizeof(*routes) + sizeof(routes->entries[0]));
    routes->nr = 1;
    routes->entries[0] = (struct kvm_irq_routing_entry){
        .gsi = GSI, .type = KVM_IRQ_ROUTING_MSI, .u.msi = {.address_lo = APIC, .data = 0x42}};
    need("KVM_SET_GSI_ROUTING", ioctl(vm, KVM_SET_GSI_ROUTING, routes));
    int event = need("eventfd", eventfd(0, EFD_NONBLOCK));
    struct kvm_irqfd irqfd = {.fd = (uint32_t)event, .gsi = GSI};
    need("KVM_IRQFD", ioctl(vm, KVM_IRQFD, &irqfd));

    for (int round = 0; round < ROUNDS; round++) {
        double start = nanos();
        for (int i = 0; i < EACH; i++) {
            need("KVM_SIGNAL_MSI", ioctl(vm, KVM_SIGNAL_MSI, &message));
        }
        double middle = nanos();
        uint64_t one = 1;
        for (int i = 0; i < EACH; i++) {
            need("write", (int)write(event, &one, sizeof(one)));
        }
        printf("KVM_SIGNAL_MSI %4.0f ns, irqfd %4.0f ns\n", (middle - start) / EACH, (nanos() - middle) / EACH);
    }
    return 0;
}
