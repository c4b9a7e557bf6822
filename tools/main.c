/* The program `hmn`: finds the command and runs it. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("hmn " HMN_VERSION);
        return 0;
    }
    fputs("usage: hmn --version\n", stderr);
    return 2;
}
