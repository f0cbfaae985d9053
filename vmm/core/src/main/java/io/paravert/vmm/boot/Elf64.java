package io.paravert.vmm.boot;

/**
 * Offsets and values of the ELF-64 object file format (System V ABI, gABI chapters 4 and 5; x86-64 psABI), those that a
 * loader of guests needs. All fields are little-endian here.
 *
 * <pre>
 *   header, 64 bytes                       program header, 56 bytes each
 *    0  magic 7f 45 4c 46  class data ver    0 p_type   u32   4 p_flags u32
 *   16  e_type u16   18 e_machine u16        8 p_offset u64
 *   20  e_version u32                       16 p_vaddr  u64  24 p_paddr u64
 *   24  e_entry u64  32 e_phoff u64         32 p_filesz u64  40 p_memsz u64
 *   54  e_phentsize u16  56 e_phnum u16     48 p_align  u64
 * </pre>
 */
final class Elf64 {
    static final int HEADER_BYTES = 64;
    static final int MAGIC = 0x464c457f;
    static final int CLASS_AT = 4;
    static final int CLASS_64 = 2;
    static final int DATA_AT = 5;
    static final int DATA_LITTLE_ENDIAN = 1;
    static final int IDENT_VERSION_AT = 6;
    static final int TYPE_AT = 16;
    static final int ET_EXEC = 2;
    static final int ET_DYN = 3;
    static final int MACHINE_AT = 18;
    static final int EM_X86_64 = 62;
    static final int VERSION_AT = 20;
    static final int EV_CURRENT = 1;
    static final int ENTRY_AT = 24;
    static final int PHOFF_AT = 32;
    static final int PHENTSIZE_AT = 54;
    static final int PHNUM_AT = 56;

    static final int PROGRAM_HEADER_BYTES = 56;
    static final int P_TYPE_AT = 0;
    static final int PT_LOAD = 1;
    static final int PT_INTERP = 3;
    static final int PT_NOTE = 4;
    static final int P_OFFSET_AT = 8;
    static final int P_VADDR_AT = 16;
    static final int P_PADDR_AT = 24;
    static final int P_FILESZ_AT = 32;
    static final int P_MEMSZ_AT = 40;
    static final int P_ALIGN_AT = 48;

    /** Note header: namesz, descsz, type, each u32. */
    static final int NOTE_HEADER_BYTES = 12;

    private Elf64() {}
}
