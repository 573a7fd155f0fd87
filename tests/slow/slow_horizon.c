/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A million simulated paths against each family's boundaries; confidence sequences at 2,000 looks.
 */
#include "horizon_paths.h"
#include "test.h"

START_TEST(paths_exit_as_often_as_planned)
{
    horizon_paths_check(1000000);
}
END_TEST

START_TEST(confidence_sequences_hold_at_every_look)
{
    horizon_paths_check_always_valid(20000, 2000);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 1800);
    tcase_add_test(cases, paths_exit_as_often_as_planned);
    tcase_add_test(cases, confidence_sequences_hold_at_every_look);
}

int main(void)
{
    return test_main("slow_horizon", add);
}
