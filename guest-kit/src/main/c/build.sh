#!/bin/sh
# Builds a guest in C: pv-cc [-o out.elf] [--cc COMPILER] [--sse] [--user FILE.c]... FILE... [-- COMPILER-FLAGS]
#   -o FILE      the guest (default: the first file's name with .elf)
#   --cc NAME    gcc (12 or newer) or clang; default: $CC, else the first of the two that is there
#   --sse        compile FILEs with SSE; without it ring-0 code uses general registers only, which runs under every monitor
#   --user FILE  code of the ring-3 application; it is linked by itself, sees only string.h, and may use SSE
#   -- FLAGS     given to the compiler for FILEs and --user files
# PV_ABI is the directory of paravert.h and paravert.inc. PV_CACHE, when set, keeps the compiled kit there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "pv-cc: $*" >&2; exit 1; }

out= cc=${CC:-} sse=no users= files= kernel_registers=-mgeneral-regs-only
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/files"; : >"$work/users"
while [ $# -gt 0 ]; do
    case $1 in
    -o) [ $# -gt 1 ] || fail "-o needs a file"; out=$2; shift ;;
    --cc) [ $# -gt 1 ] || fail "--cc needs a compiler"; cc=$2; shift ;;
    --sse) sse=yes ;;
    --user) [ $# -gt 1 ] || fail "--user needs a file"; printf '%s\n' "$2" >>"$work/users"; shift ;;
    --) shift; break ;;
    -h|--help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) fail "unknown option $1; compiler flags go after --" ;;
    *) printf '%s\n' "$1" >>"$work/files" ;;
    esac
    shift
done
[ -s "$work/files" ] || fail "no source file; pv-cc --help says how to call it"
while IFS= read -r f; do [ -f "$f" ] || fail "no such file: $f"; done <<LIST
$(cat "$work/files" "$work/users")
LIST
[ -n "$out" ] || { read -r first <"$work/files"; out=${first%.*}.elf; }

if [ -z "$cc" ]; then
    for c in gcc clang; do
        if command -v $c >/dev/null 2>&1; then cc=$c; break; fi
    done
fi
[ -n "$cc" ] || fail "no C compiler: install gcc (12 or newer) or clang, or name one with --cc"
command -v "$cc" >/dev/null 2>&1 || fail "no compiler '$cc' on the PATH"
for tool in ld objcopy nm; do
    command -v $tool >/dev/null 2>&1 || fail "no $tool: install binutils"
done
[ -f "${PV_ABI:-}/paravert.h" ] || fail "PV_ABI does not name the directory of paravert.h"

# One set of flags for kit and guest: no host's libraries or headers, no code the bare machine cannot run.
common="-std=c11 -O2 -g -ffreestanding -fno-pic -fno-pie -mcmodel=small -mno-red-zone -fno-stack-protector
 -fno-asynchronous-unwind-tables -fno-strict-aliasing -ffunction-sections -fdata-sections -fcf-protection=none
 -Wall -Wextra -Werror -Wno-unused-command-line-argument"

compile() { # object source flags...
    object=$1 source=$2
    shift 2
    "$cc" $common -I"$here/include" -I"$PV_ABI" "$@" -c -o "$object" "$source" || fail "$source does not compile with $cc"
}

compile_kit() { # directory
    for f in "$here"/*.c "$here"/*.S; do
        compile "$1/$(basename "$f").o" "$f" -I"$here" -mgeneral-regs-only
    done
}

kit=$work/kit
if [ -n "${PV_CACHE:-}" ]; then
    key=$( (printf '%s\n' "$common"; "$cc" --version; cat "$here"/*.[chS] "$here"/include/*.h "$PV_ABI"/paravert.*) | cksum | tr ' ' '-')
    kit=$PV_CACHE/$key
fi
if [ ! -d "$kit" ]; then
    mkdir "$work/new"
    compile_kit "$work/new"
    mkdir -p "$(dirname "$kit")"
    # Another build may have made it in the meantime: the same content, so either will do.
    mv "$work/new" "$kit.$$" && { mv -T "$kit.$$" "$kit" 2>/dev/null || rm -rf "$kit.$$"; }
fi

[ $sse = no ] || kernel_registers=
n=0
set -- "$@"
: >"$work/objects"
while IFS= read -r f; do
    n=$((n + 1))
    compile "$work/$n.o" "$f" $kernel_registers "$@"
    printf '%s\n' "$work/$n.o" >>"$work/objects"
done <"$work/files"

if [ -s "$work/users" ]; then
    user_objects=
    while IFS= read -r f; do
        n=$((n + 1))
        compile "$work/user$n.o" "$f" "$@"
        user_objects="$user_objects $work/user$n.o"
    done <"$work/users"
    compile "$work/user_string.o" "$here/string.c" -mgeneral-regs-only
    # By itself, so that no call of the application's ends in the kernel; only user_main is seen from outside.
    (cd "$work" && ld -r -o user.o user*.o)
    objcopy --prefix-alloc-sections=.user --keep-global-symbol=user_main "$work/user.o"
    missing=$(nm -u "$work/user.o" | awk '{print $2}' | grep -v '^_GLOBAL_OFFSET_TABLE_$' | tr '\n' ' ')
    [ -z "$missing" ] || fail "the application uses what only the kernel has: $missing"
    printf '%s\n' "$work/user.o" >>"$work/objects"
fi

"$cc" -nostdlib -static -fno-pie -Wno-unused-command-line-argument -Wl,-T,"$here/guest.lds" -Wl,--gc-sections -Wl,--build-id=none \
    -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -o "$out" $(cat "$work/objects") "$kit"/*.o ||
    fail "$out does not link"
