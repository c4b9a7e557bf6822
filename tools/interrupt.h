/* Whether the user asked to stop (SIGINT, SIGTERM). */
#ifndef HMN_TOOLS_INTERRUPT_H
#define HMN_TOOLS_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void); /* from now on; a second signal ends the process at once */
bool interrupt_seen(void);

#endif
