/*
 * CPU programs for bench/cpu: each is run ROUNDS times, and each time prints "NAME NANOSECONDS CHECK". The same file boots on Paravert and, by
 * PVH, on other monitors. Compile with -DROUNDS=n for another number, with -DONLY="\"name\"" for one program.
 */
#include <pv.h>

#ifndef ROUNDS
#define ROUNDS 6
#endif
#ifndef ONLY
#define ONLY ""
#endif

typedef uint64_t (*program)(void);

static uint8_t bytes[1 << 20] __attribute__((aligned(4096)));
static uint8_t other[1 << 20] __attribute__((aligned(4096)));
static uint32_t words[1 << 16];

static uint32_t seed;

static uint32_t next(void)
{
    return seed = seed * 1664525 + 1013904223;
}

static uint64_t sieve(void)
{
    uint64_t found = 0;
    memset(bytes, 1, sizeof bytes);
    for (uint32_t i = 2; i < sizeof bytes; i++) {
        if (bytes[i]) {
            found++;
            for (uint32_t k = 2 * i; k < sizeof bytes; k += i)
                bytes[k] = 0;
        }
    }
    return found;
}

static uint64_t integer(void)
{
    uint64_t a = 1, b = 7;
    for (uint32_t i = 0; i < 20000000; i++) {
        a = a * 6364136223846793005u + b;
        b = (b ^ (a >> 17)) + i;
    }
    return a ^ b;
}

static uint64_t crc(void)
{
    uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
        table[i] = c;
    }
    uint32_t c = ~0u;
    for (int r = 0; r < 16; r++)
        for (uint32_t i = 0; i < sizeof bytes; i++)
            c = table[(c ^ bytes[i]) & 0xff] ^ c >> 8;
    return ~c;
}

static void quick(uint32_t *a, int64_t lo, int64_t hi)
{
    while (lo < hi) {
        uint32_t pivot = a[(lo + hi) / 2];
        int64_t i = lo, j = hi;
        while (i <= j) {
            while (a[i] < pivot)
                i++;
            while (a[j] > pivot)
                j--;
            if (i <= j) {
                uint32_t t = a[i];
                a[i++] = a[j];
                a[j--] = t;
            }
        }
        quick(a, lo, j);
        lo = i;
    }
}

static void shuffle(void)
{
    seed = 1;
    for (uint32_t i = 0; i < 1 << 16; i++)
        words[i] = next();
}

static uint64_t quicksort(void)
{
    for (int r = 0; r < 10; r++) {
        shuffle();
        quick(words, 0, (1 << 16) - 1);
    }
    return words[12345];
}

static int less(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Heap sort through a pointer to the comparison, as a library has to do it. */
static void heap(uint32_t *a, uint32_t n, int (*compare)(const void *, const void *))
{
    for (uint32_t start = n / 2, end = n; end > 1;) {
        if (start > 0) {
            start--;
        } else {
            end--;
            uint32_t t = a[end];
            a[end] = a[0];
            a[0] = t;
        }
        for (uint32_t root = start; 2 * root + 1 < end;) {
            uint32_t child = 2 * root + 1;
            if (child + 1 < end && compare(&a[child], &a[child + 1]) < 0)
                child++;
            if (compare(&a[root], &a[child]) >= 0)
                break;
            uint32_t t = a[root];
            a[root] = a[child];
            a[child] = t;
            root = child;
        }
    }
}

static int (*volatile comparison)(const void *, const void *) = less;

static uint64_t heapsort(void)
{
    for (int r = 0; r < 4; r++) {
        shuffle();
        heap(words, 1 << 16, comparison);
    }
    return words[12345];
}

static uint64_t copy8(void)
{
    for (int r = 0; r < 64; r++) {
        volatile uint64_t *to = (volatile uint64_t *)other;
        const uint64_t *from = (const uint64_t *)bytes;
        for (uint32_t i = 0; i < sizeof bytes / 8; i++)
            to[i] = from[i];
    }
    return other[77];
}

static uint64_t rep(void)
{
    for (int r = 0; r < 16; r++) {
        void *to = other;
        const void *from = bytes;
        uint64_t n = sizeof bytes;
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n)::"memory");
        to = other;
        n = sizeof bytes / 8;
        __asm__ volatile("rep stosq" : "+D"(to), "+c"(n) : "a"(r) : "memory");
    }
    return other[77];
}

static uint64_t chase(void)
{
    seed = 1;
    uint32_t n = 1 << 16;
    for (uint32_t i = 0; i < n; i++)
        words[i] = i;
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = next() % i, t = words[i];
        words[i] = words[j];
        words[j] = t;
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < 10000000; i++)
        at = words[at];
    return at;
}

static __attribute__((noinline)) uint64_t fibonacci(uint64_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static uint64_t recursion(void)
{
    return fibonacci(30);
}

/* An interpreter of six instructions, each of which jumps to the next one's code. */
static uint64_t bytecode(void)
{
    static const void *const code[] = {&&add, &&shift, &&mix, &&swap, &&count, &&stop};
    uint8_t text[64];
    seed = 3;
    for (int i = 0; i < 63; i++)
        text[i] = next() >> 16 & 3;
    text[62] = 4;
    text[63] = 5;
    uint64_t a = 1, b = 2, left = 150000;
    const uint8_t *pc = text;
    goto *code[*pc];
add:
    a += b;
    goto *code[*++pc];
shift:
    a = a << 3 | a >> 61;
    goto *code[*++pc];
mix:
    b ^= a;
    goto *code[*++pc];
swap: {
    uint64_t t = a;
    a = b;
    b = t;
    goto *code[*++pc];
}
count:
    if (--left)
        pc = text - 1;
    goto *code[*++pc];
stop:
    return a ^ b;
}

static const struct {
    const char *name;
    program run;
} programs[] = {
    {"sieve", sieve},       {"integer", integer}, {"crc", crc},     {"quicksort", quicksort}, {"heapsort", heapsort},
    {"copy8", copy8},       {"rep", rep},         {"chase", chase}, {"recursion", recursion}, {"bytecode", bytecode},
};

int main(void)
{
    for (unsigned i = 0; i < sizeof programs / sizeof *programs; i++) {
        if (*ONLY && strcmp(ONLY, programs[i].name))
            continue;
        for (int r = 0; r < ROUNDS; r++) {
            uint64_t from = pv_now();
            uint64_t check = programs[i].run();
            printf("%s %lu %lx\n", programs[i].name, pv_now() - from, check);
        }
    }
    return 0;
}
