/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting by the monotonic clock: never shorter than asked, whatever comes between. */
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include "base/clock.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition;
static bool is_told;
static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static void *tell(void *argument)
{
    pthread_mutex_lock(&lock);
    is_told = true;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&lock);
    return argument;
}

START_TEST(a_wait_ends_at_its_instant)
{
    assay__clock_condition(&condition);
    for (int i = 0; i < 20; i++) {
        double until = assay__clock_now() + 0.001 * i;
        pthread_mutex_lock(&lock);
        while (assay__clock_wait(&condition, &lock, until)) {
        }
        pthread_mutex_unlock(&lock);
        /* a double of seconds holds an instant to some nanoseconds */
        ck_assert_double_ge(assay__clock_now(), until - 1e-6);
    }
    pthread_cond_destroy(&condition);
}
END_TEST

START_TEST(a_wait_ends_when_told)
{
    pthread_t thread;
    bool is_in_time = true;
    is_told = false;
    assay__clock_condition(&condition);
    double until = assay__clock_now() + 3600.0;
    pthread_mutex_lock(&lock);
    ck_assert_int_eq(pthread_create(&thread, NULL, tell, NULL), 0);
    while (!is_told && is_in_time)
        is_in_time = assay__clock_wait(&condition, &lock, until);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    ck_assert(is_told && is_in_time);
    pthread_cond_destroy(&condition);
}
END_TEST

START_TEST(a_sleep_goes_on_after_signals)
{
    const struct sigaction action = {.sa_handler = count_signal}, usual = {.sa_handler = SIG_DFL};
    const struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    double begin = assay__clock_now();
    signals = 0;
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
    assay__clock_sleep(0.05);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
    ck_assert_int_eq(sigaction(SIGALRM, &usual, NULL), 0);
    ck_assert_double_ge(assay__clock_now() - begin, 0.05 - 1e-6);
    ck_assert_int_gt(signals, 0);
}
END_TEST

START_TEST(both_forms_are_one_clock)
{
    double first = assay__clock_now();
    double between = 1e-9 * (double)assay__clock_ns();
    double last = assay__clock_now();
    ck_assert(first <= between && between <= last);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, a_wait_ends_at_its_instant);
    tcase_add_test(tests, a_wait_ends_when_told);
    tcase_add_test(tests, a_sleep_goes_on_after_signals);
    tcase_add_test(tests, both_forms_are_one_clock);
}

int main(void)
{
    return test_main("clock", add);
}
