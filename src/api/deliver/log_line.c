/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a log on standard error: one JSON object each, or text. */
#include "api/deliver/log_line.h"

#include <stdio.h>
#include <time.h>

void assay__log_time(char when[ASSAY__TIME_BYTES])
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    assay__time_write((int64_t)now.tv_sec * 1000000000 + now.tv_nsec / 1000000 * 1000000, when);
}

void assay__log_begin(struct assay__json *json, const char *level, const char *event)
{
    char when[ASSAY__TIME_BYTES];
    assay__log_time(when);
    assay__json_begin(json, '{');
    assay__json_member_string(json, "time", when);
    assay__json_member_string(json, "level", level);
    assay__json_member_string(json, "event", event);
}

void assay__log_write(struct assay__text *line)
{
    assay__text_putc(line, '\n');
    if (!line->failed)
        fwrite(line->data, 1, line->length, stderr);
    assay__text_release(line);
}

void assay__log_end(struct assay__json *json)
{
    assay__json_end(json, '}');
    assay__log_write(json->out);
}
