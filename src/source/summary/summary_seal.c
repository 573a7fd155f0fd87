/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests of the rows of a table of sums, and the mark at its end that holds one. */
#include "source/summary/summary_seal.h"

#include <inttypes.h>
#include <string.h>

#include "base/digits.h"
#include "base/error.h"

void assay__seal_digest_release(struct assay__seal_digest *digest)
{
    assay__text_release(&digest->cell);
}

/* Cells add up, so that the order of columns does not matter; so do rows. */
static void add_cell(struct assay__seal_digest *digest)
{
    digest->row += assay__fingerprint(digest->cell.data, digest->cell.length);
}

static void begin_cell(struct assay__seal_digest *digest, const char *column)
{
    digest->cell.length = 0;
    assay__text_append(&digest->cell, column, strlen(column) + 1);
}

void assay__seal_text(struct assay__seal_digest *digest, const char *column, const char *text,
                      size_t length)
{
    begin_cell(digest, column);
    assay__text_append(&digest->cell, text, length);
    add_cell(digest);
}

/* A number is its digits without zeros at either end, and its exponent. */
void assay__seal_number(struct assay__seal_digest *digest, const char *column,
                        const struct assay_decimal *number)
{
    char small[ASSAY__DIGITS_U64];
    const char *digits = number->digits;
    size_t length = number->digit_count;
    int64_t exponent = number->exponent;
    if (digits == NULL) {
        uint64_t magnitude =
            number->mantissa < 0 ? -(uint64_t)number->mantissa : (uint64_t)number->mantissa;
        digits = assay__digits_before(magnitude, small + sizeof small);
        length = (size_t)(small + sizeof small - digits);
    }
    for (; length > 0 && digits[0] == '0'; length--)
        digits++;
    for (; length > 0 && digits[length - 1] == '0'; length--)
        exponent++;
    begin_cell(digest, column);
    assay__text_putc(&digest->cell, length == 0 ? '0' : number->mantissa < 0 ? '-' : '+');
    assay__text_append(&digest->cell, digits, length);
    if (length > 0) {
        assay__text_append(&digest->cell, "e-", exponent < 0 ? 2 : 1);
        assay__text_count(&digest->cell, (uint64_t)(exponent < 0 ? -exponent : exponent));
    }
    add_cell(digest);
}

void assay__seal_row(struct assay__seal_digest *digest)
{
    assay__uint128 row = digest->row;
    digest->all += assay__fingerprint(&row, sizeof row);
    digest->row = 0;
    digest->row_count++;
}

void assay__seal_write(const struct assay__seal_digest *digest, char out[ASSAY__FINGERPRINT_BYTES])
{
    assay__fingerprint_write(digest->all, out);
}

/* The first entry of a kind of the seal's rows; NULL when there is none. */
static const struct assay__summary_entry *find_first(const struct assay__summary_table *table,
                                                     const char *name)
{
    for (uint32_t i = 0; assay__summary_has_series(table, name) && i < table->keys.count; i++)
        if (strcmp(table->entries[i]->key[ASSAY__KEY_METRIC], name) == 0)
            return table->entries[i];
    return NULL;
}

static enum assay_status check_schema(const struct assay__summary_table *table, const char *file,
                                      struct assay_error *err)
{
    const struct assay__summary_entry *schema = find_first(table, "@schema");
    if (schema == NULL)
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, 0, 0,
                              "The table's first row, '@schema', is missing: it was cut. Make it "
                              "again, or fetch it again.");
    if (schema->n != ASSAY__SEAL_SCHEMA)
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, schema->line, 0,
                              "The table has form %" PRIu64 "; this version reads form %d. Make "
                              "it again.",
                              schema->n, ASSAY__SEAL_SCHEMA);
    return ASSAY_OK;
}

enum assay_status assay__seal_check(struct assay__summary_table *table, const char *file,
                                    const struct assay__seal_end *end,
                                    const struct assay__seal_digest *digest,
                                    struct assay_error *err)
{
    if (digest->cell.failed)
        return assay__fail_memory(err);
    assay__seal_write(digest, table->digest);
    if (!end->is_there && find_first(table, "@schema") == NULL &&
        find_first(table, "@definition") == NULL && find_first(table, "@input") == NULL)
        return ASSAY_OK;
    enum assay_status status = check_schema(table, file, err);
    if (status != ASSAY_OK)
        return status;
    if (!end->is_there)
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, 0, 0,
                              "The table's last row, '@end', is missing: it was cut. Make it "
                              "again, or fetch it again.");
    if (end->row_count != digest->row_count)
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, end->line, 0,
                              "The mark '@end' counts %" PRIu64 " rows, but there are %" PRIu64
                              ": the table was cut or edited. Make it again, or fetch it again.",
                              end->row_count, digest->row_count);
    if (end->digest[0] != '\0' && strcmp(end->digest, table->digest) != 0)
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, end->line, 0,
                              "The rows are not those that were written: cells were changed since. "
                              "(Spreadsheets round long numbers.) Make the table again, or fetch "
                              "it again.");
    table->is_sealed = true;
    return ASSAY_OK;
}
