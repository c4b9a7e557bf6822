/* The last pass passes what is right, whatever the order of populations, and sees each kind of damage. */
#include "core/base/rng.h"
#include "tests/compiler/fake_chip.h"
#include "tests/suite.h"

static const hmn_limits small = {.compartments = 10, .cores_per_chip = 64, .chips = 1, .mesh_width = 8};

static const struct {
    const char *name;
    uint32_t size;
    bool source;
} shape[] = {{"in", 7, true}, {"a", 25, false}, {"b", 13, false}, {"c", 4, false}};

/* The same network with its populations written in another order. */
static fake_net *network(const uint32_t order[4])
{
    fake_net *f = fake_begin(small);
    uint32_t at[4];
    for (uint32_t i = 0; i < 4; i++)
        at[order[i]] = fake_population(f, shape[order[i]].name, shape[order[i]].size, shape[order[i]].source);
    fake_projection(f, "in_a", at[0], at[1], 3, 1);
    fake_projection(f, "a_b", at[1], at[2], 2, 4);
    fake_projection(f, "b_c", at[2], at[3], 1, 2);
    fake_learns(f, fake_projection(f, "c_a", at[3], at[1], 2, 2));
    fake_projection(f, "a_a", at[1], at[1], 7, 1);
    return f;
}

static const uint32_t plain[] = {0, 1, 2, 3};

static bool emitted(fake_net *f)
{
    return pass_partition(&f->unit) && pass_place(&f->unit) && pass_route(&f->unit) && pass_emit(&f->unit);
}

static void complains(fake_net *f, const char *part)
{
    ck_assert(!pass_verify(&f->unit));
    ck_assert_uint_gt(diag_count(f->unit.diag), 0);
    ck_assert_int_eq(diag_get(f->unit.diag, 0)->code, DIAG_IMAGE_TABLE);
    ck_assert_msg(strstr(diag_get(f->unit.diag, 0)->text, part) != NULL, "%s", diag_get(f->unit.diag, 0)->text);
    fake_end(f);
}

START_TEST(no_order_of_populations_loses_a_synapse)
{
    for (uint32_t code = 0; code < 256; code++) {
        uint32_t order[] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6};
        if ((1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3]) != 15)
            continue;
        fake_net *f = network(order);
        ck_assert(emitted(f));
        ck_assert(pass_verify(&f->unit));
        ck_assert_uint_eq(diag_count(f->unit.diag), 0);
        fake_end(f);
    }
}
END_TEST

static bool lose_one(const hmn_mapping *m, uint32_t core, image_writer *w, hmn_arena *scratch, hmn_diag *d)
{
    if (core != m->ncores - 1)
        return fake_lower(m, core, w, scratch, d);
    hmn_mapping less = *m; /* the core's last axon is not lowered */
    uint32_t *row = ARENA_NEW(scratch, uint32_t, m->ncores + 1);
    memcpy(row, m->axon_row, (m->ncores + 1) * sizeof *row);
    row[m->ncores]--;
    less.axon_row = row;
    return fake_lower(&less, core, w, scratch, d);
}

START_TEST(a_lost_synapse_is_seen)
{
    fake_net *f = network(plain);
    f->chip.lower = lose_one;
    ck_assert(emitted(f));
    complains(f, "synapses, the cores hold");
}
END_TEST

static uint64_t change_one(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room)
{
    uint64_t n = fake_synapses(rom, state, first, out, room);
    if (first == 0 && n)
        out[0].weight++;
    return n;
}

START_TEST(a_changed_weight_is_seen)
{
    fake_net *f = network(plain);
    f->chip.synapses = change_one;
    ck_assert(emitted(f));
    complains(f, "other weights, delays or ends");
}
END_TEST

static uint64_t move_one(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room)
{
    uint64_t n = fake_synapses(rom, state, first, out, room);
    for (uint64_t i = 0; i < n; i++)
        out[i].compartment = 0;
    return n;
}

START_TEST(a_synapse_onto_the_wrong_neuron_is_seen)
{
    fake_net *f = network(plain);
    f->chip.synapses = move_one;
    ck_assert(emitted(f));
    complains(f, "");
}
END_TEST

START_TEST(a_core_that_breaks_the_chips_limits_is_seen)
{
    fake_net *f = network(plain);
    ck_assert(emitted(f));
    f->limits.compartments = 3;
    complains(f, "too many compartments");
}
END_TEST

START_TEST(an_image_of_another_mapping_is_seen)
{
    fake_net *f = network(plain);
    ck_assert(emitted(f));
    const void *image = f->unit.image;
    size_t size = f->unit.image_size;
    f->net.target.neurons_per_core = (net_num){.v = 4, .given = true};
    ck_assert(emitted(f));
    f->unit.image = image;
    f->unit.image_size = size;
    complains(f, "another number of cores");
}
END_TEST

static uint32_t draw(uint32_t net, uint32_t k, uint32_t n) { return rng_below(11, RNG_TASK, net, k, 0, n); }

/* Populations, projections and limits at random. */
static fake_net *random_network(uint32_t net)
{
    fake_net *f = fake_begin((hmn_limits){.compartments = 1 + draw(net, 0, 20),
                                          .cores_per_chip = 8,
                                          .chips = 64,
                                          .mesh_width = 2,
                                          .cores_per_tile = 2,
                                          .synapse_words = 20 + draw(net, 1, 200),
                                          .in_axons = 10 + draw(net, 2, 40),
                                          .out_axons = 10 + draw(net, 3, 100),
                                          .delay_cells = 4 + draw(net, 4, 60),
                                          .synapse_formats = 2 + draw(net, 5, 3)});
    uint32_t n = 2 + draw(net, 6, 6);
    for (uint32_t k = 0; k < n; k++)
        fake_population(f, "p", 1 + draw(net, 10 + k, 30), k > 0 && draw(net, 30 + k, 4) == 0);
    for (uint32_t k = 0; k < 8; k++) {
        uint32_t pre = draw(net, 50 + k, n), post = draw(net, 70 + k, n);
        if (f->population[post].source)
            continue;
        uint32_t p =
            fake_projection(f, "j", pre, post, 1 + draw(net, 90 + k, 6), (uint16_t)(1 + draw(net, 110 + k, 4)));
        if (draw(net, 130 + k, 3) == 0)
            fake_learns(f, p);
    }
    return f;
}

START_TEST(random_networks_are_compiled_whole_or_refused_for_a_limit)
{
    uint32_t whole = 0, refused = 0;
    for (uint32_t net = 0; net < 80; net++) {
        fake_net *f = random_network(net);
        if (emitted(f)) {
            ck_assert_msg(pass_verify(&f->unit), "network %u", net);
            whole++;
        } else {
            ck_assert_uint_gt(diag_count(f->unit.diag), 0);
            hmn_diag_code code = diag_get(f->unit.diag, 0)->code;
            ck_assert_msg(code >= DIAG_FIT_COMPARTMENTS && code <= DIAG_FIT_LEARNING, "network %u", net);
            ck_assert_uint_gt(diag_get(f->unit.diag, 0)->at.line, 0);
            refused++;
        }
        fake_end(f);
    }
    ck_assert_uint_gt(whole, 10);
    ck_assert_uint_gt(refused, 5);
}
END_TEST

SUITE("verify", no_order_of_populations_loses_a_synapse, a_lost_synapse_is_seen, a_changed_weight_is_seen,
      a_synapse_onto_the_wrong_neuron_is_seen, a_core_that_breaks_the_chips_limits_is_seen,
      an_image_of_another_mapping_is_seen, random_networks_are_compiled_whole_or_refused_for_a_limit)
