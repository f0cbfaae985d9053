package io.paravert.vmm.crash;

import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.exit.ExitRecord;
import java.util.List;
import java.util.Locale;

/** Lays a crash report out for a person, in at most 100 columns. */
final class CrashText {
    static final String[] GENERAL = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };
    static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

    private static final int ATTRIBUTE_CODE = 1 << 3;
    private static final int ATTRIBUTE_PRESENT = 1 << 7;
    private static final int ATTRIBUTE_L = 1 << 9;
    private static final int ATTRIBUTE_D = 1 << 10;

    private final StringBuilder out = new StringBuilder(4096);
    private final CrashReport report;
    private final CpuState state;

    private CrashText(CrashReport report) {
        this.report = report;
        this.state = report.crash.state();
    }

    static String write(CrashReport report) {
        CrashText text = new CrashText(report);
        text.line("%s", report.headline());
        text.registers();
        text.segments();
        text.controls();
        text.code();
        text.stack();
        text.walks();
        text.exits();
        return text.out.toString();
    }

    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments).stripTrailing())
                .append('\n');
    }

    private void registers() {
        line("registers (%s, CPL %d)", report.mode.title(), CpuMode.privilegeLevel(state));
        for (int i = 0; i < GENERAL.length; i += 4) {
            line(
                    "  %-3s %016x  %-3s %016x  %-3s %016x  %-3s %016x",
                    GENERAL[i],
                    state.general[i],
                    GENERAL[i + 1],
                    state.general[i + 1],
                    GENERAL[i + 2],
                    state.general[i + 2],
                    GENERAL[i + 3],
                    state.general[i + 3]);
        }
        line("  rip %016x  rflags 0x%x (%s)", state.rip, state.rflags, FlagNames.RFLAGS.format(state.rflags));
    }

    private void segments() {
        line("segments");
        for (int i = 0; i < SEGMENTS.length; i++) {
            segment(SEGMENTS[i], state.segments[i], true);
        }
        segment("tr", state.tr, false);
        segment("ldt", state.ldt, false);
        line("  gdt      base %016x limit %04x", state.gdtBase, state.gdtLimit);
        line("  idt      base %016x limit %04x", state.idtBase, state.idtLimit);
    }

    private void segment(String name, CpuState.Segment segment, boolean memory) {
        line(
                "  %-3s %04x base %016x limit %08x %s",
                name, segment.selector, segment.base, segment.limit, describe(segment, memory));
    }

    /** {@code 64-bit code, DPL 0}. */
    static String describe(CpuState.Segment segment, boolean memory) {
        int attributes = segment.attributes;
        if ((attributes & CpuState.Segment.UNUSABLE) != 0) {
            return "unusable";
        }
        String privilege = ", DPL " + (attributes >> 5 & 3) + ((attributes & ATTRIBUTE_PRESENT) == 0 ? ", absent" : "");
        if (!memory) {
            return "system type " + (attributes & 0xf) + privilege;
        }
        String bits = (attributes & ATTRIBUTE_D) != 0 ? "32-bit " : "16-bit ";
        boolean code = (attributes & ATTRIBUTE_CODE) != 0;
        return (code && (attributes & ATTRIBUTE_L) != 0 ? "64-bit " : bits) + (code ? "code" : "data") + privilege;
    }

    private void controls() {
        line("control registers");
        line("  cr0  %s", FlagNames.CR0.describe(state.cr0));
        line("  cr2  0x%x", state.cr2);
        line("  cr3  0x%x", state.cr3);
        line("  cr4  %s", FlagNames.CR4.describe(state.cr4));
        line("  efer %s", FlagNames.EFER.describe(state.efer));
    }

    private void code() {
        line("code%s", report.code.isEmpty() ? ": the instruction pointer is not in guest memory" : "");
        String mark = "->";
        for (CodeListing.Line code : report.code) {
            line("  %s %x:  %-30s  %s", mark, code.address(), code.bytes(), code.text());
            mark = "  ";
        }
    }

    private void stack() {
        line("stack%s", report.stack.isEmpty() ? ": the stack pointer is not in guest memory, or not aligned" : "");
        int digits = report.mode.codeSize().bits() / 4;
        for (int i = 0; i < report.stack.size(); i += 4) {
            StringBuilder words = new StringBuilder("  ");
            for (int j = i; j < Math.min(i + 4, report.stack.size()); j++) {
                words.append(String.format(Locale.ROOT, "%0" + digits + "x ", report.stack.get(j)));
            }
            line("%s", words);
        }
    }

    private void walks() {
        line("page walks");
        for (CrashReport.Walk walk : report.walks) {
            line("  %s %s", walk.what(), walk.walk().summary());
            for (PageWalk.Step step : walk.walk().steps()) {
                line("    %-5s at 0x%-10x %016x  %s", step.name(), step.address(), step.value(), step.flags());
            }
        }
    }

    private void exits() {
        List<ExitRecord> exits = report.crash.lastExits();
        line("last exits%s", exits.isEmpty() ? ": none" : ", the oldest first, microseconds before the last");
        for (ExitRecord exit : exits) {
            long before = exits.get(exits.size() - 1).nanoTime() - exit.nanoTime();
            line("  %12.1f  %s", before == 0 ? 0.0 : -before / 1e3, exit.describe());
        }
    }
}
