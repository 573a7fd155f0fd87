/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that several of the documents hold. */
#include "json/json_values.h"

#include "base/time.h"
#include "number/number.h"

void assay__write_pair(struct assay__json *json, const char *key_a, const char *a,
                       const char *key_b, const char *b)
{
    assay__json_begin(json, '{');
    assay__json_member_string(json, key_a, a);
    assay__json_member_string(json, key_b, b);
    assay__json_end(json, '}');
}

void assay__write_texts(struct assay__json *json, const char *key, const char *const *texts,
                        uint32_t count)
{
    assay__json_member_begin(json, key, '[');
    for (uint32_t i = 0; i < count; i++)
        assay__json_string(json, texts[i]);
    assay__json_end(json, ']');
}

void assay__write_time(struct assay__json *json, const char *key, int64_t time_ns)
{
    char time[ASSAY__TIME_BYTES];
    if (time_ns == INT64_MIN)
        return;
    assay__time_write(time_ns, time);
    assay__json_member_string(json, key, time);
}

void assay__write_size(struct assay__json *json, const char *key, double size)
{
    if (size >= 0.0 && size <= ASSAY__WHOLE_MAX)
        assay__json_member_count(json, key, (uint64_t)size);
    else
        assay__json_member_number(json, key, size);
}
