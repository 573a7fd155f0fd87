/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Annotations of a result, gathered: a plan of a hundred metrics has many of one text. */
#include "serve/pages/page_remarks.h"

#include <stdlib.h>
#include <string.h>

#include "serve/pages/page_figure.h"
#include "serve/pages/page_guide.h"
#include "serve/pages/page_parts.h"

/* Reads "12 slices" at text for a word; what follows, or NULL. */
static const char *read_count(const char *text, const char *one, const char *many, unsigned *count)
{
    char *rest;
    unsigned long number = strtoul(text, &rest, 10);
    const char *word = number == 1 ? one : many;
    if (*text < '0' || *text > '9' || *rest != ' ' || number > 1000000000 ||
        strncmp(rest + 1, word, strlen(word)) != 0)
        return NULL;
    *count = (unsigned)number;
    return rest + 1 + strlen(word);
}

/* Takes "In 3 comparisons, in 12 slices: " off a text. Texts of others may begin in other ways. */
static void take_places(struct serve_remark *remark, const char *text)
{
    static const char *const WORDS[][2] = {{"comparison of a segment", "comparisons of segments"},
                                           {"comparison", "comparisons"},
                                           {"slice", "slices"}};
    unsigned counts[sizeof WORDS / sizeof *WORDS] = {0};
    remark->text = text;
    if (strncmp(text, "In ", 3) != 0)
        return;
    for (const char *at = text + 3; at != NULL;) {
        const char *rest = NULL;
        for (size_t i = 0; rest == NULL && i < sizeof WORDS / sizeof *WORDS; i++)
            rest = read_count(at, WORDS[i][0], WORDS[i][1], &counts[i]);
        if (rest != NULL && strncmp(rest, ": ", 2) == 0) {
            remark->text = rest + 2;
            remark->segments = counts[0];
            remark->comparisons = counts[1];
            remark->slices = counts[2];
            return;
        }
        at = rest != NULL && strncmp(rest, ", in ", 5) == 0 ? rest + 5 : NULL;
    }
}

static void fill(struct serve_remark *remark, const struct assay__node *note,
                 const struct assay__node *metric)
{
    const struct assay__node *failure = serve_page_member(note, "error", ASSAY__NODE_OBJECT);
    const char *warning = serve_page_text(note, "warning");
    *remark = (struct serve_remark){.note = note, .metric = metric};
    remark->level = failure != NULL      ? SERVE_REMARK_ERROR
                    : warning[0] != '\0' ? SERVE_REMARK_WARNING
                                         : SERVE_REMARK_INFO;
    take_places(remark, failure != NULL      ? serve_page_text(failure, "details")
                        : warning[0] != '\0' ? warning
                                             : serve_page_text(note, "info"));
}

static void add_notes(struct serve_remarks *remarks, const struct assay__node *owner,
                      const struct assay__node *metric)
{
    for (const struct assay__node *note = serve_page_first(owner, "annotations"); note != NULL;
         note = note->next) {
        if (serve_guide_is(note))
            continue;
        struct serve_remark *remark = &remarks->list[remarks->count];
        fill(remark, note, metric);
        remark->position = remarks->count++;
    }
}

static int compare_size(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

static int by_text(const void *a, const void *b)
{
    const struct serve_remark *x = a, *y = b;
    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    int order = strcmp(x->text, y->text);
    return order != 0 ? order : compare_size(x->position, y->position);
}

static int by_kind(const void *a, const void *b)
{
    const struct serve_remark *x = a, *y = b;
    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    return x->kind != y->kind ? compare_size(x->kind, y->kind)
                              : compare_size(x->position, y->position);
}

/* A remark without a text has a kind of its own. */
static bool is_same(const struct serve_remark *a, const struct serve_remark *b)
{
    return a->level == b->level && a->text[0] != '\0' && strcmp(a->text, b->text) == 0;
}

struct serve_remarks serve_remarks_gather(const struct assay__node *result)
{
    struct serve_remarks remarks = {.list = NULL};
    size_t count = serve_page_count(result, "annotations");
    const struct assay__node *metric = serve_page_first(result, "results");
    for (; metric != NULL; metric = metric->next)
        count += serve_page_count(metric, "annotations");
    if (count > 0)
        remarks.list = calloc(count, sizeof *remarks.list);
    remarks.failed = count > 0 && remarks.list == NULL;
    if (remarks.list == NULL)
        return remarks;
    add_notes(&remarks, result, NULL);
    for (metric = serve_page_first(result, "results"); metric != NULL; metric = metric->next)
        add_notes(&remarks, metric, metric);
    qsort(remarks.list, remarks.count, sizeof *remarks.list, by_text);
    for (size_t i = 0; i < remarks.count; i++)
        remarks.list[i].kind = i > 0 && is_same(&remarks.list[i - 1], &remarks.list[i])
                                   ? remarks.list[i - 1].kind
                                   : remarks.list[i].position;
    qsort(remarks.list, remarks.count, sizeof *remarks.list, by_kind);
    return remarks;
}

void serve_remarks_release(struct serve_remarks *remarks)
{
    free(remarks->list);
    *remarks = (struct serve_remarks){.list = NULL};
}

size_t serve_remarks_kind(const struct serve_remarks *remarks, size_t index)
{
    size_t end = index + 1;
    while (end < remarks->count && remarks->list[end].level == remarks->list[index].level &&
           remarks->list[end].kind == remarks->list[index].kind)
        end++;
    return end - index;
}

static void add_places(struct assay__text *out, uint64_t count, const char *word, bool *is_first)
{
    if (count == 0)
        return;
    assay__text_puts(out, *is_first ? "" : " and ");
    serve_figure_count(out, (double)count);
    assay__text_format(out, " %s%s", word, count == 1 ? "" : "s");
    *is_first = false;
}

void serve_remarks_places(struct assay__text *out, const struct serve_remark *first, size_t count)
{
    uint64_t comparisons = 0, slices = 0, unplaced = 0;
    bool is_first = true;
    for (size_t i = 0; i < count; i++) {
        const struct serve_remark *remark = &first[i];
        comparisons += remark->comparisons;
        slices += (uint64_t)remark->segments + remark->slices;
        unplaced += remark->comparisons + remark->segments + remark->slices == 0;
    }
    /* Where others count their places, one that does not is about a single comparison. */
    if (comparisons + slices > 0)
        comparisons += unplaced;
    add_places(out, comparisons, "comparison", &is_first);
    add_places(out, slices, "slice", &is_first);
}

const struct assay__node *serve_remarks_context(const struct serve_remark *remark,
                                                const struct assay__node *before)
{
    const struct assay__node *word =
        before != NULL ? before->next : serve_page_first(remark->note, "context");
    const char *owner = serve_page_text(remark->metric, "id");
    while (word != NULL && (serve_page_text(word, "value")[0] == '\0' ||
                            strcmp(serve_page_text(word, "value"), owner) == 0))
        word = word->next;
    return word;
}
