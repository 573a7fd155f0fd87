/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter of a list: terms of labels, parents and types, joined by AND. */
#include "serve/list_filter.h"

#include <string.h>

struct reader {
    const char *start, *at;
    struct serve_problems *problems;
};

static bool fail(struct reader *reader, const char *expected)
{
    serve_problem_add(reader->problems, "filter", "Expected %s at character %zu.", expected,
                      (size_t)(reader->at - reader->start) + 1);
    return false;
}

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t");
}

static bool accept(struct reader *reader, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

/* A quoted text or a bare word; NULL after a problem. */
static const char *read_text(struct reader *reader, const char *safe, const char *what)
{
    struct assay__arena *arena = reader->problems->arena;
    if (*reader->at != '"') {
        size_t length = strspn(reader->at, safe);
        if (length == 0) {
            fail(reader, what);
            return NULL;
        }
        reader->at += length;
        return assay__arena_copy(arena, reader->at - length, length);
    }
    char *out = assay__arena_copy(arena, reader->at, strlen(reader->at));
    size_t to = 0;
    const char *p = reader->at + 1;
    for (; out != NULL && *p != '\0' && *p != '"'; p++) {
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        out[to++] = *p;
    }
    reader->at = p;
    if (out == NULL || *p != '"') {
        fail(reader, "a closing '\"'");
        return NULL;
    }
    reader->at++;
    out[to] = '\0';
    return out;
}

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/~"

static bool add_label(struct reader *reader, struct serve_query *query, const char *key,
                      const char *value)
{
    if (query->label_count == sizeof query->labels / sizeof *query->labels)
        return fail(reader, "no more than 8 labels");
    query->labels[query->label_count++] = (struct serve_label){key, value};
    return true;
}

/* "= VALUE"; NULL after a problem. */
static const char *read_equals(struct reader *reader)
{
    skip_blanks(reader);
    if (!accept(reader, "=")) {
        fail(reader, "'='");
        return NULL;
    }
    skip_blanks(reader);
    return read_text(reader, WORD ".", "a value");
}

static bool read_parent(struct reader *reader, struct serve_query *query, bool *contradicts)
{
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1];
    const char *text = read_equals(reader);
    if (text == NULL)
        return false;
    if (!assay__parent_split(text, workflow, instance))
        return fail(reader, "workflows/{workflow}/instances/{instance} before this");
    bool fits = (strcmp(query->workflow, "-") == 0 || strcmp(query->workflow, workflow) == 0) &&
                (strcmp(query->instance, "-") == 0 || strcmp(query->instance, instance) == 0);
    *contradicts = *contradicts || !fits;
    memcpy(query->workflow, workflow, sizeof workflow);
    memcpy(query->instance, instance, sizeof instance);
    return true;
}

static bool read_term(struct reader *reader, struct serve_query *query, bool *contradicts)
{
    if (accept(reader, "parent"))
        return read_parent(reader, query, contradicts);
    if (accept(reader, "labels.")) {
        const char *key = read_text(reader, WORD, "a label's key");
        const char *value = key == NULL ? NULL : read_equals(reader);
        return value != NULL && add_label(reader, query, key, value);
    }
    if (accept(reader, "labels:")) {
        const char *key = read_text(reader, WORD, "a label's key");
        return key != NULL && add_label(reader, query, key, NULL);
    }
    return fail(reader, "labels.KEY = VALUE, labels:KEY or parent = VALUE");
}

bool serve_filter_parse(const char *filter, struct serve_query *query, bool *contradicts,
                        struct serve_problems *problems)
{
    struct reader reader = {filter, filter, problems};
    *contradicts = false;
    skip_blanks(&reader);
    if (*reader.at == '\0')
        return true;
    for (;;) {
        if (!read_term(&reader, query, contradicts))
            return false;
        const char *before = reader.at;
        skip_blanks(&reader);
        if (*reader.at == '\0')
            return true;
        bool is_and = reader.at > before && accept(&reader, "AND") &&
                      (*reader.at == ' ' || *reader.at == '\t');
        if (!is_and)
            return fail(&reader, "AND or the end");
        skip_blanks(&reader);
    }
}
