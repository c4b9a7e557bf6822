/* Routing tables, machines and placements in the forms that SpiNNaker's own tools read. docs/chips/spinnaker.md,
 * eq. SD1 ... */
#ifndef HMN_SPINNAKER_RTR_H
#define HMN_SPINNAKER_RTR_H

#include "backends/spinnaker/tables.h"
#include "core/base/text.h"

typedef struct {
    const uint8_t *bytes;
    size_t size;
} rtr_bytes;

/* Where a table is put in a chip's SDRAM before the monitor loads it, and the sizes of file that ybug takes. */
#define RTR_ADDRESS UINT32_C(0x67800000)
enum { RTR_LEAST = 32, RTR_MOST = 16384, SCP_BYTES = 24 };

/* The file of ybug's rtr_load: 16 bytes an entry, then 16 of 0xff. t has 1 .. TCAM_ENTRIES entries. */
rtr_bytes rtr_file(tcam_table t, hmn_arena *a);

/* The table of such a file (which says nothing of defaultable). False: it is none; *why says what is wrong. */
bool rtr_read(const void *bytes, size_t size, hmn_arena *a, tcam_table *out, const char **why);

/* Requests to the monitor of a chip, from the SDP header on: room for n entries; load them at entry `base`. */
void scp_alloc_entries(uint8_t app, uint32_t n, uint32_t x, uint32_t y, uint8_t out[SCP_BYTES]);
void scp_load_entries(uint8_t app, uint32_t n, uint32_t base, uint32_t x, uint32_t y, uint8_t out[SCP_BYTES]);

/* routing_tables.json: chips without entries are left out. */
void rtr_tables_json(const spin_machine *m, const spin_tables *t, hmn_text *out);

/* placements.json: a label for each site. */
void rtr_placements_json(const spin_machine *m, const uint32_t *site, const char *const *label, uint32_t n,
                         hmn_text *out);

/* machine.json. */
void rtr_machine_json(const spin_machine *m, hmn_text *out);

#endif
