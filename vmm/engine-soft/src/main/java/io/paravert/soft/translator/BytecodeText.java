package io.paravert.soft.translator;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A method's bytecode as text, one instruction a line, with the names of a region's locals, and lines of others between. (ASM's
 * Textifier knows no names, and its module would come along for nothing else.)
 */
final class BytecodeText extends MethodVisitor {
    private static final String[] NAMES = names();
    private static final String[] GENERAL = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };

    /** By index, what {@link Bytecode} calls it. */
    private static final Map<Integer, String> LOCALS = locals();

    private final List<String> lines = new ArrayList<>();
    private final Map<Label, String> labels = new HashMap<>();

    BytecodeText() {
        super(Opcodes.ASM9);
    }

    /** In ASM's list of opcodes the first is NOP; what stands before it are other constants. */
    private static String[] names() {
        String[] names = new String[256];
        boolean found = false;
        try {
            for (Field field : Opcodes.class.getFields()) {
                found |= field.getName().equals("NOP");
                if (found) {
                    names[field.getInt(null)] = field.getName().toLowerCase(Locale.ROOT);
                }
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        return names;
    }

    private static Map<Integer, String> locals() {
        Map<Integer, String> locals = new HashMap<>();
        try {
            for (Field field : Bytecode.class.getDeclaredFields()) {
                if (field.getType() == int.class && Modifier.isStatic(field.getModifiers())) {
                    locals.putIfAbsent(field.getInt(null), field.getName().toLowerCase(Locale.ROOT));
                }
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        return locals;
    }

    /** Adds a line that is no bytecode. */
    void line(String text) {
        lines.add(text);
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }

    private void add(String text) {
        lines.add("        " + text);
    }

    private void add(int opcode, String operand) {
        add(String.format("%-15s %s", NAMES[opcode], operand));
    }

    private String name(Label label) {
        return labels.computeIfAbsent(label, l -> "L" + labels.size());
    }

    private static String simple(String type) {
        return type.substring(type.lastIndexOf('/') + 1);
    }

    private static String local(int index) {
        if (index >= Bytecode.GENERAL && index < Bytecode.GENERAL + 2 * GENERAL.length) {
            return GENERAL[(index - Bytecode.GENERAL) / 2];
        }
        return LOCALS.getOrDefault(index, "local" + index);
    }

    @Override
    public void visitInsn(int opcode) {
        add(NAMES[opcode]);
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        add(opcode, String.valueOf(operand));
    }

    @Override
    public void visitVarInsn(int opcode, int index) {
        add(opcode, local(index));
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        add(opcode, simple(type));
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        add(opcode, simple(owner) + "." + name);
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        add(opcode, simple(owner) + "." + name + descriptor.replaceAll("L[^;]*/([^;/]*);", "$1,"));
    }

    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        add(Opcodes.INVOKEDYNAMIC, name + descriptor);
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        add(opcode, name(label));
    }

    @Override
    public void visitLabel(Label label) {
        lines.add("    " + name(label) + ":");
    }

    @Override
    public void visitLdcInsn(Object value) {
        add(Opcodes.LDC, value instanceof Long number ? "0x" + Long.toHexString(number) + "L" : String.valueOf(value));
    }

    @Override
    public void visitIincInsn(int index, int increment) {
        add(Opcodes.IINC, local(index) + " " + increment);
    }

    @Override
    public void visitTableSwitchInsn(int least, int most, Label other, Label... targets) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < targets.length; i++) {
            text.append(least + i).append(": ").append(name(targets[i])).append(", ");
        }
        add(Opcodes.TABLESWITCH, text + "default: " + name(other));
    }

    @Override
    public void visitLookupSwitchInsn(Label other, int[] keys, Label[] targets) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < keys.length; i++) {
            text.append(keys[i]).append(": ").append(name(targets[i])).append(", ");
        }
        add(Opcodes.LOOKUPSWITCH, text + "default: " + name(other));
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
        lines.add("    try " + name(start) + " - " + name(end) + " catch " + simple(type) + " " + name(handler));
    }
}
