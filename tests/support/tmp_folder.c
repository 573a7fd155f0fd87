/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tmp_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[40] = "/tmp";

const char *test_tmp(void)
{
    return folder;
}

void test_tmp_begin(void)
{
    strcpy(folder, "/tmp/assay-test-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        exit(EXIT_FAILURE);
    }
}

static int remove_entry(const char *path, const struct stat *found, int type, struct FTW *where)
{
    (void)found;
    (void)type;
    (void)where;
    return remove(path);
}

bool test_tmp_remove(const char *path)
{
    return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

void test_tmp_end(void)
{
    test_tmp_remove(folder);
    strcpy(folder, "/tmp");
}
