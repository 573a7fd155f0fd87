/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of comparisons: safe in addresses, and one pair's alone. */
#include <stdbool.h>
#include <string.h>

#include "analysis/analyze.h"
#include "base/digest.h"

enum { DIGEST_DIGITS = 8 };

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Letters, digits and hyphens of a name, in lower case; everything else becomes a hyphen. */
static void append_safe(char *out, size_t *length, const char *name)
{
    bool pending = false;
    size_t start = *length;
    for (const char *c = name; *c != '\0'; c++) {
        char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c + ('a' - 'A')) : *c;
        if (is_plain(lower)) {
            if (pending && *length > start)
                out[(*length)++] = '-';
            pending = false;
            out[(*length)++] = lower;
        } else {
            pending = true;
        }
    }
    if (*length == start)
        out[(*length)++] = 'x'; /* a name without any such letter or digit */
}

/* Whether a name ends as a digest does: then it could pass for one. */
static bool ends_as_digest(const char *name)
{
    size_t length = strlen(name);
    if (length <= DIGEST_DIGITS || name[length - DIGEST_DIGITS - 1] != '-')
        return false;
    return strspn(name + length - DIGEST_DIGITS, "0123456789abcdef") == DIGEST_DIGITS;
}

/* The name is safe as it stands, and no other name or pair of names reads like it. */
static bool is_safe(const char *name, const char *made)
{
    return strlen(made) == strlen(name) && memcmp(made, name, strlen(name)) == 0 &&
           strstr(name, "-vs-") == NULL && strncmp(name, "vs-", 3) != 0 &&
           (strlen(name) < 3 || strcmp(name + strlen(name) - 3, "-vs") != 0) &&
           !ends_as_digest(name);
}

const char *assay__comparison_id(struct assay__arena *arena, const char *baseline,
                                 const char *compared)
{
    size_t sizes[] = {strlen(baseline), strlen(compared)};
    /* Each byte gives at most one byte and a hyphen. */
    char *first = assay__arena_alloc(arena, 2 * sizes[0] + 2);
    char *second = assay__arena_alloc(arena, 2 * sizes[1] + 2);
    char *both = assay__arena_alloc(arena, sizes[0] + sizes[1] + 2);
    size_t lengths[] = {0, 0};
    char digest[65];
    if (first == NULL || second == NULL || both == NULL)
        return NULL;
    append_safe(first, &lengths[0], baseline);
    append_safe(second, &lengths[1], compared);
    if (is_safe(baseline, first) && is_safe(compared, second))
        return assay__arena_format(arena, "%s-vs-%s", first, second);
    /* The names with the NUL between them. */
    memcpy(both, baseline, sizes[0] + 1);
    memcpy(both + sizes[0] + 1, compared, sizes[1]);
    assay__sha256_hex(both, sizes[0] + 1 + sizes[1], digest);
    return assay__arena_format(arena, "%s-vs-%s-%.*s", first, second, (int)DIGEST_DIGITS, digest);
}
