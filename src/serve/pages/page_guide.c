/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What annotations of the guide say about the figures of a result. */
#include "serve/pages/page_guide.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "number/number.h"

/* The context at a place, or "". */
static const char *context_at(const struct assay__node *note, unsigned index)
{
    const struct assay__node *word = serve_page_first(note, "context");
    for (; word != NULL && index > 0; index--)
        word = word->next;
    return word == NULL ? "" : serve_page_text(word, "value");
}

/* The value of "key=value" in text; NULL when it is about another key. */
static const char *value_of(const char *text, const char *key)
{
    size_t length = strlen(key);
    return strncmp(text, key, length) == 0 && text[length] == '=' ? text + length + 1 : NULL;
}

static const char *find_value(const struct assay__node *note, const char *key)
{
    const struct assay__node *word = serve_page_first(note, "context");
    for (; word != NULL; word = word->next) {
        const char *value = value_of(serve_page_text(word, "value"), key);
        if (value != NULL)
            return value;
    }
    return "";
}

static bool is_of_metric(const struct assay__node *note)
{
    return value_of(context_at(note, 1), "role") != NULL;
}

static bool is_of_looks(const struct assay__node *note)
{
    return value_of(context_at(note, 2), "horizon") != NULL;
}

static bool is_of_treatment(const struct assay__node *note)
{
    return value_of(context_at(note, 1), "advice") != NULL;
}

bool serve_guide_is(const struct assay__node *note)
{
    return serve_page_text(note, "info")[0] != '\0' &&
           (is_of_metric(note) || is_of_looks(note) || is_of_treatment(note));
}

const char *serve_guide_metric(const struct assay__node *metric, const char *key)
{
    const struct assay__node *note = serve_page_first(metric, "annotations");
    while (note != NULL && !is_of_metric(note))
        note = note->next;
    return find_value(note, key);
}

const char *serve_guide_looks(const struct assay__node *metric,
                              const struct assay__node *comparison, const char *key)
{
    const struct assay__node *note = serve_page_first(metric, "annotations");
    const char *id = serve_page_text(comparison, "comparisonId");
    while (note != NULL && !(is_of_looks(note) && strcmp(context_at(note, 1), id) == 0))
        note = note->next;
    return find_value(note, key);
}

const char *serve_guide_verdict(const struct assay__node *metric,
                                const struct assay__node *comparison)
{
    char key[SERVE_GUIDE_BYTES + 160];
    const char *id = serve_page_text(comparison, "comparisonId");
    int length = snprintf(key, sizeof key, "verdict %s", id);
    return length > 0 && (size_t)length < sizeof key ? serve_guide_metric(metric, key) : "";
}

const char *serve_guide_level(const struct assay__node *metric,
                              const struct assay__node *comparison)
{
    bool is_segment = serve_page_text(comparison, "segmentId")[0] != '\0';
    return serve_guide_metric(metric, is_segment ? "segmentInterval" : "interval");
}

double serve_guide_number(const char *text, const char **end)
{
    size_t length = strspn(text, "0123456789.eE+-");
    double value;
    *end = text + length;
    return length > 0 && assay__double_parse(text, length, &value) == ASSAY__PARSE_OK ? value
                                                                                      : (double)NAN;
}

double serve_guide_margin(const struct assay__node *metric, const struct assay__node *comparison,
                          const struct serve_view *view)
{
    const char *rest;
    const struct assay__node *last =
        serve_page_member(comparison, "lastResult", ASSAY__NODE_OBJECT);
    double margin = serve_guide_number(serve_guide_metric(metric, "margin"), &rest);
    double baseline = fabs(serve_page_number(last, "unadjustedEstimateBaseline"));
    bool is_relative = strchr(rest, '%') != NULL;
    if (view->is_relative && !is_relative)
        margin *= 100.0 / baseline;
    else if (!view->is_relative && is_relative)
        margin *= baseline / 100.0;
    bool down_is_good = strcmp(serve_guide_metric(metric, "direction"), "decrease") == 0;
    return !isfinite(margin) ? (double)NAN : down_is_good ? margin : -margin;
}

const struct assay__node *serve_guide_reasons(const struct assay__node *result,
                                              const char *treatment)
{
    const struct assay__node *note = serve_page_first(result, "annotations");
    while (note != NULL && !(is_of_treatment(note) && strcmp(context_at(note, 0), treatment) == 0))
        note = note->next;
    return note;
}
