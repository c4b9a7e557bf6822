/* Networks made by hand, compiled for loihi unless they name another chip, and one core of them stepped directly
 * through the chip's interface. */
#ifndef HMN_TESTS_LOIHI_FIXTURE_H
#define HMN_TESTS_LOIHI_FIXTURE_H

#include "tests/suite.h"

#include "tests/compiler/net_builder.h"

#include "backends/registry.h"
#include "compiler/unit.h"
#include "core/chip.h"

#include <stdlib.h>
#include <string.h>

static inline const hmn_chip *loihi(void) { return registry_find("loihi"); }
static inline const hmn_chip *loihi2(void) { return registry_find("loihi2"); }

/* Elaborates and quantises. False after a report. */
static inline bool quantised(net_builder *b)
{
    b->unit.chip = b->unit.chip ? b->unit.chip : loihi();
    if (!build_graph(b))
        return false;
    b->unit.qnet = ARENA_NEW(b->unit.arena, hmn_qnet, 1);
    b->unit.qnet->chip = b->unit.chip;
    return b->unit.chip->quantise(b->unit.graph, b->unit.qnet, b->unit.arena, b->unit.diag);
}

static inline const char *first_message(const net_builder *b)
{
    return diag_count(b->unit.diag) ? diag_get(b->unit.diag, 0)->text : "no message";
}

/* From the quantised network to an image. */
static inline bool emitted(net_builder *b)
{
    hmn_unit *u = &b->unit;
    return pass_partition(u) && pass_place(u) && pass_route(u) && pass_emit(u);
}

typedef struct {
    hmn_image *image;
    hmn_core_view view;
    void *rom, *state;
    hmn_core_size size;
    hmn_port port;
    hmn_counters count;
    int32_t channel[16];
} one_core;

static inline void *core_block(size_t bytes)
{
    void *p = aligned_alloc(64, (bytes + 63) / 64 * 64);
    ck_assert_ptr_nonnull(p);
    memset(p, 0xA5, bytes);
    return p;
}

/* Boots core 0 of the builder's image. */
static inline one_core *core_open(net_builder *b)
{
    one_core *c = ARENA_NEW(b->unit.arena, one_core, 1);
    c->image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    ck_assert_msg(c->image != NULL, "%s", first_message(b));
    c->view = (hmn_core_view){c->image, registry_find(image_chip(c->image)), 0, image_seed(c->image)};
    ck_assert_msg(c->view.chip->check(&c->view, b->unit.diag), "%s", first_message(b));
    c->size = c->view.chip->size(&c->view);
    c->rom = core_block(c->size.rom);
    c->state = core_block(c->size.state);
    c->view.chip->boot(&c->view, c->rom, c->state);
    c->port.fired = ARENA_NEW(b->unit.arena, uint32_t, c->size.compartments);
    c->port.payload = ARENA_NEW(b->unit.arena, int32_t, c->size.compartments);
    c->port.out = ARENA_NEW(b->unit.arena, hmn_packet, c->size.max_packets);
    c->port.channel = c->channel;
    c->port.nchannels = 16;
    c->port.learning = true;
    c->port.count = &c->count;
    return c;
}

static inline void core_close(one_core *c)
{
    free(c->rom);
    free(c->state);
    image_close(c->image);
}

/* One step with the given input axons (ascending) and host currents. */
static inline void core_step(one_core *c, const uint32_t *axon, uint32_t n, const hmn_drive *drive, uint32_t ndrive)
{
    hmn_event event[4096];
    for (uint32_t i = 0; i < n; i++)
        event[i] = (hmn_event){axon[i], 1};
    c->port.in = event;
    c->port.nin = n;
    c->port.drive = drive;
    c->port.ndrive = ndrive;
    c->view.chip->step(c->rom, c->state, PHASE_DELIVER, &c->port);
    c->view.chip->step(c->rom, c->state, PHASE_UPDATE, &c->port);
    c->view.chip->step(c->rom, c->state, PHASE_SEND, &c->port);
    c->view.chip->step(c->rom, c->state, PHASE_LEARN, &c->port);
    c->port.step++;
}

static inline int32_t core_read(const one_core *c, hmn_variable v, uint32_t i)
{
    return c->view.chip->read(c->rom, c->state, v, i);
}

static inline net_population *set_param(net_population *p, neuron_param which, double value)
{
    p->param[which] = build_constant(value);
    return p;
}

#endif
