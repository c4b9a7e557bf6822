/* What a replay found, as text or JSON, with the lowering report in it. */
#ifndef HMN_TOOLS_REPLAY_OUT_H
#define HMN_TOOLS_REPLAY_OUT_H

#include "tools/lowering.h"
#include "tools/replay.h"

void replay_text(const source *s, const replay_result *r, FILE *out);
/* bound: least correlation that passes. */
void replay_json(const source *s, const replay_result *r, double bound, FILE *out);

/* The report alone, after a run of so many steps; r NULL: without one. */
void replay_report_text(const source *s, const replay_result *r, FILE *out);
void replay_report_json(const source *s, const replay_result *r, FILE *out);

#endif
