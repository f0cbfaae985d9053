package io.paravert.isa;

import io.paravert.isa.asm.Assembler;

/** Times first use in a new JVM: run it on its own, several times. */
public final class ColdStart {
    private ColdStart() {}

    public static void main(String[] args) {
        byte[] code = {0x48, 0x01, (byte) 0xd8};
        long start = System.nanoTime();
        Instruction instruction = new Instruction();
        int length = new Decoder().decode(code, 0, code.length, CodeSize.CODE64, instruction);
        long decoded = System.nanoTime();
        String text = instruction.toString();
        long formatted = System.nanoTime();
        byte[] encoded = new Encoder().encode(Mnemonic.ADD, CodeSize.CODE64, Register.RAX, Register.RBX);
        long encodedAt = System.nanoTime();
        Assembler assembler = new Assembler(CodeSize.CODE64);
        assembler.mov(Register.RAX, 1);
        assembler.jmp(assembler.here("top"));
        int bytes = assembler.assemble(0).length;
        long assembled = System.nanoTime();
        System.out.printf(
                "decode %.1f ms, format %.1f ms, encode %.1f ms, assemble %.1f ms (%d %s %d %d)%n",
                (decoded - start) / 1e6,
                (formatted - decoded) / 1e6,
                (encodedAt - formatted) / 1e6,
                (assembled - encodedAt) / 1e6,
                length,
                text,
                encoded.length,
                bytes);
    }
}
