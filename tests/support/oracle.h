/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random vectors and their moments in rational arithmetic: the plain definition on GMP rationals,
 * slow and with nothing in common with the library's own sums.
 */
#ifndef ASSAY_TESTS_ORACLE_H
#define ASSAY_TESTS_ORACLE_H

#include <gmp.h>

#include "test.h"

enum { ORACLE_VARIABLES = 6, ORACLE_DIGITS = 64 };

/* One vector as it is handed to the library, and as rationals. */
struct oracle_row {
    bool is_double;
    uint32_t missing;
    double doubles[ORACLE_VARIABLES];
    struct assay_decimal decimals[ORACLE_VARIABLES];
    char digits[ORACLE_VARIABLES][ORACLE_DIGITS + 1];
    mpq_t exact[ORACLE_VARIABLES];
};

/* Kinds of data; ORACLE_MIXED draws one of the others for every row. */
enum oracle_kind {
    ORACLE_BINARY,   /* 0 or 1 */
    ORACLE_MONEY,    /* two decimals */
    ORACLE_PRINTED,  /* what printing doubles with 17 digits gives */
    ORACLE_LONG,     /* 19 to 64 digits */
    ORACLE_FAR,      /* 1e-200 to 1e150 */
    ORACLE_EXTREME,  /* mantissas at the ends of 64 bits */
    ORACLE_DOUBLES,  /* any finite double, subnormal ones too */
    ORACLE_ORDINARY, /* doubles between -1000 and 1000, some of them integers */
    ORACLE_MIXED,
    ORACLE_KINDS
};

/* A small generator of our own, the same on every machine. */
uint64_t oracle_random(uint64_t *state);

/* Fills rows; covariates are missing one time in four when with_missing is true. */
void oracle_fill(struct oracle_row *rows, size_t count, struct assay_moments_shape shape,
                 enum oracle_kind kind, bool with_missing, uint64_t *state);
void oracle_release(struct oracle_row *rows, size_t count);

/* Adds a row to moments. */
void oracle_add(struct assay_moments *moments, const struct oracle_row *row);

/*
 * sum of the product of up to three variables over the rows whose missing mask is mask. When any
 * is true the mask is not looked at, and rows count in which all variables of present_of are there.
 */
void oracle_sum(const struct oracle_row *rows, size_t count, struct assay_moments_shape shape,
                uint32_t mask, const uint32_t *factors, uint32_t order, mpq_ptr sum);

/* Rows where the variables i and j are present; the sums of x_i, x_j, x_i x_j over them. */
uint64_t oracle_pair(const struct oracle_row *rows, size_t count, struct assay_moments_shape shape,
                     uint32_t i, uint32_t j, mpq_t sums[3]);

bool oracle_present(const struct oracle_row *row, struct assay_moments_shape shape,
                    uint32_t variable);

/* The double nearest to a rational, or to its square root, by MPFR with 16,000 bits. */
double oracle_nearest(mpq_srcptr value, bool root);

/* Reads decimal text with optional point and exponent as a rational. */
void oracle_read(const char *text, mpq_ptr value);

#endif
