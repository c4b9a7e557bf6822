/* Constants that belong to no rule, as the host and the management processor keep them: levels and averages of
 * modulators, oscillations, rates of random sources. Takes the network as written, checks that none becomes zero in the
 * image (core/ir/image.def): values are s15.16, an average keeps 65536 exp(-dt/tau) / 65536 of itself in a step,
 * oscillations count turns of 2^32, a source fires below 2^32 p. */
#include "compiler/learn.h"

#include "compiler/unit.h"

#include <math.h>

static bool lost(hmn_unit *u, const net_num *given, const net_str *name, const char *what, double bound,
                 const char *unit)
{
    return quantise_lost(u->diag, given->at.line ? given->at : name->at,
                         arena_printf(u->arena, "%s of %s", what, name->s), given->v, bound, unit);
}

static bool value_lasts(hmn_unit *u, const net_num *x, const net_str *name, const char *what, const char *unit)
{
    double least = ldexp(1, -17);
    return x->v == 0 || fabs(x->v) >= least || lost(u, x, name, what, least, unit);
}

/* What is kept and what is not, of an average. */
static bool average_lasts(hmn_unit *u, const net_num *tau, const net_str *name, const char *what)
{
    double dt = u->graph->dt, shortest = dt / (17 * M_LN2), longest = -dt / log1p(-ldexp(1, -17));
    bool good = tau->v <= 0 || (tau->v >= shortest && tau->v <= longest);
    return good || lost(u, tau, name, what, tau->v < shortest ? shortest : longest, "ms");
}

static bool schedule_lasts(hmn_unit *u, const net_modulator *m)
{
    double most = 0;
    for (uint32_t i = 0; i < m->nschedule; i++)
        most = fmax(most, fabs(m->schedule_value[i]));
    return most == 0 || most >= ldexp(1, -17) ||
           quantise_lost(u->diag, m->name.at, arena_printf(u->arena, "the schedule of %s", m->name.s), most,
                         ldexp(1, -17), "at most");
}

static bool modulator_lasts(hmn_unit *u, const net_modulator *m)
{
    bool ok = average_lasts(u, &m->tau, &m->name, "tau");
    if (m->baseline_tau.given)
        ok &= average_lasts(u, &m->baseline_tau, &m->name, "baseline_tau");
    if (m->source == MODSRC_CONSTANT)
        ok &= value_lasts(u, &m->value, &m->name, "the constant", "");
    if (m->source == MODSRC_POPULATION)
        ok &= value_lasts(u, &m->baseline, &m->name, "baseline", "Hz");
    return (m->source != MODSRC_SCHEDULE || schedule_lasts(u, m)) && ok;
}

static bool oscillation_lasts(hmn_unit *u, const net_oscillation *o)
{
    double least = ldexp(1, -33), hertz = least / (u->graph->dt * 1e-3), radians = least * 2 * M_PI;
    bool ok =
        o->frequency.v == 0 || o->frequency.v >= hertz || lost(u, &o->frequency, &o->name, "frequency", hertz, "Hz");
    return (o->phase.v == 0 || fabs(o->phase.v) >= radians || lost(u, &o->phase, &o->name, "phase", radians, "rad")) &&
           ok;
}

/* Of a rate p = 1 - exp(-rate dt). */
static bool source_lasts(hmn_unit *u, const graph_poisson *p)
{
    double most = 0, least = ldexp(1, -32);
    for (uint32_t i = 0; i < p->count; i++)
        most = fmax(most, graph_at(p->p, i));
    if (most == 0 || most >= least)
        return true;
    const graph_population *to = &u->graph->population[graph_population_of(u->graph, p->first)];
    double per = 1e3 / u->graph->dt;
    return quantise_lost(u->diag, to->at, arena_printf(u->arena, "the rate of population '%s'", to->name),
                         -log1p(-most) * per, -log1p(-least) * per, "Hz");
}

bool learn_host(hmn_unit *u)
{
    const hmn_net *net = u->graph->net;
    bool ok = true;
    for (uint32_t k = 0; k < net->nmodulators; k++)
        ok &= modulator_lasts(u, &net->modulator[k]);
    for (uint32_t k = 0; k < net->noscillations; k++)
        ok &= oscillation_lasts(u, &net->oscillation[k]);
    for (uint32_t k = 0; k < u->graph->npoisson; k++)
        ok &= source_lasts(u, &u->graph->poisson[k]);
    return ok;
}
