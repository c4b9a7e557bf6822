/* Which neurons a phase gate of firing gates, and with which bins. */
#include "tests/compiler/front.h"
#include "tests/statistics.h"
#include "tests/suite.h"

#define NET(gate)                                                                                                      \
    "hmn: 1\npopulations: {a: {size: 3, model: lif}, b: {size: 4, model: lif}}\n"                                      \
    "oscillations: {o: {frequency: 8}}\nprojections:\n"                                                                \
    "  p: {pre: a, post: b, connector: {type: all_to_all}, weight: 1, plasticity: r}\nplasticity_rules:\n"             \
    "  r: {type: hmn, phase_gate: {oscillation: o, bins: 4, " gate "}}\n"

static const graph_projection *elaborated(front *f, const char *text)
{
    *f = front_text(text);
    ck_assert_msg(f->ok && pass_elaborate(&f->u), "%s", f->said);
    return &f->u.graph->projection[0];
}

START_TEST(owners_of_phases_are_gated)
{
    front f;
    const graph_projection *p = elaborated(&f, NET("owner: post, assign: by_group, group_size: 2, gate: both"));
    ck_assert_uint_eq(p->gated, 1);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(p->gate_bin[i], i / 2);
    for (uint32_t e = 0; e < p->nsynapses; e++)
        ck_assert_uint_eq(p->bin[e], p->gate_bin[p->target[e]]);
    front_free(&f);
    p = elaborated(&f, NET("owner: pre, phi: [90 deg, 0 deg, 180 deg], gate: activity, open_above: 0.5"));
    static const uint16_t bin[] = {1, 0, 2};
    ck_assert_uint_eq(p->gated, 0);
    ck_assert(memcmp(p->gate_bin, bin, sizeof bin) == 0 && p->firing_gate->open_above == 0.5);
    front_free(&f);
}
END_TEST

START_TEST(the_phase_of_a_projection_gates_all_it_projects_to)
{
    front f;
    const graph_projection *p = elaborated(&f, NET("phi: 270 deg, gate: activity"));
    ck_assert_uint_eq(p->gated, 1);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(p->gate_bin[i], 3);
    front_free(&f);
}
END_TEST

START_TEST(a_gate_of_plasticity_gates_no_neuron)
{
    front f;
    ck_assert_ptr_null(elaborated(&f, NET("owner: post, assign: uniform"))->firing_gate);
    front_free(&f);
}
END_TEST

/* assign: uniform: bins of synapses alike; phases drawn between 0 and 2 pi: the nearest bin, of equal width. */
START_TEST(drawn_phases_fill_their_bins_evenly)
{
    static const char *const how[] = {
        "owner: synapse, assign: uniform",
        "owner: synapse, assign: uniform, phi: {distribution: uniform, low: 0 deg, high: 360 deg}"};
    for (int k = 0; k < 2; k++) {
        char text[1024];
        front f;
        uint32_t count[7] = {0};
        chi_squared c = {0, 0};
        snprintf(text, sizeof text,
                 "hmn: 1\npopulations: {a: {size: 70, model: lif}, b: {size: 90, model: lif}}\n"
                 "oscillations: {o: {frequency: 8}}\nprojections:\n"
                 "  p: {pre: a, post: b, connector: {type: all_to_all}, weight: 1, plasticity: r}\nplasticity_rules:\n"
                 "  r: {type: hmn, phase_gate: {oscillation: o, bins: 7, %s}}\n",
                 how[k]);
        const graph_projection *p = elaborated(&f, text);
        for (uint32_t e = 0; e < p->nsynapses; e++)
            count[p->bin[e]]++;
        for (int b = 0; b < 7; b++)
            chi_class(&c, count[b], (double)p->nsynapses / 7);
        c.n--;
        ck_assert_chi(c);
        front_free(&f);
    }
}
END_TEST

SUITE("elaborate_phase", owners_of_phases_are_gated, the_phase_of_a_projection_gates_all_it_projects_to,
      a_gate_of_plasticity_gates_no_neuron, drawn_phases_fill_their_bins_evenly)
