package io.paravert.kvm.uapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every number of this package against what the C compiler makes of {@code <linux/kvm.h>}. */
class KernelHeadersTest {
    /** Structures of the classes whose every constant is an offset, SIZEOF or listed in {@link #EXPRESSIONS}. */
    private static final Map<Class<?>, String> STRUCTS = Map.ofEntries(
            Map.entry(KvmRun.class, "kvm_run"),
            Map.entry(Regs.class, "kvm_regs"),
            Map.entry(Sregs.class, "kvm_sregs"),
            Map.entry(Sregs.Segment.class, "kvm_segment"),
            Map.entry(Sregs.Table.class, "kvm_dtable"),
            Map.entry(VmStructs.MemoryRegion.class, "kvm_userspace_memory_region"),
            Map.entry(VmStructs.DirtyLog.class, "kvm_dirty_log"),
            Map.entry(VmStructs.EnableCap.class, "kvm_enable_cap"),
            Map.entry(VmStructs.IrqLevel.class, "kvm_irq_level"),
            Map.entry(VmStructs.Irqfd.class, "kvm_irqfd"),
            Map.entry(VmStructs.PitConfig.class, "kvm_pit_config"),
            Map.entry(VmStructs.IoEventFd.class, "kvm_ioeventfd"),
            Map.entry(VmStructs.XenHvmConfig.class, "kvm_xen_hvm_config"),
            Map.entry(VmStructs.Msi.class, "kvm_msi"),
            Map.entry(VmStructs.CreateDevice.class, "kvm_create_device"),
            Map.entry(VcpuStructs.class, ""),
            Map.entry(VcpuStructs.Cpuid.class, "kvm_cpuid2"),
            Map.entry(VcpuStructs.Msrs.class, "kvm_msrs"),
            Map.entry(VcpuStructs.GuestDebug.class, "kvm_guest_debug"),
            Map.entry(VcpuStructs.MpState.class, ""),
            Map.entry(KvmRun.Exit.class, ""),
            Map.entry(KvmRun.KvmInternalError.class, ""),
            Map.entry(KvmRun.Sync.class, ""));

    /** Constants that are not the offset of the field of their own name. */
    private static final Map<String, String> EXPRESSIONS = Map.ofEntries(
            Map.entry("KvmRun.IO_DIRECTION", "offsetof(struct kvm_run, io.direction)"),
            Map.entry("KvmRun.IO_SIZE", "offsetof(struct kvm_run, io.size)"),
            Map.entry("KvmRun.IO_PORT", "offsetof(struct kvm_run, io.port)"),
            Map.entry("KvmRun.IO_COUNT", "offsetof(struct kvm_run, io.count)"),
            Map.entry("KvmRun.IO_DATA_OFFSET", "offsetof(struct kvm_run, io.data_offset)"),
            Map.entry("KvmRun.MMIO_PHYS_ADDR", "offsetof(struct kvm_run, mmio.phys_addr)"),
            Map.entry("KvmRun.MMIO_DATA", "offsetof(struct kvm_run, mmio.data)"),
            Map.entry("KvmRun.MMIO_LEN", "offsetof(struct kvm_run, mmio.len)"),
            Map.entry("KvmRun.MMIO_IS_WRITE", "offsetof(struct kvm_run, mmio.is_write)"),
            Map.entry("KvmRun.HYPERCALL_NR", "offsetof(struct kvm_run, hypercall.nr)"),
            Map.entry("KvmRun.HYPERCALL_RET", "offsetof(struct kvm_run, hypercall.ret)"),
            Map.entry("KvmRun.XEN_TYPE", "offsetof(struct kvm_run, xen.type)"),
            Map.entry("KvmRun.XEN_CPL", "offsetof(struct kvm_run, xen.u.hcall.cpl)"),
            Map.entry("KvmRun.XEN_INPUT", "offsetof(struct kvm_run, xen.u.hcall.input)"),
            Map.entry("KvmRun.XEN_RESULT", "offsetof(struct kvm_run, xen.u.hcall.result)"),
            Map.entry("KvmRun.XEN_PARAMS", "offsetof(struct kvm_run, xen.u.hcall.params)"),
            Map.entry("KvmRun.HARDWARE_EXIT_REASON", "offsetof(struct kvm_run, hw.hardware_exit_reason)"),
            Map.entry(
                    "KvmRun.ENTRY_FAILURE_REASON",
                    "offsetof(struct kvm_run, fail_entry.hardware_entry_failure_reason)"),
            Map.entry("KvmRun.EXCEPTION_VECTOR", "offsetof(struct kvm_run, ex.exception)"),
            Map.entry("KvmRun.SYSTEM_EVENT_TYPE", "offsetof(struct kvm_run, system_event.type)"),
            Map.entry("KvmRun.INTERNAL_SUBERROR", "offsetof(struct kvm_run, internal.suberror)"),
            Map.entry("KvmRun.INTERNAL_NDATA", "offsetof(struct kvm_run, internal.ndata)"),
            Map.entry("KvmRun.INTERNAL_DATA", "offsetof(struct kvm_run, internal.data)"),
            Map.entry("KvmRun.EMULATION_FLAGS", "offsetof(struct kvm_run, emulation_failure.flags)"),
            Map.entry("KvmRun.EMULATION_INSN_SIZE", "offsetof(struct kvm_run, emulation_failure.insn_size)"),
            Map.entry("KvmRun.EMULATION_INSN_BYTES", "offsetof(struct kvm_run, emulation_failure.insn_bytes)"),
            Map.entry("KvmRun.VALID_REGS", "offsetof(struct kvm_run, kvm_valid_regs)"),
            Map.entry("KvmRun.DIRTY_REGS", "offsetof(struct kvm_run, kvm_dirty_regs)"),
            Map.entry("KvmRun.SYNC_REGS", "offsetof(struct kvm_run, s.regs.regs)"),
            Map.entry("KvmRun.SYNC_SREGS", "offsetof(struct kvm_run, s.regs.sregs)"),
            Map.entry("KvmRun.IO_OUT", "KVM_EXIT_IO_OUT"),
            Map.entry("KvmRun.XEN_HCALL", "KVM_EXIT_XEN_HCALL"),
            Map.entry("Sync.REGS", "KVM_SYNC_X86_REGS"),
            Map.entry("Sync.SREGS", "KVM_SYNC_X86_SREGS"),
            Map.entry("KvmInternalError.FLAG_INSTRUCTION_BYTES", "KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES"),
            Map.entry("MemoryRegion.LOG_DIRTY_PAGES", "KVM_MEM_LOG_DIRTY_PAGES"),
            Map.entry("MemoryRegion.READONLY", "KVM_MEM_READONLY"),
            Map.entry("EnableCap.QUIRK_FIX_HYPERCALL_INSN", "KVM_X86_QUIRK_FIX_HYPERCALL_INSN"),
            Map.entry("EnableCap.HC_MAP_GPA_RANGE", "KVM_HC_MAP_GPA_RANGE"),
            Map.entry("Irqfd.DEASSIGN", "KVM_IRQFD_FLAG_DEASSIGN"),
            Map.entry("PitConfig.SPEAKER_DUMMY", "KVM_PIT_SPEAKER_DUMMY"),
            Map.entry("IoEventFd.PIO", "KVM_IOEVENTFD_FLAG_PIO"),
            Map.entry("IoEventFd.DEASSIGN", "KVM_IOEVENTFD_FLAG_DEASSIGN"),
            Map.entry("XenHvmConfig.INTERCEPT_HCALL", "KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL"),
            Map.entry("CreateDevice.TEST", "KVM_CREATE_DEVICE_TEST"),
            Map.entry("CreateDevice.TYPE_VFIO", "KVM_DEV_TYPE_VFIO"),
            Map.entry("VcpuStructs.XSAVE_SIZEOF", "sizeof(struct kvm_xsave)"),
            Map.entry("Cpuid.ENTRY_FUNCTION", "offsetof(struct kvm_cpuid_entry2, function)"),
            Map.entry("Cpuid.ENTRY_INDEX", "offsetof(struct kvm_cpuid_entry2, index)"),
            Map.entry("Cpuid.ENTRY_FLAGS", "offsetof(struct kvm_cpuid_entry2, flags)"),
            Map.entry("Cpuid.ENTRY_EAX", "offsetof(struct kvm_cpuid_entry2, eax)"),
            Map.entry("Cpuid.ENTRY_EBX", "offsetof(struct kvm_cpuid_entry2, ebx)"),
            Map.entry("Cpuid.ENTRY_ECX", "offsetof(struct kvm_cpuid_entry2, ecx)"),
            Map.entry("Cpuid.ENTRY_EDX", "offsetof(struct kvm_cpuid_entry2, edx)"),
            Map.entry("Cpuid.ENTRY_SIZEOF", "sizeof(struct kvm_cpuid_entry2)"),
            Map.entry("Msrs.ENTRY_INDEX", "offsetof(struct kvm_msr_entry, index)"),
            Map.entry("Msrs.ENTRY_DATA", "offsetof(struct kvm_msr_entry, data)"),
            Map.entry("Msrs.ENTRY_SIZEOF", "sizeof(struct kvm_msr_entry)"),
            Map.entry("GuestDebug.ENABLE", "KVM_GUESTDBG_ENABLE"),
            Map.entry("GuestDebug.SINGLESTEP", "KVM_GUESTDBG_SINGLESTEP"));

    @Test
    void shouldAgreeWithTheKernelsHeaders(@TempDir Path directory) throws Exception {
        Map<String, Long> ours = new TreeMap<>();
        Map<String, String> theirs = new LinkedHashMap<>();
        for (Ioctl ioctl : Ioctl.values()) {
            ours.put(ioctl.name(), ioctl.request());
            theirs.put(ioctl.name(), ioctl.name());
        }
        for (Capability capability : Capability.values()) {
            ours.put(capability.name(), (long) capability.number());
            theirs.put(capability.name(), "KVM_CAP_" + capability.name());
        }
        for (Class<?> layout : STRUCTS.keySet()) {
            for (Field field : layout.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
                    String name = layout.getSimpleName() + "." + field.getName();
                    ours.put(name, (long) field.getInt(null));
                    theirs.put(name, expression(layout, field.getName()));
                }
            }
        }
        assertThat(theirs.keySet()).containsAll(EXPRESSIONS.keySet());
        Map<String, Long> compiled = compileAndRun(directory, theirs);
        assertThat(ours).isEqualTo(compiled);
    }

    private static String expression(Class<?> layout, String field) {
        String given = EXPRESSIONS.get(layout.getSimpleName() + "." + field);
        if (given != null) {
            return given;
        }
        String struct = STRUCTS.get(layout);
        if (layout == KvmRun.Exit.class) {
            return "KVM_EXIT_" + field;
        } else if (layout == KvmRun.KvmInternalError.class) {
            return "KVM_INTERNAL_ERROR_" + field;
        } else if (layout == VcpuStructs.MpState.class) {
            return "KVM_MP_STATE_" + field;
        }
        return field.equals("SIZEOF")
                ? "sizeof(struct " + struct + ")"
                : "offsetof(struct " + struct + ", " + field.toLowerCase(java.util.Locale.ROOT) + ")";
    }

    private static Map<String, Long> compileAndRun(Path directory, Map<String, String> expressions)
            throws IOException, InterruptedException {
        StringBuilder program = new StringBuilder("#include <stddef.h>\n#include <stdio.h>\n#include <linux/kvm.h>\n"
                + "#include <linux/kvm_para.h>\nint main(void) {\n");
        expressions.forEach(
                (name, c) -> program.append("printf(\"" + name + " %llu\\n\", (unsigned long long)(" + c + "));\n"));
        program.append("return 0;\n}\n");
        Path source = Files.writeString(directory.resolve("uapi.c"), program);
        Path binary = directory.resolve("uapi");
        String compiler = compiler();
        assumeTrue(compiler != null, "no C compiler here");
        run(directory, compiler, "-o", binary.toString(), source.toString());
        Map<String, Long> values = new TreeMap<>();
        run(directory, binary.toString()).lines().forEach(line -> {
            String[] parts = line.split(" ");
            values.put(parts[0], Long.parseUnsignedLong(parts[1]));
        });
        return values;
    }

    /** gcc where it has the headers; null where it has not. */
    private static String compiler() {
        return Files.exists(Path.of("/usr/include/linux/kvm.h")) && Files.isExecutable(Path.of("/usr/bin/gcc"))
                ? "/usr/bin/gcc"
                : null;
    }

    private static String run(Path directory, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
