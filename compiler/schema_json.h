/* The JSON Schema (draft-07) of the network language, for editors and other tools. */
#ifndef HMN_COMPILER_SCHEMA_JSON_H
#define HMN_COMPILER_SCHEMA_JSON_H

#include <stdio.h>

/* Writes the schema made from the table of keys. Same bytes for the same table. */
void schema_json_write(FILE *out);

#endif
