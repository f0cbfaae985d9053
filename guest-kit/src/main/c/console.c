/* The console: Paravert's, or the first serial port. */
#include "pv_console.h"

#include "pv_hypercall.h"

/* 16550 UART, COM1 (PC16550D data sheet, section 8). */
#define COM1 0x3f8
#define DATA 0
#define INTERRUPT_ENABLE 1
#define DIVISOR_LOW 0
#define DIVISOR_HIGH 1
#define FIFO_CONTROL 2
#define LINE_CONTROL 3
#define MODEM_CONTROL 4
#define LINE_STATUS 5
#define LINE_8N1 0x03
#define LINE_DIVISOR 0x80
#define FIFO_ON_CLEARED 0x07
#define MODEM_DTR_RTS 0x03
#define STATUS_DATA 0x01
#define STATUS_ROOM 0x20
#define STATUS_ABSENT 0xff
#define PATIENCE 1000000

static bool uart_ready;
static int uart_lock;

static void uart_init(void)
{
    pv_out8(COM1 + INTERRUPT_ENABLE, 0);
    pv_out8(COM1 + LINE_CONTROL, LINE_DIVISOR);
    pv_out8(COM1 + DIVISOR_LOW, 1);
    pv_out8(COM1 + DIVISOR_HIGH, 0);
    pv_out8(COM1 + LINE_CONTROL, LINE_8N1);
    pv_out8(COM1 + FIFO_CONTROL, FIFO_ON_CLEARED);
    pv_out8(COM1 + MODEM_CONTROL, MODEM_DTR_RTS);
    uart_ready = true;
}

static void uart_write(const uint8_t *bytes, uint64_t count)
{
    /* Bounded: a vCPU that crashed while it wrote must not keep the others from saying so. */
    for (unsigned i = 0; i < PATIENCE && __atomic_exchange_n(&uart_lock, 1, __ATOMIC_ACQUIRE); i++) {
        pv_pause();
    }
    if (!uart_ready) {
        uart_init();
    }
    for (uint64_t i = 0; i < count; i++) {
        for (unsigned n = 0; n < PATIENCE && !(pv_in8(COM1 + LINE_STATUS) & STATUS_ROOM); n++) {
            pv_pause();
        }
        pv_out8(COM1 + DATA, bytes[i]);
    }
    __atomic_store_n(&uart_lock, 0, __ATOMIC_RELEASE);
}

void pv_console_write(const void *bytes, uint64_t count)
{
    const uint8_t *at = bytes;
    if (!pv_has(PV_FEATURE_CONSOLE)) {
        uart_write(at, count);
        return;
    }
    while (count) {
        uint64_t part = count < PV_LIMIT_CONSOLE_BYTES ? count : PV_LIMIT_CONSOLE_BYTES;
        int64_t taken = pv_call2(PV_CALL_CONSOLE_WRITE, (uintptr_t)at, part);
        if (taken <= 0) {
            return;
        }
        at += taken;
        count -= (uint64_t)taken;
    }
}

int64_t pv_console_read(void *buffer, uint64_t count)
{
    if (pv_has(PV_FEATURE_CONSOLE)) {
        return pv_call2(PV_CALL_CONSOLE_READ, (uintptr_t)buffer, count);
    }
    uint8_t *at = buffer;
    uint64_t read = 0;
    while (read < count) {
        uint8_t status = pv_in8(COM1 + LINE_STATUS);
        if (status == STATUS_ABSENT) {
            return 0;
        }
        if (!(status & STATUS_DATA)) {
            break;
        }
        at[read++] = pv_in8(COM1 + DATA);
    }
    return read ? (int64_t)read : -PV_EAGAIN;
}

int pv_console_getchar(void)
{
    uint8_t byte;
    int64_t count;
    while ((count = pv_console_read(&byte, 1)) == -PV_EAGAIN) {
        pv_vcpu_yield();
        pv_pause();
    }
    return count == 1 ? byte : -1;
}
