/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every test program shares. A test program is tests/test_<file>.c: its cases are Check
 * tests, and its main() hands a function that adds them to test_main().
 *
 * Tests run with the repository's top as working directory.
 */
#ifndef ASSAY_TESTS_TEST_H
#define ASSAY_TESTS_TEST_H

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/results.h"
#include "assay.h"
#include "tmp_folder.h"

/* Check writes the place of every assertion that holds to a pipe, for the case that the next line
 * crashes: millions of system calls, half the time of all tests. make CPPFLAGS=-DTEST_MARKS keeps
 * the places. */
#ifndef TEST_MARKS
#define _mark_point(file, line) ((void)(file), (void)(line))
#endif

/** test_main() runs the cases that add() put into a test case; returns the exit status. */
int test_main(const char *name, void (*add)(TCase *cases));

/**
 * test_main_apart() runs each case in a process of its own: for cases that limit or measure the
 * process, change its signals or environment, or must not see what another one has left. A process
 * costs more than most cases.
 */
int test_main_apart(const char *name, void (*add)(TCase *cases));

/** test_relative_error() is |got - want| / |want|; 0 when equal (also both NaN, same infinity). */
double test_relative_error(double got, double want);

/** assert_close() fails unless got is within tolerance (relative) of want, and prints both. */
#define assert_close(got, want, tolerance)                                                         \
    do {                                                                                           \
        double got_ = (got), want_ = (want);                                                       \
        double error_ = test_relative_error(got_, want_);                                          \
        ck_assert_msg(error_ <= (tolerance), "%s = %.17g, expected %.17g (relative error %.3g)",   \
                      #got, got_, want_, error_);                                                  \
    } while (0)

/** assert_ok() fails unless the status expression is ASSAY_OK; err_ptr's message is shown. */
#define assert_ok(expression, err_ptr)                                                             \
    do {                                                                                           \
        enum assay_status status_ = (expression);                                                  \
        ck_assert_msg(status_ == ASSAY_OK, "%s: %s: %s", #expression, assay_status_id(status_),    \
                      (err_ptr)->message);                                                         \
    } while (0)

/** test_read_file() reads a whole file, NUL-terminated; the test fails when it cannot. free() it.
 */
char *test_read_file(const char *path, size_t *length);

/** test_write_file() makes a file of bytes; the test fails when it cannot. */
void test_write_file(const char *path, const char *bytes, size_t length);

struct assay__text;

/** test_text() is what a text holds; the test fails without memory. free() it. */
char *test_text(struct assay__text *text);

/** test_plan() is the plan of a JSON text; the test fails when it has none. */
struct assay_plan *test_plan(const char *json);

#endif
