/* Takes the rates, shares and astrocytes of a machine or of the reference after each step, yields a line a trial: rates
 * and astrocytes as they stand at its end, shares as their mean over the trial's steps. Rates that are fixed and
 * modulators without attention have no column. A rate is that in use, so with meta-learning the perturbed one of the
 * window. */
#include "tools/modulation.h"

#include <math.h>
#include <string.h>

typedef enum { KIND_LOCAL, KIND_GLOBAL, KIND_SHARE, KIND_LEVEL, KIND_EFFECT } column_kind;

typedef struct {
    column_kind kind;
    uint32_t of, modulator; /* number of the rule, attention or astrocyte */
} column;

enum { MOST_COLUMNS = 128 };

struct modulation {
    const record_subject *subject;
    hmn_arena *arena;
    column column[MOST_COLUMNS];
    const char *name[MOST_COLUMNS + 1]; /* trial, then the columns */
    uint32_t ncolumns, steps, rows, room;
    double sum[MOST_COLUMNS]; /* of shares in this trial */
    double *gamma;            /* scratch of the reference */
    double *value;            /* [room * (ncolumns + 1)] */
};

static void add(modulation *m, column c, bool numbered, const char *kind, const char *name)
{
    if (m->ncolumns == MOST_COLUMNS)
        return;
    m->column[m->ncolumns++] = c;
    const char *number = numbered ? arena_printf(m->arena, "%u_", c.of) : "";
    m->name[m->ncolumns] = arena_printf(m->arena, "%s%s%s", number, kind, name);
}

static void add_rates(modulation *m, uint32_t row, uint32_t parts, bool numbered)
{
    if (parts & 1)
        add(m, (column){KIND_LOCAL, row, 0}, numbered, "eta_local", "");
    if (parts & 2)
        add(m, (column){KIND_GLOBAL, row, 0}, numbered, "eta_global", "");
}

static void add_astrocyte(modulation *m, uint32_t row, const char *name)
{
    add(m, (column){KIND_LEVEL, row, 0}, false, "A_", name);
    add(m, (column){KIND_EFFECT, row, 0}, false, "M_", name);
}

/* ---- what there is ---- */

static bool attends(const net_rule *r)
{
    return r->type == RULE_HMN && r->enabled && r->global_attention.on && r->nmodulators;
}

static bool learns_rates(const net_rule *r) { return r->type == RULE_HMN && r->enabled && r->meta.on; }

static void of_reference(modulation *m)
{
    const hmn_net *net = m->subject->graph->net;
    uint32_t learning = 0, attending = 0;
    for (uint32_t k = 0; k < net->nrules; k++) {
        learning += learns_rates(&net->rule[k]);
        attending += attends(&net->rule[k]);
    }
    for (uint32_t k = 0; k < net->nrules; k++) {
        const net_rule *r = &net->rule[k];
        if (learns_rates(r))
            add_rates(m, k, (r->eta_local.v != 0) + 2u * (r->eta_global.v != 0), learning > 1);
        for (uint32_t i = 0; attends(r) && i < r->nmodulators; i++)
            add(m, (column){KIND_SHARE, k, i}, attending > 1, "gamma_", net->modulator[r->modulator[i].i].name.s);
    }
    for (uint32_t k = 0; k < net->nastrocytes; k++)
        add_astrocyte(m, k, net->astrocyte[k].name.s);
    m->gamma = ARENA_NEW(m->arena, double, net->nmodulators + 1);
}

static const char *text(const hmn_image *image, host_table id, uint64_t row, const char *name)
{
    uint32_t c = schema_find(image_host_table(id), name);
    return image_string(image, (uint64_t)image_get(image_host(image, id), row, c));
}

static void of_machine(modulation *m, const hmn_image *image)
{
    image_rows rates = image_host(image, HOST_RATES);
    uint32_t parts = schema_find(image_host_table(HOST_RATES), "part");
    for (uint32_t k = 0; k < rates.rows; k++)
        add_rates(m, k, (uint32_t)image_get(rates, k, parts), rates.rows > 1);
    uint32_t attentions = (uint32_t)image_host(image, HOST_ATTENTIONS).rows;
    for (uint32_t k = 0; k < attentions; k++)
        for (uint32_t i = 0; i < image_host(image, HOST_MODULATORS).rows; i++)
            if (!isnan(machine_share(m->subject->machine, k, i)))
                add(m, (column){KIND_SHARE, k, i}, attentions > 1, "gamma_", text(image, HOST_MODULATORS, i, "name"));
    for (uint32_t k = 0; k < image_host(image, HOST_ASTROCYTES).rows; k++)
        add_astrocyte(m, k, text(image, HOST_ASTROCYTES, k, "name"));
}

modulation *modulation_begin(const record_subject *s, const hmn_image *image, hmn_arena *a)
{
    modulation *m = ARENA_NEW(a, modulation, 1);
    *m = (modulation){.subject = s, .arena = a, .name = {"trial"}};
    if (s->reference)
        of_reference(m);
    else
        of_machine(m, image);
    return m;
}

/* ---- as it goes ---- */

static double on_reference(modulation *m, const column *c)
{
    const hmn_reference *r = m->subject->reference;
    switch (c->kind) {
    case KIND_LOCAL: return reference_rate(r, c->of, 0);
    case KIND_GLOBAL: return reference_rate(r, c->of, 1);
    case KIND_SHARE:
        if (c->modulator == 0)
            reference_shares(r, c->of, m->gamma);
        return m->gamma[c->modulator];
    case KIND_LEVEL: return reference_astrocyte_level(r, c->of);
    case KIND_EFFECT: return reference_astrocyte_effect(r, c->of);
    }
    return NAN;
}

static double on_machine(const modulation *m, const column *c)
{
    const hmn_machine *machine = m->subject->machine;
    switch (c->kind) {
    case KIND_LOCAL: return exp2(machine_rate_octaves(machine, c->of, 0));
    case KIND_GLOBAL: return exp2(machine_rate_octaves(machine, c->of, 1));
    case KIND_SHARE: return machine_share(machine, c->of, c->modulator);
    case KIND_LEVEL: return machine_astrocyte_level(machine, c->of);
    case KIND_EFFECT: return machine_astrocyte_effect(machine, c->of);
    }
    return NAN;
}

static double now(modulation *m, const column *c)
{
    return m->subject->reference ? on_reference(m, c) : on_machine(m, c);
}

static double *next_row(modulation *m)
{
    size_t width = m->ncolumns + 1u;
    if (m->rows == m->room) {
        m->room = m->room ? 2 * m->room : 256;
        double *larger = ARENA_NEW(m->arena, double, m->room *width);
        if (m->rows)
            memcpy(larger, m->value, m->rows * width * sizeof *larger);
        m->value = larger;
    }
    return m->value + m->rows++ * width;
}

void modulation_step(modulation *m, bool trial_over)
{
    m->steps++;
    for (uint32_t k = 0; k < m->ncolumns; k++)
        if (m->column[k].kind == KIND_SHARE)
            m->sum[k] += now(m, &m->column[k]);
    if (!trial_over || m->ncolumns == 0)
        return;
    double *row = next_row(m);
    row[0] = m->rows - 1;
    for (uint32_t k = 0; k < m->ncolumns; k++)
        row[k + 1] = m->column[k].kind == KIND_SHARE ? m->sum[k] / m->steps : now(m, &m->column[k]);
    memset(m->sum, 0, sizeof m->sum);
    m->steps = 0;
}

task_table modulation_table(const modulation *m)
{
    return (task_table){"modulation", m->name, m->value, m->rows, m->ncolumns + 1};
}
