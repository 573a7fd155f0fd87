/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulated paths keep the level and the power of boundaries: a few of what slow_horizon takes. */
#include "horizon_paths.h"
#include "test.h"

START_TEST(paths_exit_as_often_as_planned)
{
    horizon_paths_check(20000);
}
END_TEST

START_TEST(confidence_sequences_hold_at_every_look)
{
    horizon_paths_check_always_valid(4000, 200);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, paths_exit_as_often_as_planned);
    tcase_add_test(cases, confidence_sequences_hold_at_every_look);
}

int main(void)
{
    return test_main("horizon_paths", add);
}
