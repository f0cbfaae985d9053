/*
 * Programs that need a processor and memory alone: the same code runs in a guest and, for the ratio to the processor itself, in a host
 * process. Nothing of a library is called, so that both run the same instructions.
 */
#include "programs.h"

#include <emmintrin.h>
#include <stddef.h>

#define KIB 1024

static uint8_t bytes[256 * KIB] __attribute__((aligned(4096)));
static uint8_t other[256 * KIB] __attribute__((aligned(4096)));
static uint32_t words[64 * KIB];
static uint32_t merged[64 * KIB];
static uint32_t ring[256 * KIB];

static uint32_t seed;

static uint32_t next(void)
{
    return seed = seed * 1664525 + 1013904223;
}

static void shuffle(uint32_t count)
{
    seed = 1;
    for (uint32_t i = 0; i < count; i++)
        words[i] = next();
}

/* What copies are made of, so that a wrong one shows. */
static void fill(void)
{
    seed = 9;
    for (uint32_t i = 0; i < sizeof bytes; i += 4)
        *(uint32_t *)(bytes + i) = next();
}

static uint64_t sample(void)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < sizeof other; i += 97)
        sum = sum * 31 + other[i];
    return sum;
}

static uint64_t sieve(uint32_t units)
{
    const uint32_t size = 128 * KIB;
    uint64_t found = 0;
    for (uint32_t u = 0; u < units; u++) {
        for (uint32_t i = 0; i < size; i++)
            bytes[i] = 1;
        for (uint32_t i = 2; i < size; i++) {
            if (bytes[i]) {
                found++;
                for (uint32_t k = 2 * i; k < size; k += i)
                    bytes[k] = 0;
            }
        }
    }
    return found;
}

static uint64_t integer(uint32_t units)
{
    uint64_t a = 1, b = 7;
    for (uint32_t i = 0; i < 250000 * units; i++) {
        a = a * 6364136223846793005u + b;
        b = (b ^ (a >> 17)) + i;
    }
    return a ^ b;
}

static uint64_t crc(uint32_t units)
{
    static uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
        table[i] = c;
    }
    fill();
    uint32_t c = ~0u;
    for (uint32_t u = 0; u < units; u++)
        for (uint32_t i = 0; i < 128 * KIB; i++)
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

static uint64_t quicksort(uint32_t units)
{
    for (uint32_t u = 0; u < units; u++) {
        shuffle(16 * KIB);
        quick(words, 0, 16 * KIB - 1);
    }
    return words[1234];
}

static int less(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

typedef int (*comparison)(const void *, const void *);

static comparison volatile compare_words = less;

static void heap(uint32_t *a, uint32_t n, comparison compare)
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

static uint64_t heapsort(uint32_t units)
{
    for (uint32_t u = 0; u < units; u++) {
        shuffle(8 * KIB);
        heap(words, 8 * KIB, compare_words);
    }
    return words[1234];
}

/* Merge sort of elements of any size through a pointer to the comparison: how C libraries make their qsort. */
static void merge(char *base, size_t count, size_t size, char *room, comparison compare)
{
    if (count < 2)
        return;
    size_t n1 = count / 2, n2 = count - n1;
    char *b1 = base, *b2 = base + n1 * size, *to = room;
    merge(b1, n1, size, room, compare);
    merge(b2, n2, size, room, compare);
    while (n1 > 0 && n2 > 0) {
        char **from = compare(b1, b2) <= 0 ? (n1--, &b1) : (n2--, &b2);
        for (size_t i = 0; i < size; i += 4)
            *(uint32_t *)(to + i) = *(uint32_t *)(*from + i);
        *from += size;
        to += size;
    }
    for (size_t i = 0; i < n1 * size; i += 4)
        *(uint32_t *)(to + i) = *(uint32_t *)(b1 + i);
    for (size_t i = 0; i < (count - n2) * size; i += 4)
        *(uint32_t *)(base + i) = *(uint32_t *)(room + i);
}

static uint64_t qsort_pointer(uint32_t units)
{
    for (uint32_t u = 0; u < units; u++) {
        shuffle(16 * KIB);
        merge((char *)words, 16 * KIB, sizeof *words, (char *)merged, compare_words);
    }
    return words[1234];
}

static const uint32_t sha_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t right(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* FIPS 180-4, 6.2.2, one block. */
static void sha_block(uint32_t *h, const uint8_t *data)
{
    uint32_t w[64], s[8];
    for (int t = 0; t < 16; t++)
        w[t] = __builtin_bswap32(((const uint32_t *)data)[t]);
    for (int t = 16; t < 64; t++) {
        uint32_t a = w[t - 15], b = w[t - 2];
        w[t] = w[t - 16] + w[t - 7] + (right(a, 7) ^ right(a, 18) ^ a >> 3) + (right(b, 17) ^ right(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++)
        s[i] = h[i];
    for (int t = 0; t < 64; t++) {
        uint32_t t1 = s[7] + (right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha_k[t] + w[t];
        uint32_t t2 = (right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        for (int i = 7; i > 0; i--)
            s[i] = s[i - 1];
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        h[i] += s[i];
}

static uint64_t sha256(uint32_t units)
{
    uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    fill();
    for (uint32_t u = 0; u < units; u++)
        for (uint32_t i = 0; i < 64 * KIB; i += 64)
            sha_block(h, bytes + i);
    return (uint64_t)h[0] << 32 | h[7];
}

#define N 64

/* Row by row, two columns at a time. */
static uint64_t matrix(uint32_t units)
{
    static double a[N][N], b[N][N], c[N][N] __attribute__((aligned(16)));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i * 7 + j) % 11 - 5;
            b[i][j] = (i + j * 3) % 13 * 0.25;
        }
    for (uint32_t u = 0; u < units; u++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j += 2) {
                __m128d sum = _mm_setzero_pd();
                for (int k = 0; k < N; k++)
                    sum = _mm_add_pd(sum, _mm_mul_pd(_mm_set1_pd(a[i][k]), _mm_loadu_pd(&b[k][j])));
                _mm_storeu_pd(&c[i][j], sum);
            }
        a[u % N][3] = c[5][u % N] * 0.001;
    }
    return (uint64_t)(int64_t)(c[17][23] * 1000);
}

struct body {
    double x, y, z, vx, vy, vz, mass;
};

/* Five bodies that attract each other, in scalar double arithmetic with square roots and divisions. */
static uint64_t nbody(uint32_t units)
{
    struct body body[5];
    for (int i = 0; i < 5; i++)
        body[i] = (struct body){i * 1.5, 3 - i * 0.75, i * i * 0.5, 0.01 * i, 0.02, -0.01 * i, 1.0 / (i + 1)};
    for (uint32_t step = 0; step < 500 * units; step++) {
        for (int i = 0; i < 5; i++)
            for (int j = i + 1; j < 5; j++) {
                double dx = body[i].x - body[j].x, dy = body[i].y - body[j].y, dz = body[i].z - body[j].z;
                double d2 = dx * dx + dy * dy + dz * dz + 0.01;
                double m = 0.001 / (d2 * __builtin_sqrt(d2));
                body[i].vx -= dx * body[j].mass * m;
                body[i].vy -= dy * body[j].mass * m;
                body[i].vz -= dz * body[j].mass * m;
                body[j].vx += dx * body[i].mass * m;
                body[j].vy += dy * body[i].mass * m;
                body[j].vz += dz * body[i].mass * m;
            }
        for (int i = 0; i < 5; i++) {
            body[i].x += 0.001 * body[i].vx;
            body[i].y += 0.001 * body[i].vy;
            body[i].z += 0.001 * body[i].vz;
        }
    }
    union {
        double value;
        uint64_t bits;
    } sum = {.value = body[0].x + body[1].y + body[2].z};
    return sum.bits;
}

static uint64_t copy8(uint32_t units)
{
    fill();
    for (uint32_t u = 0; u < 4 * units; u++) {
        volatile uint64_t *to = (volatile uint64_t *)other;
        const uint64_t *from = (const uint64_t *)bytes;
        for (uint32_t i = 0; i < 256 * KIB / 8; i++)
            to[i] = from[i];
    }
    return sample();
}

/* As a C library's memcpy and memset do it: four SSE registers a turn. */
static uint64_t memcpy_sse(uint32_t units)
{
    fill();
    for (uint32_t u = 0; u < 4 * units; u++) {
        for (uint32_t i = 0; i < 256 * KIB; i += 64) {
            const __m128i *from = (const __m128i *)(bytes + i);
            volatile __m128i *to = (volatile __m128i *)(other + i);
            __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1), c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
            to[0] = a;
            to[1] = b;
            to[2] = c;
            to[3] = d;
        }
        __m128i fill = _mm_set1_epi8((char)u);
        for (uint32_t i = 0; i < 64 * KIB; i += 64) {
            volatile __m128i *to = (volatile __m128i *)(other + i);
            to[0] = fill;
            to[1] = fill;
            to[2] = fill;
            to[3] = fill;
        }
    }
    return sample();
}

static void rep_movsb(void *to, const void *from, uint64_t n)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n)::"memory");
}

static void rep_stosq(void *to, uint64_t value, uint64_t n)
{
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(n) : "a"(value) : "memory");
}

static uint64_t rep(uint32_t units)
{
    fill();
    for (uint32_t u = 0; u < 8 * units; u++) {
        rep_movsb(other + 64 * (u & 255), bytes + (u & 255), 32 * KIB);
        rep_stosq(other, u, 4 * KIB);
    }
    return sample();
}

/* Lengths as programs have them. */
static uint64_t rep_short(uint32_t units)
{
    fill();
    seed = 5;
    for (uint32_t i = 0; i < 6000 * units; i++) {
        uint32_t r = next();
        rep_movsb(other + (r >> 8 & 1023), bytes + (r >> 18 & 1023), r >> 28 ? r >> 24 & 63 : r >> 20 & 255);
        rep_stosq(other + (r >> 7 & 1023), r, r >> 30);
    }
    return sample();
}

static uint64_t chase(uint32_t units)
{
    const uint32_t n = 256 * KIB;
    if (ring[0] == ring[1]) {
        seed = 1;
        for (uint32_t i = 0; i < n; i++)
            ring[i] = i;
        for (uint32_t i = n - 1; i > 0; i--) {
            uint32_t j = next() % i, t = ring[i];
            ring[i] = ring[j];
            ring[j] = t;
        }
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < 100000 * units; i++)
        at = ring[at];
    return at;
}

static __attribute__((noinline)) uint64_t fibonacci(uint64_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static uint64_t recursion(uint32_t units)
{
    uint64_t sum = 0;
    for (uint32_t u = 0; u < units; u++)
        sum += fibonacci(23 + (u & 1));
    return sum;
}

/* An interpreter of six instructions, each of which jumps to the next one's code. */
static uint64_t bytecode(uint32_t units)
{
    static const void *const code[] = {&&add, &&shift, &&mix, &&swap, &&count, &&stop};
    uint8_t text[64];
    seed = 3;
    for (int i = 0; i < 63; i++)
        text[i] = next() >> 16 & 3;
    text[62] = 4;
    text[63] = 5;
    uint64_t a = 1, b = 2, left = 2000 * units;
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

const struct program programs[] = {
    {"sieve", sieve, 50},         {"integer", integer, 80},      {"crc", crc, 60},           {"quicksort", quicksort, 20},
    {"heapsort", heapsort, 12},   {"qsort", qsort_pointer, 12},  {"sha256", sha256, 40},     {"matrix", matrix, 12},
    {"nbody", nbody, 20},         {"copy8", copy8, 100},          {"memcpy", memcpy_sse, 60}, {"rep", rep, 60},
    {"rep-short", rep_short, 40}, {"chase", chase, 80},          {"recursion", recursion, 40}, {"bytecode", bytecode, 50},
    {NULL, NULL, 0},
};
