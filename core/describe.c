/* Machine descriptions. Takes a chip and changes, yields a chip that differs in those numbers only. Its tables and
 * functions stay: what a table cannot hold (chip->most) cannot be described. */
#include "core/describe.h"

#include "core/base/bug.h"

#include <stddef.h>
#include <string.h>

typedef struct {
    const char *name;
    bool settable;
    size_t offset;
} limit_field;

static const limit_field fields[] = {
#define LIMIT(field, settable, meaning) {#field, settable, offsetof(hmn_limits, field)},
#include "core/limits.def"
};

enum { FIELDS = sizeof fields / sizeof *fields };

static const limit_field *find_field(const char *key)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, key) == 0)
            return &fields[i];
    return NULL;
}

static uint32_t get(const hmn_limits *l, const limit_field *f)
{
    uint32_t v;
    memcpy(&v, (const char *)l + f->offset, sizeof v);
    return v;
}

static void set(hmn_limits *l, const limit_field *f, uint32_t v) { memcpy((char *)l + f->offset, &v, sizeof v); }

/* Splits "NAME.ps" or "NAME.fj". COST_COUNT: it is neither. */
static cost_id find_cost(const char *key, bool *energy)
{
    const char *dot = strrchr(key, '.');
    char name[32];
    if (!dot || (size_t)(dot - key) >= sizeof name || (strcmp(dot, ".ps") != 0 && strcmp(dot, ".fj") != 0))
        return COST_COUNT;
    memcpy(name, key, (size_t)(dot - key));
    name[dot - key] = 0;
    *energy = dot[1] == 'f';
    return cost_find(name);
}

static const cost_profile *find_profile(const hmn_chip *chip, const char *key)
{
    if (strncmp(key, "profile.", 8) != 0)
        return NULL;
    for (uint32_t i = 0; chip->timing && i < chip->timing->nprofiles; i++)
        if (strcmp(chip->timing->profile[i]->name, key + 8) == 0)
            return chip->timing->profile[i];
    return NULL;
}

describe_verdict describe_check(const hmn_chip *chip, const describe_change *c, uint64_t *most)
{
    bool energy;
    const limit_field *f = find_field(c->key);
    *most = UINT64_MAX;
    if (!f)
        return (chip->timing && find_cost(c->key, &energy) != COST_COUNT) || find_profile(chip, c->key)
                   ? DESCRIBE_OK
                   : DESCRIBE_UNKNOWN;
    uint32_t standard = get(chip->limits, f), ceiling = chip->most ? get(chip->most, f) : 0;
    if (!f->settable || standard == 0)
        return DESCRIBE_FIXED;
    *most = ceiling > standard ? ceiling : standard;
    return c->value < 1 ? DESCRIBE_TOO_LITTLE : c->value > *most ? DESCRIBE_TOO_MUCH : DESCRIBE_OK;
}

/* ---- a changed chip ---- */

static void change_cost(cost_profile *p, cost_entry *entry, cost_id id, bool energy, uint64_t value)
{
    uint32_t k = 0;
    while (k < p->nentries && entry[k].id != id)
        k++;
    if (k == p->nentries)
        entry[p->nentries++] = (cost_entry){.id = id};
    entry[k].status = COST_CHOSEN;
    entry[k].source = "machine description";
    *(energy ? &entry[k].fj : &entry[k].ps) = value;
}

/* The chosen profile, changed, first; the others after it as they are. */
static const chip_timing *change_costs(const hmn_chip *chip, const describe_change *change, uint32_t count,
                                       hmn_arena *a)
{
    const cost_profile *base = chip->timing->profile[0];
    for (uint32_t i = 0; i < count; i++)
        base = find_profile(chip, change[i].key) ? find_profile(chip, change[i].key) : base;
    cost_profile *p = ARENA_NEW(a, cost_profile, 1);
    cost_entry *entry = ARENA_NEW(a, cost_entry, COST_COUNT);
    *p = *base;
    memcpy(entry, base->entry, base->nentries * sizeof *entry);
    p->entry = entry;
    for (uint32_t i = 0; i < count; i++) {
        bool energy;
        cost_id id = find_cost(change[i].key, &energy);
        if (id != COST_COUNT)
            change_cost(p, entry, id, energy, change[i].value);
    }
    const cost_profile **list = ARENA_NEW(a, const cost_profile *, chip->timing->nprofiles);
    uint32_t n = 0;
    list[n++] = p;
    for (uint32_t i = 0; i < chip->timing->nprofiles; i++)
        if (chip->timing->profile[i] != base)
            list[n++] = chip->timing->profile[i];
    chip_timing *t = ARENA_NEW(a, chip_timing, 1);
    *t = *chip->timing;
    t->profile = list;
    t->nprofiles = n;
    return t;
}

const hmn_chip *describe_chip(const hmn_chip *chip, const describe_change *change, uint32_t count, hmn_arena *a)
{
    if (count == 0)
        return chip;
    hmn_chip *out = ARENA_NEW(a, hmn_chip, 1);
    hmn_limits *l = ARENA_NEW(a, hmn_limits, 1);
    *out = *chip;
    *l = *chip->limits;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t most;
        HMN_ASSERT(describe_check(chip, &change[i], &most) == DESCRIBE_OK);
        const limit_field *f = find_field(change[i].key);
        if (f)
            set(l, f, (uint32_t)change[i].value);
    }
    out->limits = l;
    if (chip->timing)
        out->timing = change_costs(chip, change, count, a);
    return out;
}

const hmn_chip *describe_of_image(const hmn_chip *chip, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    image_rows rows = image_host(image, HOST_MACHINE);
    describe_change *change = ARENA_NEW(a, describe_change, rows.rows);
    for (uint64_t i = 0; i < rows.rows; i++) {
        uint64_t most;
        change[i] =
            (describe_change){image_string(image, (uint64_t)image_get(rows, i, 0)), (uint64_t)image_get(rows, i, 1)};
        if (describe_check(chip, &change[i], &most) != DESCRIBE_OK) {
            diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0},
                        "the image changes '%s' of %s to %llu, which it does not take", change[i].key, chip->name,
                        (unsigned long long)change[i].value);
            return NULL;
        }
    }
    return describe_chip(chip, change, (uint32_t)rows.rows, a);
}
