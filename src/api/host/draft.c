/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan made by calls: a tree of cJSON that becomes the text that every plan is read from. */
#include "assay/draft.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "number/number.h"

enum { PARTS_MAX = 32, PART_BYTES = 1100 };

struct assay_draft {
    cJSON *root;
};

enum assay_status assay_draft_new(struct assay_draft **out, struct assay_error *err)
{
    struct assay_draft *draft = assay__calloc(1, sizeof *draft);
    if (draft != NULL)
        draft->root = cJSON_CreateObject();
    if (draft == NULL || draft->root == NULL) {
        assay__free(draft);
        return assay__fail_memory(err);
    }
    *out = draft;
    return ASSAY_OK;
}

void assay_draft_free(struct assay_draft *draft)
{
    if (draft == NULL)
        return;
    cJSON_Delete(draft->root);
    assay__free(draft);
}

static enum assay_status fail_place(const char *place, const char *why, struct assay_error *err)
{
    return assay__fail(err, ASSAY_ERROR_USAGE, "'%.200s' is not a place in a plan: %s", place, why);
}

/* Cuts the first part off a place: "~1" stands for a slash, "~0" for a tilde. */
static bool take_part(const char **at, char part[PART_BYTES])
{
    size_t length = 0;
    if (*(*at)++ != '/')
        return false;
    for (; **at != '\0' && **at != '/'; (*at)++) {
        if (length + 1 == PART_BYTES)
            return false;
        char c = **at;
        if (c == '~' && ((*at)[1] == '0' || (*at)[1] == '1'))
            c = *++*at == '1' ? '/' : '~';
        part[length++] = c;
    }
    part[length] = '\0';
    return true;
}

/* The number of a list's element; -1 when the part is not a number. */
static int index_of(const char *part)
{
    size_t length = strlen(part);
    if (length == 0 || length > 6 || strspn(part, "0123456789") != length ||
        (length > 1 && part[0] == '0'))
        return -1;
    return (int)strtol(part, NULL, 10);
}

/* Puts an item into a parent, in place of what is there; it is freed when it cannot be. */
static enum assay_status put(cJSON *parent, const char *part, cJSON *item, const char *place,
                             struct assay_error *err)
{
    bool is_done = false;
    int index = index_of(part), count = cJSON_GetArraySize(parent);
    const char *why = NULL;
    if (cJSON_IsObject(parent))
        is_done = cJSON_GetObjectItemCaseSensitive(parent, part) != NULL
                      ? cJSON_ReplaceItemInObjectCaseSensitive(parent, part, item)
                      : cJSON_AddItemToObject(parent, part, item);
    else if (!cJSON_IsArray(parent))
        why = "the part before it is neither an object nor a list.";
    else if (index < 0 || index > count)
        why = "the elements of a list are numbered from 0, without gaps.";
    else
        is_done = index < count ? cJSON_ReplaceItemInArray(parent, index, item)
                                : cJSON_AddItemToArray(parent, item);
    if (is_done)
        return ASSAY_OK;
    cJSON_Delete(item);
    return why != NULL ? fail_place(place, why, err) : assay__fail_memory(err);
}

static cJSON *part_of(const cJSON *parent, const char *part)
{
    int index = index_of(part);
    if (cJSON_IsObject(parent))
        return cJSON_GetObjectItemCaseSensitive(parent, part);
    return cJSON_IsArray(parent) && index >= 0 ? cJSON_GetArrayItem(parent, index) : NULL;
}

/* The first list or object that was made on the way to a place, and what it lies in. */
struct made {
    cJSON *parent, *item;
};

/* Goes on to a part of *parent, which is made where it is not there: for next to lie in. */
static enum assay_status enter(cJSON **parent, const char *part, const char *next,
                               const char *place, struct made *made, struct assay_error *err)
{
    if (part_of(*parent, part) == NULL) {
        cJSON *item = index_of(next) >= 0 ? cJSON_CreateArray() : cJSON_CreateObject();
        enum assay_status status =
            item == NULL ? assay__fail_memory(err) : put(*parent, part, item, place, err);
        if (status != ASSAY_OK)
            return status;
        if (made->item == NULL)
            *made = (struct made){*parent, item};
    }
    *parent = part_of(*parent, part);
    return ASSAY_OK;
}

/* Sets what lies at a place to an item, which is taken over. A draft stays as it was otherwise. */
static enum assay_status set(struct assay_draft *draft, const char *place, cJSON *item,
                             struct assay_error *err)
{
    char part[PART_BYTES], next[PART_BYTES];
    const char *at = place;
    cJSON *parent = draft->root;
    struct made made = {NULL, NULL};
    enum assay_status status = item == NULL ? assay__fail_memory(err) : ASSAY_OK;
    if (status == ASSAY_OK && !take_part(&at, part))
        status = fail_place(place, "it must begin with a slash, and its parts must be names.", err);
    for (int depth = 1; status == ASSAY_OK && *at != '\0'; depth++) {
        if (depth == PARTS_MAX)
            status = assay__fail(err, ASSAY_ERROR_LIMIT,
                                 "A place in a plan has more than %d parts.", PARTS_MAX);
        else if (!take_part(&at, next))
            status = fail_place(place, "a part is longer than a name may be.", err);
        if (status == ASSAY_OK)
            status = enter(&parent, part, next, place, &made, err);
        memcpy(part, next, sizeof part);
    }
    if (status == ASSAY_OK)
        status = put(parent, part, item, place, err);
    else
        cJSON_Delete(item);
    if (status != ASSAY_OK && made.item != NULL)
        cJSON_Delete(cJSON_DetachItemViaPointer(made.parent, made.item));
    return status;
}

enum assay_status assay_draft_set_text(struct assay_draft *draft, const char *place,
                                       const char *text, struct assay_error *err)
{
    if (text == NULL)
        return assay__fail(err, ASSAY_ERROR_USAGE, "There is nothing to set at '%.200s'.", place);
    return set(draft, place, cJSON_CreateString(text), err);
}

enum assay_status assay_draft_set_number(struct assay_draft *draft, const char *place,
                                         double number, struct assay_error *err)
{
    char text[ASSAY__NUMBER_BYTES + 1];
    if (!isfinite(number))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The number at '%.200s' is not finite.", place);
    text[assay__number_write(number, text)] = '\0';
    return set(draft, place, cJSON_CreateRaw(text), err);
}

enum assay_status assay_draft_set_truth(struct assay_draft *draft, const char *place, bool truth,
                                        struct assay_error *err)
{
    return set(draft, place, cJSON_CreateBool(truth), err);
}

enum assay_status assay_draft_write(const struct assay_draft *draft, char **text,
                                    struct assay_error *err)
{
    struct assay__text out = {0}; /* cJSON may have an allocator of its own */
    char *printed = cJSON_Print(draft->root);
    if (printed == NULL)
        return assay__fail_memory(err);
    assay__text_puts(&out, printed);
    cJSON_free(printed);
    return assay__text_take(&out, text, NULL, err);
}

enum assay_status assay_draft_plan(const struct assay_draft *draft, struct assay_plan **out,
                                   struct assay_error *err)
{
    char *text = NULL;
    enum assay_status status = assay_draft_write(draft, &text, err);
    if (status == ASSAY_OK)
        status = assay_plan_parse(text, strlen(text), "(draft)", out, err);
    assay_free(text);
    return status;
}
