/* MD5 of a short text (RFC 1321), where a format of others asks for it. Not for security. */
#ifndef HMN_BASE_MD5_H
#define HMN_BASE_MD5_H

#include <stdint.h>

/* The first four bytes of the digest as a number, the first one highest: what the first 8 hexadecimal digits say.
 * The text has at most 55 bytes: one block. */
uint32_t md5_head(const char *text);

#endif
