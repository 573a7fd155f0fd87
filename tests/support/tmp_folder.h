/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_TESTS_TMP_FOLDER_H
#define ASSAY_TESTS_TMP_FOLDER_H

#include <stdbool.h>

/**
 * test_tmp() is a folder for the files of this test program, without a slash at its end. Between
 * test_tmp_begin() and test_tmp_end(), which test_main() calls, it is a folder of the program's
 * own, which goes with all that its cases left in it, be they killed or not; else /tmp.
 */
const char *test_tmp(void);

/** test_tmp_remove() removes a file, or a folder with all that is in it; false when it cannot. */
bool test_tmp_remove(const char *path);

void test_tmp_begin(void);
void test_tmp_end(void);

#endif
