package io.paravert.soft.differential;

import io.paravert.isa.CodeSize;
import io.paravert.isa.ControlFlow;
import io.paravert.isa.Decoder;
import io.paravert.isa.Feature;
import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.OperandKind;
import io.paravert.isa.RegisterClass;
import io.paravert.soft.interpreter.Instructions;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Encodings of every form in the instruction table that ring-3 code can be compared on, found by decoding all opcodes: so that each form
 * is reached, whatever the table's size.
 */
final class Templates {
    /**
     * Not compared: what asks the system or the machine, and what moves to where the code does not lie. Sine and its like, RCP and
     * RSQRT, which processors approximate each in its way, have tests of their own in the numeric package, as has the content of
     * save images, and SHLD by more than the operand's size.
     */
    private static final Set<Mnemonic> EXCLUDED = EnumSet.of(
            Mnemonic.SYSCALL,
            Mnemonic.SYSENTER,
            Mnemonic.INT,
            Mnemonic.INT1,
            Mnemonic.INT3,
            Mnemonic.CPUID,
            Mnemonic.RDTSC,
            Mnemonic.RDTSCP,
            Mnemonic.RDPMC,
            Mnemonic.RDRAND,
            Mnemonic.RDSEED,
            Mnemonic.RDPID,
            Mnemonic.XGETBV,
            Mnemonic.SGDT,
            Mnemonic.SIDT,
            Mnemonic.SLDT,
            Mnemonic.SMSW,
            Mnemonic.STR,
            Mnemonic.LAR,
            Mnemonic.LSL,
            Mnemonic.VERR,
            Mnemonic.VERW,
            Mnemonic.LFS,
            Mnemonic.LGS,
            Mnemonic.LSS,
            Mnemonic.LDS,
            Mnemonic.LES,
            Mnemonic.RDFSBASE,
            Mnemonic.RDGSBASE,
            Mnemonic.WRFSBASE,
            Mnemonic.WRGSBASE,
            Mnemonic.POPF,
            Mnemonic.IN,
            Mnemonic.OUT,
            Mnemonic.INS,
            Mnemonic.OUTS,
            Mnemonic.VMCALL,
            Mnemonic.VMMCALL,
            Mnemonic.XSAVE,
            Mnemonic.XSAVE64,
            Mnemonic.XSAVEOPT,
            Mnemonic.XSAVEOPT64,
            Mnemonic.XRSTOR,
            Mnemonic.XRSTOR64,
            Mnemonic.FXSAVE,
            Mnemonic.FXSAVE64,
            Mnemonic.FXRSTOR,
            Mnemonic.FXRSTOR64,
            Mnemonic.FSIN,
            Mnemonic.FCOS,
            Mnemonic.FSINCOS,
            Mnemonic.FPTAN,
            Mnemonic.FPATAN,
            Mnemonic.F2XM1,
            Mnemonic.FYL2X,
            Mnemonic.FYL2XP1,
            Mnemonic.RCPSS,
            Mnemonic.RCPPS,
            Mnemonic.RSQRTSS,
            Mnemonic.RSQRTPS,
            Mnemonic.VRCPSS,
            Mnemonic.VRCPPS,
            Mnemonic.VRSQRTSS,
            Mnemonic.VRSQRTPS,
            Mnemonic.CLI,
            Mnemonic.STI,
            Mnemonic.HLT,
            Mnemonic.ENTER);

    private static final int[] PREFIXES = {0, 0x66, 0xf3, 0xf2};

    private final List<List<byte[]>> byForm = new ArrayList<>();
    private final List<List<byte[]>> kept = new ArrayList<>();
    private final Decoder decoder = new Decoder();
    private final Instruction in = new Instruction();
    private final Set<Feature> features = Instructions.implemented();
    private final CodeSize size;
    private final Predicate<Instruction> wanted;

    Templates(CodeSize size, Predicate<Instruction> wanted) {
        this.size = size;
        this.wanted = wanted;
        for (int i = 0; i < Instruction.formCount(); i++) {
            byForm.add(new ArrayList<>());
        }
        addLegacy();
        addVex();
        for (List<byte[]> form : byForm) {
            if (!form.isEmpty()) {
                kept.add(form);
            }
        }
    }

    /** Forms, each with some encodings: up to and with ModRM, for memory with rm 4. */
    List<List<byte[]>> forms() {
        return kept;
    }

    private void addLegacy() {
        for (int map = 0; map < 4; map++) {
            for (int prefix : PREFIXES) {
                for (int rex : size == CodeSize.CODE64 ? new int[] {0, 0x48} : new int[] {0}) {
                    addOpcodes(prefix, rex, map);
                }
            }
        }
    }

    private void addOpcodes(int prefix, int rex, int map) {
        for (int opcode = 0; opcode < 256; opcode++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (prefix != 0) out.write(prefix);
            if (rex != 0) out.write(rex);
            if (map > 0) out.write(0x0f);
            if (map > 1) out.write(map == 2 ? 0x38 : 0x3a);
            out.write(opcode);
            addModRms(out.toByteArray(), map == 0 && (opcode & 0xf8) == 0xd8 || map == 1 && opcode == 1);
        }
    }

    private void addVex() {
        for (int map = 1; map < 4; map++) {
            for (int bits = 0; bits < 16; bits++) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    byte[] head = {(byte) 0xc4, (byte) (0xe0 | map), (byte) ((bits & 8) << 4 | bits & 7), (byte) opcode
                    };
                    head[2] |= 0x70; // vvvv 0001: register 1, which forms without it refuse
                    addModRms(head, false);
                    head[2] |= 0x78;
                    addModRms(head, false);
                }
            }
        }
    }

    private void addModRms(byte[] head, boolean everyRm) {
        for (int reg = 0; reg < 8; reg++) {
            add(head, reg << 3 | 4);
            for (int rm = 0; rm < (everyRm ? 8 : 1); rm++) {
                add(head, 0xc0 | reg << 3 | rm);
            }
        }
    }

    private void add(byte[] head, int modrm) {
        byte[] code = new byte[24];
        System.arraycopy(head, 0, code, 0, head.length);
        code[head.length] = (byte) modrm;
        code[head.length + 1] = 0x25; // SIB: displacement alone
        if (decoder.decode(code, 0, 15, size, in) <= 0 || !comparable()) {
            return;
        }
        List<byte[]> form = byForm.get(in.form());
        if (form.size() < 24) {
            byte[] template = new byte[head.length + 1];
            System.arraycopy(code, 0, template, 0, template.length);
            form.add(template);
        }
    }

    private boolean comparable() {
        boolean there = in.feature() == Feature.BASE || features.contains(in.feature());
        boolean flows = in.controlFlow() == ControlFlow.NEXT || in.controlFlow() == ControlFlow.CONDITIONAL;
        return there
                && flows
                && !in.isPrivileged()
                && !EXCLUDED.contains(in.mnemonic())
                && !hasSystemOperand()
                && wanted.test(in);
    }

    private boolean hasSystemOperand() {
        for (int i = 0; i < in.operandCount(); i++) {
            RegisterClass cls = in.register(i).cls();
            if (cls == RegisterClass.SEGMENT || cls == RegisterClass.CONTROL || cls == RegisterClass.DEBUG) {
                return true;
            }
        }
        return in.operandCount() > 0 && in.kind(0) == OperandKind.FAR_POINTER;
    }
}
