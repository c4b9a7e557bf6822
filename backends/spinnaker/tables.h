/* From routes and keys to the tables of all chips. */
#ifndef HMN_SPINNAKER_TABLES_H
#define HMN_SPINNAKER_TABLES_H

#include "backends/spinnaker/keys.h"
#include "backends/spinnaker/ner.h"
#include "backends/spinnaker/tcam.h"

typedef struct {
    const uint32_t *row; /* [nchips + 1] into entry */
    const tcam_entry *entry;
} spin_tables;

static inline tcam_table spin_table(const spin_tables *t, int32_t chip)
{
    return (tcam_table){t->entry + t->row[chip], t->row[chip + 1] - t->row[chip]};
}

/* Which part of which population each source is; sources stand in order of (population, part). */
typedef struct {
    const spin_key_zone *zone; /* [populations] */
    const uint32_t *parts;     /* [populations] */
    const uint32_t *part;      /* [nsources] */
} spin_senders;

/* One entry for each source and chip; `merged`: neighbouring parts of a population that go the same way share one,
 * in aligned powers of two (a run up to the last part may claim keys that no part has). */
void spin_tables_build(const spin_machine *m, const spin_traffic *t, const spin_routes *r, const spin_senders *s,
                       bool merged, hmn_arena *a, spin_tables *out);

/* Compressed tables. False after a report: a chip needs more entries than a router has. */
bool spin_tables_compress(const spin_machine *m, const spin_tables *t, hmn_arena *a, spin_tables *out, hmn_span at,
                          hmn_diag *d);

#endif
