/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fisher's exact test of two shares. Given s successes in all, the compared group's successes are
 * hypergeometric; one probability comes from log gamma functions, the others of a tail from it by
 * their ratios, each below the one before as long as the tail leads away from the mode. A tail that
 * holds the mode is 1 less the other tail. 320 bits leave nothing to cancel.
 */
#include <math.h>

#include "stats/exact_test.h"

typedef struct assay__wide wide;

/* The hypergeometric distribution: n_c, n_t units, s successes, x of them in the compared group. */
struct table {
    uint64_t n_c, n_t, s;
    uint64_t least, most; /* of x */
};

static struct table table_of(const struct assay__shares *shares)
{
    struct table table = {.n_c = shares->units[0],
                          .n_t = shares->units[1],
                          .s = shares->successes[0] + shares->successes[1]};
    table.least = table.s > table.n_c ? table.s - table.n_c : 0;
    table.most = table.s < table.n_t ? table.s : table.n_t;
    return table;
}

static wide log_factorial(uint64_t n)
{
    return assay__wide_log_gamma(assay__wide_add(assay__wide_of_u64(n), assay__wide_of(1.0)));
}

static wide log_choose(uint64_t n, uint64_t k)
{
    wide below = assay__wide_add(log_factorial(k), log_factorial(n - k));
    return assay__wide_sub(log_factorial(n), below);
}

static wide log_probability(const struct table *table, uint64_t x)
{
    wide above = assay__wide_add(log_choose(table->n_c, table->s - x), log_choose(table->n_t, x));
    return assay__wide_sub(above, log_choose(table->n_c + table->n_t, table->s));
}

/* P(x + 1) / P(x). */
static wide ratio_up(const struct table *table, uint64_t x)
{
    wide above =
        assay__wide_mul(assay__wide_of_u64(table->s - x), assay__wide_of_u64(table->n_t - x));
    wide below = assay__wide_mul(assay__wide_of_u64(x + 1),
                                 assay__wide_of_u64(table->n_c - table->s + x + 1));
    return assay__wide_div(above, below);
}

/* P(next value in the direction) / P(x). */
static wide ratio(const struct table *table, uint64_t x, int direction)
{
    return direction > 0 ? ratio_up(table, x)
                         : assay__wide_div(assay__wide_of(1.0), ratio_up(table, x - 1));
}

static bool is_last(const struct table *table, uint64_t x, int direction)
{
    return x == (direction > 0 ? table->most : table->least);
}

/* P(x and beyond) / P(x), in a direction in which probabilities fall. */
static wide tail_sum(const struct table *table, uint64_t x, int direction)
{
    wide term = assay__wide_of(1.0), sum = term, small = assay__wide_of(0x1p-200);
    while (!is_last(table, x, direction)) {
        term = assay__wide_mul(term, ratio(table, x, direction));
        sum = assay__wide_add(sum, term);
        if (assay__wide_compare(term, assay__wide_mul(sum, small)) < 0)
            break; /* what is left is less than some thousand times as much */
        x = direction > 0 ? x + 1 : x - 1;
    }
    return sum;
}

/* Probability and natural logarithm of a tail from x on. */
struct tail {
    wide p, log_p;
};

static struct tail of_probability(wide p, wide rest)
{
    struct tail tail = {p, assay__wide_log(p)};
    /* log(1 - rest) = -rest where that is all 320 bits tell. */
    if (assay__wide_compare(rest, assay__wide_of(0x1p-80)) < 0)
        tail.log_p = assay__wide_neg(rest);
    return tail;
}

static struct tail one_tail(const struct table *table, uint64_t x, int direction)
{
    wide one = assay__wide_of(1.0);
    if (is_last(table, x, -direction))
        return (struct tail){one, assay__wide_zero()};
    bool falls =
        is_last(table, x, direction) || assay__wide_compare(ratio(table, x, direction), one) <= 0;
    if (falls) {
        wide log_p = assay__wide_add(log_probability(table, x),
                                     assay__wide_log(tail_sum(table, x, direction)));
        return (struct tail){assay__wide_exp(log_p), log_p};
    }
    uint64_t before = direction > 0 ? x - 1 : x + 1;
    wide other = assay__wide_mul(assay__wide_exp(log_probability(table, before)),
                                 tail_sum(table, before, -direction));
    return of_probability(assay__wide_sub(one, other), other);
}

/* Equal probabilities differ by rounding only. */
static bool is_as_improbable(wide log_p, wide log_observed)
{
    wide slack = assay__wide_add(log_observed, assay__wide_of(0x1p-100));
    return assay__wide_compare(log_p, slack) <= 0;
}

/*
 * The value nearest to x on the other side of the mode that is no more probable than x; false when
 * there is none. Probabilities rise from the far end to the mode, so bisection finds it.
 */
static bool find_opposite(const struct table *table, uint64_t x, int direction, uint64_t *found)
{
    wide log_observed = log_probability(table, x);
    uint64_t far = direction > 0 ? table->least : table->most, near = x;
    if (far == x || !is_as_improbable(log_probability(table, far), log_observed))
        return false;
    while ((far > near ? far - near : near - far) > 1) {
        uint64_t middle = far > near ? near + (far - near) / 2 : far + (near - far) / 2;
        bool is_beyond = is_as_improbable(log_probability(table, middle), log_observed);
        *(is_beyond ? &far : &near) = middle;
    }
    *found = far;
    return true;
}

static struct tail both_tails(const struct table *table, uint64_t x)
{
    wide one = assay__wide_of(1.0);
    bool rises_up = x < table->most && assay__wide_compare(ratio(table, x, 1), one) >= 0;
    bool rises_down = x > table->least && assay__wide_compare(ratio(table, x, -1), one) >= 0;
    if (!rises_up && !rises_down) /* the mode: every table is as improbable */
        return (struct tail){one, assay__wide_zero()};
    int direction = rises_up ? -1 : 1;
    uint64_t opposite;
    struct tail own = one_tail(table, x, direction);
    if (!find_opposite(table, x, direction, &opposite))
        return own;
    uint64_t next = direction > 0 ? opposite + 1 : opposite - 1;
    if (next == x)
        return (struct tail){one, assay__wide_zero()};
    struct tail other = one_tail(table, opposite, -direction);
    wide p = assay__wide_add(own.p, other.p);
    if (assay__wide_sign(p) == 0) /* beyond the exponents of 320 bits: the larger tail's log */
        return own;
    return of_probability(p, assay__wide_sub(one, p));
}

struct assay__p_value assay__fisher_test(const struct assay__shares *shares, enum assay_side side)
{
    struct table table = table_of(shares);
    uint64_t x = shares->successes[1];
    struct tail tail = side == ASSAY_SIDE_BOTH
                           ? both_tails(&table, x)
                           : one_tail(&table, x, side == ASSAY_SIDE_UPPER ? 1 : -1);
    wide log10_p = assay__wide_div(tail.log_p, assay__wide_log(assay__wide_of(10.0)));
    return (struct assay__p_value){assay__wide_double(tail.p), assay__wide_double(log10_p) + 0.0};
}
