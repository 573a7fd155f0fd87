/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan from a file: its bytes, its limit, and the place of errors. */
#include "plan/plan_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const char *assay__plan_file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "(standard input)" : path;
}

/* Reads one byte more than a plan may have, so that a longer file is found out. */
static enum assay_status read_all(FILE *file, const char *name, struct assay__text *text,
                                  struct assay_error *err)
{
    char block[16384];
    size_t length;
    while (text->length <= ASSAY_PLAN_BYTES_MAX &&
           (length = fread(block, 1, sizeof block, file)) > 0)
        assay__text_append(text, block, length);
    if (ferror(file) && errno == EISDIR)
        return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, name, 0, 0,
                              "This is a directory, not a file.");
    if (ferror(file))
        return assay__fail_at(err, ASSAY_ERROR_IO, name, 0, 0, "Reading failed: %s.",
                              strerror(errno));
    return text->failed ? assay__fail_memory(err) : ASSAY_OK;
}

enum assay_status assay__plan_read_file(struct assay__arena *arena, const char *path,
                                        struct assay__node **out, struct assay_error *err)
{
    const char *name = assay__plan_file_name(path);
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    if (file == NULL)
        return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, name, 0, 0,
                              "The plan cannot be opened: %s.", strerror(errno));
    struct assay__text text = {0};
    enum assay_status status = read_all(file, name, &text, err);
    if (!is_stdin)
        fclose(file);
    if (status == ASSAY_OK)
        status = assay__plan_read_tree(arena, text.data != NULL ? text.data : "", text.length, name,
                                       out, err);
    assay__text_release(&text);
    return status;
}
