/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels and dimensions of a document, in each form that clients send. */
#include "serve/pairs.h"

struct serve_pairs serve_pairs_of(const struct assay__node *owner, const char *name)
{
    struct serve_pairs pairs = {NULL, NULL};
    bool has_members = owner != NULL && owner->type == ASSAY__NODE_OBJECT;
    const struct assay__node *value = has_members ? assay__node_get(owner, name) : NULL;
    if (value != NULL && value->type == ASSAY__NODE_ARRAY)
        pairs.element = value->first;
    else if (value != NULL && value->type == ASSAY__NODE_OBJECT)
        pairs.member = value->first;
    return pairs;
}

static const char *text_of(const struct assay__node *value)
{
    if (value == NULL)
        return "";
    if (value->type == ASSAY__NODE_BOOLEAN)
        return value->boolean ? "true" : "false";
    bool has_text = value->type == ASSAY__NODE_STRING || value->type == ASSAY__NODE_NUMBER;
    return has_text ? value->text : "";
}

bool serve_pairs_next(struct serve_pairs *pairs, const char **key, const char **value)
{
    while (pairs->member == NULL && pairs->element != NULL) {
        const struct assay__node *element = pairs->element;
        pairs->element = element->next;
        if (element->type != ASSAY__NODE_OBJECT)
            continue;
        const struct assay__node *name = assay__node_get(element, "key");
        if (name == NULL) {
            pairs->member = element->first;
        } else if (name->type == ASSAY__NODE_STRING) {
            *key = name->text;
            *value = text_of(assay__node_get(element, "value"));
            return true;
        }
    }
    if (pairs->member == NULL)
        return false;
    *key = pairs->member->key;
    *value = text_of(pairs->member);
    pairs->member = pairs->member->next;
    return true;
}

bool serve_pairs_any(const struct assay__node *owner, const char *name)
{
    const char *key, *value;
    struct serve_pairs pairs = serve_pairs_of(owner, name);
    return serve_pairs_next(&pairs, &key, &value);
}
