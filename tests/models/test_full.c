/* Networks with all terms of HMN (models/full): they run on every target that they are made for, and a term that is
 * ablated by name is one that is switched off in the text: the same state in the end, and not that of the whole. */
#include "tests/models/bench.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

typedef struct {
    const char *name, *task, *few;
    bool image; /* of loihi_lif: no noise, no homeostasis; not on spinnaker with all terms */
} network;

static const network networks[] = {
    {"delayed", "delayed", "--set trials=3", false},
    {"cartpole", "cartpole", "--set episodes=2 --set tests=1", false},
    {"permuted", "continual", "--set tasks=1 --set experts=1 --set n_train=30 --set n_test=5 --set n_hidden=60", true},
    {"split", "continual", "--set n_train=100 --set n_test=60 --set n_hidden=60", true},
};
enum { NETWORKS = sizeof networks / sizeof *networks };

typedef struct {
    const char *term, *change; /* what switches it off, as sed would write it */
    bool image;                /* networks for images have it */
} variant;

static const variant variants[] = {
    {"eta_global", "s/eta_global: .*/eta_global: 0/", true},
    {"eta_local", "s/^    eta_local: .*/    eta_local: 0/", true},
    {"fast_trace", "s/k_fast: \"${/&0 * /", true},
    {"slow_trace", "s/tau_slow: 500 ms, //", true},
    {"local_attention", "s/local_attention: {/&enabled: false, /", true},
    {"global_attention", "s/global_attention: {/&enabled: false, /", true},
    {"phase_gate", "s/phase_gate: {/&enabled: false, /", true},
    {"probability_gate", "s/probability_gate: {/&enabled: false, /", true},
    {"meta", "s/meta: {/&enabled: false, /", true},
    {"astrocyte", "/astrocyte: glia/d", true},
    {"homeostasis", "s/homeostasis_eta: .*/homeostasis_eta: 0/", false},
    {"noise", "s/^      noise: .*/      noise: 0/", false},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

/* State after a short run of the networks in a folder. */
static const char *digest(bench *b, const char *models, const network *n, const char *options)
{
    const char *out = arena_printf(b->arena, "%s/out.json", b->dir);
    const char *line = arena_printf(b->arena, "%s task %s --net %s/full/%s.yaml --quiet --json --seed 3 %s %s >%s",
                                    HMN_PROGRAM, n->task, models, n->name, n->few, options, out);
    ck_assert_msg(shell(b, line) == 0, "%s", line);
    json_t *j = json_load_file(out, 0, NULL);
    ck_assert_ptr_nonnull(j);
    json_t *run = json_array_get(json_object_get(j, "runs"), 0);
    ck_assert_double_gt(json_number_value(json_object_get(run, "spikes")), 0);
    const char *text = json_string_value(json_object_get(run, "state_digest"));
    ck_assert_ptr_nonnull(text);
    const char *kept = arena_copy_text(b->arena, text, strlen(text));
    json_decref(j);
    return kept;
}

/* The models with what a variant changes. */
static const char *without(bench *b, const variant *v)
{
    const char *models = arena_printf(b->arena, "%s/models", b->dir);
    const char *line = arena_printf(
        b->arena, "rm -rf %s && cp -r " HMN_SOURCE_DIR "/models %s && sed -i '%s' %s/*.yaml %s/full/*.yaml", models,
        models, v->change, models, models);
    ck_assert_msg(shell(b, line) == 0, "%s", line);
    return models;
}

START_TEST(networks_run_on_all_targets_that_they_are_made_for)
{
    static const char *const options[] = {"", "--target reference", "--target loihi --ablate local_attention",
                                          "--target spinnaker"};
    bench b = set_up();
    for (int k = 0; k < NETWORKS; k++)
        for (int t = 0; t < (networks[k].image ? 3 : 4); t++)
            digest(&b, HMN_SOURCE_DIR "/models", &networks[k], options[t]);
    tear_down(&b);
}
END_TEST

START_TEST(ablating_a_term_is_switching_it_off_in_the_text)
{
    bench b = set_up();
    const char *whole[NETWORKS];
    for (int k = 0; k < NETWORKS; k++)
        whole[k] = digest(&b, HMN_SOURCE_DIR "/models", &networks[k], "");
    for (int v = 0; v < VARIANTS; v++) {
        const char *models = without(&b, &variants[v]);
        for (int k = 0; k < NETWORKS; k++) {
            if (networks[k].image && !variants[v].image)
                continue;
            const char *off = digest(&b, models, &networks[k], "");
            const char *option = arena_printf(b.arena, "--ablate %s", variants[v].term);
            const char *ablated = digest(&b, HMN_SOURCE_DIR "/models", &networks[k], option);
            ck_assert_msg(strcmp(off, ablated) == 0, "%s: %s off and --ablate differ", networks[k].name,
                          variants[v].term);
            ck_assert_msg(strcmp(off, whole[k]) != 0, "%s has no %s", networks[k].name, variants[v].term);
        }
    }
    tear_down(&b);
}
END_TEST

SUITE("full", networks_run_on_all_targets_that_they_are_made_for, ablating_a_term_is_switching_it_off_in_the_text)
