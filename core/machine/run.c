/* The only file that knows OpenMP. Takes independent tasks, yields them done; the result cannot depend on the
 * number of threads because tasks share nothing. Without OpenMP it is a loop. */
#include "core/machine/run.h"

#ifdef _OPENMP
#include <omp.h>
#endif

uint32_t run_threads(void)
{
#ifdef _OPENMP
    return (uint32_t)omp_get_max_threads();
#else
    return 1;
#endif
}

void run_parallel(uint32_t threads, uint32_t count, void (*task)(void *context, uint32_t i), void *context)
{
#ifdef _OPENMP
    if (threads > 1 && count > 1) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
        for (uint32_t i = 0; i < count; i++)
            task(context, i);
        return;
    }
#else
    (void)threads;
#endif
    for (uint32_t i = 0; i < count; i++)
        task(context, i);
}
