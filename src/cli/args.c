/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands' options have in common: numbers, lists, names, and where a value stood. */
#include "cli/args.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number/number.h"
#include "base/utf8.h"
#include "cli/cli.h"

struct kind {
    bool may_be_percent;
    double least, most;
    bool with_least;
    const char *sentence;
};

static const struct kind KINDS[] = {
    [ARGS_ANY] = {false, -INFINITY, INFINITY, false, "a number"},
    [ARGS_POSITIVE] = {false, 0.0, INFINITY, false, "a number above 0"},
    [ARGS_NOT_NEGATIVE] = {false, 0.0, INFINITY, true, "a number of 0 or more"},
    [ARGS_RATE] = {true, 0.0, 1.0, false, "a number between 0 and 1, such as 0.05 or 5%"},
    [ARGS_SHARE] = {true, 0.0, 1.0, true, "a number from 0 to below 1, such as 0.3 or 30%"},
    [ARGS_EFFECT] = {true, 0.0, INFINITY, false, "a number above 0, such as 0.02 or 2%"},
    [ARGS_WEIGHT] = {true, 0.0, INFINITY, true, "a number of 0 or more, such as 1 or 50%"},
};

static bool read_number(const struct kind *kind, const char *text, size_t length, double *out)
{
    bool is_read = (kind->may_be_percent && assay__percent_parse(text, length, out)) ||
                   assay__double_parse(text, length, out) == ASSAY__PARSE_OK;
    if (!is_read || !(*out < kind->most))
        return false;
    return kind->with_least ? *out >= kind->least : *out > kind->least;
}

static int number_at(struct args_where where, enum args_kind kind, const char *text, size_t length,
                     double *out)
{
    if (read_number(&KINDS[kind], text, length, out))
        return 0;
    return cli_usage_error(where.command, "--%s: '%.*s' is not %s", where.flag, (int)length, text,
                           KINDS[kind].sentence);
}

int args_number(struct args_where where, enum args_kind kind, const char *text, double *out)
{
    return number_at(where, kind, text, strlen(text), out);
}

static int too_many(struct args_where where, size_t max)
{
    return cli_usage_error(where.command, "--%s: more than %zu values", where.flag, max);
}

int args_numbers(struct args_where where, enum args_kind kind, const char *text, size_t max,
                 double *values, size_t *count)
{
    *count = 0;
    for (;;) {
        size_t length = strcspn(text, ",");
        if (*count == max)
            return too_many(where, max);
        int code = number_at(where, kind, text, length, &values[*count]);
        if (code != 0)
            return code;
        ++*count;
        if (text[length] == '\0')
            return 0;
        text += length + 1;
    }
}

static bool read_count(const char *text, size_t length, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || *out > (uint64_t)ASSAY__WHOLE_MAX / 10)
            return false;
        *out = *out * 10 + (uint64_t)(text[i] - '0');
    }
    return length > 0 && *out <= (uint64_t)ASSAY__WHOLE_MAX;
}

int args_counts(struct args_where where, const char *text, size_t max, uint64_t *values,
                size_t *count)
{
    *count = 0;
    for (;;) {
        size_t length = strcspn(text, ",");
        if (*count == max)
            return too_many(where, max);
        if (!read_count(text, length, &values[*count]))
            return cli_usage_error(where.command,
                                   "--%s: '%.*s' is not a whole number from 0 to 2^53", where.flag,
                                   (int)length, text);
        ++*count;
        if (text[length] == '\0')
            return 0;
        text += length + 1;
    }
}

static bool lists_choices;

void args_list_choices(bool lists)
{
    lists_choices = lists;
}

int args_choice(struct args_where where, const char *text, const char *const *names,
                unsigned *index)
{
    size_t count = 0;
    for (size_t i = 0; lists_choices && strcmp(text, "?") == 0 && names[i] != NULL; i++)
        puts(names[i]);
    for (; names[count] != NULL; count++) {
        if (strcmp(names[count], text) == 0) {
            *index = (unsigned)count;
            return 0;
        }
    }
    char list[256] = "";
    for (size_t i = 0, used = 0; i < count && used < sizeof list; i++) {
        const char *between = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", between, names[i]);
    }
    const char *nearest = cli_nearest(text, names, count);
    const char *is_not = count == 1 ? "not" : "not one of";
    if (nearest != NULL)
        return cli_usage_error(where.command, "--%s: '%s' is %s %s; did you mean '%s'?", where.flag,
                               text, is_not, list, nearest);
    return cli_usage_error(where.command, "--%s: '%s' is %s %s", where.flag, text, is_not, list);
}

int args_level(struct args_where where, const char *text, double *out)
{
    size_t length = strlen(text);
    bool is_percent = length > 0 && text[length - 1] == '%';
    bool is_number =
        assay__double_parse(text, length - (is_percent ? 1 : 0), out) == ASSAY__PARSE_OK;
    if (is_number && (*out >= 1.0 || is_percent))
        *out /= 100.0;
    if (is_number && *out > 0.0 && *out < 1.0)
        return 0;
    return cli_usage_error(where.command, "--%s=%s: this must be a level such as 95 or 0.95",
                           where.flag, text);
}

int args_format(const char *command, const char *text, enum args_format *format)
{
    static const char *const NAMES[] = {"table", "detail", "csv", NULL};
    unsigned index = 0;
    int code = args_choice((struct args_where){command, "format"}, text, NAMES, &index);
    *format = (enum args_format)index;
    return code;
}

int args_print(struct assay__text *text)
{
    struct assay_error err;
    char *bytes;
    size_t length;
    if (assay__text_take(text, &bytes, &length, &err) != ASSAY_OK)
        return cli_fail(&err);
    int code = cli_write_stdout(bytes, length);
    free(bytes);
    return code;
}

void args_csv_number(struct assay__text *out, double value)
{
    char figure[ASSAY__NUMBER_BYTES];
    if (isfinite(value))
        assay__text_append(out, figure, assay__number_write(value, figure));
}

bool args_is_utf8(const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        uint32_t code_point;
        size_t length = assay__utf8_next(text, left, &code_point);
        if (code_point == ASSAY__UTF8_INVALID)
            return false;
        text += length;
        left -= length;
    }
    return true;
}
