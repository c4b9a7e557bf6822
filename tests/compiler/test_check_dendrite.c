/* What the checker says of trees of populations. */
#include "tests/suite.h"

#include "tests/compiler/front.h"

#include <stdio.h>

static front checked(const char *populations)
{
    char text[4096];
    snprintf(text, sizeof text, "hmn: 1\nnetwork: {name: n, dt: 1 ms}\npopulations:\n%s", populations);
    return front_text(text);
}

START_TEST(a_tree_is_accepted_with_a_dendrite_named_before_its_soma)
{
    front f = checked("  tip: {size: 4, model: loihi_lif, dendrite_of: branch}\n"
                      "  soma: {size: 4, model: loihi_lif, join: max_v}\n"
                      "  branch: {size: [2, 2], model: loihi_lif, dendrite_of: soma, sends: u, join: add_u}\n");
    ck_assert_msg(f.ok && *f.said == '\0', "%s", f.said); /* a dendrite is used by what it joins */
    const net_population *p = f.u.net->population;
    ck_assert_uint_eq(p[0].dendrite_of.i, 2);
    ck_assert_uint_eq(p[1].dendrite_of.i, NET_NONE);
    ck_assert_int_eq(p[0].sends, SENDS_V);
    ck_assert_int_eq(p[2].sends, SENDS_U);
    ck_assert_int_eq(p[1].join, JOIN_MAX_V);
    ck_assert_int_eq(p[0].join, JOIN_NONE);
    front_free(&f);
}
END_TEST

static const struct {
    const char *populations, *said, *cure;
} wrong[] = {
    {"  a: {size: 4, model: loihi_lif, dendrite_of: a, join: or}\n", "a dendrite of itself", "name the population"},
    {"  a: {size: 4, model: loihi_lif, dendrite_of: b, join: or}\n"
     "  b: {size: 4, model: loihi_lif, dendrite_of: a, join: or}\n",
     "by way of others, a dendrite of itself", "be the soma"},
    {"  a: {size: 4, model: loihi_lif, dendrite_of: b}\n  b: {size: 5, model: loihi_lif, join: or}\n",
     "has 4 neurons, 'b', whose dendrites they are, 5", "the same size"},
    {"  a: {size: 4, model: loihi_lif, dendrite_of: b}\n  b: {size: 4, model: loihi_lif}\n", "which has no join",
     "join: add_u"},
    {"  a: {size: 4, model: loihi_lif, join: add_u}\n", "has a join and no dendrites", "dendrite_of: a"},
    {"  a: {size: 4, model: loihi_lif, sends: u}\n", "sends u to nobody", "dendrite_of: NAME"},
    {"  a: {size: 4, model: IF_curr_exp, dendrite_of: b}\n  b: {size: 4, model: loihi_lif, join: or}\n",
     "has one compartment a neuron", "loihi_lif"},
    {"  a: {size: 4, model: loihi_lif, dendrite_of: b}\n  b: {size: 4, model: IF_curr_delta, join: or}\n",
     "'b' has dendrites, and its model IF_curr_delta", "loihi_lif"},
    {"  a: {size: 4, model: loihi_lif, dendrite_of: s}\n  b: {size: 4, model: loihi_lif, dendrite_of: s}\n"
     "  c: {size: 4, model: loihi_lif, dendrite_of: s}\n  s: {size: 4, model: loihi_lif, join: or}\n",
     "'c' is a dendrite too many of 's': a compartment joins 2 at most", "one of the other dendrites"},
    {"  a: {size: 4, model: loihi_lif, dendrite_of: b}\n"
     "  b: {size: 4, model: loihi_lif, join: or, activation: relu}\n",
     "its spikes carry how far v is", "activation: threshold"},
    {"  a: {size: 4, model: loihi_lif, dendrite_of: b}\n  b: {size: 4, model: loihi_lif, join: xor}\n", "join",
     "add_u"},
};

START_TEST(what_is_no_tree_is_refused_with_a_cure)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        front f = checked(wrong[i].populations);
        ck_assert(!f.ok);
        ck_assert_msg(strstr(f.said, wrong[i].said) && strstr(f.said, wrong[i].cure), "%s", f.said);
        front_free(&f);
    }
}
END_TEST

START_TEST(a_branch_longer_than_64_compartments_is_refused)
{
    for (uint32_t n = 64; n <= 65; n++) {
        char *text;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        for (uint32_t k = 0; k < n; k++)
            if (k)
                fprintf(out, "  p%u: {size: 1, model: loihi_lif, dendrite_of: p%u%s}\n", k, k - 1,
                        k + 1 < n ? ", join: or" : "");
            else
                fputs("  p0: {size: 1, model: loihi_lif, join: or}\n", out);
        fclose(out);
        char whole[8192];
        snprintf(whole, sizeof whole, "hmn: 1\nnetwork: {name: n, dt: 1 ms}\npopulations:\n%s", text);
        front f = front_text(whole);
        ck_assert_msg(f.ok == (n == 64), "%s", f.said);
        ck_assert(f.ok || strstr(f.said, "more than 64 compartments from population 'p64' to the soma"));
        front_free(&f);
        free(text);
    }
}
END_TEST

SUITE("check_dendrite", a_tree_is_accepted_with_a_dendrite_named_before_its_soma,
      what_is_no_tree_is_refused_with_a_cure, a_branch_longer_than_64_compartments_is_refused)
