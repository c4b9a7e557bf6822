/* The JSON Schema made from the table of keys: it is JSON, it accepts every model that the checker accepts, and it
 * refuses common mistakes. The validation runs python3-jsonschema; without it those tests say so and pass by. */
#include "compiler/schema_json.h"

#include "compiler/keys.h"
#include "tests/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char validator[] = "import json,sys,yaml,jsonschema\n"
                                "s=json.load(open(sys.argv[1]))\n"
                                "jsonschema.Draft7Validator.check_schema(s)\n"
                                "v=jsonschema.Draft7Validator(s)\n"
                                "bad=0\n"
                                "for f in sys.argv[2:]:\n"
                                "    for e in v.iter_errors(yaml.safe_load(open(f))):\n"
                                "        bad=1; print(f, list(e.absolute_path), e.message[:200])\n"
                                "sys.exit(3 if bad else 0)\n";

static char *schema_text(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    schema_json_write(out);
    fclose(out);
    return text;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

/* 0: valid, 3: not valid, -1: no python. `files`: shell words. */
static int validate(const char *files)
{
    char folder[] = "/tmp/hmn-schema-XXXXXX", path[64], command[4096];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    if (system("python3 -c 'import jsonschema, yaml' 2>/dev/null") != 0) {
        puts("skipped: python3 with jsonschema and yaml is not installed");
        return -1;
    }
    char *schema = schema_text();
    snprintf(path, sizeof path, "%s/schema", folder);
    write_file(path, schema);
    free(schema);
    snprintf(path, sizeof path, "%s/validate", folder);
    write_file(path, validator);
    snprintf(command, sizeof command, "cd '%s' && python3 '%s/validate' '%s/schema' %s", HMN_SOURCE_DIR, folder, folder,
             files);
    int status = system(command);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    ck_assert_int_eq(system(command), 0);
    return status >> 8;
}

START_TEST(the_schema_is_json_and_draft_7)
{
    char *text = schema_text();
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(root != NULL, "line %d: %s", error.line, error.text);
    ck_assert_str_eq(json_string_value(json_object_get(root, "$schema")), "http://json-schema.org/draft-07/schema#");
    json_decref(root);
    free(text);
}
END_TEST

/* HMN_UPDATE=1 writes the file. */
START_TEST(the_schema_beside_the_models_is_the_generated_one)
{
    const char *path = HMN_SOURCE_DIR "/models/hmn.schema.json";
    char *text = schema_text(), *file = calloc(1, strlen(text) + 2);
    if (getenv("HMN_UPDATE"))
        write_file(path, text);
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fread(file, 1, strlen(text) + 1, f), strlen(text));
    fclose(f);
    ck_assert_msg(strcmp(file, text) == 0, "models/hmn.schema.json differs from the table of keys: HMN_UPDATE=1");
    free(file);
    free(text);
}
END_TEST

START_TEST(every_key_stands_in_the_schema_with_its_meaning)
{
    char *text = schema_text();
    json_t *root = json_loads(text, 0, NULL), *definitions = json_object_get(root, "definitions");
    for (const key_context *const *c = keys_contexts(); *c; c++) {
        json_t *place = *c == keys_root() ? root : json_object_get(definitions, (*c)->name);
        json_t *properties = json_object_get(place, "properties");
        for (const key_def *k = (*c)->key; k->name; k++) {
            json_t *property = json_object_get(properties, k->name);
            ck_assert_msg(property != NULL, "%s.%s is missing", (*c)->name, k->name);
            ck_assert_ptr_nonnull(json_string_value(json_object_get(property, "description")));
        }
    }
    json_decref(root);
    free(text);
}
END_TEST

/* Bounds that a property may not fall short of: a row of the table may have narrower ones than another of its name. */
static void expect_range(const json_t *property, const char *what, double low, double high, bool open)
{
    const json_t *min = json_object_get(property, "minimum"), *above = json_object_get(property, "exclusiveMinimum");
    const json_t *max = json_object_get(property, "maximum");
    double least = json_number_value(min ? min : above), most = json_number_value(max);
    ck_assert_msg(isfinite(low) ? least <= low && (!above || open || least < low) : !min && !above, "%s: low", what);
    ck_assert_msg(isfinite(high) ? most >= high : !max, "%s: high", what);
}

/* Where a variant has a row without a range, ranges of the others stand with those variants. */
static bool has_unbounded_row(const key_context *c, const char *name)
{
    for (const key_def *k = c->key; k->name; k++)
        if (strcmp(k->name, name) == 0 && !(isfinite(k->low) && isfinite(k->high)))
            return true;
    return false;
}

START_TEST(every_range_of_the_checker_stands_in_the_schema)
{
    char *text = schema_text();
    json_t *root = json_loads(text, 0, NULL), *definitions = json_object_get(root, "definitions");
    uint32_t exact = 0;
    for (const key_context *const *c = keys_contexts(); *c; c++)
        for (const key_def *k = (*c)->key; k->name; k++) {
            const json_t *property = json_object_get(
                json_object_get(*c == keys_root() ? root : json_object_get(definitions, (*c)->name), "properties"),
                k->name);
            bool number = k->kind == KEY_NUM || k->kind == KEY_REAL || k->kind == KEY_UINT || k->kind == KEY_VALUE;
            if (!number || (!isfinite(k->low) && !isfinite(k->high)) || has_unbounded_row(*c, k->name))
                continue;
            ck_assert_msg(json_object_get(property, "minimum") || json_object_get(property, "exclusiveMinimum") ||
                              json_object_get(property, "maximum"),
                          "%s.%s has no range", (*c)->name, k->name);
            expect_range(property, k->name, k->low, k->high, k->flags & KEY_OPEN_LOW);
            exact += json_number_value(json_object_get(property, "maximum")) == k->high;
        }
    ck_assert_uint_gt(exact, 80);
    const json_t *params = json_object_get(json_object_get(definitions, "params"), "properties");
    for (int i = 0; i < NP_COUNT; i++)
        expect_range(json_object_get(params, keys_params[i].key), keys_params[i].key, keys_params[i].low,
                     keys_params[i].high, false);
    json_decref(root);
    free(text);
}
END_TEST

START_TEST(the_schema_accepts_the_models)
{
    int status = validate("models/*.yaml models/basics/*.yaml tests/golden/nets/*.yaml");
    ck_assert_msg(status == 0 || status == -1, "a model does not match the schema");
}
END_TEST

START_TEST(the_schema_refuses_mistakes)
{
    static const char *const wrong[] = {
        "hmn: 2\npopulations: {a: {size: 1, model: IF_curr_exp}}\n",
        "hmn: 1\npopulations: {a: {size: 1, model: IF_cur_exp}}\n",
        "hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp, parms: {}}}\n",
        "hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp, params: {decay_u: 3}}}\n",
        "hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp, params: {tau_m: 3 mV}}}\n",
        ("hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp}}\n"
         "projections: {p: {pre: a, post: a, weight: 1, connector: {type: all_to_all, p_connect: 1}}}\n"),
        "hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp}}\noscillations: {o: {frequency: 8 Hz, phase: 3}}\n",
        ("hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp}}\n"
         "projections: {p: {pre: a, post: a, weight: 1, connector: {type: fixed_probability, p_connect: 1.5}}}\n"),
        "hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp, params: {tau_m: -1}}}\n",
        "hmn: 1\npopulations: {a: {size: 2, model: loihi_lif, params: {decay_u: [3, -1]}}}\n",
        "hmn: 1\nnetwork: {dt: 0}\npopulations: {a: {size: 1, model: IF_curr_exp}}\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[] = "/tmp/hmn-wrong-XXXXXX";
        int fd = mkstemp(path);
        ck_assert_int_ge(fd, 0);
        write_file(path, wrong[i]);
        int status = validate(path);
        remove(path);
        ck_assert_msg(status == 3 || status == -1, "accepted:\n%s", wrong[i]);
    }
}
END_TEST

SUITE("schema_json", the_schema_beside_the_models_is_the_generated_one, the_schema_is_json_and_draft_7,
      every_key_stands_in_the_schema_with_its_meaning, every_range_of_the_checker_stands_in_the_schema,
      the_schema_accepts_the_models, the_schema_refuses_mistakes)
