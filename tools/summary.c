/* What a run amounted to. Takes a finished run, yields its counts as JSON (the keys of docs/cli.md first, then more
 * counters and the tables of each core) or as a few lines for people. */
#include "tools/summary.h"

#include <inttypes.h>

static uint64_t plastic_synapses(const layout *l)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < l->nprojections; i++)
        n += l->projection[i].plastic ? l->projection[i].synapses : 0;
    return n;
}

static uint32_t site_of(const hmn_image *m, uint32_t core)
{
    image_rows sites = image_host(m, HOST_SITES);
    return core < sites.rows ? (uint32_t)image_get(sites, core, 0) : core;
}

static uint32_t count_chips(const hmn_image *m, const hmn_chip *chip)
{
    uint32_t most = 0, chips = 0, n = image_cores(m);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t here = limits_place(chip->limits, site_of(m, i)).chip;
        most = here > most ? here : most;
    }
    for (uint32_t c = 0; n && c <= most; c++) {
        bool used = false;
        for (uint32_t i = 0; i < n && !used; i++)
            used = limits_place(chip->limits, site_of(m, i)).chip == c;
        chips += used;
    }
    return chips;
}

void summary_take(run_summary *s, const record_subject *subject, const hmn_image *image, const hmn_chip *chip)
{
    s->net = subject->net;
    s->image = image;
    s->chip = chip;
    if (subject->machine) {
        s->target = chip->name;
        s->spikes = machine_spikes(subject->machine);
        s->digest = machine_digest(subject->machine);
        s->count = machine_counters(subject->machine);
        s->cores = image_cores(image);
        s->chips = count_chips(image, chip);
        return;
    }
    reference_counts c = reference_counters(subject->reference);
    s->target = "reference";
    s->spikes = c.spikes;
    s->digest = reference_digest(subject->reference);
    s->count.synaptic_events = c.synaptic_events;
    s->count.weight_updates = c.weight_updates;
}

/* Rows of every table of every core, so that use can be seen beside the limits. */
static void core_tables(const run_summary *s, json_out *j)
{
    json_put_array(j, "cores");
    for (uint32_t core = 0; core < s->cores; core++) {
        json_put_object(j, NULL);
        json_put_natural(j, "core", core);
        json_put_natural(j, "site", site_of(s->image, core));
        json_put_object(j, "rows");
        for (uint32_t t = 0; t < s->chip->ntables; t++)
            json_put_natural(j, s->chip->tables[t].name, image_section(s->image, s->chip->tables, t, core).rows);
        json_put_close(j);
        json_put_close(j);
    }
    json_put_close(j);
}

/* The population that holds the first neuron of a core. */
static const char *population_on(const run_summary *s, uint32_t core)
{
    image_rows neurons = image_host(s->image, HOST_NEURONS);
    for (uint32_t k = 0; k < s->net->npopulations; k++)
        for (uint32_t i = 0; i < s->net->population[k].size; i++)
            if (image_get(neurons, s->net->population[k].first + i, 0) == core)
                return s->net->population[k].name;
    hmn_core_view view = {s->image, s->chip, core, 0};
    return s->chip->size(&view).manager ? "management" : "delay stages"; /* they hold no neurons */
}

static void more_counters(const run_summary *s, json_out *j)
{
    json_put_object(j, "counters");
    json_put_natural(j, "compartment_spikes", s->count.spikes);
    json_put_natural(j, "axon_events", s->count.axon_events);
    json_put_natural(j, "synapse_words", s->count.synapse_words);
    json_put_natural(j, "updates_active", s->count.updates_active);
    json_put_natural(j, "updates_idle", s->count.updates_idle);
    json_put_natural(j, "synapse_visits", s->count.synapse_visits);
    json_put_natural(j, "synapses_attended", s->count.synapses_attended);
    json_put_natural(j, "alphas", s->count.alphas);
    json_put_natural(j, "rows_swept", s->count.rows_swept);
    json_put_natural(j, "trace_updates", s->count.trace_updates);
    json_put_natural(j, "pairings", s->count.pairings);
    json_put_natural(j, "manager_cycles", s->count.manager_cycles);
    if (s->chip->limits->multicast) {
        json_put_natural(j, "packets", s->count.packets);
        json_put_natural(j, "packet_links", s->count.links);
        json_put_natural(j, "packets_lost", s->count.lost);
        json_put_natural(j, "noise_draws", s->count.noise_draws);
        json_put_natural(j, "relay_spikes", s->count.relay_spikes);
        json_put_natural(j, "saturated", s->count.saturated);
        json_put_natural(j, "overruns", s->count.overruns);
        json_put_natural(j, "longest_step_cycles", s->count.longest);
        json_put_natural(j, "step_cycles", s->count.budget);
        json_put_natural(j, "slowest_core", s->count.slowest);
        json_put_natural(j, "forgotten", s->count.forgotten);
    }
    json_put_close(j);
}

/* What the steps would take on the chip; without a model of time, what they stand for. */
static double model_time(const run_summary *s)
{
    return s->timing ? 1e-12 * (double)timing_total(s->timing).ps : 1e-3 * s->net->dt * s->steps;
}

static double joules(const timing_step *t)
{
    uint64_t fj = 0;
    for (uint32_t k = 0; k < ENERGY_COUNT; k++)
        fj += t->fj[k];
    return 1e-15 * (double)fj;
}

static void energy(const run_summary *s, json_out *j)
{
    timing_step t = timing_total(s->timing);
    json_put_object(j, "energy_j");
    for (uint32_t k = 0; k < ENERGY_COUNT; k++)
        json_put_real(j, energy_name((energy_cause)k), 1e-15 * (double)t.fj[k]);
    json_put_real(j, "total", joules(&t));
    json_put_close(j);
    json_put_natural(j, "messages", t.messages);
    if (timing_tick(s->timing)) {
        json_put_natural(j, "late_core_steps", t.late);
        json_put_natural(j, "packets_dropped", t.dropped);
        json_put_natural(j, "packets_reinjected", t.reinjected);
        json_put_natural(j, "copies_dropped", t.lost);
        json_put_natural(j, "spikes_overflowed", t.overflow);
    }
}

void summary_members(const run_summary *s, json_out *j)
{
    json_put_text(j, "target", s->target);
    json_put_natural(j, "steps", s->steps);
    json_put_natural(j, "seed", s->seed);
    json_put_natural(j, "threads", s->threads);
    json_put_natural(j, "neurons", s->net->neurons);
    json_put_natural(j, "synapses", s->net->synapses);
    json_put_natural(j, "plastic_synapses", plastic_synapses(s->net));
    json_put_natural(j, "spikes", s->spikes);
    json_put_natural(j, "synaptic_events", s->count.synaptic_events);
    json_put_natural(j, "weight_updates", s->count.weight_updates);
    json_put_natural(j, "cores_used", s->cores);
    json_put_natural(j, "chips_used", s->chips);
    json_put_real(j, "wall_s", s->wall);
    json_put_real(j, "model_time_s", model_time(s));
    json_put_real(j, "network_time_s", 1e-3 * s->net->dt * s->steps);
    if (s->timing)
        energy(s, j);
    json_put_hex(j, "state_digest", s->digest);
    for (uint32_t i = 0; s->task && i < s->task->nnumbers; i++)
        json_put_real(j, s->task->number[i].name, s->task->number[i].value);
    json_put_text(j, "network", s->net->name);
    json_put_text(j, "version", HMN_VERSION);
    if (s->image) {
        json_put_hex(j, "image_hash", image_hash(s->image));
        more_counters(s, j);
        core_tables(s, j);
    }
}

void summary_json(const run_summary *s, FILE *out)
{
    json_out j;
    json_put_begin(&j, out);
    json_put_object(&j, NULL);
    summary_members(s, &j);
    json_put_close(&j);
    json_put_end(&j);
}

void summary_text(const run_summary *s, const char *dir, FILE *out)
{
    fprintf(out, "%s on %s: %" PRIu32 " steps (%g s of model time) in %.3g s\n",
            *s->net->name ? s->net->name : "network", s->target, s->steps, 1e-3 * s->net->dt * s->steps, s->wall);
    fprintf(out, "  neurons          %" PRIu32 "\n  synapses         %" PRIu64 " (%" PRIu64 " plastic)\n",
            s->net->neurons, s->net->synapses, plastic_synapses(s->net));
    fprintf(out, "  spikes           %" PRIu64 "\n  synaptic events  %" PRIu64 "\n  weight updates   %" PRIu64 "\n",
            s->spikes, s->count.synaptic_events, s->count.weight_updates);
    if (s->image && s->chip->limits->multicast)
        fprintf(out, "  packets          %" PRIu64 " (%" PRIu64 " copies lost)\n", s->count.packets, s->count.lost);
    if (s->count.overruns)
        fprintf(out,
                "  too slow         %" PRIu64 " steps of cores; population '%s', core %" PRIu32 ": %" PRIu64
                " cycles, a step has %" PRIu64 "\n",
                s->count.overruns, population_on(s, s->count.slowest), s->count.slowest, s->count.longest,
                s->count.budget);
    if (s->image)
        fprintf(out, "  cores            %" PRIu32 " on %" PRIu32 " %s\n", s->cores, s->chips,
                s->chips == 1 ? "chip" : "chips");
    if (s->timing) {
        timing_step t = timing_total(s->timing);
        if (t.dropped || t.overflow)
            fprintf(out,
                    "  congestion       %" PRIu64 " packets dropped by routers, %" PRIu64 " put back, %" PRIu64
                    " copies lost; %" PRIu64 " spikes found a full buffer\n",
                    t.dropped, t.reinjected, t.lost, t.overflow);
        fprintf(out, "  time on chip     %.6g s, %.4g us a step\n  energy           %.6g J, %.4g W\n", model_time(s),
                s->steps ? 1e-6 * (double)t.ps / s->steps : 0, joules(&t),
                t.ps ? joules(&t) / (1e-12 * (double)t.ps) : 0);
    }
    for (uint32_t i = 0; s->task && i < s->task->nnumbers; i++)
        fprintf(out, "  %-16s %.6g\n", s->task->number[i].name, s->task->number[i].value);
    fprintf(out, "  state digest     %016" PRIx64 "\n", s->digest);
    if (dir)
        fprintf(out, "  results          %s\n", dir);
}
