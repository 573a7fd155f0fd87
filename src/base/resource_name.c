/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules for names of parents and results, and their parts. */
#include "base/resource_name.h"

#include <string.h>

bool assay__name_part_ok(const char *part)
{
    static const char SAFE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    size_t length = strlen(part);
    bool is_reserved = strcmp(part, ".") == 0 || strcmp(part, "..") == 0 || strcmp(part, "-") == 0;
    return length > 0 && length <= ASSAY__NAME_PART_MAX && strspn(part, SAFE) == length &&
           !is_reserved;
}

/* Takes a word off the front of *text; false when it begins otherwise. */
static bool take_word(const char **text, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*text, word, length) != 0)
        return false;
    *text += length;
    return true;
}

/* Takes a part, which ends at a slash or the end. */
static bool take_part(const char **text, char part[ASSAY__NAME_PART_MAX + 1])
{
    size_t length = strcspn(*text, "/");
    if (length > ASSAY__NAME_PART_MAX)
        return false;
    memcpy(part, *text, length);
    part[length] = '\0';
    *text += length;
    return assay__name_part_ok(part);
}

bool assay__parent_split(const char *parent, char workflow[ASSAY__NAME_PART_MAX + 1],
                         char instance[ASSAY__NAME_PART_MAX + 1])
{
    return take_word(&parent, "workflows/") && take_part(&parent, workflow) &&
           take_word(&parent, "/instances/") && take_part(&parent, instance) && *parent == '\0';
}

bool assay__result_id_ok(const char *id)
{
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return id[length] == '\0' && length >= 2 && length <= ASSAY__RESULT_ID_MAX;
}
