/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A history of traffic: a CSV of days and units, of which the mean of each weekday is kept. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/design.h"
#include "cli/message.h"

static const int64_t DAY_NS = INT64_C(86400000000000);

/* What a history adds up to. */
struct history {
    double units[DESIGN_WEEK];
    int64_t first, last; /* days since 1970-01-01 */
    size_t rows;
};

static int weekday(int64_t day)
{
    return (int)(((day % DESIGN_WEEK) + DESIGN_WEEK) % DESIGN_WEEK);
}

static int fail_at(const char *path, size_t line, const char *what)
{
    return message_fail(ASSAY_ERROR_DATA, path, line, "%s", what);
}

/* A row is "day,units"; one that does not begin with a digit is the header, when it is the first.
 */
static int take_row(const char *path, size_t line, char *row, struct history *history)
{
    row[strcspn(row, "\r\n")] = '\0';
    if (*row == '\0' || (line == 1 && !(*row >= '0' && *row <= '9')))
        return 0;
    char *comma = strpbrk(row, ",;\t"), *end;
    int64_t time_ns;
    if (comma == NULL)
        return fail_at(path, line, "a row is a day and its units: 2026-03-14,1250");
    if (!assay__time_parse(row, (size_t)(comma - row), &time_ns))
        return fail_at(path, line, "this is not a date; write 2026-03-14");
    double units = strtod(comma + 1, &end);
    if (end == comma + 1 || *end != '\0' || !(units >= 0.0 && isfinite(units)))
        return fail_at(path, line, "the units of a day are a number from 0 on");
    int64_t day = time_ns / DAY_NS - (time_ns % DAY_NS < 0);
    history->units[weekday(day)] += units;
    history->first = history->rows == 0 || day < history->first ? day : history->first;
    history->last = history->rows == 0 || day > history->last ? day : history->last;
    history->rows++;
    return 0;
}

int design_traffic_read(const char *path, struct design_traffic *traffic)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    struct history history = {0};
    char *row = NULL;
    size_t size = 0, line = 0;
    int code = 0;
    if (file == NULL)
        return message_fail(assay__open_status(errno), path, 0, "%s", strerror(errno));
    while (code == 0 && getline(&row, &size, file) != -1)
        code = take_row(path, ++line, row, &history);
    free(row);
    if (file != stdin)
        fclose(file);
    if (code == 0 && history.rows == 0)
        code = fail_at(path, line, "no day has units");
    for (int64_t day = history.last + 1; code == 0 && day <= history.last + DESIGN_WEEK; day++) {
        /* Days without a row had no units. A history below a week has one rate. */
        int64_t days = history.last - history.first + 1, same = 0;
        double sum = 0.0;
        for (int64_t d = history.first; d <= history.last; d++)
            same += weekday(d) == weekday(day);
        for (int w = 0; w < DESIGN_WEEK; w++)
            sum += history.units[w];
        traffic->by_weekday[day - history.last - 1] =
            days < DESIGN_WEEK ? sum / (double)days : history.units[weekday(day)] / (double)same;
    }
    traffic->is_given = true;
    return code;
}
