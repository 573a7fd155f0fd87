/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A CSV text is opened, and opened a second time. */
#include <string.h>

#include "base/memory.h"
#include "source/csv/csv_private.h"

static struct assay__csv *own(struct assay__rows *rows)
{
    return (struct assay__csv *)rows;
}

static assay__uint128 fingerprint(const struct assay__rows *rows)
{
    return assay__source_fingerprint(assay__csv_of(rows)->source);
}

static const char *place(const struct assay__rows *rows)
{
    return assay__csv_name(assay__csv_of(rows));
}

/* A second reader while the first reads: of the file, or of the first bytes of a stream. */
static struct assay__rows *again(const struct assay__rows *rows)
{
    const struct assay__csv *csv = assay__csv_of(rows);
    struct assay__csv_options options = csv->options;
    struct assay__rows *out = NULL;
    options.skip_bad = true;
    options.is_traced = false;
    options.feed = NULL;
    if (!assay__source_is_file(csv->source))
        options.head_of = csv->source;
    bool is_open = assay__csv_open(assay__csv_name(csv), &options, &out, NULL) == ASSAY_OK;
    return is_open ? out : NULL;
}

static bool can_reread(const struct assay__rows *rows)
{
    const struct assay__csv *csv = assay__csv_of(rows);
    const struct assay__feed *feed = csv->options.feed;
    return feed == NULL ? assay__source_is_file(csv->source) : feed->restart != NULL;
}

static enum assay_status reread(const struct assay__rows *rows, struct assay__rows **out,
                                struct assay_error *err)
{
    const struct assay__csv *csv = assay__csv_of(rows);
    const struct assay__feed *feed = csv->options.feed;
    if (feed != NULL)
        feed->restart(feed->context);
    return assay__csv_open(assay__csv_name(csv), &csv->options, out, err);
}

static const struct assay__rows_kind CSV = {
    .place = place,
    .next_block = assay__csv_next_block,
    .close = assay__csv_close,
    .suggest = assay__csv_suggest,
    .again = again,
    .can_reread = can_reread,
    .reread = reread,
    .fingerprint = fingerprint,
    .csv = own,
};

/* Sums that assay wrote: *needs_more tells that the first bytes do not say it yet. */
static bool is_own(const char *text, size_t length, bool *needs_more)
{
    static const char HEADER[] = "metric,group,time,dimension,value,n", ROW[] = "@schema,";
    *needs_more = false;
    if (length < sizeof HEADER || memcmp(text, HEADER, sizeof HEADER - 1) != 0)
        return false;
    char next = text[sizeof HEADER - 1];
    if (next != ',' && next != '\n') /* it ends there where no unit has a value */
        return false;
    const char *end = text + length, *row = memchr(text, '\n', length);
    *needs_more = row == NULL || (size_t)(end - row) < sizeof ROW;
    return !*needs_more && memcmp(row + 1, ROW, sizeof ROW - 1) == 0;
}

/*
 * Reads the first bytes. What others wrote is in the encoding of the options; what assay wrote is
 * as it always writes: the options tell how the rows were spelt that it was made of.
 */
static enum assay_status read_head(struct assay__csv *csv, struct assay_error *err)
{
    enum { HEAD_BYTES_MAX = 32 * 1024 };
    bool needs_more = true;
    enum assay_status status = ASSAY_OK;
    do {
        status = assay__csv_refill(csv, err);
        csv->rows.is_own = status == ASSAY_OK && is_own(csv->buffer, csv->end, &needs_more);
    } while (status == ASSAY_OK && needs_more && !csv->is_last && csv->end < HEAD_BYTES_MAX);
    if (csv->rows.is_own)
        csv->options = (struct assay__csv_options){.separator = ',',
                                                   .skip_bad = csv->options.skip_bad,
                                                   .is_traced = csv->options.is_traced,
                                                   .halt = csv->options.halt,
                                                   .feed = csv->options.feed,
                                                   .head_of = csv->options.head_of};
    if (status != ASSAY_OK || csv->options.encoding == NULL)
        return status;
    const struct assay__recoder_head head = {csv->buffer, csv->end, csv->is_last};
    status = assay__recoder_new(csv->source, csv->options.encoding, &head, &csv->recoder, err);
    csv->end = 0;
    return status == ASSAY_OK ? assay__csv_refill(csv, err) : status;
}

enum assay_status assay__csv_open(const char *path, const struct assay__csv_options *options,
                                  struct assay__rows **out, struct assay_error *err)
{
    if (options->separator != '\0' && strchr(ASSAY__CSV_SEPARATORS, options->separator) == NULL)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "The separator must be a comma, a semicolon, a tab or a bar.");
    struct assay__csv *csv = assay__calloc(1, sizeof *csv);
    if (csv == NULL)
        return assay__fail_memory(err);
    csv->rows.kind = &CSV;
    csv->rows.skips_bad = options->skip_bad;
    csv->options = *options;
    csv->line = 1;
    csv->capacity = ASSAY__CSV_BUFFER_BYTES;
    csv->buffer = assay__malloc(ASSAY__CSV_BUFFER_BYTES + 1);
    enum assay_status status = csv->buffer == NULL ? assay__fail_memory(err) : ASSAY_OK;
    if (status == ASSAY_OK && options->head_of != NULL)
        status = assay__source_open_head(options->head_of, &csv->source, err);
    else if (status == ASSAY_OK)
        status = assay__source_open_any(path, options->feed, options->halt, &csv->source, err);
    if (status == ASSAY_OK && options->is_traced)
        status = assay__source_trace(csv->source, err);
    if (status == ASSAY_OK)
        status = read_head(csv, err);
    if (status == ASSAY_OK)
        status = assay__csv_begin(csv, err);
    if (status != ASSAY_OK) {
        assay__rows_close(&csv->rows);
        return status;
    }
    *out = &csv->rows;
    return ASSAY_OK;
}

struct assay__csv_options assay__csv_options_of(char separator, const struct assay_dialect *dialect)
{
    return (struct assay__csv_options){.separator = separator,
                                       .trim = dialect->trim,
                                       .skip_lines = dialect->skip_lines,
                                       .encoding = dialect->encoding};
}
