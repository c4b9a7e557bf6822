/* A trace in the JSON of Chrome's trace event format, which Perfetto opens. Takes timed steps, yields complete events
 * ("X") with times in microseconds, written from integers; `args` carry counts. */
#include "tools/trace_file.h"

#include <inttypes.h>

static void name_row(trace_file *t, const char *what, uint32_t chip, uint32_t core, const char *name, uint32_t number)
{
    fprintf(t->out,
            "%s\n{\"name\":\"%s\",\"cat\":\"__metadata\",\"ph\":\"M\",\"ts\":0,\"pid\":%" PRIu32 ",\"tid\":%" PRIu32
            ",\"args\":{\"name\":\"%s %" PRIu32 "\"}}",
            t->any ? "," : "", what, chip, core, name, number);
    t->any = true;
}

void trace_begin(trace_file *t, FILE *out, timeline_range range, const hmn_image *image, const hmn_chip *chip,
                 hmn_arena *a)
{
    image_rows sites = image_host(image, HOST_SITES);
    *t = (trace_file){.out = out, .range = range, .ncores = image_cores(image)};
    t->chip = ARENA_NEW(a, uint32_t, t->ncores);
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", out);
    for (uint32_t i = 0; i < t->ncores; i++) {
        uint32_t site = i < sites.rows ? (uint32_t)image_get(sites, i, 0) : i;
        t->chip[i] = limits_place(chip->limits, site).chip;
        if (i == 0 || t->chip[i] != t->chip[i - 1])
            name_row(t, "process_name", t->chip[i], 0, "chip", t->chip[i]);
        name_row(t, "thread_name", t->chip[i], i, "core", i);
    }
}

static void slice(trace_file *t, const char *name, uint32_t core, uint64_t from_ps, uint64_t to_ps, uint32_t step,
                  const char *what, uint64_t count)
{
    if (to_ps <= from_ps)
        return;
    fprintf(t->out,
            ",\n{\"name\":\"%s\",\"cat\":\"step\",\"ph\":\"X\",\"pid\":%" PRIu32 ",\"tid\":%" PRIu32 ",\"ts\":%" PRIu64
            ".%06u,\"dur\":%" PRIu64 ".%06u,\"args\":{\"step\":%" PRIu32 ",\"%s\":%" PRIu64 "}}",
            name, t->chip[core], core, from_ps / 1000000, (unsigned)(from_ps % 1000000), (to_ps - from_ps) / 1000000,
            (unsigned)((to_ps - from_ps) % 1000000), step, what, count);
}

/* Slices of a thread must nest, so receiving is drawn where it lasts longer than sending, and within it otherwise. */
void trace_step(trace_file *t, const timing_step *s, const timing_span *span)
{
    uint64_t from = t->now_ps, learn = from + s->work_ps, barrier = learn + s->learn_ps + s->manager_ps;
    t->now_ps += s->ps;
    if (s->step < t->range.first || s->step > t->range.last)
        return;
    for (uint32_t i = 0; i < t->ncores; i++) {
        const timing_span *c = &span[i];
        slice(t, "update and send", i, from, from + c->send_ps, s->step, "messages", c->sent);
        uint64_t begin = c->first_ps, end = c->receive_ps;
        if (begin < c->send_ps && end > c->send_ps) { /* cut at the border */
            slice(t, "receive", i, from + begin, from + c->send_ps, s->step, "messages", c->received);
            begin = c->send_ps;
        }
        slice(t, "receive", i, from + begin, from + end, s->step, "messages", c->received);
        slice(t, "learn", i, learn, learn + c->learn_ps, s->step, "ps", c->learn_ps);
        slice(t, "barrier", i, barrier, barrier + s->barrier_ps, s->step, "ps", s->barrier_ps);
    }
}

void trace_end(trace_file *t) { fputs("\n]}\n", t->out); }
