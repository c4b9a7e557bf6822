/* Turns SIGINT and SIGTERM into a flag that long loops look at between steps. The flag is the one piece of
 * global state of the program: a signal handler has nothing else to write to. */
#include "tools/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t seen;

static void note(int signal_number)
{
    (void)signal_number;
    seen = 1;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupt_seen(void) { return seen != 0; }
