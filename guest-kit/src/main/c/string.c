/*
 * Strings and memory. REP MOVSQ and REP STOSQ: near the best on a processor, and an eighth of the work of the byte forms
 * for a monitor that emulates ring 0.
 */
#include <string.h>

#include <stdint.h>
#include <stdlib.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    void *at = to;
    size_t words = count / sizeof(uint64_t);
    count %= sizeof(uint64_t);
    __asm__ volatile("rep movsq" : "+D"(at), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(count) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    if ((uintptr_t)to - (uintptr_t)from >= count) {
        return memcpy(to, from, count);
    }
    unsigned char *t = (unsigned char *)to + count;
    const unsigned char *f = (const unsigned char *)from + count;
    while (count--) {
        *--t = *--f;
        __asm__ volatile("" : : : "memory"); /* or the compiler makes this loop a call of memmove */
    }
    return to;
}

void *memset(void *to, int byte, size_t count)
{
    void *at = to;
    size_t words = count / sizeof(uint64_t);
    uint64_t pattern = (unsigned char)byte * UINT64_C(0x0101010101010101);
    count %= sizeof(uint64_t);
    __asm__ volatile("rep stosq" : "+D"(at), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(count) : "a"(pattern) : "memory");
    return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
    const unsigned char *x = a;
    const unsigned char *y = b;
    for (; count; count--, x++, y++) {
        if (*x != *y) {
            return *x - *y;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length]) {
        length++;
        __asm__ volatile(""); /* or the compiler makes this loop a call of strlen */
    }
    return length;
}

int strncmp(const char *a, const char *b, size_t count)
{
    for (; count; count--, a++, b++) {
        if (*a != *b || !*a) {
            return (unsigned char)*a - (unsigned char)*b;
        }
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *text, int c)
{
    for (;; text++) {
        if (*text == (char)c) {
            return (char *)(uintptr_t)text;
        }
        if (!*text) {
            return NULL;
        }
    }
}

unsigned long strtoul(const char *text, char **end, int base)
{
    unsigned long value = 0;
    if (base == 16 && text[0] == '0' && (text[1] | 0x20) == 'x') {
        text += 2;
    }
    for (;; text++) {
        int c = (unsigned char)*text;
        int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' ? (c | 0x20) - 'a' + 10 : base;
        if (digit >= base) {
            break;
        }
        value = value * (unsigned long)base + (unsigned long)digit;
    }
    if (end) {
        *end = (char *)(uintptr_t)text;
    }
    return value;
}
