/* The bytes of an image. Private to the reader, the writer and the parts (part.h),
 * whose directory is the same.
 *
 *    0  magic "HMN-IMG"    8 version   12 header bytes   16 chip name (NUL-padded)
 *   32  cores             36 sections  40 seed           48 file bytes
 *   56  XXH64 of the header's first 56 bytes and the directory
 *   64  directory: one 48-byte entry a section, sorted by (core, table), no two alike
 *  ...  sections at multiples of 64 bytes */
#ifndef HMN_IR_IMAGE_LAYOUT_H
#define HMN_IR_IMAGE_LAYOUT_H

#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "images are mapped as they are: a little-endian machine is needed"
#endif

#define IMAGE_MAGIC 0x00474D492D4E4D48ull /* "HMN-IMG\0" */

enum { IMAGE_ALIGN = 64, IMAGE_MAX_TABLES = 32 };

typedef struct {
    uint64_t magic;
    uint32_t version, header_bytes;
    char chip[16];
    uint32_t ncores, nsections;
    uint64_t seed, file_bytes, directory_hash;
} image_header;

typedef struct {
    uint32_t table, core; /* core IMAGE_HOST: a host table */
    uint64_t offset, rows, bytes, hash;
    uint32_t row_words, reserved;
} image_entry;

_Static_assert(sizeof(image_header) == 64, "the header is 64 bytes");
_Static_assert(sizeof(image_entry) == 48, "a directory entry is 48 bytes");

#endif
