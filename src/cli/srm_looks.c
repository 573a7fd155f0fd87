/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay srm --looks: cumulative counts look by look, and the least p so far. */
#include "base/error.h"
#include "cli/srm_looks.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv_quote.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/term.h"
#include "json/json_write.h"
#include "number/number.h"
#include "report/table/terminal.h"

enum { GROUPS_MAX = ASSAY_GROUPS_MAX, COLUMNS_MAX = GROUPS_MAX + 1 };

/* One look: what was counted and found. */
struct look {
    char *label;      /* its time, or NULL */
    uint64_t *counts; /* [group_count] */
    struct assay_srm test;
    double p, log10_p; /* the least so far */
    bool significant;  /* at this look or before */
};

struct looks {
    const char *path;
    const struct assay_srm_design *design;
    double weights[GROUPS_MAX];
    char *names[GROUPS_MAX];
    size_t group_count;
    bool has_label; /* the first column is a time or a label */
    struct look *looks;
    size_t count, capacity;
};

/* Says what is wrong with a line; cell: the text that it is about, or NULL. */
static int fail_at(const struct looks *looks, size_t line, const char *cell, const char *what)
{
    bool has_cell = cell != NULL;
    return message_fail(ASSAY_ERROR_DATA, looks->path, line, "%s%s%s%s", has_cell ? "'" : "",
                        has_cell ? cell : "", has_cell ? "' " : "", what);
}

/* Cuts a row into cells; their number, or COLUMNS_MAX + 1 when there are more. */
static size_t cut_row(char *row, char *cells[COLUMNS_MAX])
{
    size_t count = 0;
    char *cell;
    row[strcspn(row, "\r\n")] = '\0';
    while ((cell = strsep(&row, ",;\t")) != NULL) {
        if (count == COLUMNS_MAX)
            return COLUMNS_MAX + 1;
        cells[count++] = cell;
    }
    return count;
}

static bool is_label_name(const char *name)
{
    static const char *const NAMES[] = {"time", "date", "look", "hour", "day", "week", "ds"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(name, NAMES[i]) == 0)
            return true;
    return false;
}

static int take_header(struct looks *looks, char *row)
{
    char *cells[COLUMNS_MAX];
    size_t count = cut_row(row, cells);
    looks->has_label = count > 0 && is_label_name(cells[0]);
    size_t first = looks->has_label ? 1 : 0;
    if (count > COLUMNS_MAX || count < first + 2 || count - first > GROUPS_MAX)
        return fail_at(looks, 1, NULL,
                       "the header names 2 to 1000 groups, after a column time, look or date if "
                       "there is one");
    for (size_t g = 0; g < count - first; g++) {
        if (!args_is_utf8(cells[first + g]) || *cells[first + g] == '\0')
            return fail_at(looks, 1, NULL, "a group's name is empty or not UTF-8");
        for (size_t i = 0; i < g; i++)
            if (strcmp(looks->names[i], cells[first + g]) == 0)
                return fail_at(looks, 1, cells[first + g], "is there twice");
        looks->names[g] = strdup(cells[first + g]);
        looks->group_count = g + 1;
        if (looks->names[g] == NULL)
            return message_fail_memory();
    }
    return 0;
}

static int take_count(const struct looks *looks, size_t line, const char *cell, uint64_t before,
                      uint64_t *count)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(cell, &end, 10);
    if (!isdigit((unsigned char)cell[0]) || *end != '\0' || errno != 0 || value > UINT64_C(1) << 53)
        return fail_at(looks, line, cell, "is not a count of units");
    if (value < before)
        return fail_at(looks, line, cell, "is less than at the look before: counts are cumulative");
    *count = value;
    return 0;
}

static int add_look(struct looks *looks)
{
    if (looks->count == looks->capacity) {
        size_t capacity = looks->capacity == 0 ? 64 : 2 * looks->capacity;
        struct look *grown = realloc(looks->looks, capacity * sizeof *grown);
        if (grown == NULL)
            return message_fail_memory();
        looks->looks = grown;
        looks->capacity = capacity;
    }
    struct look *look = &looks->looks[looks->count];
    *look = (struct look){.counts = calloc(looks->group_count, sizeof *look->counts)};
    if (look->counts == NULL)
        return message_fail_memory();
    looks->count++;
    return 0;
}

static int take_row(struct looks *looks, size_t line, char *row)
{
    char *cells[COLUMNS_MAX];
    size_t count = cut_row(row, cells), first = looks->has_label ? 1 : 0;
    if (count == 1 && *cells[0] == '\0')
        return 0;
    if (count != looks->group_count + first)
        return fail_at(looks, line, NULL, "a row has one count for each group of the header");
    int code = add_look(looks);
    struct look *look = code == 0 ? &looks->looks[looks->count - 1] : NULL;
    if (code == 0 && looks->has_label && (look->label = strdup(cells[0])) == NULL)
        code = message_fail_memory();
    for (size_t g = 0; code == 0 && g < looks->group_count; g++)
        code = take_count(looks, line, cells[first + g], looks->count > 1 ? look[-1].counts[g] : 0,
                          &look->counts[g]);
    return code;
}

static int read_looks(struct looks *looks)
{
    FILE *file = strcmp(looks->path, "-") == 0 ? stdin : fopen(looks->path, "r");
    char *row = NULL;
    size_t size = 0, line = 0;
    ssize_t length;
    int code = 0;
    if (file == NULL)
        return message_fail(assay__open_status(errno), looks->path, 0, "%s", strerror(errno));
    while (code == 0 && (length = getline(&row, &size, file)) != -1) {
        line++;
        if (strlen(row) != (size_t)length)
            code = fail_at(looks, line, NULL, "a byte is 0: this is not a CSV file of counts");
        else
            code = line == 1 ? take_header(looks, row) : take_row(looks, line, row);
    }
    if (code == 0 && ferror(file))
        code = message_fail(ASSAY_ERROR_IO, looks->path, 0, "%s", strerror(errno));
    free(row);
    if (file != stdin)
        fclose(file);
    if (code == 0 && looks->count == 0)
        code = fail_at(looks, line, NULL, "a row of counts is missing");
    return code;
}

static int test_looks(struct looks *looks)
{
    struct assay_srm_group *groups = calloc(looks->group_count, sizeof *groups);
    struct assay_error err;
    double p = 1.0, log10_p = 0.0;
    bool significant = false;
    int code = groups == NULL ? message_fail_memory() : 0;
    for (size_t k = 0; code == 0 && k < looks->count; k++) {
        struct look *look = &looks->looks[k];
        if (assay_srm_test(look->counts, looks->weights, looks->group_count, looks->design, groups,
                           &look->test, &err) != ASSAY_OK)
            code = cli_usage_error("srm", "%s", err.message);
        log10_p = fmin(log10_p, look->test.log10_p);
        p = fmin(p, look->test.p);
        significant = significant || look->test.significant;
        look->p = p;
        look->log10_p = log10_p;
        look->significant = significant;
    }
    free(groups);
    return code;
}

static void write_detail(const struct looks *looks, struct assay__text *out)
{
    struct assay__json json = {.out = out, .pretty = true};
    assay__json_begin(&json, '{');
    assay__json_member_count(&json, "schemaVersion", 1);
    assay__json_member_string(&json, "method", "sequential");
    assay__json_member_number(&json, "alpha", looks->design->alpha);
    assay__json_member_number(&json, "tolerance", looks->design->tolerance);
    assay__json_member_number(&json, "concentration", looks->design->concentration);
    assay__json_member_begin(&json, "looks", '[');
    for (size_t k = 0; k < looks->count; k++) {
        const struct look *look = &looks->looks[k];
        assay__json_begin(&json, '{');
        if (look->label != NULL)
            assay__json_member_string(&json, "time", look->label);
        assay__json_member_begin(&json, "counts", '[');
        for (size_t g = 0; g < looks->group_count; g++)
            assay__json_number(&json, (double)look->counts[g]);
        assay__json_end(&json, ']');
        assay__json_member_nullable(&json, "statistic", look->test.statistic);
        assay__json_member_nullable(&json, "p", look->p);
        assay__json_member_nullable(&json, "log10P", look->log10_p);
        assay__json_member_nullable(&json, "pAtLook", look->test.p);
        assay__json_member_boolean(&json, "significant", look->significant);
        assay__json_end(&json, '}');
    }
    assay__json_end(&json, ']');
    assay__json_member_boolean(&json, "significant", looks->looks[looks->count - 1].significant);
    assay__json_end(&json, '}');
    assay__text_putc(out, '\n');
}

static void write_csv(const struct looks *looks, struct assay__text *out)
{
    assay__text_puts(out, "look,time");
    for (size_t g = 0; g < looks->group_count; g++) {
        assay__text_putc(out, ',');
        assay__csv_quote(out, looks->names[g], NULL);
    }
    assay__text_puts(out, ",statistic,p_at_look,p,log10_p,significant\r\n");
    for (size_t k = 0; k < looks->count; k++) {
        const struct look *look = &looks->looks[k];
        const double figures[] = {look->test.statistic, look->test.p, look->p, look->log10_p};
        assay__text_format(out, "%zu,", k + 1);
        assay__csv_quote(out, look->label == NULL ? "" : look->label, NULL);
        for (size_t g = 0; g < looks->group_count; g++)
            assay__text_format(out, ",%" PRIu64, look->counts[g]);
        for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
            assay__text_putc(out, ',');
            args_csv_number(out, figures[i]);
        }
        assay__text_puts(out, look->significant ? ",true\r\n" : ",false\r\n");
    }
}

static void write_row(struct assay__page *page, size_t k, const struct look *look,
                      size_t group_count, int label_columns)
{
    char number[ASSAY__FIGURE_BYTES], figure[ASSAY__FIGURE_BYTES];
    uint64_t units = 0;
    for (size_t g = 0; g < group_count; g++)
        units += look->counts[g];
    snprintf(number, sizeof number, "%zu", k + 1);
    assay__page_cell(page, look->label == NULL ? number : look->label, label_columns,
                     look->label == NULL ? ASSAY__ALIGN_RIGHT : ASSAY__ALIGN_LEFT, true,
                     ASSAY__INK_PLAIN);
    assay__figure_count(units, figure);
    assay__page_column(page, figure, 15, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    snprintf(figure, sizeof figure, "-");
    if (look->test.tested)
        figure[assay__number_round(look->test.statistic, 4, figure)] = '\0';
    assay__page_column(page, figure, 16, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__figure_p(look->p, look->log10_p, figure);
    assay__page_column(page, figure, 11, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_spaces(page, 2);
    if (look->significant)
        assay__page_cell(page, "MISMATCH", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_BAD);
    assay__page_end(page);
}

static void write_table(const struct looks *looks, struct assay__text *out)
{
    static const char *const HEADS[] = {"units", "log Bayes factor", "p so far"};
    static const int WIDTHS[] = {15, 16, 11};
    struct term term = term_of(stdout);
    struct assay__page page = {
        .out = out, .width = term.width, .color = term.color, .unicode = term.unicode};
    int label_columns = 4;
    for (size_t k = 0; k < looks->count; k++)
        if (looks->looks[k].label != NULL)
            assay__page_widen(&label_columns, looks->looks[k].label);
    label_columns = label_columns > 24 ? 24 : label_columns;
    assay__page_cell(&page, "look", label_columns, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++)
        assay__page_column(&page, HEADS[i], WIDTHS[i], ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_end(&page);
    for (size_t k = 0; k < looks->count; k++)
        write_row(&page, k, &looks->looks[k], looks->group_count, label_columns);
}

static void release(struct looks *looks)
{
    for (size_t g = 0; g < looks->group_count; g++)
        free(looks->names[g]);
    for (size_t k = 0; k < looks->count; k++) {
        free(looks->looks[k].label);
        free(looks->looks[k].counts);
    }
    free(looks->looks);
    free(looks);
}

static int set_weights(struct looks *looks, const double *weights, size_t count)
{
    if (count != 0 && count != looks->group_count)
        return cli_usage_error("srm", "--looks has %zu groups, --weights %zu values",
                               looks->group_count, count);
    for (size_t g = 0; g < looks->group_count; g++)
        looks->weights[g] = count == 0 ? 1.0 : weights[g];
    return 0;
}

int srm_looks(const char *path, const struct assay_srm_design *design, const double *weights,
              size_t weight_count, enum args_format format, bool *found)
{
    struct looks *looks = calloc(1, sizeof *looks);
    struct assay__text out = {0};
    if (looks == NULL)
        return message_fail_memory();
    looks->path = path;
    looks->design = design;
    int code = read_looks(looks);
    if (code == 0)
        code = set_weights(looks, weights, weight_count);
    if (code == 0)
        code = test_looks(looks);
    if (code == 0) {
        *found = looks->looks[looks->count - 1].significant;
        if (format == ARGS_FORMAT_DETAIL)
            write_detail(looks, &out);
        else if (format == ARGS_FORMAT_CSV)
            write_csv(looks, &out);
        else
            write_table(looks, &out);
        code = args_print(&out);
    }
    release(looks);
    return code;
}
