/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small round of kills; slow_kills has the large one. */
#include "kills.h"

START_TEST(nothing_is_lost_or_doubled_by_20_kills)
{
    kills_run(&(struct kills_plan){.seed = 1,
                                   .posts = 200,
                                   .client_kills = 10,
                                   .server_kills = 10,
                                   .posters = 5,
                                   .flushers = 2,
                                   .seconds_max = 250.0});
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, nothing_is_lost_or_doubled_by_20_kills);
}

int main(void)
{
    return test_main("kills", add);
}
