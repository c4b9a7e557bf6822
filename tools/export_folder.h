/* A folder of exported files with a manifest: every file with its size and XXH64, and the files that one may look for
 * and that are not there, with reasons. Takes an outdir, is a port for chips (core/base/files.h), writes
 * manifest.json last. deployed.h reads the folder back. */
#ifndef HMN_TOOLS_EXPORT_FOLDER_H
#define HMN_TOOLS_EXPORT_FOLDER_H

#include "core/base/files.h"
#include "core/ir/image.h"
#include "tools/json_out.h"
#include "tools/npy.h"
#include "tools/outdir.h"

typedef struct {
    const char *name;
    uint64_t bytes, hash;
} export_entry;

typedef struct {
    const char *name, *why;
} export_omission;

typedef struct {
    hmn_files port; /* first */
    outdir *dir;
    hmn_arena *arena;
    hmn_diag *diag;
    export_entry *entry;
    size_t nentries, entry_cap;
    export_omission *omission;
    size_t nomissions, omission_cap;
} export_folder;

void export_begin(export_folder *f, outdir *dir, hmn_arena *a, hmn_diag *d);

/* A file made by `fill` as a JSON object. fill returns false after a report. */
bool export_json_file(export_folder *f, const char *name, bool (*fill)(void *context, json_out *j), void *context);

/* An array; rows go to npy_rows, then export_npy_end. NULL after a report. */
npy_writer *export_npy(export_folder *f, const char *name, npy_type type, uint32_t columns);
bool export_npy_end(export_folder *f, const char *name, npy_writer *w);

/* Enters a file that was written into the folder by other means. */
bool export_enter(export_folder *f, const char *name);

/* Writes the manifest; `format` names the form, `status` says what is known of it. False after a report. */
bool export_end(export_folder *f, const hmn_image *m, const char *format, const char *status);

/* The manifest ends with its own checksum, of all text before this tail (drawn in docs/export-loihi.md). */
#define EXPORT_TAIL ",\n  \"checksum\": \"%016llx\"\n}\n"
enum { EXPORT_TAIL_LENGTH = 37 };

#endif
