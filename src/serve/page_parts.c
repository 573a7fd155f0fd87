/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serve/page_parts.h"

#include <math.h>
#include <string.h>

#include "api/json_read.h"

const struct assay__node *serve_page_read(struct assay__arena *arena, const char *document,
                                          size_t length)
{
    static const struct assay__json_options OPTIONS = {.code = ASSAY_ERROR_INTERNAL,
                                                       .bytes_max = (size_t)1 << 30,
                                                       .values_max = 1000000,
                                                       .depth_max = 64};
    struct assay__node *root = NULL;
    if (assay__json_read(arena, document, length, &OPTIONS, &root, NULL) != ASSAY_OK)
        return NULL;
    return root->type == ASSAY__NODE_OBJECT ? root : NULL;
}

const struct assay__node *serve_page_member(const struct assay__node *object, const char *name,
                                            enum assay__node_type type)
{
    if (object == NULL || object->type != ASSAY__NODE_OBJECT)
        return NULL;
    const struct assay__node *member = assay__node_get(object, name);
    return member != NULL && member->type == type ? member : NULL;
}

const char *serve_page_text(const struct assay__node *object, const char *name)
{
    const struct assay__node *member = serve_page_member(object, name, ASSAY__NODE_STRING);
    return member != NULL ? member->text : "";
}

double serve_page_number(const struct assay__node *object, const char *name)
{
    const struct assay__node *wrapper = serve_page_member(object, name, ASSAY__NODE_OBJECT);
    const struct assay__node *value = serve_page_member(wrapper, "value", ASSAY__NODE_NUMBER);
    return value != NULL ? value->number : (double)NAN;
}

int serve_page_answer(const struct assay__node *object, const char *name)
{
    const struct assay__node *wrapper = serve_page_member(object, name, ASSAY__NODE_OBJECT);
    const struct assay__node *value = serve_page_member(wrapper, "value", ASSAY__NODE_BOOLEAN);
    return value == NULL ? -1 : value->boolean ? 1 : 0;
}

/* Copies the segment after a '/'; text ends up behind it. */
static const char *copy_segment(const char *text, char out[SERVE_NAME_PART_MAX + 1])
{
    const char *start = strchr(text, '/');
    start = start == NULL ? text + strlen(text) : start + 1;
    size_t length = strcspn(start, "/");
    if (length > SERVE_NAME_PART_MAX)
        length = SERVE_NAME_PART_MAX;
    memcpy(out, start, length);
    out[length] = '\0';
    return start + length;
}

const char *serve_page_split(const char *name, char workflow[SERVE_NAME_PART_MAX + 1],
                             char instance[SERVE_NAME_PART_MAX + 1])
{
    const char *rest = copy_segment(name, workflow);
    rest = *rest == '/' ? rest + 1 : rest;
    (void)copy_segment(rest, instance);
    const char *id = strrchr(name, '/');
    return id == NULL ? name : id + 1;
}

void serve_page_stamp(struct assay__text *out, const struct assay__node *result)
{
    assay__text_puts(out, "<p class=\"dim\">");
    serve_html(out, serve_page_text(result, "createTime"));
    assay__text_puts(out, " by ");
    serve_html(out, serve_page_text(result, "creator"));
    assay__text_puts(out, "</p>");
}

/* RECOMMENDATION_STATUS_SHIP reads "Ship"; other spellings are shown as they are. */
static void write_status(struct assay__text *out, const char *status)
{
    static const char PREFIX[] = "RECOMMENDATION_STATUS_";
    if (strncmp(status, PREFIX, strlen(PREFIX)) != 0 || status[strlen(PREFIX)] == '\0') {
        serve_html(out, status);
        return;
    }
    char letter[2] = {status[strlen(PREFIX)], '\0'};
    serve_html(out, letter);
    for (const char *p = status + strlen(PREFIX) + 1; *p != '\0'; p++) {
        letter[0] = *p == '_' ? ' ' : *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
        serve_html(out, letter);
    }
}

void serve_page_treatments(struct assay__text *out, const struct assay__node *result)
{
    const struct assay__node *list = serve_page_member(result, "treatments", ASSAY__NODE_ARRAY);
    for (const struct assay__node *treatment = list != NULL ? list->first : NULL;
         treatment != NULL; treatment = treatment->next) {
        const struct assay__node *recommendation =
            serve_page_member(treatment, "recommendation", ASSAY__NODE_OBJECT);
        assay__text_puts(out, "<p>");
        serve_html(out, serve_page_text(treatment, "id"));
        assay__text_puts(out, ": <strong>");
        write_status(out, serve_page_text(recommendation, "status"));
        assay__text_puts(out, "</strong></p>");
    }
}

void serve_page_labels(struct assay__text *out, const struct assay__node *result)
{
    const struct assay__node *list = serve_page_member(result, "labels", ASSAY__NODE_ARRAY);
    for (const struct assay__node *label = list != NULL ? list->first : NULL; label != NULL;
         label = label->next) {
        assay__text_puts(out, "<span class=\"tag\">");
        serve_html(out, serve_page_text(label, "key"));
        assay__text_puts(out, ": ");
        serve_html(out, serve_page_text(label, "value"));
        assay__text_puts(out, "</span>");
    }
}

static void write_annotation(struct assay__text *out, const struct assay__node *note)
{
    const struct assay__node *failure = serve_page_member(note, "error", ASSAY__NODE_OBJECT);
    const char *warning = serve_page_text(note, "warning");
    bool is_warning = warning[0] != '\0';
    assay__text_puts(out, failure != NULL ? "<p><strong class=\"bad\">Error:</strong> "
                          : is_warning    ? "<p><strong>Warning:</strong> "
                                          : "<p>");
    serve_html(out, failure != NULL ? serve_page_text(failure, "details")
                    : is_warning    ? warning
                                    : serve_page_text(note, "info"));
    const struct assay__node *context = serve_page_member(note, "context", ASSAY__NODE_ARRAY);
    const char *before = " <span class=\"dim\">(";
    for (const struct assay__node *word = context != NULL ? context->first : NULL; word != NULL;
         word = word->next) {
        assay__text_puts(out, before);
        serve_html(out, serve_page_text(word, "value"));
        before = ", ";
    }
    if (context != NULL && context->count > 0)
        assay__text_puts(out, ")</span>");
    assay__text_puts(out, "</p>\n");
}

void serve_page_annotations(struct assay__text *out, const struct assay__node *owner)
{
    const struct assay__node *list = serve_page_member(owner, "annotations", ASSAY__NODE_ARRAY);
    for (const struct assay__node *note = list != NULL ? list->first : NULL; note != NULL;
         note = note->next)
        write_annotation(out, note);
}

bool serve_page_is_sliced(const struct assay__node *owner)
{
    const struct assay__node *list = serve_page_member(owner, "dimensions", ASSAY__NODE_ARRAY);
    return (list != NULL && list->count > 0) || serve_page_text(owner, "segmentId")[0] != '\0';
}

void serve_page_slice(struct assay__text *out, const struct assay__node *owner)
{
    const struct assay__node *list = serve_page_member(owner, "dimensions", ASSAY__NODE_ARRAY);
    for (const struct assay__node *dimension = list != NULL ? list->first : NULL;
         dimension != NULL; dimension = dimension->next) {
        assay__text_puts(out, " <span class=\"tag\">");
        serve_html(out, serve_page_text(dimension, "key"));
        assay__text_puts(out, " = ");
        serve_html(out, serve_page_text(dimension, "value"));
        assay__text_puts(out, "</span>");
    }
    if (serve_page_text(owner, "segmentId")[0] != '\0') {
        assay__text_puts(out, " <span class=\"tag\">segment ");
        serve_html(out, serve_page_text(owner, "segmentId"));
        assay__text_puts(out, "</span>");
    }
}
