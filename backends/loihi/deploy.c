/* Deployment. Takes an image, yields the files of docs/export-loihi.md through the port given: the parts that make up
 * the image again, the cores' tables as C, the learning microcode for readers, and a script for Lava. Nothing here
 * computes a value: what is written is what the emulator runs. */
#include "backends/loihi/deploy.h"

#include "core/ir/part.h"
#include "core/ir/part_header.h"

#include <inttypes.h>

static bool write_part(const hmn_image *m, const hmn_chip *chip, uint32_t core, const char *name, hmn_files *out)
{
    hmn_arena *scratch = arena_new(0);
    size_t size;
    const void *bytes = part_make(m, chip->tables, chip->ntables, core, scratch, &size);
    bool ok = out->write(out, name, bytes, size);
    arena_free(scratch);
    return ok;
}

static bool write_header(const hmn_image *m, const hmn_chip *chip, uint32_t core, const char *name, hmn_files *out)
{
    hmn_text text = {.arena = arena_new(0)};
    part_header_text(m, chip->tables, chip->ntables, core, name, &text);
    bool ok = out->write(out, arena_printf(text.arena, "%s.h", name), text.s, text.length);
    arena_free(text.arena);
    return ok;
}

static bool write_core(const hmn_image *m, const hmn_chip *chip, uint32_t core, hmn_files *out, hmn_arena *a)
{
    const char *name = arena_printf(a, "core_%03" PRIu32, core);
    return write_part(m, chip, core, arena_printf(a, "%s.bin", name), out) && write_header(m, chip, core, name, out);
}

static bool write_microcode(const hmn_image *m, const hmn_chip *chip, hmn_files *out)
{
    hmn_text text = {.arena = arena_new(0)};
    for (uint32_t core = 0; core < image_cores(m); core++)
        deploy_microcode(&(hmn_core_view){m, chip, core, image_seed(m)}, &text);
    if (text.length == 0)
        text_add(&text, "No core has a learning profile.\n");
    bool ok = out->write(out, "microcode.txt", text.s, text.length);
    arena_free(text.arena);
    return ok;
}

static bool write_lava(const hmn_image *m, const hmn_chip *chip, hmn_files *out, hmn_diag *d)
{
    hmn_text text = {.arena = arena_new(0)};
    bool ok = deploy_lava(m, chip, out, &text, d) ? out->write(out, "deploy_lava.py", text.s, text.length)
                                                  : diag_errors(d) == 0;
    arena_free(text.arena);
    return ok;
}

bool loihi_deploy(const hmn_image *m, const hmn_chip *chip, hmn_files *out, hmn_arena *a, hmn_diag *d)
{
    bool ok = write_part(m, chip, IMAGE_HOST, "host.bin", out);
    for (uint32_t core = 0; ok && core < image_cores(m); core++)
        ok = write_core(m, chip, core, out, a);
    return ok && write_microcode(m, chip, out) && write_lava(m, chip, out, d);
}
