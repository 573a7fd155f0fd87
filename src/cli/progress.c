/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a long command is: a line that a terminal shows until something else is said, or events.
 */
#include "cli/progress.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/deliver/log_line.h"
#include "assay/hooks.h"
#include "base/clock.h"
#include "cli/message.h"
#include "cli/term.h"
#include "number/number.h"

enum { LINE_BYTES = 256 };

static const double FIRST_SECONDS = 1.0;                         /* shorter work says nothing */
static const double LINE_SECONDS = 0.1, EVENT_SECONDS = 5.0;     /* from one report to the next */
static const double RATE_SECONDS = 0.5, LEFT_SECONDS_MAX = 36e4; /* what is guessed too early */

/* What is shown; a command has one thread that reports at a time. */
static struct progress {
    enum progress_when when;
    bool is_on, is_terminal, is_shown, has_reported;
    const char *stage; /* at hand */
    uint64_t first;    /* done when the stage began */
    uint64_t last;     /* done at the last report: less is another file */
    double began, stage_began, reported;
} shown;

void progress_set(enum progress_when when)
{
    shown.when = when;
}

/* A rate of the stage, and the seconds that are left of it; NAN while there is no telling. */
struct pace {
    double rate, left;
};

static struct pace pace_of(const struct assay_progress *progress, double now)
{
    struct pace pace = {(double)NAN, (double)NAN};
    double seconds = now - shown.stage_began, done = (double)(progress->done - shown.first);
    if (seconds < RATE_SECONDS || !(done > 0.0))
        return pace;
    pace.rate = done / seconds;
    if (progress->total > progress->done)
        pace.left = (double)(progress->total - progress->done) / pace.rate;
    if (pace.left > LEFT_SECONDS_MAX)
        pace.left = (double)NAN;
    return pace;
}

/* A number of bytes in decimal units, three digits of it. */
static void put_bytes(char out[32], double bytes)
{
    static const char *const UNITS[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < sizeof UNITS / sizeof *UNITS) {
        bytes /= 1000.0;
        unit++;
    }
    snprintf(out, 32, "%.*f %s", unit == 0 || bytes >= 99.95 ? 0 : 1, bytes, UNITS[unit]);
}

static void put_amount(char out[32], bool is_bytes, uint64_t amount)
{
    if (is_bytes)
        put_bytes(out, (double)amount);
    else
        snprintf(out, 32, "%s", assay__count(amount).text);
}

static void append(char line[LINE_BYTES], const char *before, const char *text, const char *after)
{
    size_t length = strlen(line);
    snprintf(line + length, LINE_BYTES - length, "%s%s%s", before, text, after);
}

/* "read 1.2 GB of 3.4 GB (35 %), 12,345,678 rows, 410 MB/s, 5 s left" */
static void describe(const struct assay_progress *progress, struct pace pace, char line[LINE_BYTES])
{
    bool is_bytes = strcmp(progress->stage, "read") == 0;
    char number[32];
    snprintf(line, LINE_BYTES, "%s", progress->stage);
    put_amount(number, is_bytes, progress->done);
    append(line, " ", number, "");
    if (progress->total > 0) {
        put_amount(number, is_bytes, progress->total);
        append(line, " of ", number, "");
        snprintf(number, sizeof number, "%.0f",
                 floor(100.0 * (double)progress->done / (double)progress->total));
        append(line, " (", number, " %)");
    }
    if (progress->rows > 0)
        append(line, ", ", assay__count(progress->rows).text, " rows");
    if (is_bytes && !isnan(pace.rate)) {
        put_bytes(number, pace.rate);
        append(line, ", ", number, "/s");
    }
    if (!isnan(pace.left)) {
        snprintf(number, sizeof number, "%.0f", ceil(pace.left));
        append(line, ", ", number, " s left");
    }
}

static void say_event(const struct assay_progress *progress, struct pace pace, const char *line)
{
    struct assay__text text = {0};
    struct assay__json json = {.out = &text};
    assay__log_begin(&json, "info", "progress");
    assay__json_member_string(&json, "stage", progress->stage);
    assay__json_member_count(&json, "done", progress->done);
    if (progress->total > 0)
        assay__json_member_count(&json, "total", progress->total);
    if (progress->rows > 0)
        assay__json_member_count(&json, "rows", progress->rows);
    if (!isnan(pace.rate))
        assay__json_member_number(&json, "perSecond", round(pace.rate));
    if (!isnan(pace.left))
        assay__json_member_number(&json, "secondsLeft", ceil(pace.left));
    assay__json_member_string(&json, "message", line);
    assay__log_end(&json);
}

static void say_line(const char *line)
{
    if (!shown.is_terminal) {
        fprintf(stderr, "assay: %s\n", line);
        return;
    }
    fprintf(stderr, "\r%.*s\033[K", term_of(stderr).width - 1, line);
    fflush(stderr);
    shown.is_shown = true;
}

static bool report(void *context, const struct assay_progress *progress)
{
    double now = assay__clock_now();
    (void)context;
    if (!shown.is_on || strcmp(progress->stage, "deliver") == 0) /* which has a log of its own */
        return true;
    if (shown.stage == NULL || strcmp(shown.stage, progress->stage) != 0 ||
        progress->done < shown.last) {
        shown.stage = progress->stage;
        shown.first = progress->done;
        shown.stage_began = now;
    }
    shown.last = progress->done;
    double step = message_is_json() || !shown.is_terminal ? EVENT_SECONDS : LINE_SECONDS;
    if (!shown.has_reported ? shown.when == PROGRESS_AUTO && now - shown.began < FIRST_SECONDS
                            : now - shown.reported < step)
        return true;
    char line[LINE_BYTES];
    struct pace pace = pace_of(progress, now);
    shown.reported = now;
    shown.has_reported = true;
    describe(progress, pace, line);
    if (message_is_json())
        say_event(progress, pace, line);
    else
        say_line(line);
    return true;
}

void progress_begin(void)
{
    static const struct assay_hooks HOOKS = {.progress = report};
    const char *name = getenv("TERM");
    shown.is_terminal = term_of(stderr).is_terminal && (name == NULL || strcmp(name, "dumb") != 0);
    shown.is_on = shown.when == PROGRESS_ALWAYS ||
                  (shown.when == PROGRESS_AUTO && (shown.is_terminal || message_is_json()));
    shown.began = assay__clock_now();
    if (shown.is_on) {
        assay_hooks_use(&HOOKS);
        message_set_before(progress_clear);
    }
}

void progress_tell(const char *stage, uint64_t done, uint64_t total)
{
    report(NULL, &(struct assay_progress){.stage = stage, .done = done, .total = total});
}

void progress_clear(void)
{
    if (!shown.is_shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    shown.is_shown = false;
}

void progress_end(void)
{
    progress_clear();
    shown.is_on = false;
}
