/* Modulators and broadcast registers. Takes the image's modulator tables and each step's inputs, yields one small
 * integer a channel. Everything is s15.16 with rounding to nearest, so that the result is the same anywhere; the
 * formulas stand in manager.h. */
#include "core/machine/manager.h"

#include "core/base/fx.h"
#include "core/ir/net.h"

#include <math.h>

static int32_t sat32(int64_t x) { return (int32_t)fx_sat(x, INT32_MIN, INT32_MAX); }

static bool bad_table(hmn_diag *d, const char *what)
{
    diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image's %s", what);
    return false;
}

static bool boot_modulators(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    enum { SOURCE = 2, POPULATION, KEEP, BASELINE_KEEP, VALUE };
    image_rows rows = image_host(image, HOST_MODULATORS), populations = image_host(image, HOST_POPULATIONS);
    image_rows network = image_host(image, HOST_NETWORK);
    manager_facts *facts = ARENA_NEW(a, manager_facts, rows.rows);
    m->nmodulators = (uint32_t)rows.rows;
    m->modulator = ARENA_NEW(a, manager_modulator, rows.rows);
    m->facts = facts;
    for (uint32_t k = 0; k < m->nmodulators; k++) {
        manager_facts *f = &facts[k];
        int32_t value = (int32_t)image_get(rows, k, VALUE);
        *f = (manager_facts){.source = (uint8_t)image_get(rows, k, SOURCE),
                             .population = (uint32_t)image_get(rows, k, POPULATION),
                             .keep = (int32_t)fx_sat(image_get(rows, k, KEEP), 0, 65536),
                             .baseline_keep = (int32_t)fx_sat(image_get(rows, k, BASELINE_KEEP), 0, 65536),
                             .subtract = value};
        if (f->source == MODSRC_CONSTANT)
            m->modulator[k].input = m->modulator[k].average = value;
        if (f->source != MODSRC_POPULATION)
            continue;
        if (f->population >= populations.rows || network.rows == 0)
            return bad_table(d, "modulators refer to a population that is not there");
        int64_t size = image_get(populations, f->population, 2), dt_ns = image_get(network, 0, 2);
        if (size > 0 && dt_ns > 0)
            f->rate_unit = (int64_t)((__int128)1000000000 * 65536 / ((__int128)size * dt_ns));
    }
    return true;
}

static bool boot_channels(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    image_rows channels = image_host(image, HOST_CHANNELS), terms = image_host(image, HOST_TERMS);
    int32_t *base = ARENA_NEW(a, int32_t, channels.rows);
    manager_term *term = ARENA_NEW(a, manager_term, terms.rows);
    m->nchannels = (uint32_t)channels.rows;
    m->channel = ARENA_NEW(a, int32_t, channels.rows);
    m->base = base;
    m->term = term;
    m->nterms = (uint32_t)terms.rows;
    for (uint32_t c = 0; c < m->nchannels; c++)
        base[c] = (int32_t)image_get(channels, c, 0);
    for (uint32_t i = 0; i < m->nterms; i++) {
        term[i] = (manager_term){(uint32_t)image_get(terms, i, 0), (uint32_t)image_get(terms, i, 1),
                                 (int32_t)image_get(terms, i, 2)};
        if (term[i].channel >= m->nchannels || term[i].modulator >= m->nmodulators)
            return bad_table(d, "channel terms refer to a channel or modulator that is not there");
    }
    return true;
}

static bool boot_schedule(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    image_rows rows = image_host(image, HOST_SCHEDULE);
    manager_event *event = ARENA_NEW(a, manager_event, rows.rows);
    m->event = event;
    m->nevents = (uint32_t)rows.rows;
    for (uint32_t i = 0; i < m->nevents; i++) {
        event[i] = (manager_event){(uint32_t)image_get(rows, i, 0), (uint32_t)image_get(rows, i, 1),
                                   (int32_t)image_get(rows, i, 2)};
        if (event[i].modulator >= m->nmodulators || (i && event[i].step < event[i - 1].step))
            return bad_table(d, "schedule is not in order or refers to a modulator that is not there");
    }
    return true;
}

bool manager_boot(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    *m = (hmn_manager){0};
    return boot_modulators(m, image, a, d) && boot_channels(m, image, a, d) && boot_schedule(m, image, a, d);
}

void manager_set(hmn_manager *m, uint32_t modulator, double value)
{
    double scaled = round(value * 65536.0);
    if (modulator < m->nmodulators && !isnan(scaled))
        m->modulator[modulator].input = scaled >= INT32_MAX   ? INT32_MAX
                                        : scaled <= INT32_MIN ? INT32_MIN
                                                              : (int32_t)scaled;
}

/* An average that keeps the share keep / 65536 of its distance to the input. */
static int32_t follow(int32_t average, int32_t input, int64_t keep)
{
    return sat32(input + fx_shr_rn(((int64_t)average - input) * keep, 16));
}

void manager_step(hmn_manager *m, uint32_t step, uint32_t (*spikes_of)(const void *, uint32_t), const void *context)
{
    for (; m->next_event < m->nevents && m->event[m->next_event].step <= step; m->next_event++)
        m->modulator[m->event[m->next_event].modulator].input = m->event[m->next_event].value;
    for (uint32_t k = 0; k < m->nmodulators; k++) {
        manager_modulator *e = &m->modulator[k];
        const manager_facts *f = &m->facts[k];
        if (f->source == MODSRC_POPULATION)
            e->input = sat32(spikes_of(context, f->population) * f->rate_unit - f->subtract);
        e->average = follow(e->average, e->input, f->keep);
        if (f->baseline_keep < 65536)
            e->baseline = follow(e->baseline, e->average, f->baseline_keep);
    }
    for (uint32_t c = 0; c < m->nchannels; c++) {
        __int128 sum = (__int128)m->base[c] << 16;
        for (uint32_t i = 0; i < m->nterms; i++)
            if (m->term[i].channel == c) {
                const manager_modulator *e = &m->modulator[m->term[i].modulator];
                sum += (__int128)m->term[i].gain * ((int64_t)e->average - e->baseline);
            }
        int64_t bounded = sum > INT64_MAX / 2 ? INT64_MAX / 2 : sum < INT64_MIN / 2 ? INT64_MIN / 2 : (int64_t)sum;
        m->channel[c] = (int32_t)fx_sat(fx_shr_rn(bounded, 32), -128, 127);
    }
}
