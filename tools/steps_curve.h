/* How the agreement of learned weights depends on the size of a change of a weight: the replay of hmn verify at several
 * multiples of the learning rates. Small changes cost more, because a weight is rounded to whole steps at each. */
#ifndef HMN_TOOLS_STEPS_CURVE_H
#define HMN_TOOLS_STEPS_CURVE_H

#include "tools/replay.h"

enum { STEPS_MOST = 32 };

typedef struct {
    double factor;                /* on all learning rates */
    const char *refused;          /* why there are no figures; NULL: there are */
    replay_projection projection; /* the first plastic one of the network */
} steps_point;

/* "0.25,1,4" -> factors above 0. False after a usage message. */
bool steps_read(const char *text, double *factor, uint32_t *n);

/* Replays the network at each factor; steps 0: run.duration. False when the network itself cannot be read: reported. */
bool steps_run(const command_line *c, const char *path, const double *factor, uint32_t n, uint32_t steps, hmn_arena *a,
               steps_point *out);

void steps_csv(const steps_point *p, uint32_t n, FILE *out);
void steps_svg(const steps_point *p, uint32_t n, FILE *out);

#endif
