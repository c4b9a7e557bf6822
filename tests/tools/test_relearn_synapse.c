/* Traces and synapses restated, beside what the document's formulas give by hand. */
#include "tests/tools/relearn_net.h"

#include <math.h>

static relearn *open_net(source *s, hmn_machine **m)
{
    const char *why;
    ck_assert(relearn_net(s, "loihi",
                          "type: stdp, traces: {A_plus: 0.05, A_minus: 0.05, tau_plus: 20 ms, tau_minus: 20 ms}, "
                          "epoch: 8"));
    *m = machine_boot(s->image, s->chip, 1, NULL, s->diag);
    relearn *r = relearn_new(s, *m, &why);
    ck_assert_ptr_nonnull(r);
    return r;
}

START_TEST(a_trace_rises_by_its_impulse_and_fades_by_its_time_constant)
{
    source s;
    hmn_machine *m;
    relearn *r = open_net(&s, &m);
    const relearn_traces *x = &r->core[0].axon[0];
    for (uint32_t t = 0; t < 40; t++)
        relearn_end(r, t == 2 ? &x->neuron : NULL, t == 2, false);
    double impulse = x->impulse[0] / 256.0;
    ck_assert_double_eq_tol(x->value[0], impulse * exp(-36 / 20.0), 8); /* arrives in step 3; stochastic rounding */
    ck_assert_uint_gt(x->value[0], 0);
    machine_free(m);
    source_end(&s);
}
END_TEST

START_TEST(a_pre_before_post_pair_strengthens_and_the_reverse_weakens)
{
    source s;
    hmn_machine *m;
    relearn *r = open_net(&s, &m);
    relearn_core *c = &r->core[0];
    relearn_synapse *y = &c->synapse[0];
    uint32_t pre = c->axon[y->axon].neuron, post = c->post[y->post].neuron;
    int32_t first = y->w;
    for (uint32_t t = 0; t < 16; t++)
        relearn_end(r, t == 1 ? &pre : &post, t == 1 || t == 5, true);
    int32_t raised = y->w;
    ck_assert_int_gt(raised, first);
    for (uint32_t t = 16; t < 400; t++)
        relearn_end(r, NULL, 0, true);
    for (uint32_t t = 0; t < 16; t++)
        relearn_end(r, t == 1 ? &post : &pre, t == 1 || t == 5, true);
    ck_assert_int_lt(y->w, raised);
    for (uint32_t i = 0; i < c->nsynapses; i++)
        ck_assert(c->synapse[i].axon == y->axon || c->synapse[i].post == y->post ||
                  c->synapse[i].w == r->q->projection[c->synapse[i].projection].weight[c->synapse[i].edge]);
    machine_free(m);
    source_end(&s);
}
END_TEST

SUITE("relearn_synapse", a_trace_rises_by_its_impulse_and_fades_by_its_time_constant,
      a_pre_before_post_pair_strengthens_and_the_reverse_weakens)
