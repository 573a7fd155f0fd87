/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in a narrow column: what is cut off must not be what tells them apart. */
#include "report/table/labels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Bytes that all wide names begin and end with. */
struct sameness {
    size_t start, end;
};

static bool is_wide(const struct assay__labels *labels, size_t index)
{
    return labels->names[index] != NULL && assay__page_width(labels->names[index]) > labels->width;
}

static void shrink(struct sameness *same, const char *first, const char *name)
{
    size_t length = strlen(first), size = strlen(name), start = 0, end = 0;
    while (start < same->start && start < size && name[start] == first[start])
        start++;
    while (end < same->end && end < size - start && name[size - 1 - end] == first[length - 1 - end])
        end++;
    same->start = start;
    same->end = end;
}

static struct sameness find_sameness(const struct assay__labels *labels)
{
    struct sameness same = {0, 0};
    const char *first = NULL;
    size_t wide = 0;
    for (size_t i = 0; i < labels->count; i++) {
        if (!is_wide(labels, i))
            continue;
        if (wide++ == 0) {
            first = labels->names[i];
            same.start = same.end = strlen(first);
        } else {
            shrink(&same, first, labels->names[i]);
        }
    }
    if (wide < 2)
        return (struct sameness){0, 0};
    /* No character is cut in two: continuation bytes stay with what they continue. */
    size_t length = strlen(first);
    while (same.start > 0 && ((unsigned char)first[same.start] & 0xC0) == 0x80)
        same.start--;
    while (same.end > 0 && ((unsigned char)first[length - same.end] & 0xC0) == 0x80)
        same.end--;
    return same;
}

/* A text cut to the width, kept in the arena; NULL without memory. */
static const char *cut(struct assay__labels *labels, const struct assay__page *page,
                       const char *text)
{
    struct assay__text out = {0};
    struct assay__page line = *page;
    line.out = &out;
    assay__page_name(&line, text, labels->width);
    const char *kept = out.failed ? NULL : assay__arena_copy(&labels->arena, out.data, out.length);
    assay__text_release(&out);
    return kept;
}

/* name without its last `end` bytes and its first `start`, with dots for them. */
static const char *middle_of(struct assay__labels *labels, const char *dots, const char *name,
                             size_t start, size_t end)
{
    return assay__arena_format(&labels->arena, "%s%.*s%s", start > 0 ? dots : "",
                               (int)(strlen(name) - start - end), name + start,
                               end > 0 ? dots : "");
}

static const char *label_of(struct assay__labels *labels, const struct assay__page *page,
                            const char *name, const struct sameness *same)
{
    const char *dots = page->unicode ? "\xE2\x80\xA6" : "..";
    size_t start = same->start;
    if (assay__page_width(name) <= labels->width || start + same->end >= strlen(name))
        return cut(labels, page, name);
    const char *middle = middle_of(labels, dots, name, start, same->end);
    /* What has room of the beginning stays. */
    while (middle != NULL && start > 0) {
        size_t before = start - 1;
        while (before > 0 && ((unsigned char)name[before] & 0xC0) == 0x80)
            before--;
        const char *wider = middle_of(labels, dots, name, before, same->end);
        if (wider == NULL || assay__page_width(wider) > labels->width)
            break;
        middle = wider;
        start = before;
    }
    return middle == NULL ? NULL : cut(labels, page, middle);
}

/* A label and whose it is, to find equal ones by sorting. */
struct owned {
    const char *label;
    size_t index;
};

static int compare_owned(const void *a, const void *b)
{
    return strcmp(((const struct owned *)a)->label, ((const struct owned *)b)->label);
}

/* Labels that read alike are taken away: those names are shown whole. */
static bool drop_equal(struct assay__labels *labels)
{
    struct owned *owned = assay__calloc(labels->count + 1, sizeof *owned);
    size_t count = 0;
    if (owned == NULL)
        return false;
    for (size_t i = 0; i < labels->count; i++)
        if (labels->shown[i] != NULL)
            owned[count++] = (struct owned){labels->shown[i], i};
    qsort(owned, count, sizeof *owned, compare_owned);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(owned[i - 1].label, owned[i].label) != 0)
            continue;
        labels->shown[owned[i - 1].index] = NULL;
        labels->shown[owned[i].index] = NULL;
    }
    assay__free(owned);
    return true;
}

void assay__labels_make(struct assay__labels *labels, struct assay__page *page,
                        const char *const *names, size_t count, int width)
{
    labels->names = names;
    labels->count = count;
    labels->width = width;
    labels->shown = assay__arena_array(&labels->arena, count, sizeof *labels->shown);
    bool is_made = labels->shown != NULL;
    struct sameness same = find_sameness(labels);
    for (size_t i = 0; is_made && i < count; i++) {
        if (names[i] == NULL)
            continue;
        labels->shown[i] = label_of(labels, page, names[i], &same);
        is_made = labels->shown[i] != NULL;
    }
    if (!is_made || !drop_equal(labels))
        page->out->failed = true;
}

void assay__labels_of_groups(struct assay__labels *labels, struct assay__page *page,
                             const struct assay_analysis *analysis, int width)
{
    const char **names = assay__arena_array(&labels->arena, analysis->group_count, sizeof *names);
    if (names == NULL) {
        page->out->failed = true;
        return;
    }
    for (uint32_t g = 0; g < analysis->group_count; g++)
        names[g] = analysis->groups[g].id;
    assay__labels_make(labels, page, names, analysis->group_count, width);
}

void assay__labels_write(const struct assay__labels *labels, struct assay__page *page, size_t index,
                         int indent)
{
    const char *label = labels->shown == NULL ? "" : labels->shown[index];
    if (label == NULL) {
        assay__page_name(page, labels->names[index], assay__page_width(labels->names[index]));
        assay__page_end(page);
        assay__page_spaces(page, indent);
        label = "";
    }
    assay__page_cell(page, label, labels->width, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
}

void assay__labels_release(struct assay__labels *labels)
{
    assay__arena_release(&labels->arena);
}
