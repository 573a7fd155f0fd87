/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request of a client is about: the name of its resource, and what it brings. */
#include "hostile_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

char *hostile_name_of(const char *head)
{
    char target[2048] = "", name[4100];
    sscanf(head, "%*s /v2/%2047s", target);
    char *query = strstr(target, "?analysisResultId=");
    if (query == NULL)
        return strdup(target);
    *query = '\0';
    snprintf(name, sizeof name, "%s/%s", target, query + strlen("?analysisResultId="));
    return strdup(name);
}

char *hostile_result_of(const char *body)
{
    const char *start = strstr(body, "\"analysisResult\":");
    if (start == NULL)
        return strdup("{}");
    start += strlen("\"analysisResult\":");
    size_t depth = 0, at = 0;
    bool in_string = false;
    for (; start[at] != '\0'; at++) {
        if (in_string && start[at] == '\\' && start[at + 1] != '\0')
            at++;
        else if (start[at] == '"')
            in_string = !in_string;
        else if (!in_string && start[at] == '{')
            depth++;
        else if (!in_string && start[at] == '}' && --depth == 0)
            return strndup(start, at + 1);
    }
    return strdup("{}");
}
