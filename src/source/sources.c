/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which source of rows a name stands for. */
#include "source/sources.h"

#include <string.h>

#include "source/csv/csv.h"

/** struct source opens the names that begin with its prefix. */
struct source {
    const char *prefix;
    enum assay_status (*open)(const struct assay__rows_request *request, struct assay__rows **out,
                              struct assay_error *err);
};

/* A file of CSV, plain or compressed (source/file.c), or standard input. */
enum assay_status assay__open_csv(const struct assay__rows_request *request,
                                  struct assay__rows **out, struct assay_error *err)
{
    struct assay__csv_options options =
        assay__csv_options_of(request->options->separator, &request->plan->dialect);
    options.is_traced = request->is_traced;
    options.halt = request->halt;
    return assay__csv_open(request->name, &options, out, err);
}

#define ROW(prefix, name) {prefix, assay__open_##name},
static const struct source SOURCES[] = {ASSAY__SOURCE_LIST(ROW)};

enum assay_status assay__rows_open(const struct assay__rows_request *request,
                                   struct assay__rows **out, struct assay_error *err)
{
    const struct source *source = SOURCES;
    while (strncmp(request->name, source->prefix, strlen(source->prefix)) != 0)
        source++;
    return source->open(request, out, err);
}
