/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SIZE_QUERY_H
#define ASSAY_CLI_SIZE_QUERY_H

#include "assay.h"
#include "cli/args.h"

enum { SIZE_LIST_MAX = 64, SIZE_ROWS_MAX = SIZE_LIST_MAX * SIZE_LIST_MAX };

/** enum size_question: what of effect, power and size is asked for. */
enum size_question { SIZE_ASKS_SIZE, SIZE_ASKS_POWER, SIZE_ASKS_EFFECT };

/** struct size_list: the values of a flag. */
struct size_list {
    double values[SIZE_LIST_MAX];
    size_t count;
};

/** struct size_history: where mean and variance came from, when from a file. */
struct size_history {
    const char *path, *column;
    const char *denominator; /* of a ratio; NULL for others */
    const char *covariates[ASSAY_COVARIATES_MAX];
    uint32_t covariate_count;
    uint32_t dropped; /* bit i: covariate i is constant or a combination of earlier ones */
    bool is_share;
    double skewness;        /* of the values, or of a ratio's linearised ones; NaN when unknown */
    uint64_t rows, missing; /* rows without a value are left out */
};

/** struct size_query: the question, read from the flags. Absent numbers are NaN. */
struct size_query {
    enum size_question question;
    struct assay_size_design design; /* without effect; alpha adjusted, power set per row */
    double mean;                     /* of the baseline */
    double reduction;                /* share of the variance that covariates take away */
    double remaining;                /* 1 - reduction, exact where that is close to 1 */
    int direction;                   /* +1: an increase is wanted; -1: a decrease */
    struct size_list effects;        /* sizes of the wanted effect */
    struct size_list powers, totals;
    bool is_relative;        /* effects are relative to |mean| */
    bool has_margin;         /* non-inferiority */
    bool margin_is_relative; /* margin as given */
    double margin;
    struct assay_rates plan;     /* planned rates and what shares them */
    bool is_shared;              /* --success, --guardrails or --comparisons were given */
    struct size_history history; /* path NULL without --data */
};

/** struct size_row: one question answered. */
struct size_row {
    double effect, effect_relative; /* alternative - baseline; relative to |mean| or NaN */
    double detectable;              /* SIZE_ASKS_EFFECT: distance from the null; else NaN */
    double wanted_power;            /* as given; NaN for SIZE_ASKS_POWER */
    double adjusted_power;          /* after sharing beta; NaN for SIZE_ASKS_POWER */
    double baseline, compared, total;
    double power; /* at these sizes; NaN when no effect reaches the wanted one */
};

/** struct size_answer: all rows, in the order of the flags' values. */
struct size_answer {
    struct size_row *rows;
    size_t count;
};

/** size_scaled() is share * |mean|, both taken as the decimals they were written as. */
double size_scaled(double share, double mean);

/** size_rest() is 1 - share, the share taken as the decimal it was written as. */
double size_rest(double share);

/** size_history_read() fills mean, variances and reduction of a query from its history. */
ASSAY_MUST_CHECK enum assay_status size_history_read(struct size_query *query,
                                                     struct assay_error *err);

/** size_design_at() is the design with the effect of a row, and its power unless that is asked. */
struct assay_size_design size_design_at(const struct size_query *query, const struct size_row *row);

/**
 * size_power_at() is the power at a total of units and the effect of a row; NaN when undefined. The
 * points of a curve share a cache.
 */
struct assay__size_cache;
double size_power_at(const struct size_query *query, const struct size_row *row, double total,
                     struct assay__size_cache *cache);

/** enum size_caution: why the figures of a row are not those of its analysis. Bits. */
enum size_caution {
    SIZE_TESTED_EXACTLY = 1, /* a proportion: assay analyze takes an exact test at these sizes */
    SIZE_LESS_BY_WELCH = 2,  /* a z test: Welch's has less power, by a hundredth and more */
    SIZE_TOO_FEW = 4,        /* assay analyze gives no advice on so few units or events */
    SIZE_SKEWED = 8          /* skewness puts a tail of the test off by more than a fifth */
};

/** SIZE_SKEWED_WORDS say what SIZE_SKEWED means. */
extern const char SIZE_SKEWED_WORDS[];

/** size_cautions() are those of a row. *welch is the power of Welch's test, where that is one. */
unsigned size_cautions(const struct size_query *query, const struct size_row *row, double *welch);

/** size_split() shares units by the weights; at least 2 a group. */
void size_split(const struct size_query *query, double total, double *baseline, double *compared);

/** Writers of an answer. */
void size_write_table(const struct size_query *query, const struct size_answer *answer,
                      struct assay__text *out);
void size_write_csv(const struct size_query *query, const struct size_answer *answer,
                    struct assay__text *out);
void size_write_detail(const struct size_query *query, const struct size_answer *answer,
                       struct assay__text *out);

/** size_draw_curve() draws power by total units for one row. */
struct assay__page;
void size_draw_curve(struct assay__page *page, const struct size_query *query,
                     const struct size_row *row);

/** The curve's points: SIZE_CURVE_POINTS totals from 0 to twice the row's. */
enum { SIZE_CURVE_POINTS = 41 };

#endif
