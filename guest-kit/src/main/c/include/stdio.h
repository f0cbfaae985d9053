/*
 * The part of <stdio.h> that a guest has, on the console. Conversions: d i u x X o p c s %, with flags - 0 + space #,
 * width, precision, * for both, and hh h l ll z t j. No floating point. A printf is one CONSOLE_WRITE when it is
 * shorter than 256 bytes.
 */
#ifndef PV_STDIO_H
#define PV_STDIO_H

#include <stdarg.h>
#include <stddef.h>

int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
int snprintf(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *buffer, size_t size, const char *format, va_list arguments) __attribute__((format(printf, 3, 0)));
int puts(const char *line);
int putchar(int c);

#endif
