/* What the checker makes of a network: names resolved, units converted, defaults filled in, terms of rules in place. */
#include "tests/compiler/front.h"
#include "tests/suite.h"

#include "compiler/expr.h"

#include <math.h>
#include <stdio.h>

#define EVERYTHING HMN_SOURCE_DIR "/tests/golden/nets/everything.yaml"

static front everything(void)
{
    front f = front_file(EVERYTHING);
    ck_assert_msg(f.ok, "%s", f.said);
    return f;
}

/* Index of a name in an array of structs that begin with a net_str. */
static uint32_t find_name(const void *array, size_t size, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++) {
        const net_str *s = (const void *)((const char *)array + i * size);
        if (strcmp(s->s, name) == 0)
            return i;
    }
    ck_abort_msg("nothing is called %s", name);
    return 0;
}
#define FIND(net, array, count, name) (&(net)->array[find_name((net)->array, sizeof *(net)->array, (net)->count, name)])

START_TEST(populations_take_sizes_models_and_parameters)
{
    front f = everything();
    const hmn_net *n = f.u.net;
    ck_assert_double_eq(n->dt, 0.5);
    const net_population *in = FIND(n, population, npopulations, "in"), *exc = FIND(n, population, npopulations, "exc");
    ck_assert(in->size == 16 && in->ndim == 2 && in->shape[0] == 4 && in->model == MODEL_SOURCE_POISSON);
    ck_assert_double_eq(in->param[NP_RATE].p[0], 40);
    ck_assert(exc->size == 16 && exc->model == MODEL_CURR_EXP && exc->activation == ACT_SIGMOID);
    ck_assert_double_eq(exc->param[NP_TAU_M].p[0], 10); /* the earlier merge wins */
    ck_assert_double_eq(exc->param[NP_CM].p[0], 0.5);
    ck_assert_double_eq(exc->param[NP_V_THRESH].p[0], -50); /* a default */
    ck_assert(!exc->param[NP_V_THRESH].given && exc->param[NP_TAU_M].given);
    ck_assert_int_eq(exc->param[NP_NOISE].dist, DIST_NORMAL_CLIPPED);
    ck_assert(exc->param[NP_NOISE].p[0] == 0.1 && exc->param[NP_NOISE].p[1] == 0.05 && exc->param[NP_NOISE].p[3] == 1);
    ck_assert(exc->init_v.dist == DIST_UNIFORM && exc->init_v.p[1] == -55);
    ck_assert(exc->structure == STRUCT_GRID_2D && exc->shape[0] == 4 && exc->shape[1] == 4 && exc->spacing[0] == 0.5);
    const net_population *raw = FIND(n, population, npopulations, "raw");
    ck_assert(raw->size == 8 && raw->param[NP_DECAY_V].nlist == 8 && raw->param[NP_DECAY_V].list[7] == 8);
    const net_population *arr = FIND(n, population, npopulations, "arr");
    ck_assert(arr->nspikes == 4 && arr->spike_time[0] == 2 && arr->spike_time[1] == 5 && arr->spike_time[3] == 8);
    ck_assert(arr->spike_neuron[0] == 0 && arr->spike_neuron[3] == 1);
    front_free(&f);
}
END_TEST

START_TEST(projections_take_connectors_weights_and_delays)
{
    front f = everything();
    const hmn_net *n = f.u.net;
    const net_projection *a = FIND(n, projection, nprojections, "a"), *b = FIND(n, projection, nprojections, "b");
    ck_assert_str_eq(n->population[a->pre.i].name.s, "in");
    ck_assert(a->connector.type == CONN_FIXED_PROBABILITY && a->connector.p_connect == 0.5 && a->connector.self);
    ck_assert(a->weight.p[0] == 0.1 && a->delay.p[0] == 1.5 && a->receptor == RECEPTOR_EXCITATORY);
    ck_assert_uint_eq(a->rule.i, NET_NONE);
    ck_assert(b->receptor == RECEPTOR_INHIBITORY && b->delay.p[0] == 0.5 && !b->delay.given);
    double d = 16;
    ck_assert_double_eq_tol(expr_eval(b->connector.expression, &d), exp(-2), 1e-15);
    const net_projection *c = FIND(n, projection, nprojections, "c");
    ck_assert(c->connector.n == 3 && c->connector.multapses && c->weight.p[0] == -7 && c->delay.p[0] == 1.5);
    ck_assert(c->receptor == RECEPTOR_INHIBITORY && c->weight_exp.v == 2 && c->weight_bits.v == 6);
    ck_assert_str_eq(c->sign_mode.s, "inhibitory");
    const net_connector *k = &FIND(n, projection, nprojections, "d")->connector;
    ck_assert(k->kernel[0] == 2 && k->stride[1] == 2 && k->in_channels == 1 && k->out_channels == 2);
    ck_assert(k->kernel_weight[3] == 4 && k->kernel_weight[7] == -4);
    ck_assert_int_eq(FIND(n, projection, nprojections, "d")->receptor, RECEPTOR_MIXED);
    k = &FIND(n, projection, nprojections, "e")->connector;
    ck_assert(k->nrows == 2 && k->pre[1] == 2 && k->post[1] == 7 && k->weight[1] == -5 && k->delay[0] == 2 &&
              k->delay[1] == 4);
    k = &FIND(n, projection, nprojections, "f")->connector;
    ck_assert(k->nrows == 2 && k->post[1] == 15 && k->weight[1] == -0.25 && k->delay[1] == 5);
    front_free(&f);
}
END_TEST

START_TEST(every_term_of_a_rule_is_in_its_place)
{
    front f = everything();
    const hmn_net *n = f.u.net;
    const net_rule *r = FIND(n, rule, nrules, "three");
    ck_assert(r->type == RULE_HMN && r->enabled && r->traces.pairing == PAIRING_HEBBIAN && r->sign_free);
    ck_assert(r->traces.tau_slow.v == 1000 && r->traces.tau_slow.given && r->traces.k_fast.v == 0.5);
    ck_assert(r->traces.tau_minus.v == 20 && !r->traces.tau_minus.given);
    ck_assert(r->eta_global.v == 0.2 && r->nmodulators == 2 && r->modulator[1].i == 1);
    ck_assert(r->global_attention.on && r->global_attention.beta_g.v == 2 && r->global_attention.null_logit.given);
    ck_assert(r->local_attention.on && r->local_attention.similarity == SIM_COSINE && r->local_attention.unit_mean);
    ck_assert(r->local_attention.ntau == 2 && r->local_attention.tau[1] == 200);
    ck_assert(r->phase_gate.on && r->phase_gate.owner == PHI_PRE && r->phase_gate.assign == PHI_LIST &&
              r->phase_gate.bins == 4);
    ck_assert_double_eq(r->phase_gate.phi.list[1], 1.5707963267948966);
    ck_assert(!r->probability_gate.on && r->probability_gate.beta_p.v == 0.5);
    ck_assert(r->meta.on && r->meta.window.v == 50 && r->meta.a0.v == 0.2 && r->meta.a0_global.v == 0.2);
    ck_assert(r->meta.eta_min.v == 1e-6 && r->meta.eta_max.v == 0.5 && r->meta.gamma_exponent.v == 0.101);
    ck_assert_str_eq(n->astrocyte[r->astrocyte.i].name.s, "star");
    ck_assert(r->w_min.v == -1 && r->w_max.v == 1 && r->decay.v == 1e-5);
    const net_rule *text = FIND(n, rule, nrules, "text");
    ck_assert(text->type == RULE_TEXT && text->x1_impulse.v == 20 && text->x1_tau.v == 8 && text->epoch.v == 2);
    ck_assert_str_eq(text->dw.s, "2^-2*x1*y0 - 2^-2*y1*x0");
    const net_rule *plain = FIND(n, rule, nrules, "plain");
    ck_assert(plain->type == RULE_STDP && plain->traces.tau_fast.v == 0 && plain->eta_local.v == 1);
    ck_assert(!plain->phase_gate.on && !plain->meta.on && !plain->global_attention.on &&
              plain->astrocyte.i == NET_NONE);
    front_free(&f);
}
END_TEST

START_TEST(rules_as_text_hear_modulators)
{
    front f = front_text("hmn: 1\npopulations:\n  a: {size: 1, model: spike_source_poisson, params: {rate: 5 Hz}}\n"
                         "  b: {size: 1, model: IF_curr_exp}\n"
                         "neuromodulators: {one: {source: {population: a}}, two: {source: {value: 1}}}\n"
                         "plasticity_rules: {r: {type: loihi, dw: x0*r0 + y0*r1, neuromodulators: [two, one], "
                         "eta_local: -3, eta_global: 2.5}}\n"
                         "projections: {p: {pre: a, post: b, connector: {type: all_to_all}, "
                         "weight: 0.1 nA, plasticity: r}}\n");
    ck_assert_msg(f.ok, "%s", f.said);
    const net_rule *r = &f.u.net->rule[0];
    ck_assert(r->nmodulators == 2 && r->modulator[0].i == 1 && r->modulator[1].i == 0);
    ck_assert(r->eta_local.v == -3 && r->eta_global.v == 2.5);
    front_free(&f);
}
END_TEST

START_TEST(inline_rules_and_astrocytes_join_the_lists)
{
    front f = everything();
    const hmn_net *n = f.u.net;
    const net_projection *g = FIND(n, projection, nprojections, "g");
    const net_rule *r = &n->rule[g->rule.i];
    ck_assert_str_eq(r->name.s, "g.plasticity");
    ck_assert(r->type == RULE_HMN && r->epoch.v == 4);
    const net_astrocyte *a = &n->astrocyte[r->astrocyte.i];
    ck_assert(a->hill_k.v == 0.3 && a->tau.v == 5000 && n->nastrocytes == 2 && n->nrules == 4);
    front_free(&f);
}
END_TEST

START_TEST(modulators_oscillations_and_stimuli_are_bound)
{
    front f = everything();
    const hmn_net *n = f.u.net;
    const net_modulator *m = n->modulator;
    ck_assert(m[0].source == MODSRC_SIGNAL && m[0].baseline_tau.v == 10000 && m[0].nkey == 2);
    ck_assert(m[1].source == MODSRC_POPULATION && m[1].baseline.v == 5 && m[1].weight.v == -0.5);
    ck_assert(m[2].source == MODSRC_SCHEDULE && m[2].nschedule == 2 && m[2].schedule_time[1] == 1000);
    ck_assert_double_eq(n->oscillation[0].phase.v, -1.5707963267948966);
    const net_stimulus *kick = FIND(n, stimulus, nstimuli, "kick");
    ck_assert(kick->type == STIM_SPIKES && kick->nspikes == 3 && kick->step[1] == 3 && kick->step[2] == 7);
    const net_stimulus *tape = FIND(n, stimulus, nstimuli, "tape");
    ck_assert(tape->nspikes == 2 && tape->step[0] == 2 && tape->neuron[0] == 0); /* sorted */
    ck_assert_str_eq(FIND(n, stimulus, nstimuli, "cue")->select.s, "task.context");
    ck_assert_double_eq(FIND(n, stimulus, nstimuli, "noise")->weight.v, 0.2);
    front_free(&f);
}
END_TEST

START_TEST(probes_of_several_variables_become_several)
{
    front f = everything();
    const hmn_net *n = f.u.net;
    ck_assert_uint_eq(n->nprobes, 6);
    const net_probe *u = FIND(n, probe, nprobes, "v.u");
    ck_assert(u->record == PROBE_U && u->every == 2 && u->sample == 4);
    const net_probe *e = FIND(n, probe, nprobes, "w.e_fast");
    ck_assert(e->record == PROBE_TRACE && e->every == 1200); /* 2 trials of 300 ms in steps of 0.5 ms */
    ck_assert_uint_eq(FIND(n, probe, nprobes, "m")->ntargets, 2);
    front_free(&f);
}
END_TEST

START_TEST(the_task_keeps_its_settings_as_text)
{
    front f = everything();
    const hmn_net *n = f.u.net;
    ck_assert_str_eq(n->task.s, "bandit");
    ck_assert_uint_eq(n->ntask_settings, 5);
    ck_assert_str_eq(n->task_setting[2].key, "arms");
    ck_assert_str_eq(n->task_setting[2].value, "1,2,3");
    ck_assert_str_eq(n->task_setting[4].key, "curve.b");
    ck_assert_str_eq(n->task_setting[4].value, "16");
    ck_assert_uint_eq(n->seed, UINT64_MAX);
    ck_assert_double_eq(n->duration.v, 200);
    ck_assert_double_eq(n->target.mesh_height.v, 4);
    ck_assert_str_eq(n->target.dialect.s, "lava");
    front_free(&f);
}
END_TEST

static front with_set(const char *name, const char *value)
{
    unit_set set = {name, value};
    static const char text[] =
        "hmn: 1\nparameters: {n: 4, m: '${n * 2}'}\npopulations: {a: {size: '${m}', model: lif}}\n";
    front f = {.u = {.path = "net.yaml", .text = text, .text_length = sizeof text - 1, .set = &set, .nset = 1}};
    front_run(&f);
    f.u.set = NULL;
    return f;
}

START_TEST(set_replaces_a_parameter_and_what_follows_from_it)
{
    front f = with_set("n", "7");
    ck_assert_msg(f.ok, "%s", f.said);
    ck_assert_uint_eq(f.u.net->population[0].size, 14);
    front_free(&f);
    f = with_set("m", "${n + 1}");
    ck_assert_uint_eq(f.u.net->population[0].size, 5);
    front_free(&f);
}
END_TEST

START_TEST(set_of_what_is_no_parameter_or_number_is_refused)
{
    front f = with_set("nn", "7");
    ck_assert(!f.ok && strstr(f.said, "--set:1:1") && strstr(f.said, "did you mean 'n'"));
    front_free(&f);
    f = with_set("n", "many");
    ck_assert(!f.ok && strstr(f.said, "--set:1:3"));
    front_free(&f);
}
END_TEST

START_TEST(all_errors_are_reported_at_once)
{
    front f = front_text("hmn: 1\npopulations:\n  a: {size: x, model: IF_cur_exp}\n  b: {size: 0, modell: lif}\n"
                         "projections:\n  p: {pre: c, post: a, connector: {type: all_to_al}, weight: 1 Hz}\n");
    ck_assert(!f.ok);
    ck_assert_uint_eq(diag_errors(f.u.diag), 7); /* each mistake once: a misspelt key is not missing as well */
    front_free(&f);
}
END_TEST

START_TEST(seed_and_name_have_their_defaults)
{
    uint64_t seed = 99;
    static const char text[] = "hmn: 1\npopulations: {a: {size: 1, model: lif}}\n";
    front f = {.u = {.path = "dir/tiny.hmn.yaml", .text = text, .text_length = sizeof text - 1, .reseed = &seed}};
    front_run(&f);
    ck_assert_msg(f.ok, "%s", f.said);
    ck_assert_str_eq(f.u.net->name.s, "tiny");
    ck_assert_uint_eq(f.u.net->seed, 99);
    ck_assert_uint_eq(diag_count(f.u.diag), 0);
    front_free(&f);
}
END_TEST

START_TEST(weights_are_in_the_unit_of_the_postsynaptic_model)
{
    static const struct {
        const char *model, *weight;
        bool ok;
    } c[] = {{"IF_curr_exp", "1 nA", true},    {"IF_curr_exp", "1 mV", false}, {"IF_curr_delta", "1 mV", true},
             {"IF_curr_delta", "1 nA", false}, {"loihi_lif", "3", true},       {"loihi_lif", "3.5", false},
             {"loihi_lif", "3 nA", false}};
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "hmn: 1\npopulations: {a: {size: 1, model: %s}}\nprojections:\n"
                 "  p: {pre: a, post: a, connector: {type: all_to_all}, weight: %s}\n",
                 c[i].model, c[i].weight);
        front f = front_text(text);
        ck_assert_msg(f.ok == c[i].ok, "%s onto %s: %s", c[i].weight, c[i].model, f.said);
        front_free(&f);
    }
}
END_TEST

START_TEST(attention_in_one_mapping_switches_both_terms)
{
    front f = front_text("hmn: 1\npopulations: {a: {size: 1, model: lif}}\nneuromodulators: {m: {}}\nprojections:\n"
                         "  p: {pre: a, post: a, connector: {type: all_to_all}, weight: 1, plasticity: r}\n"
                         "plasticity_rules:\n  r: {type: hmn, neuromodulators: m, attention: {beta_a: 5, beta_g: 2, "
                         "tau_context: 80}}\n");
    ck_assert_msg(f.ok, "%s", f.said);
    const net_rule *r = f.u.net->rule;
    ck_assert(r->local_attention.on && r->global_attention.on && r->local_attention.beta_a.v == 5);
    ck_assert(r->local_attention.ntau == 1 && r->local_attention.tau[0] == 80 && r->global_attention.beta_g.v == 2);
    ck_assert_str_eq(f.u.net->modulator[0].signal.s, "input.m");
    front_free(&f);
}
END_TEST

START_TEST(rules_switched_off_stay_off)
{
    front f = front_text(
        "hmn: 1\npopulations: {a: {size: 1, model: lif}}\noscillations: {o: {frequency: 8}}\nprojections:\n"
        "  p: {pre: a, post: a, connector: {type: all_to_all}, weight: 1, plasticity: r}\n"
        "plasticity_rules:\n  r: {enabled: false, astrocyte: s, phase_gate: {oscillation: o, enabled: false}}\n"
        "neuromodulators: {m: {}}\nastrocytes: {s: {modulator: m, enabled: false}}\n");
    ck_assert_msg(f.ok, "%s", f.said);
    ck_assert(!f.u.net->rule[0].enabled && !f.u.net->rule[0].phase_gate.on && f.u.net->rule[0].type == RULE_HMN);
    ck_assert_uint_eq(f.u.net->rule[0].astrocyte.i, NET_NONE);
    front_free(&f);
}
END_TEST

START_TEST(an_enormous_file_of_mistakes_stays_cheap)
{
    enum { N = 20000 };
    char *text = malloc((size_t)N * 64 + 64), *p = text + sprintf(text, "hmn: 1\npopulations:\n");
    for (int i = 0; i < N; i++)
        p += sprintf(p, "  a%d: {size: x, modle: IF_cur_exp}\n", i);
    front f = front_text(text);
    ck_assert(!f.ok);
    ck_assert_uint_ge(diag_errors(f.u.diag), 2 * N);
    ck_assert_uint_lt(arena_used(f.u.arena), 256u << 20);
    front_free(&f);
    free(text);
}
END_TEST

SUITE("check", populations_take_sizes_models_and_parameters, projections_take_connectors_weights_and_delays,
      every_term_of_a_rule_is_in_its_place, rules_as_text_hear_modulators, inline_rules_and_astrocytes_join_the_lists,
      modulators_oscillations_and_stimuli_are_bound, probes_of_several_variables_become_several,
      the_task_keeps_its_settings_as_text, set_replaces_a_parameter_and_what_follows_from_it,
      set_of_what_is_no_parameter_or_number_is_refused, all_errors_are_reported_at_once,
      seed_and_name_have_their_defaults, weights_are_in_the_unit_of_the_postsynaptic_model,
      attention_in_one_mapping_switches_both_terms, rules_switched_off_stay_off,
      an_enormous_file_of_mistakes_stays_cheap)
