/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SUMMARY_SUMMARY_SEAL_H
#define ASSAY_SOURCE_SUMMARY_SUMMARY_SEAL_H

#include "assay/moments.h"
#include "base/fingerprint.h"
#include "source/summary/summary_table.h"

/**
 * The seal of a table of sufficient statistics: rows that say what its sums are of.
 *
 *     metric       group       dimension  value               n
 *     @schema                                                 version of the table's form
 *     @definition  name        kind       text                1    see plan/plan_data.h
 *     @input       events                 fingerprint         rows of the file
 *     @end                                digest of the rows  rows of the table before it
 *
 * @schema stands first and @end last, but the order of rows means nothing: a cut table lacks one of
 * them, or rows. The digest is over what the cells say, not over how they are spelt: quotes,
 * separators, line ends, the order of rows and of columns and 1.50 for 1.5 change nothing. It may
 * be empty: SQL writes the mark without one.
 */
enum { ASSAY__SEAL_SCHEMA = 1 };

/** struct assay__seal_digest adds up the digests of rows. Zero-initialise; release it. */
struct assay__seal_digest {
    assay__uint128 row, all;
    uint64_t row_count;
    struct assay__text cell;
};

void assay__seal_digest_release(struct assay__seal_digest *digest);

/** assay__seal_text() adds a cell of text to the row at hand; _number() one of a number. */
void assay__seal_text(struct assay__seal_digest *digest, const char *column, const char *text,
                      size_t length);
void assay__seal_number(struct assay__seal_digest *digest, const char *column,
                        const struct assay_decimal *number);

/** assay__seal_row() ends the row at hand. */
void assay__seal_row(struct assay__seal_digest *digest);

/** assay__seal_write() writes the digest of all rows. */
void assay__seal_write(const struct assay__seal_digest *digest, char out[ASSAY__FINGERPRINT_BYTES]);

/** struct assay__seal_end is what a table's mark says. */
struct assay__seal_end {
    bool is_there;
    uint64_t row_count, line;
    char digest[ASSAY__FINGERPRINT_BYTES]; /* or "" */
};

/**
 * assay__seal_check() says whether a table is sealed, in it, and refuses a broken seal: a mark that
 * is missing, or speaks of other rows than were read.
 */
enum assay_status assay__seal_check(struct assay__summary_table *table, const char *file,
                                    const struct assay__seal_end *end,
                                    const struct assay__seal_digest *digest,
                                    struct assay_error *err);

/** assay__seal_plan() adds a plan's definitions to a table. */
enum assay_status assay__seal_plan(const struct assay_plan *plan,
                                   struct assay__summary_table *table, struct assay_error *err);

/**
 * assay__seal_fits() refuses a sealed table that does not have what a plan asks for, or has it
 * defined otherwise; whatever the plan does not name may be any way.
 */
enum assay_status assay__seal_fits(const struct assay__summary_table *table,
                                   const struct assay_plan *plan, struct assay_error *err);

/**
 * assay__seal_agree() compares a sealed part with the first one: what both define must be the same,
 * and, when all is wanted, both must define the same things.
 */
enum assay_status assay__seal_agree(const struct assay__summary_table *first,
                                    const struct assay__summary_table *part, bool wants_all,
                                    struct assay_error *err);

#endif
