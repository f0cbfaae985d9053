/* The smallest guest in C: says what it runs on, and ends with the exit code that its first argument asks for. */
#include <pv.h>

int main(int argc, char **argv)
{
    if (pv_platform.paravert) {
        printf("Hello from C on Paravert, ABI %u.%u!\n", pv_platform.version >> 16, pv_platform.version & 0xffff);
    } else {
        printf("Hello from C on %s!\n", pv_platform.hypervisor[0] ? pv_platform.hypervisor : "bare metal");
    }
    return argc > 0 ? (int)strtoul(argv[0], NULL, 10) : 0;
}
