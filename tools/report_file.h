/* Report files: JSON, or text where the name ends in .txt; to a temporary name, then renamed. */
#ifndef HMN_TOOLS_REPORT_FILE_H
#define HMN_TOOLS_REPORT_FILE_H

#include "tools/source.h"

bool report_is_json(const char *path);
/* False after a report. */
bool report_save(source *s, const char *path, void (*write)(const source *, const void *, FILE *), const void *what);

#endif
