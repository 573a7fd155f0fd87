/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/data.h"

#include <string.h>

#include "base/error.h"

struct name_value {
    const char *name;
    int value;
};

static const struct name_value INPUTS[] = {{"auto", ASSAY_INPUT_AUTO},
                                           {"units", ASSAY_INPUT_UNITS},
                                           {"summary", ASSAY_INPUT_SUMMARY},
                                           {NULL, 0}};
static const struct name_value BAD_ROWS[] = {
    {"fail", ASSAY_BAD_ROWS_FAIL}, {"skip", ASSAY_BAD_ROWS_SKIP}, {NULL, 0}};
static const struct name_value SEPARATORS[] = {{",", ','},   {"comma", ','}, {";", ';'},
                                               {"semicolon", ';'}, {"|", '|'}, {"pipe", '|'},
                                               {"\t", '\t'}, {"tab", '\t'},  {"\\t", '\t'},
                                               {NULL, 0}};

static bool find_name(const struct name_value *rows, const char *name, int *value)
{
    for (; rows->name != NULL; rows++) {
        if (strcmp(rows->name, name) == 0) {
            *value = rows->value;
            return true;
        }
    }
    return false;
}

int data_flag_take(struct assay_read_options *options, int option, const char *value,
                   const char **problem)
{
    int found = 0;
    if (option == DATA_FLAG_INPUT) {
        *problem = "--input is auto, units or summary";
        if (!find_name(INPUTS, value, &found))
            return -1;
        options->kind = (enum assay_input_kind)found;
    } else if (option == DATA_FLAG_BAD_ROWS) {
        *problem = "--bad-rows is fail or skip";
        if (!find_name(BAD_ROWS, value, &found))
            return -1;
        options->bad_rows = (enum assay_bad_rows)found;
    } else if (option == DATA_FLAG_SEPARATOR) {
        *problem = "--separator is one of ',', ';', '|' or tab";
        if (!find_name(SEPARATORS, value, &found))
            return -1;
        options->separator = (char)found;
    } else {
        return 0;
    }
    return 1;
}

void data_flag_help(FILE *out)
{
#define DATA_FLAG_HELP(id, name, has_argument, argument, sentence)                                 \
    fprintf(out, "  --%-24s %s\n", has_argument ? name "=" argument : name, sentence);
    DATA_FLAG_LIST(DATA_FLAG_HELP)
#undef DATA_FLAG_HELP
}

enum assay_status data_read(const struct plan_flags *flags,
                            const struct assay_read_options *options, char *const *paths,
                            size_t path_count, struct assay_plan **plan,
                            struct assay_dataset **dataset, struct assay_error *err)
{
    *plan = NULL;
    *dataset = NULL;
    enum assay_status status = plan_flags_build(flags, plan, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(*plan, dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(*dataset, (const char *const *)paths, path_count, options, err);
    return status;
}
