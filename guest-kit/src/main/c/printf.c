/* printf and its family. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "pv_console.h"

#define CHUNK 256
#define DIGITS 24

/* Where formatted text goes: a buffer of the caller's that ends, or chunks to the console. */
struct sink {
    char *buffer;
    size_t size;    /* room, without a zero */
    size_t used;
    size_t total;   /* what was put in, also beyond the room */
    bool console;
};

struct conversion {
    bool left, zero, plus, space, alternative, upper;
    int width;
    int precision;  /* -1 when none was given */
    int length;     /* bytes of the integer argument */
};

static void put(struct sink *sink, char c)
{
    sink->total++;
    if (sink->used == sink->size && sink->console) {
        pv_console_write(sink->buffer, sink->used);
        sink->used = 0;
    }
    if (sink->used < sink->size) {
        sink->buffer[sink->used++] = c;
    }
}

static void put_times(struct sink *sink, char c, int times)
{
    while (times-- > 0) {
        put(sink, c);
    }
}

static void put_field(struct sink *sink, const struct conversion *c, const char *text, int length)
{
    put_times(sink, ' ', c->left ? 0 : c->width - length);
    for (int i = 0; i < length; i++) {
        put(sink, text[i]);
    }
    put_times(sink, ' ', c->left ? c->width - length : 0);
}

static void put_integer(struct sink *sink, const struct conversion *c, uint64_t value, unsigned base, const char *sign)
{
    const char *digits = c->upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[DIGITS];
    int count = 0;
    for (uint64_t rest = value; rest; rest /= base) {
        text[count++] = digits[rest % base];
    }
    int wanted = c->precision < 0 ? 1 : c->precision;
    int zeros = wanted > count ? wanted - count : 0;
    int width = (int)strlen(sign) + count + zeros;
    if (c->zero && !c->left && c->precision < 0 && c->width > width) {
        zeros += c->width - width;
        width = c->width;
    }
    put_times(sink, ' ', c->left ? 0 : c->width - width);
    while (*sign) {
        put(sink, *sign++);
    }
    put_times(sink, '0', zeros);
    while (count) {
        put(sink, text[--count]);
    }
    put_times(sink, ' ', c->left ? c->width - width : 0);
}

static const char *parse_flags(const char *at, struct conversion *c)
{
    for (;; at++) {
        switch (*at) {
        case '-': c->left = true; break;
        case '0': c->zero = true; break;
        case '+': c->plus = true; break;
        case ' ': c->space = true; break;
        case '#': c->alternative = true; break;
        default: return at;
        }
    }
}

static const char *parse_number(const char *at, int *number)
{
    *number = 0;
    while (*at >= '0' && *at <= '9') {
        *number = *number * 10 + (*at++ - '0');
    }
    return at;
}

static const char *parse_length(const char *at, struct conversion *c)
{
    c->length = sizeof(int);
    switch (*at) {
    case 'h':
        c->length = at[1] == 'h' ? 1 : 2;
        return at + (at[1] == 'h' ? 2 : 1);
    case 'l':
        c->length = sizeof(long);
        return at + (at[1] == 'l' ? 2 : 1);
    case 'z':
    case 't':
    case 'j':
        c->length = sizeof(long);
        return at + 1;
    default:
        return at;
    }
}

static uint64_t narrow_unsigned(uint64_t value, int length)
{
    return length == 8 ? value : value & ((UINT64_C(1) << length * 8) - 1);
}

static int64_t narrow_signed(int64_t value, int length)
{
    switch (length) {
    case 1: return (int8_t)value;
    case 2: return (int16_t)value;
    case 4: return (int32_t)value;
    default: return value;
    }
}

static void put_unsigned(struct sink *sink, struct conversion *c, char type, uint64_t value)
{
    value = narrow_unsigned(value, c->length);
    unsigned base = type == 'u' ? 10 : type == 'o' ? 8 : 16;
    const char *sign = "";
    if (c->alternative && value && base == 16) {
        sign = type == 'X' ? "0X" : "0x";
    } else if (c->alternative && base == 8) {
        sign = "0";
    }
    c->upper = type == 'X';
    put_integer(sink, c, value, base, sign);
}

static void put_signed(struct sink *sink, struct conversion *c, int64_t value)
{
    value = narrow_signed(value, c->length);
    const char *sign = value < 0 ? "-" : c->plus ? "+" : c->space ? " " : "";
    put_integer(sink, c, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, sign);
}

static void put_string(struct sink *sink, const struct conversion *c, const char *text)
{
    int length = 0;
    text = text ? text : "(null)";
    while ((c->precision < 0 || length < c->precision) && text[length]) {
        length++;
    }
    put_field(sink, c, text, length);
}

/* va_list may be an array: a pointer to it in a structure is the same everywhere. */
struct arguments {
    va_list list;
};

static void convert(struct sink *sink, struct conversion *c, char type, struct arguments *a)
{
    char byte;
    switch (type) {
    case 'd':
    case 'i':
        put_signed(sink, c, c->length == 8 ? va_arg(a->list, long) : va_arg(a->list, int));
        break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_unsigned(sink, c, type, c->length == 8 ? va_arg(a->list, unsigned long) : va_arg(a->list, unsigned));
        break;
    case 'p':
        c->length = sizeof(void *);
        c->precision = -1;
        put_integer(sink, c, (uintptr_t)va_arg(a->list, void *), 16, "0x");
        break;
    case 'c':
        byte = (char)va_arg(a->list, int);
        put_field(sink, c, &byte, 1);
        break;
    case 's':
        put_string(sink, c, va_arg(a->list, const char *));
        break;
    case '%':
        put(sink, '%');
        break;
    default:
        put(sink, '%');
        put(sink, type);
    }
}

static void format_into(struct sink *sink, const char *at, struct arguments *a)
{
    while (*at) {
        if (*at != '%') {
            put(sink, *at++);
            continue;
        }
        struct conversion c = {.precision = -1};
        at = parse_flags(at + 1, &c);
        if (*at == '*') {
            c.width = va_arg(a->list, int);
            c.left |= c.width < 0;
            c.width = c.width < 0 ? -c.width : c.width;
            at++;
        } else {
            at = parse_number(at, &c.width);
        }
        if (*at == '.') {
            at++;
            if (*at == '*') {
                c.precision = va_arg(a->list, int);
                at++;
            } else {
                at = parse_number(at, &c.precision);
            }
        }
        at = parse_length(at, &c);
        if (!*at) {
            return;
        }
        convert(sink, &c, *at++, a);
    }
}

int vprintf(const char *format, va_list list)
{
    char chunk[CHUNK];
    struct sink sink = {.buffer = chunk, .size = sizeof(chunk), .console = true};
    struct arguments a;
    va_copy(a.list, list);
    format_into(&sink, format, &a);
    va_end(a.list);
    pv_console_write(chunk, sink.used);
    return (int)sink.total;
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list list)
{
    struct sink sink = {.buffer = buffer, .size = size ? size - 1 : 0};
    struct arguments a;
    va_copy(a.list, list);
    format_into(&sink, format, &a);
    va_end(a.list);
    if (size) {
        buffer[sink.used] = 0;
    }
    return (int)sink.total;
}

int printf(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int count = vprintf(format, list);
    va_end(list);
    return count;
}

int snprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int count = vsnprintf(buffer, size, format, list);
    va_end(list);
    return count;
}

int puts(const char *line)
{
    return printf("%s\n", line);
}

int putchar(int c)
{
    char byte = (char)c;
    pv_console_write(&byte, 1);
    return (unsigned char)byte;
}
