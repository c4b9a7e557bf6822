/* The door to OpenMP: runs a function for every index of a range, on several threads. */
#ifndef HMN_MACHINE_RUN_H
#define HMN_MACHINE_RUN_H

#include <stdint.h>

/* Threads this program may use; 1 without OpenMP. */
uint32_t run_threads(void);

/* Calls task(context, i) for each i in [0, count), in any order, on up to `threads` threads. Each call must touch
 * only what belongs to its index. */
void run_parallel(uint32_t threads, uint32_t count, void (*task)(void *context, uint32_t i), void *context);

#endif
