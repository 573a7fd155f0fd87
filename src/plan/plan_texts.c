/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What single texts of a plan must look like. */
#include <string.h>

#include "base/resource_name.h"
#include "base/utf8.h"
#include "plan/plan_read.h"
#include "plan/filter/filter.h"

void assay__plan_check_parent(struct assay__plan_reader *reader, const struct assay__node *value)
{
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1];
    if (!assay__parent_split(value->text, workflow, instance))
        assay__plan_fail(reader, value,
                         "This must look like workflows/checkout/instances/july, each "
                         "name " ASSAY__NAME_PART_RULE ".");
}

void assay__plan_check_id(struct assay__plan_reader *reader, const struct assay__node *value)
{
    if (!assay__result_id_ok(value->text))
        assay__plan_fail(reader, value, "An id has " ASSAY__RESULT_ID_RULE ".");
}

/* A filter's own message says what is wrong and at which character of the filter. */
void assay__plan_check_filter(struct assay__plan_reader *reader, const struct assay__node *value)
{
    struct assay__filter *filter = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    enum assay_status status = assay__filter_parse(value->text, &filter, &err);
    assay__filter_free(filter);
    if (status == ASSAY_ERROR_MEMORY)
        assay__plan_fail_memory(reader);
    else if (status != ASSAY_OK)
        assay__plan_fail(reader, value, "%s", err.message);
}

/* Reading a file has put the definitions in the place of its includes. */
void assay__plan_check_include(struct assay__plan_reader *reader, const struct assay__node *value)
{
    assay__plan_fail(reader, value, "Only a plan that is a file can include metrics.");
}

void assay__plan_check_thousands(struct assay__plan_reader *reader, const struct assay__node *value)
{
    uint32_t character;
    size_t length = assay__utf8_next(value->text, value->length, &character);
    bool is_sign = character < 0x80 && strchr("+-0123456789eE\"\r\n", (int)character) != NULL;
    if (length != value->length || is_sign)
        assay__plan_fail(reader, value,
                         "This must be one character, such as \",\", \".\", \"'\" or a blank.");
}

void assay__plan_check_time_form(struct assay__plan_reader *reader, const struct assay__node *value)
{
    static const char *const UNITS[] = {"s", "ms", "us", "ns", "excel"};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strcmp(value->text, UNITS[i]) == 0)
            return;
    if (strchr(value->text, '%') == NULL)
        assay__plan_fail(reader, value,
                         "This must be a form such as \"%%d.%%m.%%Y %%H:%%M\", or s, ms, us, ns "
                         "for epochs, or excel for days.");
}

void assay__plan_check_encoding(struct assay__plan_reader *reader, const struct assay__node *value)
{
    size_t i = 0;
    while (i < value->length &&
           (value->text[i] == '-' || value->text[i] == '_' || value->text[i] == ':' ||
            value->text[i] == '.' || (value->text[i] >= '0' && value->text[i] <= '9') ||
            (value->text[i] >= 'A' && value->text[i] <= 'Z') ||
            (value->text[i] >= 'a' && value->text[i] <= 'z')))
        i++;
    if (i < value->length || value->length > 64)
        assay__plan_fail(reader, value,
                         "This is not the name of an encoding, such as \"windows-1252\" or "
                         "\"UTF-16\".");
}

void assay__plan_check_star(struct assay__plan_reader *reader, const struct assay__node *value)
{
    const char *star = memchr(value->text, '*', value->length);
    if (star == NULL || strchr(star + 1, '*') != NULL || strchr(value->text, '/') != NULL)
        assay__plan_fail(reader, value,
                         "This must be a file's name, without folders, in which one * stands for "
                         "the group, such as \"users-*.csv\".");
}
