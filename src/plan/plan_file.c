/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans and files of metric definitions, read from disk into one tree. */
#include "plan/plan_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analysis/plan_model.h"
#include "base/text.h"
#include "json/json_read.h"
#include "plan/plan_keys.h"

enum { VALUES_MAX = 1 << 18, DEPTH_MAX = 32 };

const char *assay__plan_file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "(standard input)" : path;
}

enum assay_status assay__plan_read_tree(struct assay__arena *arena, const char *text, size_t length,
                                        const char *name, struct assay__node **out,
                                        struct assay_error *err)
{
    struct assay__json_options options = {.name = name,
                                          .code = ASSAY_ERROR_PLAN,
                                          .bytes_max = ASSAY_PLAN_BYTES_MAX,
                                          .values_max = VALUES_MAX,
                                          .depth_max = DEPTH_MAX,
                                          .comments = true};
    return assay__json_read(arena, text, length, &options, out, err);
}

/* Reads one byte more than a plan may have, so that a longer file is found out. */
static enum assay_status read_all(FILE *file, const char *name, struct assay__text *text,
                                  struct assay_error *err)
{
    char block[16384];
    size_t length;
    bool is_interrupted = false;
    do {
        errno = 0;
        length = fread(block, 1, sizeof block, file);
        assay__text_append(text, block, length);
        is_interrupted = ferror(file) && errno == EINTR;
        if (is_interrupted)
            clearerr(file);
    } while (text->length <= ASSAY_PLAN_BYTES_MAX && (length > 0 || is_interrupted));
    if (ferror(file) && errno == EISDIR)
        return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, name, 0, 0,
                              "This is a directory, not a file.");
    if (ferror(file))
        return assay__fail_at(err, ASSAY_ERROR_IO, name, 0, 0, "Reading failed: %s.",
                              strerror(errno));
    return text->failed ? assay__fail_memory(err) : ASSAY_OK;
}

/* The tree of a file as it stands there. what it is goes into the message when it is not there. */
static enum assay_status read_document(struct assay__arena *arena, const char *path,
                                       const char *what, struct assay__node **out,
                                       struct assay_error *err)
{
    const char *name = assay__plan_file_name(path);
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    if (file == NULL)
        return assay__fail_at(err, assay__open_status(errno), name, 0, 0,
                              "The %s cannot be opened: %s.", what, strerror(errno));
    struct assay__text text = {0};
    enum assay_status status = read_all(file, name, &text, err);
    if (!is_stdin)
        fclose(file);
    if (status == ASSAY_OK)
        status = assay__plan_read_tree(arena, text.data != NULL ? text.data : "", text.length, name,
                                       out, err);
    assay__text_release(&text);
    return status;
}

/* A failure at a value of a file. */
static enum assay_status fail_in(const char *name, const struct assay__node *at,
                                 const char *message, struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_PLAN, name, at->line, at->column, "%s", message);
}

/* Values of another file than the plan remember which, for messages. */
static void set_file(struct assay__node *value, const char *name)
{
    value->origin = name;
    for (struct assay__node *child = value->first; child != NULL; child = child->next)
        set_file(child, name);
}

/* The list of definitions in a document: {"metrics": [...]}, or the list alone. */
static enum assay_status find_definitions(struct assay__node *root, const char *name,
                                          struct assay__node **list, struct assay_error *err)
{
    *list = root;
    if (root->type == ASSAY__NODE_OBJECT) {
        for (const struct assay__node *member = root->first; member != NULL; member = member->next)
            if (strcmp(member->key, "metrics") != 0 && strcmp(member->key, "$schema") != 0)
                return fail_in(name, member,
                               "A file of metric definitions holds \"metrics\" and nothing else.",
                               err);
        *list = assay__node_get(root, "metrics");
    }
    if (*list == NULL || (*list)->type != ASSAY__NODE_ARRAY || (*list)->count == 0)
        return fail_in(name, root, "The list of metric definitions is missing.", err);
    for (const struct assay__node *metric = (*list)->first; metric != NULL; metric = metric->next) {
        if (metric->type != ASSAY__NODE_OBJECT)
            return fail_in(name, metric, "A definition must be an object in braces.", err);
        const struct assay__node *id = assay__node_get(metric, "id");
        if (id == NULL || id->type != ASSAY__NODE_STRING)
            return fail_in(name, metric,
                           "A definition needs an \"id\" and must not include others.", err);
    }
    return ASSAY_OK;
}

/* What to include: FILE or FILE#ID. */
struct include {
    char *path;
    const char *id; /* NULL: all */
};

static enum assay_status split_include(struct assay__arena *arena, const char *what,
                                       const char *plan_path, struct include *out,
                                       struct assay_error *err)
{
    const char *hash = strrchr(what, '#');
    const char *slash = plan_path == NULL ? NULL : strrchr(plan_path, '/');
    int folder = slash == NULL || what[0] == '/' ? 0 : (int)(slash - plan_path) + 1;
    int length = hash == NULL ? (int)strlen(what) : (int)(hash - what);
    out->id = hash == NULL ? NULL : hash + 1;
    out->path = assay__arena_format(arena, "%.*s%.*s", folder, plan_path != NULL ? plan_path : "",
                                    length, what);
    return out->path == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

/* Moves the definitions that are wanted to the end of a list. */
static enum assay_status take_definitions(struct assay__arena *arena, const struct include *include,
                                          struct assay__node *metrics, struct assay_error *err)
{
    struct assay__node *root, *list, *next;
    enum assay_status status =
        read_document(arena, include->path, "file of metric definitions", &root, err);
    if (status == ASSAY_OK)
        status = find_definitions(root, include->path, &list, err);
    if (status != ASSAY_OK)
        return status;
    bool is_found = false;
    set_file(list, include->path);
    for (struct assay__node *metric = list->first; metric != NULL; metric = next) {
        next = metric->next;
        const char *id = assay__node_get(metric, "id")->text;
        if (include->id != NULL && strcmp(include->id, id) != 0)
            continue;
        is_found = true;
        assay__node_append(metrics, metric);
    }
    if (is_found)
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_PLAN, include->path, 0, 0,
                          "This file has no metric '%.200s'.", include->id);
}

/* What stands beside an include in the plan takes the place of what the definition says. */
static void lay_over(struct assay__node *metric, struct assay__node *given)
{
    struct assay__node *next;
    for (struct assay__node *member = given->first; member != NULL; member = next) {
        next = member->next;
        const struct assay__plan_key *row =
            assay__plan_key_of(&assay__keys_metric, member->key, strlen(member->key));
        if (strcmp(member->key, "include") == 0)
            continue;
        if (row != NULL && row->rival != NULL)
            assay__node_remove(metric, row->rival);
        assay__node_set(metric, member->key, member);
    }
}

static enum assay_status expand(struct assay__arena *arena, const char *path,
                                struct assay__node *given, struct assay__node *metrics,
                                struct assay_error *err)
{
    const char *name = assay__plan_file_name(path);
    const struct assay__node *what = assay__node_get(given, "include");
    struct include include;
    if (what->type != ASSAY__NODE_STRING || what->length == 0 || what->text[0] == '#')
        return fail_in(name, what,
                       "This must name a file of metric definitions, as FILE or FILE#ID.", err);
    if (given->count > 1 && strchr(what->text, '#') == NULL)
        return fail_in(name, given,
                       "Only one metric can be changed where it is included: name it as FILE#ID.",
                       err);
    enum assay_status status = split_include(arena, what->text, path, &include, err);
    if (status == ASSAY_OK)
        status = take_definitions(arena, &include, metrics, err);
    if (status == ASSAY_OK && given->count > 1)
        lay_over(metrics->last, given);
    return status;
}

/* Puts the definitions in the place of the includes. */
static enum assay_status expand_all(struct assay__arena *arena, const char *path,
                                    struct assay__node *root, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    struct assay__node *list =
        root->type == ASSAY__NODE_OBJECT ? assay__node_get(root, "metrics") : NULL;
    if (list == NULL || list->type != ASSAY__NODE_ARRAY)
        return ASSAY_OK;
    struct assay__node *metric = list->first, *next;
    list->first = list->last = NULL;
    list->count = 0;
    for (; metric != NULL && status == ASSAY_OK; metric = next) {
        next = metric->next;
        bool includes =
            metric->type == ASSAY__NODE_OBJECT && assay__node_get(metric, "include") != NULL;
        if (includes)
            status = expand(arena, path, metric, list, err);
        else
            assay__node_append(list, metric);
    }
    return status;
}

enum assay_status assay__plan_read_file(struct assay__arena *arena, const char *path,
                                        struct assay__node **out, struct assay_error *err)
{
    enum assay_status status = read_document(arena, path, "plan", out, err);
    return status == ASSAY_OK ? expand_all(arena, path, *out, err) : status;
}

enum assay_status assay__plan_read_metrics(struct assay__arena *arena, const char *what,
                                           struct assay__node *metrics, struct assay_error *err)
{
    struct include include;
    enum assay_status status = split_include(arena, what, NULL, &include, err);
    return status == ASSAY_OK ? take_definitions(arena, &include, metrics, err) : status;
}
