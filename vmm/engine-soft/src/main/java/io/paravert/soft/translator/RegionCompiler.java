package io.paravert.soft.translator;

import io.paravert.soft.state.Guards;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** From a plan to a region: writes a class, and makes it known to the JVM as a hidden one, which is unloaded when nobody holds it. */
final class RegionCompiler implements Opcodes {
    /** Bytes. HotSpot's second compiler takes methods up to 8,000, but the first runs out of registers for long ones. */
    static final int LONGEST_METHOD = 5000;

    private static final String NAME = "io/paravert/soft/translator/Translated";
    private static final String LAYOUT = Type.getDescriptor(Layout.class);
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private RegionCompiler() {}

    /** Frames merge references only of types that are known to be unrelated. */
    private static final class Writer extends ClassWriter {
        Writer() {
            super(COMPUTE_FRAMES);
        }

        @Override
        protected String getCommonSuperClass(String a, String b) {
            return "java/lang/Object";
        }
    }

    /**
     * The class file of a plan, in two passes: the first finds which registers are used, and what is known of flags.
     *
     * @param layout is filled
     * @return null if a method is longer than HotSpot compiles well; then {@code layout} says how long it is
     */
    static byte @Nullable [] compile(RegionPlan plan, Layout layout) {
        Writer writer = new Writer();
        writer.visit(V17, ACC_FINAL | ACC_SUPER, NAME, null, Bytecode.REGION, null);
        constructor(writer);
        MethodVisitor method = writer.visitMethod(ACC_FINAL, "execute", RegionEmitter.DESCRIPTOR, null, null);
        returnIfRehearsed(method);
        RegionEmitter second = write(plan, layout, method, (block, operation) -> {});
        writer.visitEnd();
        layout.finish();
        byte[] bytes = writer.toByteArray();
        layout.size = second.size();
        return layout.size > LONGEST_METHOD ? null : bytes;
    }

    /** See {@link Region#rehearse}. */
    private static void returnIfRehearsed(MethodVisitor mv) {
        Label begins = new Label();
        mv.visitCode();
        mv.visitVarInsn(ALOAD, Bytecode.CORE);
        mv.visitJumpInsn(IFNONNULL, begins);
        mv.visitInsn(ICONST_0);
        mv.visitInsn(IRETURN);
        mv.visitLabel(begins);
    }

    /** Writes a plan's method; what wrote it. */
    static RegionEmitter write(RegionPlan plan, Layout layout, MethodVisitor method, RegionEmitter.Marks marks) {
        MethodVisitor nothing = new ClassWriter(0).visitMethod(0, "pass", RegionEmitter.DESCRIPTOR, null, null);
        Layout pass = new Layout(plan.blocks(), layout.counters);
        RegionEmitter first = new RegionEmitter(plan, pass, nothing, null, (block, operation) -> {});
        first.emit();
        RegionEmitter second = new RegionEmitter(plan, layout, method, first, marks);
        second.emit();
        layout.guards = first.usesVectors() ? Guards.SSE : 0;
        layout.windows = first.windows();
        return second;
    }

    private static void constructor(ClassWriter writer) {
        MethodVisitor mv = writer.visitMethod(0, "<init>", "(" + LAYOUT + ")V", null, null);
        mv.visitCode();
        mv.visitVarInsn(ALOAD, 0);
        mv.visitVarInsn(ALOAD, 1);
        mv.visitMethodInsn(INVOKESPECIAL, Bytecode.REGION, "<init>", "(" + LAYOUT + ")V", false);
        mv.visitInsn(RETURN);
        mv.visitMaxs(0, 0);
        mv.visitEnd();
    }

    static Region define(byte[] bytes, Layout layout) {
        try {
            MethodHandles.Lookup hidden = LOOKUP.defineHiddenClass(bytes, false);
            return (Region)
                    hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class, Layout.class))
                            .invoke(layout);
        } catch (Throwable e) {
            throw new IllegalStateException("a translated region was refused by the JVM", e);
        }
    }
}
