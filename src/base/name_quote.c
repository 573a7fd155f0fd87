/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in sentences: those whose blanks a reader would not see stand in quotes. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/name.h"
#include "base/utf8.h"

/* Blanks and characters without width. */
static bool is_blank(uint32_t code_point)
{
    return code_point <= 0x20 || code_point == 0xA0 || code_point == 0x1680 ||
           (code_point >= 0x2000 && code_point <= 0x200F) || code_point == 0x202F ||
           code_point == 0x205F || code_point == 0x2060 || code_point == 0x3000 ||
           code_point == 0xFEFF;
}

/* At an end, or one after another. */
static bool has_lost_blanks(const char *name)
{
    size_t left = strlen(name);
    bool was_blank = true; /* as if the name stood between blanks */
    while (left > 0) {
        uint32_t code_point;
        size_t size = assay__utf8_next(name, left, &code_point);
        if (was_blank && is_blank(code_point))
            return true;
        was_blank = is_blank(code_point);
        name += size;
        left -= size;
    }
    return was_blank;
}

const char *assay__name_quoted(struct assay__arena *arena, const char *name)
{
    return has_lost_blanks(name) ? assay__arena_format(arena, "'%s'", name) : name;
}
