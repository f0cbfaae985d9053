/* Finds out what the guest runs on. */
#include "platform.h"

#include "pv_hypercall.h"
#include "string.h"

/* QEMU's fw_cfg, by which a PVH guest learns the number of vCPUs without reading ACPI tables. */
#define FW_CFG_SELECT 0x510
#define FW_CFG_DATA 0x511
#define FW_CFG_SIGNATURE 0
#define FW_CFG_VCPUS 5

#define PAGE 4096
#define FOUR_GIB (UINT64_C(1) << 32)

struct pv_platform pv_platform;
extern char pv_image_end[];

static int64_t __attribute__((naked)) no_paravert(void)
{
    __asm__("mov %0, %%rax; ret" : : "i"(-PV_ENOSYS));
}

const void *pv_hypercall_entry = (const void *)no_paravert;

static void find_signature(void)
{
    if (!(pv_cpuid(1, 0).ecx & PV_CPUID_1_ECX_HYPERVISOR)) {
        return;
    }
    for (uint32_t base = PV_CPUID_BASE_FIRST; base <= PV_CPUID_BASE_LAST; base += PV_CPUID_BASE_STEP) {
        struct pv_cpuid r = pv_cpuid(base + PV_CPUID_SIGNATURE, 0);
        if (base == PV_CPUID_BASE_FIRST) {
            memcpy(pv_platform.hypervisor, &r.ebx, 4);
            memcpy(pv_platform.hypervisor + 4, &r.ecx, 4);
            memcpy(pv_platform.hypervisor + 8, &r.edx, 4);
        }
        if (r.ebx == PV_CPUID_SIGNATURE_EBX && r.ecx == PV_CPUID_SIGNATURE_ECX && r.edx == PV_CPUID_SIGNATURE_EDX
            && r.eax >= base + PV_CPUID_CLOCKS) {
            pv_platform.cpuid_base = base;
            return;
        }
    }
}

static void read_leaves(const struct pv_boot_info *boot)
{
    uint32_t base = pv_platform.cpuid_base;
    struct pv_cpuid version = pv_cpuid(base + PV_CPUID_VERSION, 0);
    if (version.eax >> 16 != PV_ABI_MAJOR) {
        return;
    }
    struct pv_cpuid transports = pv_cpuid(base + PV_CPUID_TRANSPORTS, 0);
    struct pv_cpuid calls = pv_cpuid(base + PV_CPUID_CALL_PAGES, 0);
    struct pv_cpuid pages = pv_cpuid(base + PV_CPUID_BOOT_PAGES, 0);
    struct pv_cpuid clocks = pv_cpuid(base + PV_CPUID_CLOCKS, 0);
    pv_platform.paravert = true;
    pv_platform.version = version.eax;
    pv_platform.features = (uint64_t)version.ecx << 32 | version.ebx;
    pv_platform.transports = transports.eax;
    pv_platform.transport = transports.ebx;
    pv_platform.call_port = (uint16_t)transports.ecx;
    pv_platform.ring_doorbell_port = (uint16_t)transports.edx;
    pv_platform.hypercall_page = (const void *)((uint64_t)calls.ebx << 32 | calls.eax);
    pv_platform.call_pages = (struct pv_call_slot *)((uint64_t)calls.edx << 32 | calls.ecx);
    pv_platform.doorbell = (volatile uint32_t *)((uint64_t)pages.ebx << 32 | pages.eax);
    pv_platform.tsc_khz = clocks.eax;
    pv_platform.vcpu_count = clocks.ecx;
    if (!boot) {
        boot = (const struct pv_boot_info *)((uint64_t)pages.edx << 32 | pages.ecx);
    }
    if (boot && boot->magic == PV_BOOT_MAGIC) {
        pv_platform.boot = boot;
        if (boot->command_line) {
            pv_platform.command_line = (const char *)boot->command_line;
        }
    }
    pv_hypercall_entry = pv_platform.hypercall_page;
}

static uint32_t qemu_vcpus(void)
{
    static const char signature[4] = {'Q', 'E', 'M', 'U'};
    pv_out16(FW_CFG_SELECT, FW_CFG_SIGNATURE);
    for (unsigned i = 0; i < sizeof(signature); i++) {
        if (pv_in8(FW_CFG_DATA) != (uint8_t)signature[i]) {
            return 1;
        }
    }
    pv_out16(FW_CFG_SELECT, FW_CFG_VCPUS);
    uint32_t low = pv_in8(FW_CFG_DATA);
    uint32_t count = low | (uint32_t)pv_in8(FW_CFG_DATA) << 8;
    return count ? count : 1;
}

void pv_platform_init(const struct pv_boot_info *boot, const struct pv_pvh_start_info *pvh)
{
    pv_platform.command_line = "";
    if (pvh && pvh->magic == PV_PVH_MAGIC) {
        pv_platform.pvh = pvh;
        if (pvh->command_line) {
            pv_platform.command_line = (const char *)pvh->command_line;
        }
    }
    find_signature();
    if (pv_platform.cpuid_base) {
        read_leaves(boot);
    }
    if (!pv_platform.paravert) {
        pv_platform.vcpu_count = qemu_vcpus();
    }
    if (pv_platform.vcpu_count > PV_LIMIT_VCPUS) {
        pv_platform.vcpu_count = PV_LIMIT_VCPUS;
    }
}

static const void *table(unsigned index, uint32_t offset, uint32_t count, uint32_t entry_bytes)
{
    return index < count ? (const char *)pv_platform.boot + offset + (uint64_t)index * entry_bytes : NULL;
}

const struct pv_memory_range *pv_memory_range(unsigned index)
{
    const struct pv_boot_info *boot = pv_platform.boot;
    const struct pv_pvh_start_info *pvh = pv_platform.pvh;
    if (boot) {
        return table(index, boot->memory_map_offset, boot->memory_map_count, boot->memory_map_entry_bytes);
    }
    if (!pvh || pvh->version < PV_PVH_VERSION || index >= pvh->memory_map_count) {
        return NULL;
    }
    return (const struct pv_memory_range *)pvh->memory_map + index;
}

const struct pv_device *pv_boot_device(unsigned index)
{
    const struct pv_boot_info *boot = pv_platform.boot;
    return boot ? table(index, boot->device_offset, boot->device_count, boot->device_entry_bytes) : NULL;
}

const struct pv_boot_module *pv_boot_module(unsigned index)
{
    const struct pv_boot_info *boot = pv_platform.boot;
    const struct pv_pvh_start_info *pvh = pv_platform.pvh;
    if (boot) {
        return table(index, boot->module_offset, boot->module_count, boot->module_entry_bytes);
    }
    return pvh && index < pvh->module_count ? (const struct pv_boot_module *)pvh->modules + index : NULL;
}

const struct pv_device *pv_find_device(uint32_t type)
{
    const struct pv_device *device;
    for (unsigned i = 0; (device = pv_boot_device(i)) != NULL; i++) {
        if (device->type == type) {
            return device;
        }
    }
    return NULL;
}

uint64_t pv_option(const char *name, uint64_t otherwise)
{
    size_t length = strlen(name);
    for (const char *p = pv_platform.command_line; *p; p++) {
        bool begins = p == pv_platform.command_line || p[-1] == ' ';
        if (begins && strncmp(p, name, length) == 0 && p[length] == '=') {
            uint64_t value = 0;
            for (p += length + 1; *p >= '0' && *p <= '9'; p++) {
                value = value * 10 + (uint64_t)(*p - '0');
            }
            return value;
        }
    }
    return otherwise;
}

/* The first address from `at` on where `bytes` touch no module. */
static uint64_t past_modules(uint64_t at, uint64_t bytes)
{
    const struct pv_boot_module *module;
    for (unsigned i = 0; (module = pv_boot_module(i)) != NULL; i++) {
        if (at < module->base + module->bytes && module->base < at + bytes) {
            return past_modules((module->base + module->bytes + PAGE - 1) & -(uint64_t)PAGE, bytes);
        }
    }
    return at;
}

void *pv_alloc_pages(uint64_t pages)
{
    static uint64_t next;
    uint64_t bytes = pages * PAGE;
    if (!next) {
        next = (uintptr_t)pv_image_end;
    }
    if (!pages || pages > FOUR_GIB / PAGE) {
        return NULL;
    }
    const struct pv_memory_range *range;
    for (unsigned i = 0; (range = pv_memory_range(i)) != NULL; i++) {
        uint64_t end = range->base + range->bytes;
        uint64_t base = (range->base + PAGE - 1) & -(uint64_t)PAGE;
        uint64_t at = past_modules(base > next ? base : next, bytes);
        if (range->type == PV_MEMORY_RAM && at + bytes <= end && at + bytes <= FOUR_GIB) {
            next = at + bytes;
            return memset((void *)at, 0, bytes);
        }
    }
    return NULL;
}
