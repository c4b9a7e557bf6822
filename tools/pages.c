/* Writes the generated pages. Takes the X-macro tables of diagnostics, image and chips, yields Markdown. */
#include "tools/pages.h"

#include "backends/registry.h"
#include "core/base/diag.h"
#include "core/ir/image.h"
#include "core/isa/ulearn.h"
#include "tools/help.h"

#include <inttypes.h>

static void write_diagnostics(FILE *out)
{
    fputs("# Diagnostics\n\nGenerated from `core/base/diag.def`. Every message ends with its code in brackets; "
          "`hmn explain CODE` prints the row.\n`E` is an error, `W` a warning (an error with `--werror`).\n\n"
          "| code | what it says | what usually helps |\n| --- | --- | --- |\n",
          out);
    for (uint32_t i = 0; i < DIAG_CODE_COUNT; i++) {
        hmn_diag_code code = (hmn_diag_code)i;
        fprintf(out, "| %s | %s | %s |\n", diag_code_name(code), diag_code_meaning(code), diag_code_cure(code));
    }
}

static void write_table(FILE *out, const hmn_table *t)
{
    fprintf(out, "\n### %s\n\n%s.", t->name, t->meaning);
    if (t->ncolumns == 0) {
        fputs(" Raw 64-bit words.\n", out);
        return;
    }
    fprintf(out,
            " A row is %" PRIu32 " words, %" PRIu32
            " bits used.\n\n| column | bits | range | meaning |\n| --- | --- | --- | --- |\n",
            schema_row_words(t), schema_row_bits(t));
    for (uint32_t i = 0; i < t->ncolumns; i++) {
        const hmn_column *c = &t->column[i];
        fprintf(out, "| %s | %u | ", c->name, c->bits);
        if (c->bits == 64)
            fputs("any", out);
        else
            fprintf(out, "%" PRId64 "..%" PRId64, schema_low(c), schema_high(c));
        fprintf(out, " | %s |\n", c->meaning);
    }
}

static void write_format(FILE *out)
{
    fprintf(out,
            "# The image format\n\nGenerated from `core/ir/image.def` and the chips' tables. Format version %d.\n\n"
            "An image (`.hmn`) is little-endian and mapped as it is. It begins with a header of 64 bytes:\n\n"
            "| byte | field |\n| --- | --- |\n"
            "| 0 | magic `HMN-IMG`, NUL |\n| 8 | format version, u32 |\n| 12 | header bytes (64), u32 |\n"
            "| 16 | chip name, 16 bytes, NUL-padded |\n| 32 | logical cores, u32 |\n| 36 | sections, u32 |\n"
            "| 40 | seed, u64 |\n| 48 | bytes of the file, u64 |\n"
            "| 56 | XXH64 of the directory, seeded with the XXH64 of bytes 0..55 |\n\n"
            "The directory follows: one entry of 48 bytes a section, sorted by (core, table):\n\n"
            "| byte | field |\n| --- | --- |\n"
            "| 0 | table number, u32 |\n| 4 | core, u32; all ones for host tables |\n"
            "| 8 | offset in the file, u64, a multiple of 64 |\n| 16 | rows, u64 |\n| 24 | bytes, u64 |\n"
            "| 32 | XXH64 of the section |\n| 40 | 64-bit words a row, u32 |\n| 44 | reserved, u32 |\n\n"
            "A section is the rows of one table. Columns fill 64-bit words from bit 0 upward in the order listed; one\n"
            "that would straddle a word starts the next. Signed columns are two's complement.\n\n"
            "## Host tables\n\nWhat the loader, a run and its outputs need; not loaded onto cores.\n",
            (int)IMAGE_VERSION);
    for (uint32_t i = 0; i < HOST_TABLE_COUNT; i++)
        write_table(out, image_host_table((host_table)i));
    uint32_t nchips;
    const hmn_chip *const *chips = registry_chips(&nchips);
    for (uint32_t i = 0; i < nchips; i++) {
        fprintf(out, "\n## Tables of a %s core\n", chips[i]->name);
        for (uint32_t t = 0; t < chips[i]->ntables; t++)
            write_table(out, &chips[i]->tables[t]);
    }
}

static void write_ulearn(FILE *out)
{
    fputs("# Learning microcode\n\nGenerated from `core/isa/ulearn.def`. A rule is a sum of products "
          "(`core/isa/rule.h`); each product is a\n"
          "`prod` word and its `fact` words. Words are 32 bits; bits that no field names are zero. What each means in "
          "integers is\n"
          "in [chips/loihi.md](chips/loihi.md), section 7.\n\n## Words\n\n| word | bits 31..28 | meaning |\n| --- | "
          "--- | --- |\n",
          out);
#define ULEARN_OP(id, code, mnemonic, meaning) fprintf(out, "| %s | %d | %s |\n", mnemonic, code, meaning);
#include "core/isa/ulearn.def"
    fputs("\n## Fields\n\n| word | field | bits | signed | meaning |\n| --- | --- | --- | --- | --- |\n", out);
#define ULEARN_FIELD(op, field, low, bits, is_signed, meaning)                                                         \
    fprintf(out, "| %s | %s | %d..%d | %s | %s |\n", #op, #field, (low) + (bits)-1, low, (is_signed) ? "yes" : "no",   \
            meaning);
#include "core/isa/ulearn.def"
    fputs("\n## Variables\n\nA factor saturates to [-2^W, 2^W - 1] and counts W bits in the product's right shift.\n\n"
          "| code | variable | W | meaning |\n| --- | --- | --- | --- |\n",
          out);
#define ULEARN_VAR(id, name, width, meaning)                                                                           \
    fprintf(out, "| %d | %s | %d | %s |\n", (int)RV_##id, name, width, meaning);
#include "core/isa/ulearn.def"
}

static void write_profile(FILE *out, const hmn_chip *chip, const cost_profile *p)
{
    fprintf(out, "\n### %s: profile `%s`\n\n%s.\n\n| cost | value | status | source |\n| --- | --- | --- | --- |\n",
            chip->name, p->name, p->summary);
    for (uint32_t i = 0; i < p->nentries; i++) {
        const cost_entry *e = &p->entry[i];
        fprintf(out, "| %s | ", cost_name(e->id));
        if (cost_kind_of(e->id) == COST_POWER)
            fprintf(out, "%.12g mW", 1e-12 * (double)e->fj);
        else
            fprintf(out, "%.12g ns, %.12g pJ", 1e-3 * (double)e->ps, 1e-3 * (double)e->fj);
        fprintf(out, " | %s | %s |\n", cost_status_name(e->status), e->source);
    }
    for (uint32_t i = 0; i < p->nsettings; i++)
        fprintf(out, "| %s | %" PRIu32 " | %s | %s |\n", setting_name(p->setting[i].id), p->setting[i].value,
                cost_status_name(p->setting[i].status), p->setting[i].source);
    for (uint32_t i = 0; i < p->nbarriers; i++)
        fprintf(out, "| barrier from %" PRIu32 " tile%s on | %.12g ns | %s | %s |\n", p->barrier[i].tiles,
                p->barrier[i].tiles == 1 ? "" : "s", 1e-3 * (double)p->barrier[i].ps,
                cost_status_name(p->barrier[i].status), p->barrier[i].source);
    if (p->nbarriers == 0)
        fputs("\nNo barrier: a timer begins every step.\n", out);
}

static void write_costs(FILE *out)
{
    fputs("# What operations cost\n\nGenerated from `core/cost/cost.def` and the chips' tables. The models that use "
          "these numbers are in\n[timing.md](timing.md); all that they use stands here, and a network may choose all "
          "of it "
          "otherwise (`target: {costs: ...}`,\ntiming.md). Status: *published* by those who built the chip; *code*, a "
          "constant of published software; *counted*, in open code that ran;\n*chosen*, nothing public decides it. "
          "Times are of one operation, energies too; powers last as long as what they are of.\nSources: D18, Davies et "
          "al. 2018; SF, "
          "SANA-FE; DS, AN7, datasheet and application note of SpiNNaker; ST, FEC, SP, its open software "
          "(spinnaker_tools,\nSpiNNFrontEndCommon, sPyNNaker); OUR, programs of this project.\n\n"
          "| cost | once a | meaning |\n| --- | --- | --- |\n",
          out);
    for (uint32_t i = 0; i < COST_COUNT; i++)
        fprintf(out, "| %s | %s%s | %s |\n", cost_name((cost_id)i),
                cost_kind_of((cost_id)i) == COST_POWER ? "power of a " : "", cost_unit((cost_id)i),
                cost_meaning((cost_id)i));
    fputs("\n| setting | meaning |\n| --- | --- |\n", out);
    for (uint32_t i = 0; i < SETTING_COUNT; i++)
        fprintf(out, "| %s | %s |\n", setting_name((setting_id)i), setting_meaning((setting_id)i));
    fputs("| barrier | rows of tiles in use and the time of the barrier that ends a step |\n", out);
    uint32_t nchips;
    const hmn_chip *const *chips = registry_chips(&nchips);
    for (uint32_t i = 0; i < nchips; i++) {
        bool again = false;
        for (uint32_t k = 0; k < i && chips[i]->timing; k++)
            again |= chips[k]->timing == chips[i]->timing;
        if (again)
            fprintf(out, "\n### %s\n\nThe same profiles.\n", chips[i]->name);
        for (uint32_t k = 0; chips[i]->timing && !again && k < chips[i]->timing->nprofiles; k++)
            write_profile(out, chips[i], chips[i]->timing->profile[k]);
    }
}

static const page pages[] = {{"diagnostics.md", write_diagnostics},
                             {"format.md", write_format},
                             {"ulearn.md", write_ulearn},
                             {"cli.md", help_markdown},
                             {"costs.md", write_costs}};

const page *pages_all(uint32_t *count)
{
    *count = (uint32_t)(sizeof pages / sizeof *pages);
    return pages;
}
