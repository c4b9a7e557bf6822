/* Access to a parsed command line. Takes option names, yields values; the last occurrence wins. */
#include "tools/command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const command_set *find(const command_line *c, const char *option)
{
    for (uint32_t i = c->noptions; i-- > 0;)
        if (strcmp(c->option[i].name, option) == 0)
            return &c->option[i];
    return NULL;
}

const char *command_value(const command_line *c, const char *option)
{
    const command_set *o = find(c, option);
    return o ? o->value : NULL;
}

bool command_flag(const command_line *c, const char *option) { return find(c, option) != NULL; }

bool command_number(const command_line *c, const char *option, uint64_t low, uint64_t high, uint64_t *value)
{
    const char *text = command_value(c, option);
    if (!text)
        return true;
    char *end;
    errno = 0;
    uint64_t n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || n < low || n > high) {
        fprintf(stderr, "hmn: --%s takes a whole number from %" PRIu64 " to %" PRIu64 ", got '%s'\n", option, low, high,
                text);
        return false;
    }
    *value = n;
    return true;
}

const command_set *command_sets(const command_line *c, hmn_arena *a, uint32_t *count)
{
    command_set *set = ARENA_NEW(a, command_set, c->noptions);
    *count = 0;
    for (uint32_t i = 0; i < c->noptions; i++) {
        if (strcmp(c->option[i].name, "set") != 0)
            continue;
        const char *text = c->option[i].value, *equals = strchr(text, '=');
        set[(*count)++] = (command_set){arena_copy_text(a, text, (size_t)(equals - text)), equals + 1};
    }
    return set;
}

bool command_colour(const command_line *c, FILE *out)
{
    const char *when = command_value(c, "color");
    if (when && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return !(no && *no) && !(term && strcmp(term, "dumb") == 0) && isatty(fileno(out));
}
