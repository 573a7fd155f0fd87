/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law that quantiles and tails of one t distribution share: the bits of the functions alone. */
#include "stats/dist/t.h"

#include "test.h"

static const double DFS[] = {1.0, 1.5, 9.99, 10.0, 11.3, 29.0, 777.7, 1e5, 3e9, 1e15, INFINITY};
static const double POINTS[] = {-1e9, -2.5, -1e-9, 0.0, 1e-300, 1e-8,  0.3,     1.0,
                                1.96, 7.7,  40.0,  1e3, 1e9,    1e160, INFINITY};
static const double TAILS[] = {0.99, 0.7, 0.5, 0.3, 0.2, 0.025, 1e-6, 1e-100, 1e-300};

START_TEST(a_law_gives_the_bits_of_separate_functions)
{
    for (size_t d = 0; d < sizeof DFS / sizeof *DFS; d++) {
        struct assay__t_law law;
        assay__t_open(DFS[d], &law);
        for (size_t i = 0; i < sizeof TAILS / sizeof *TAILS; i++)
            ck_assert_double_eq(assay__t_law_quantile_upper(&law, TAILS[i]),
                                assay_t_quantile_upper(TAILS[i], DFS[d]));
        for (size_t i = 0; i < sizeof POINTS / sizeof *POINTS; i++) {
            struct assay__tail_values values = assay__t_law_upper_values(&law, POINTS[i]);
            ck_assert_double_eq(values.p, assay_t_upper(POINTS[i], DFS[d]));
            ck_assert_double_eq(values.log_p, assay_t_log_upper(POINTS[i], DFS[d]));
        }
    }
}
END_TEST

/* A sum that ran out of room for nodes would be cut short. */
START_TEST(a_law_has_room_for_all_nodes)
{
    int most = 0;
    for (double df = 10.0; df < 1e16; df *= df < 1e6 ? 1.07 : 1e7)
        for (double t = 1e-200; t<1e200; t *= t> 1e-3 && t < 1e4 ? 1.3 : 1e9) {
            struct assay__t_law law;
            assay__t_open(df, &law);
            (void)assay__t_law_upper_values(&law, t);
            most = law.count > most ? law.count : most;
        }
    printf("nodes of a t tail: %d at most\n", most);
    ck_assert_int_lt(most, 40);
    ck_assert_int_gt(most, 10);
}
END_TEST

static void add(TCase *c)
{
    tcase_add_test(c, a_law_gives_the_bits_of_separate_functions);
    tcase_add_test(c, a_law_has_room_for_all_nodes);
}

int main(void)
{
    return test_main("t", add);
}
