/* The whole compiler, top to bottom. Takes a unit with a source and perhaps a chip, yields the unit with an
 * image. Each pass has one shape and states what it needs and makes; the runner refuses a wrong order. No pass
 * manager, no options: a pass that has nothing to do does nothing. `hmn passes` prints this table. */
#include "compiler/pipeline.h"

#include "core/base/bug.h"

#include <string.h>
#include <time.h>

/* clang-format off */
static const pipeline_pass passes[] = {
/*   name         run             needs                     makes           what it does                                   */
    {"parse",     pass_parse,     HAVE_SRC,                 HAVE_DOC,       "YAML text -> tree with places, includes, merges"},
    {"check",     pass_check,     HAVE_DOC,                 HAVE_NET,       "keys, names, units, ranges -> network as written"},
    {"elaborate", pass_elaborate, HAVE_NET,                 HAVE_GRAPH,     "populations -> neurons, connectors -> synapses"},
    {"quantise",  pass_quantise,  HAVE_GRAPH | HAVE_CHIP,   HAVE_QNET,      "real numbers -> the chip's integers, with a report"},
    {"learn",     pass_learn,     HAVE_QNET,                HAVE_UCODE,     "plasticity -> learning microcode"},
    {"partition", pass_partition, HAVE_QNET | HAVE_UCODE,   HAVE_SLICES,    "neurons -> core-sized slices"},
    {"place",     pass_place,     HAVE_SLICES,              HAVE_PLACED,    "slices -> physical cores, least traffic x hops"},
    {"route",     pass_route,     HAVE_PLACED,              HAVE_ROUTED,    "spikes -> axons of destination cores"},
    {"emit",      pass_emit,      HAVE_ROUTED,              HAVE_IMAGE,     "per-core tables -> image"},
    {"verify",    pass_verify,    HAVE_IMAGE,               HAVE_VERIFIED,  "image against limits, schemas and the network"},
    {NULL, NULL, 0, 0, NULL}
};
/* clang-format on */

const pipeline_pass *pipeline_passes(void) { return passes; }

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool pipeline_run(hmn_unit *u, const char *last, double *seconds)
{
    u->have |= HAVE_SRC | (u->chip ? HAVE_CHIP : 0);
    for (const pipeline_pass *p = passes; p->name; p++) {
        bool made = (p->makes & ~u->have) == 0;
        if (made && last && strcmp(last, p->name) == 0)
            return true;
        if (made)
            continue;
        if ((p->needs & ~u->have) != 0)
            HMN_BUG("pass %s lacks what it needs (has %x, needs %x)", p->name, u->have, p->needs);
        double start = now();
        bool ok = p->run(u);
        if (seconds)
            seconds[p - passes] = now() - start;
        if (!ok || diag_errors(u->diag))
            return false;
        u->have |= p->makes;
        if (last && strcmp(last, p->name) == 0)
            return true;
    }
    return true;
}
