/* Every conversion of printf; the expected output is what the host's libc prints for the same calls. */
#ifdef HOSTED
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#else
#include <pv.h>
#endif

int main(void)
{
    char small[8];
    int count = snprintf(small, sizeof(small), "%s", "longer than that");
    printf("[%s] %d\n", small, count);
    printf("%d %i %u %ld %lu %lld\n", -5, 7, 4000000000u, -3000000000l, 18446744073709551615ul, 1ll << 62);
    printf("[%5d][%-5d][%05d][%+d][% d][%.3d][%6.3d]\n", 42, 42, 42, 42, 42, 7, 7);
    printf("%x %X %#x %08x %#010x %o %#o %#x\n", 48879, 48879, 48879, 48879, 48879, 8, 8, 0);
    printf("%hhd %hd %hhu %hx\n", (signed char)-44, (short)4464, (unsigned char)200, (unsigned short)65535);
    printf("[%s][%10s][%-10s][%.2s][%c][%3c]\n", "abc", "abc", "abc", "abc", 'x', 'y');
    printf("[%*d][%-*d][%.*s] 100%%\n", 6, 1, 6, 2, 3, "abcdef");
    printf("%zu %td %jd %p\n", sizeof(int), (ptrdiff_t)-1, (long)9, (void *)0x1234);
    printf("[%.0d][%5.0d] %d\n", 0, 0, (int)0x80000000);
    char line[600];
    memset(line, 'z', sizeof(line) - 1);
    line[sizeof(line) - 1] = 0;
    printf("%s|\n", line);
    return printf("%d\n", memcmp("abc", "abd", 3) < 0) == 2 && puts("end") >= 0 ? 3 : 4;
}
