/* Vector cases as networks: steps, registers and weights, against cases small enough to follow by hand. What the chip
 * makes of them is tested in test_conformance.c. */
#include "tools/vectors.h"
#include "tests/suite.h"

#include <string.h>

static hmn_arena *arena;
static vector_case c;
static const char *why;

static vector_verdict read(const char *text)
{
    json_error_t error;
    json_t *j = json_loads(text, 0, &error);
    ck_assert_msg(j != NULL, "%s in %s", error.text, text);
    vector_verdict v = vector_read(j, arena, &c, &why);
    c.id = NULL; /* belongs to the JSON */
    json_decref(j);
    return v;
}

static const int32_t *param(const char *key)
{
    for (uint32_t p = 0; p < VECTOR_PARAMS; p++)
        if (strcmp(vector_param_name[p], key) == 0)
            return c.param[p];
    return NULL;
}

#define NENGO(bias, vmin, vmax, mixed, conn, w_eff)                                                                    \
    "{\"id\":\"a\",\"steps\":3,\"neurons\":{\"n\":2,\"decay_u\":[1,2],\"decay_v\":0,\"vth\":6400,\"bias\":" bias       \
    ",\"refract\":0,\"vmin\":" vmin ",\"vmax\":" vmax "},\"inputs\":{\"n\":2,\"spikes\":[[2,1],[1,0],[9,0]]},"         \
    "\"synapses\":[{\"from\":\"input\",\"weight_exp\":1,\"num_weight_bits\":8,\"mixed\":" mixed ",\"conn\":" conn      \
    ",\"w_eff\":" w_eff "}],\"expected\":{\"neurons\":[1],\"u\":[[0,1,2]],\"v\":[[3,4,5]],\"spikes\":[[3,0],[1,1]]}}"

START_TEST(nengo_counts_steps_from_one_and_gives_full_registers)
{
    arena = arena_new(0);
    ck_assert_int_eq(read(NENGO("[-90000,4095]", "-1023", "2097151", "true", "[[0,1,-7]]", "[-896]")), VECTOR_OK);
    ck_assert_str_eq(c.dialect, "nengo");
    ck_assert(c.steps == 3 && c.neurons == 2 && c.sources == 2);
    ck_assert(c.ninputs == 2 && c.input[0].step == 0 && c.input[0].neuron == 0 && c.input[1].step == 1);
    ck_assert(c.nspikes == 2 && c.spike[0].step == 0 && c.spike[0].neuron == 1 && c.spike[1].step == 2);
    ck_assert(param("decay_u")[1] == 2 && param("vth_mant")[0] == 100);
    ck_assert((int64_t)param("bias_mant")[0] * (1 << param("bias_exp")[0]) == -90000);
    ck_assert(param("bias_mant")[1] == 4095 && param("bias_exp")[1] == 0);
    ck_assert(param("vmin_exp")[0] == 10 && param("vmax_exp")[0] == 6);
    ck_assert(c.ngroups == 1 && c.group[0].synapse[0].delay == 1 && c.group[0].synapse[0].effect == -896);
    ck_assert_str_eq(c.group[0].sign, "mixed");
    ck_assert(c.watched[0] == 1 && c.u[0][2] == 2 && c.v[0][0] == 3);
    ck_assert_int_eq(read(NENGO("6401", "0", "8388607", "false", "[[0,1,-7]]", "[0]")), VECTOR_OK);
    ck_assert(param("bias_mant")[0] == 6401 && param("bias_exp")[0] == 0 && param("vmin_exp")[0] == 0);
    ck_assert_str_eq(c.group[0].sign, "inhibitory");
    arena_free(arena);
}
END_TEST

START_TEST(what_registers_cannot_state_is_refused_not_rounded)
{
    arena = arena_new(0);
    ck_assert_int_eq(read(NENGO("0", "-5", "8388607", "true", "[]", "[]")), VECTOR_UNSUPPORTED);
    ck_assert_int_eq(read(NENGO("0", "0", "77", "true", "[]", "[]")), VECTOR_UNSUPPORTED);
    ck_assert_int_eq(read(NENGO("0", "0", "8388607", "false", "[[0,0,1],[1,0,-1]]", "[0,0]")), VECTOR_UNSUPPORTED);
    ck_assert_int_eq(read("{\"id\":\"x\",\"stat\":1}"), VECTOR_UNSUPPORTED);
    arena_free(arena);
}
END_TEST

START_TEST(malformed_cases_say_what_is_wrong)
{
    static const char *const bad[] = {
        "[]",
        "{\"steps\":1}",
        NENGO("0", "0", "8388607", "true", "[[2,0,1]]", "[0]"),
        NENGO("0", "0", "8388607", "true", "[[0,2,1]]", "[0]"),
        NENGO("0", "0", "8388607", "true", "[[0,0]]", "[0]"),
        NENGO("0", "0", "8388607", "true", "[[0,0,1]]", "[]"),
        NENGO("0", "0", "8388607", "true", "{}", "[]"),
        NENGO("[1]", "0", "8388607", "true", "[]", "[]"),
        NENGO("1.5", "0", "8388607", "true", "[]", "[]"),
        NENGO("99999999999", "0", "8388607", "true", "[]", "[]"),
        "{\"id\":\"a\",\"input_q\":[]}",
        "{\"id\":\"a\",\"input_q\":[64],\"config\":3,\"u\":[0],\"v\":[0],\"spike\":[0]}",
        ("{\"id\":\"a\",\"activation\":[1],\"config\":{\"du\":0,\"dv\":0,\"bias_mant\":0,\"bias_exp\":0,\"vth\":1},"
         "\"u\":[0,1],\"v\":[0],\"spike\":[0]}"),
        "{\"id\":\"a\",\"w\":[],\"w_act\":[],\"weight_exp\":0,\"num_weight_bits\":8,\"sign_mode\":\"mixed\"}",
        "{\"id\":\"a\",\"w\":[1],\"w_act\":[1],\"weight_exp\":0,\"num_weight_bits\":8,\"sign_mode\":\"odd\"}",
        "{\"id\":\"a\",\"in\":[],\"rec\":[],\"steps\":1000000000,\"neurons\":1,\"inputs\":1}",
        "{\"id\":\"a\",\"in\":1,\"rec\":[]}",
    };
    arena = arena_new(0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(read(bad[i]) == VECTOR_MALFORMED, "accepted: %s", bad[i]);
        ck_assert(why && *why);
    }
    arena_free(arena);
}
END_TEST

/* What the sources that fire one step earlier add in step t, in units of 64. */
static int64_t delivered(uint32_t t)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < c.ninputs; i++)
        for (uint32_t g = 0; g < c.ngroups; g++)
            for (uint32_t k = 0; k < c.group[g].count; k++)
                if (c.group[g].synapse[k].pre == c.input[i].neuron &&
                    c.input[i].step + c.group[g].synapse[k].delay == t)
                    sum += (int64_t)c.group[g].synapse[k].weight * (1 << c.group[g].exponent);
    return sum;
}

START_TEST(any_input_becomes_a_sum_of_powers_of_two)
{
    static const int64_t want[] = {-77, 1, -1, 255, 256, -32767, 32768, 65535, 0, -40000};
    arena = arena_new(0);
    ck_assert_int_eq(read("{\"id\":\"a\",\"activation\":[-77,1,-1,255,256,-32767,32768,65535,0,-40000],\"config\":"
                          "{\"du\":0,\"dv\":0,\"bias_mant\":0,\"bias_exp\":0,\"vth\":1},\"u\":[0,0,0,0,0,0,0,0,0,0],"
                          "\"v\":[0,0,0,0,0,0,0,0,0,0],\"spike\":[0,0,0,0,0,0,0,0,0,1]}"),
                     VECTOR_OK);
    ck_assert_int_eq(c.first_current[0], -77 * 64);
    ck_assert_int_eq(delivered(0), 0);
    for (uint32_t t = 1; t < 10; t++)
        ck_assert_int_eq(delivered(t), want[t]);
    for (uint32_t g = 0; g < c.ngroups; g++)
        for (uint32_t k = 0; k < c.group[g].count; k++)
            ck_assert((c.group[g].synapse[k].weight < 0) == (strcmp(c.group[g].sign, "inhibitory") == 0));
    ck_assert(c.nspikes == 1 && c.spike[0].step == 9);
    arena_free(arena);
}
END_TEST

#define BRIAN(delay, spikes)                                                                                           \
    "{\"id\":\"a\",\"steps\":2,\"config\":{\"decay_u\":4096,\"decay_v\":0,\"vth\":64,\"refractory\":1,\"weight_exp\":" \
    "0,"                                                                                                               \
    "\"delay\":" delay                                                                                                 \
    ",\"sign_mode\":\"mixed\",\"num_weight_bits\":8,\"w\":[4],\"w_act\":[256]},\"input_spikes\":" spikes               \
    ",\"expected\":{\"u\":[0,0],\"v\":[0,0],\"spikes\":[1]}}"

START_TEST(brian_counts_steps_from_zero)
{
    arena = arena_new(0);
    ck_assert_int_eq(read(BRIAN("0", "[[1,0]]")), VECTOR_OK);
    ck_assert(c.input[0].step == 0 && c.group[0].synapse[0].delay == 1);
    ck_assert_int_eq(read(BRIAN("3", "[[1,0]]")), VECTOR_OK);
    ck_assert(c.input[0].step == 0 && c.group[0].synapse[0].delay == 4);
    ck_assert_int_eq(read(BRIAN("3", "[[0,0]]")), VECTOR_OK);
    ck_assert(c.input[0].step == 0 && c.group[0].synapse[0].delay == 3);
    ck_assert_int_eq(read(BRIAN("0", "[[0,0]]")), VECTOR_UNSUPPORTED);
    arena_free(arena);
}
END_TEST

START_TEST(the_network_says_all_of_it)
{
    arena = arena_new(0);
    ck_assert_int_eq(read(NENGO("[-90000,4095]", "-1023", "2097151", "true", "[[0,1,-7]]", "[-896]")), VECTOR_OK);
    const char *yaml = vector_yaml(&c, arena);
    for (const char *const *s =
             (const char *const[]){"hmn: 1\n", "model: loihi_lif", "decay_u: [1, 2]\n", "vth_mant: 100\n",
                                   "refractory: 0\n", "vmin_exp: 10\n", "model: spike_source", "weight_exp: 1\n",
                                   "weight_bits: 8\n", "sign_mode: mixed\n", "- [0, 1, -7, 1]\n", "- [1, 1]\n",
                                   "dialect: nengo\n", "duration: 3 ms", "record: u", NULL};
         *s; s++)
        ck_assert_msg(strstr(yaml, *s), "'%s' is not in\n%s", *s, yaml);
    arena_free(arena);
}
END_TEST

SUITE("vectors", nengo_counts_steps_from_one_and_gives_full_registers,
      what_registers_cannot_state_is_refused_not_rounded, malformed_cases_say_what_is_wrong,
      any_input_becomes_a_sum_of_powers_of_two, brian_counts_steps_from_zero, the_network_says_all_of_it)
