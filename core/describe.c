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

/* What a key names. */
typedef enum { KEY_LIMIT, KEY_TIME, KEY_ENERGY, KEY_SETTING, KEY_BARRIER, KEY_PROFILE, KEY_NONE } key_kind;

typedef struct {
    key_kind kind;
    uint32_t id; /* cost, setting, tiles; profile: its number */
} key_meaning;

static bool begins(const char *key, const char *with) { return strncmp(key, with, strlen(with)) == 0; }

/* "NAME.ps" or "NAME.fj" */
static key_meaning read_cost(const char *key)
{
    const char *dot = strrchr(key, '.');
    char name[32];
    if (!dot || (size_t)(dot - key) >= sizeof name || (strcmp(dot, ".ps") != 0 && strcmp(dot, ".fj") != 0))
        return (key_meaning){KEY_NONE, 0};
    memcpy(name, key, (size_t)(dot - key));
    name[dot - key] = 0;
    cost_id id = cost_find(name);
    return (key_meaning){id == COST_COUNT ? KEY_NONE : dot[1] == 'f' ? KEY_ENERGY : KEY_TIME, id};
}

static uint32_t read_tiles(const char *text)
{
    uint64_t v = 0;
    for (; *text >= '0' && *text <= '9' && v < UINT32_MAX; text++)
        v = 10 * v + (uint64_t)(*text - '0');
    return *text || v > UINT32_MAX ? 0 : (uint32_t)v;
}

static key_meaning read_key(const hmn_chip *chip, const char *key)
{
    if (find_field(key))
        return (key_meaning){KEY_LIMIT, 0};
    if (!chip->timing)
        return (key_meaning){KEY_NONE, 0};
    for (uint32_t i = 0; begins(key, "profile.") && i < chip->timing->nprofiles; i++)
        if (strcmp(chip->timing->profile[i]->name, key + 8) == 0)
            return (key_meaning){KEY_PROFILE, i};
    if (begins(key, "setting.")) {
        setting_id id = setting_find(key + 8);
        return (key_meaning){id == SETTING_COUNT ? KEY_NONE : KEY_SETTING, id};
    }
    if (begins(key, "barrier."))
        return (key_meaning){read_tiles(key + 8) ? KEY_BARRIER : KEY_NONE, read_tiles(key + 8)};
    return read_cost(key);
}

static bool lists(const cost_profile *p, key_meaning k)
{
    bool found = k.kind == KEY_BARRIER && p->nbarriers;
    for (uint32_t i = 0; (k.kind == KEY_TIME || k.kind == KEY_ENERGY) && i < p->nentries; i++)
        found |= p->entry[i].id == k.id && (k.kind == KEY_ENERGY || cost_kind_of(k.id) == COST_OPERATION);
    for (uint32_t i = 0; k.kind == KEY_SETTING && i < p->nsettings; i++)
        found |= p->setting[i].id == k.id;
    return found;
}

static describe_verdict check_model(const hmn_chip *chip, key_meaning k, uint64_t value, uint64_t *most)
{
    bool listed = k.kind == KEY_PROFILE;
    for (uint32_t i = 0; i < chip->timing->nprofiles; i++)
        listed |= lists(chip->timing->profile[i], k);
    if (!listed)
        return DESCRIBE_FIXED;
    if (k.kind != KEY_SETTING)
        return DESCRIBE_OK;
    *most = setting_most((setting_id)k.id);
    uint64_t least = *most > 1; /* switches may be 0 */
    return value < least ? DESCRIBE_TOO_LITTLE : value > *most ? DESCRIBE_TOO_MUCH : DESCRIBE_OK;
}

describe_verdict describe_check(const hmn_chip *chip, const describe_change *c, uint64_t *most)
{
    key_meaning k = read_key(chip, c->key);
    *most = UINT64_MAX;
    if (k.kind == KEY_NONE)
        return DESCRIBE_UNKNOWN;
    if (k.kind != KEY_LIMIT)
        return check_model(chip, k, c->value, most);
    const limit_field *f = find_field(c->key);
    uint32_t standard = get(chip->limits, f), ceiling = chip->most ? get(chip->most, f) : 0;
    if (!f->settable || standard == 0)
        return DESCRIBE_FIXED;
    *most = ceiling > standard ? ceiling : standard;
    return c->value < 1 ? DESCRIBE_TOO_LITTLE : c->value > *most ? DESCRIBE_TOO_MUCH : DESCRIBE_OK;
}

/* ---- a changed chip ---- */

static const char *const described = "machine description";

static void change_cost(cost_profile *p, cost_entry *entry, cost_id id, bool energy, uint64_t value)
{
    uint32_t k = 0;
    while (k < p->nentries && entry[k].id != id)
        k++;
    if (k == p->nentries)
        entry[p->nentries++] = (cost_entry){.id = id};
    entry[k].status = COST_CHOSEN;
    entry[k].source = described;
    *(energy ? &entry[k].fj : &entry[k].ps) = value;
}

static void change_setting(cost_profile *p, cost_setting *setting, setting_id id, uint64_t value)
{
    uint32_t k = 0;
    while (k < p->nsettings && setting[k].id != id)
        k++;
    p->nsettings += k == p->nsettings;
    setting[k] = (cost_setting){id, (uint32_t)value, COST_CHOSEN, described};
}

/* Rows ascend by tiles, in whatever order they are described; of two of the same number the later holds. */
static void add_barrier(cost_profile *p, cost_barrier *row, uint32_t tiles, uint64_t ps)
{
    uint32_t k = p->nbarriers;
    while (k > 0 && row[k - 1].tiles >= tiles)
        k--;
    if (k == p->nbarriers || row[k].tiles != tiles) {
        memmove(&row[k + 1], &row[k], (p->nbarriers - k) * sizeof *row);
        p->nbarriers++;
    }
    row[k] = (cost_barrier){tiles, ps, COST_CHOSEN, described};
}

static cost_profile *change_profile(const hmn_chip *chip, const cost_profile *base, const describe_change *change,
                                    uint32_t count, hmn_arena *a)
{
    cost_profile *p = ARENA_NEW(a, cost_profile, 1);
    cost_entry *entry = ARENA_NEW(a, cost_entry, COST_COUNT);
    cost_setting *setting = ARENA_NEW(a, cost_setting, SETTING_COUNT);
    cost_barrier *row = ARENA_NEW(a, cost_barrier, count + 1);
    *p = *base;
    memcpy(entry, base->entry, base->nentries * sizeof *entry);
    if (base->nsettings)
        memcpy(setting, base->setting, base->nsettings * sizeof *setting);
    p->entry = entry;
    p->setting = setting;
    for (uint32_t i = 0; i < count; i++) {
        key_meaning k = read_key(chip, change[i].key);
        if (k.kind == KEY_TIME || k.kind == KEY_ENERGY)
            change_cost(p, entry, (cost_id)k.id, k.kind == KEY_ENERGY, change[i].value);
        else if (k.kind == KEY_SETTING)
            change_setting(p, setting, (setting_id)k.id, change[i].value);
        else if (k.kind == KEY_BARRIER) {
            p->nbarriers = p->barrier == row ? p->nbarriers : 0;
            p->barrier = row;
            add_barrier(p, row, k.id, change[i].value);
        }
    }
    return p;
}

/* The chosen profile, changed, first; the others after it as they are. */
static const chip_timing *change_costs(const hmn_chip *chip, const describe_change *change, uint32_t count,
                                       hmn_arena *a)
{
    const cost_profile *base = chip->timing->profile[0];
    for (uint32_t i = 0; i < count; i++) {
        key_meaning k = read_key(chip, change[i].key);
        base = k.kind == KEY_PROFILE ? chip->timing->profile[k.id] : base;
    }
    const cost_profile **list = ARENA_NEW(a, const cost_profile *, chip->timing->nprofiles);
    uint32_t n = 0;
    list[n++] = change_profile(chip, base, change, count, a);
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
