/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 1,000 kills over 10,000 posts: every acknowledged result is there once, every other one in the
 * outbox or there, none corrupt, none doubled. KILLS_SEED chooses another seed.
 */
#include "kills.h"

START_TEST(nothing_is_lost_or_doubled_by_1000_kills)
{
    const char *seed = getenv("KILLS_SEED");
    struct kills_figures figures =
        kills_run(&(struct kills_plan){.seed = seed != NULL ? strtoull(seed, NULL, 10) : 20261126,
                                       .posts = 10000,
                                       .client_kills = 500,
                                       .server_kills = 500,
                                       .posters = 8,
                                       .flushers = 3,
                                       .seconds_max = 900.0});
    /* The kills came in every phase: before, during and after the outbox's write, between commit
     * and answer, between the acknowledgement and the end of the entry. */
    ck_assert_uint_gt(figures.found_nowhere, 0);
    ck_assert_uint_gt(figures.temporaries, 0);
    ck_assert_uint_gt(figures.found_in_outbox, 0);
    ck_assert_uint_gt(figures.found_in_both, 0);
    ck_assert_uint_gt(figures.answers_lost, 0);
    ck_assert_uint_gt(figures.acknowledged_in_outbox, 0);
    ck_assert_uint_gt(figures.starting_kills, 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 1000);
    tcase_add_test(cases, nothing_is_lost_or_doubled_by_1000_kills);
}

int main(void)
{
    return test_main("slow_kills", add);
}
