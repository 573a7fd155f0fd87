/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stored documents as pages read them: anything may be absent or of another type. */
#include <math.h>
#include <string.h>

#include "json/json_read.h"
#include "serve/pages/page_parts.h"

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

const struct assay__node *serve_page_first(const struct assay__node *owner, const char *name)
{
    const struct assay__node *list = serve_page_member(owner, name, ASSAY__NODE_ARRAY);
    return list != NULL ? list->first : NULL;
}

unsigned serve_page_count(const struct assay__node *owner, const char *name)
{
    const struct assay__node *list = serve_page_member(owner, name, ASSAY__NODE_ARRAY);
    return list != NULL ? list->count : 0;
}

const char *serve_page_text(const struct assay__node *object, const char *name)
{
    const struct assay__node *member = serve_page_member(object, name, ASSAY__NODE_STRING);
    return member != NULL ? member->text : "";
}

double serve_page_plain_number(const struct assay__node *object, const char *name)
{
    const struct assay__node *member = serve_page_member(object, name, ASSAY__NODE_NUMBER);
    return member != NULL ? assay__node_number(member) : (double)NAN;
}

double serve_page_number(const struct assay__node *object, const char *name)
{
    return serve_page_plain_number(serve_page_member(object, name, ASSAY__NODE_OBJECT), "value");
}

bool serve_page_flag(const struct assay__node *object, const char *name)
{
    const struct assay__node *member = serve_page_member(object, name, ASSAY__NODE_BOOLEAN);
    return member != NULL && member->boolean;
}

int serve_page_answer(const struct assay__node *object, const char *name)
{
    const struct assay__node *wrapper = serve_page_member(object, name, ASSAY__NODE_OBJECT);
    const struct assay__node *value = serve_page_member(wrapper, "value", ASSAY__NODE_BOOLEAN);
    return value == NULL ? -1 : value->boolean ? 1 : 0;
}

/* Copies the segment after a '/'; text ends up behind it. */
static const char *copy_segment(const char *text, char out[ASSAY__NAME_PART_MAX + 1])
{
    const char *start = strchr(text, '/');
    start = start == NULL ? text + strlen(text) : start + 1;
    size_t length = strcspn(start, "/");
    if (length > ASSAY__NAME_PART_MAX)
        length = ASSAY__NAME_PART_MAX;
    memcpy(out, start, length);
    out[length] = '\0';
    return start + length;
}

const char *serve_page_split(const char *name, char workflow[ASSAY__NAME_PART_MAX + 1],
                             char instance[ASSAY__NAME_PART_MAX + 1])
{
    const char *rest = copy_segment(name, workflow);
    rest = *rest == '/' ? rest + 1 : rest;
    (void)copy_segment(rest, instance);
    const char *id = strrchr(name, '/');
    return id == NULL ? name : id + 1;
}
