/* Takes the text of a quantity, yields its value in the base unit of the key. One table of units; a factor is a
 * multiplier or a divisor, so that 250 pF is exactly the double nearest 0.25 nF. Time in steps and trials is known
 * only together with dt and the task. The number before the unit is checked by hand because strtod also takes hex,
 * "inf" and "nan", and because 010 means eight to YAML 1.1 and ten to YAML 1.2. */
#include "compiler/units.h"

#include "compiler/names.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum {
    OF_TIME,
    OF_VOLTAGE,
    OF_CURRENT,
    OF_CAPACITANCE,
    OF_CONDUCTANCE,
    OF_FREQUENCY,
    OF_ANGLE,
    OF_RESISTANCE,
    OF_ENERGY,
    OF_STEPS,
    OF_TRIALS,
    OF_COUNT
} unit_kind;

typedef struct {
    const char *word;
    unit_kind kind;
    double times, over; /* value in the base unit = number * times / over */
} unit;

#define DEGREE 0.017453292519943295

static const unit units[] = {
    {"s", OF_TIME, 1e3, 1},         {"ms", OF_TIME, 1, 1},          {"us", OF_TIME, 1, 1e3},
    {"ns", OF_TIME, 1, 1e6},        {"V", OF_VOLTAGE, 1e3, 1},      {"mV", OF_VOLTAGE, 1, 1},
    {"uV", OF_VOLTAGE, 1, 1e3},     {"A", OF_CURRENT, 1e9, 1},      {"mA", OF_CURRENT, 1e6, 1},
    {"uA", OF_CURRENT, 1e3, 1},     {"nA", OF_CURRENT, 1, 1},       {"pA", OF_CURRENT, 1, 1e3},
    {"F", OF_CAPACITANCE, 1e9, 1},  {"uF", OF_CAPACITANCE, 1e3, 1}, {"nF", OF_CAPACITANCE, 1, 1},
    {"pF", OF_CAPACITANCE, 1, 1e3}, {"S", OF_CONDUCTANCE, 1e6, 1},  {"mS", OF_CONDUCTANCE, 1e3, 1},
    {"uS", OF_CONDUCTANCE, 1, 1},   {"nS", OF_CONDUCTANCE, 1, 1e3}, {"Hz", OF_FREQUENCY, 1, 1},
    {"kHz", OF_FREQUENCY, 1e3, 1},  {"MHz", OF_FREQUENCY, 1e6, 1},  {"deg", OF_ANGLE, DEGREE, 1},
    {"rad", OF_ANGLE, 1, 1},        {"MOhm", OF_RESISTANCE, 1, 1},  {"Ohm", OF_RESISTANCE, 1, 1e6},
    {"J", OF_ENERGY, 1, 1},         {"nJ", OF_ENERGY, 1, 1e9},      {"pJ", OF_ENERGY, 1, 1e12},
    {"step", OF_STEPS, 1, 1},       {"steps", OF_STEPS, 1, 1},      {"tick", OF_STEPS, 1, 1},
    {"ticks", OF_STEPS, 1, 1},      {"trial", OF_TRIALS, 1, 1},     {"trials", OF_TRIALS, 1, 1}};

enum { UNITS = sizeof units / sizeof *units };

static const char *const kind_names[OF_COUNT] = {
    "a time",   "a voltage",    "a current", "a capacitance",     "a conductance",     "a frequency",
    "an angle", "a resistance", "an energy", "a number of steps", "a number of trials"};

typedef struct {
    const char *name, *base, *accepted;
    unit_kind kind; /* OF_COUNT: no unit */
} dimension;

static const dimension dimensions[] = {
    [NET_PLAIN] = {"a plain number", "", "", OF_COUNT},
    [NET_INTEGER] = {"a whole number", "", "", OF_COUNT},
    [NET_MS] = {"a time", "ms", "s ms us ns steps", OF_TIME},
    [NET_MV] = {"a voltage", "mV", "V mV uV", OF_VOLTAGE},
    [NET_NA] = {"a current", "nA", "A mA uA nA pA", OF_CURRENT},
    [NET_NF] = {"a capacitance", "nF", "F uF nF pF", OF_CAPACITANCE},
    [NET_US] = {"a conductance", "uS", "S mS uS nS", OF_CONDUCTANCE},
    [NET_HZ] = {"a frequency", "Hz", "Hz kHz MHz", OF_FREQUENCY},
    [NET_RAD] = {"an angle", "rad", "deg rad", OF_ANGLE},
    [NET_WEIGHT] = {"a weight", "", "", OF_COUNT},
    [NET_STEPS] = {"a number of steps", "steps", "steps ticks s ms us ns trials", OF_STEPS},
    [NET_TRIALS] = {"a number of trials", "trials", "trials", OF_TRIALS}};

const char *units_dimension(net_dim dim) { return dimensions[dim].name; }
const char *units_base(net_dim dim) { return dimensions[dim].base; }
const char *units_accepted(net_dim dim) { return dimensions[dim].accepted; }

const char *units_nearest(const char *word)
{
    suggestion s = suggest_start(word);
    for (size_t i = 0; i < UNITS; i++)
        suggest_offer(&s, units[i].word, units[i].word);
    if (!s.best && (strcmp(word, "sec") == 0 || strncmp(word, "second", 6) == 0))
        return "s";
    return s.best;
}

size_t number_scan(const char *text, size_t length, double *value)
{
    char digits[128];
    size_t i = 0, point = 0;
    bool any = false;
    if (i < length && (text[i] == '-' || text[i] == '+'))
        i++;
    for (; i < length && (isdigit((unsigned char)text[i]) || (text[i] == '.' && !point)); i++) {
        any = any || text[i] != '.';
        point += text[i] == '.';
    }
    if (!any)
        return 0;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        size_t e = i + 1;
        if (e < length && (text[e] == '-' || text[e] == '+'))
            e++;
        if (e < length && isdigit((unsigned char)text[e])) {
            while (e < length && isdigit((unsigned char)text[e]))
                e++;
            i = e;
        }
    }
    if (i >= sizeof digits)
        return 0;
    memcpy(digits, text, i);
    digits[i] = '\0';
    *value = strtod(digits, NULL);
    return i;
}

static const unit *find_unit(const char *word)
{
    if (strncmp(word, "\xC2\xB5", 2) == 0 || strncmp(word, "\xCE\xBC", 2) == 0) { /* micro sign, Greek mu */
        for (size_t i = 0; i < UNITS; i++)
            if (units[i].word[0] == 'u' && strcmp(units[i].word + 1, word + 2) == 0)
                return &units[i];
        return NULL;
    }
    for (size_t i = 0; i < UNITS; i++)
        if (strcmp(units[i].word, word) == 0)
            return &units[i];
    return NULL;
}

/* ms -> steps, exact where dt divides the time as written in decimal. */
static double to_steps(double ms, double dt)
{
    double steps = ms / dt, near = round(steps);
    return fabs(steps - near) <= 1e-9 * fabs(near) ? near : steps;
}

static unit_status convert(const unit *u, net_dim dim, unit_context c, double *value)
{
    unit_kind want = dimensions[dim].kind;
    double v = *value * u->times / u->over;
    if (u->kind == want)
        *value = v;
    else if (u->kind == OF_STEPS && want == OF_TIME) {
        if (v != floor(v))
            return UNIT_FRACTION;
        *value = v * c.dt;
    } else if (u->kind == OF_TIME && want == OF_STEPS)
        *value = to_steps(v, c.dt);
    else if (u->kind == OF_TRIALS && (want == OF_TIME || want == OF_STEPS)) {
        if (c.trial <= 0)
            return UNIT_NO_TRIAL;
        *value = want == OF_TIME ? v * c.trial : to_steps(v * c.trial, c.dt);
    } else
        return UNIT_WRONG;
    return UNIT_OK;
}

unit_status units_read(const char *text, net_dim dim, unit_context c, double *value, size_t *at, const char **found)
{
    size_t start = strspn(text, " "), length = strlen(text), n;
    while (length > start && text[length - 1] == ' ')
        length--;
    const char *digits = text + start + (text[start] == '-' || text[start] == '+');
    *at = start;
    n = number_scan(text + start, length - start, value);
    if (n == 0)
        return UNIT_NO_NUMBER;
    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X' || digits[1] == 'o' || digits[1] == 'b'))
        return UNIT_HEX;
    if (digits[0] == '0' && isdigit((unsigned char)digits[1]))
        return UNIT_OCTAL;
    size_t word = start + n + strspn(text + start + n, " ");
    if (word >= length)
        return dim == NET_RAD ? UNIT_NEEDED : UNIT_OK;
    *at = word;
    char name[16];
    if (length - word >= sizeof name)
        return UNIT_UNKNOWN;
    memcpy(name, text + word, length - word);
    name[length - word] = '\0';
    const unit *u = find_unit(name);
    if (!u)
        return UNIT_UNKNOWN;
    *found = kind_names[u->kind];
    return convert(u, dim, c, value);
}
