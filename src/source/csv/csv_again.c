/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A CSV text that is opened a second time. */
#include "source/csv/csv_private.h"

/* While it is read; NULL for a stream. */
struct assay__rows *assay__csv_again(const struct assay__rows *rows)
{
    const struct assay__csv *csv = assay__csv_of(rows);
    struct assay__csv_options options = csv->options;
    struct assay__rows *out = NULL;
    options.skip_bad = true;
    options.is_traced = false;
    bool is_open = assay__source_is_file(csv->source) &&
                   assay__csv_open(assay__csv_name(csv), &options, &out, NULL) == ASSAY_OK;
    return is_open ? out : NULL;
}

bool assay__csv_can_reread(const struct assay__rows *rows)
{
    const struct assay__csv *csv = assay__csv_of(rows);
    const struct assay__feed *feed = csv->options.feed;
    return feed == NULL ? assay__source_is_file(csv->source) : feed->restart != NULL;
}

enum assay_status assay__csv_reread(const struct assay__rows *rows, struct assay__rows **out,
                                    struct assay_error *err)
{
    const struct assay__csv *csv = assay__csv_of(rows);
    const struct assay__feed *feed = csv->options.feed;
    if (feed != NULL)
        feed->restart(feed->context);
    return assay__csv_open(assay__csv_name(csv), &csv->options, out, err);
}
