/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_LOG_LINE_H
#define ASSAY_API_DELIVER_LOG_LINE_H

#include "base/time.h"
#include "json/json_write.h"

/** assay__log_time() writes the time of now, to the millisecond. */
void assay__log_time(char when[ASSAY__TIME_BYTES]);

/**
 * assay__log_begin() opens an object with time, level and event in json->out; more members may
 * follow. assay__log_end() closes it and writes the line to standard error, in one write, so that
 * lines of threads and processes do not mix; the text is empty afterwards. _write() does the latter
 * with a line of another form.
 */
void assay__log_begin(struct assay__json *json, const char *level, const char *event);
void assay__log_end(struct assay__json *json);
void assay__log_write(struct assay__text *line);

#endif
