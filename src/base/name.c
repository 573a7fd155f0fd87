/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of groups as people see them: their order, and when two of them are nearly the same. */
#include "base/name.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* ---- Order ----------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits of the number at text, leading zeros passed over. */
static size_t number_at(const char **text)
{
    size_t length = 0;
    while ((*text)[0] == '0' && is_digit((*text)[1]))
        ++*text;
    while (is_digit((*text)[length]))
        length++;
    return length;
}

int assay__name_compare(const char *a, const char *b)
{
    const char *x = a, *y = b;
    while (*x != '\0' && *y != '\0') {
        if (is_digit(*x) && is_digit(*y)) {
            size_t left = number_at(&x), right = number_at(&y);
            int order = left == right ? memcmp(x, y, left) : left < right ? -1 : 1;
            if (order != 0)
                return order;
            x += left;
            y += right;
        } else if (*x == *y) {
            x++;
            y++;
        } else {
            return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
        }
    }
    if (*x != *y)
        return *x == '\0' ? -1 : 1;
    return strcmp(a, b); /* v2 and v02 */
}

/* ---- What the eye passes over ---------------------------------------------------------------- */

/* Base letters of U+00C0 to U+017F; '.' for those that have none. */
static const char LETTERS[] = "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y"
                              "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.llllll."
                              ".llnnnnnn...oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t code_point)
{
    for (size_t i = 0; i < count; i++)
        if (code_point >= ranges[i].first && code_point <= ranges[i].last)
            return true;
    return false;
}

static bool is_hidden(uint32_t code_point)
{
    static const struct range HIDDEN[] = {{0xA0, 0xA0},     {0xAD, 0xAD},     {0x1680, 0x1680},
                                          {0x2000, 0x200B}, {0x202F, 0x202F}, {0x205F, 0x2060},
                                          {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
    return is_in(HIDDEN, sizeof HIDDEN / sizeof *HIDDEN, code_point);
}

/* Passed over: blanks, characters without width, combining marks. */
static bool is_passed(uint32_t code_point)
{
    static const struct range PASSED[] = {
        {0x09, 0x0D}, {0x20, 0x20}, {0x300, 0x36F}, {0x200C, 0x200F}, {0xFE00, 0xFE0F}};
    return is_hidden(code_point) || is_in(PASSED, sizeof PASSED / sizeof *PASSED, code_point);
}

/* The letter in lower case and without its accent. */
static uint32_t plain_letter(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) /* full width */
        c -= 0xFEE0;
    if (c >= 'A' && c <= 'Z')
        return c + 32;
    if (c >= 0xC0 && c <= 0x17F && LETTERS[c - 0xC0] != '.')
        return (uint32_t)LETTERS[c - 0xC0];
    if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F) || c == 0xC6 || c == 0xDE)
        c += 32;
    else if (c >= 0x400 && c <= 0x40F)
        c += 80;
    if (c == 0x439) /* short i, io: with and without their mark */
        return 0x438;
    if (c == 0x451)
        return 0x435;
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
        return '-';
    return c == 0x2018 || c == 0x2019 ? '\'' : c;
}

static size_t put_utf8(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char FIRST[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(FIRST[more] | (c >> (6 * more)));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3F));
    return more + 1;
}

const char *assay__name_fold(struct assay__arena *arena, const char *name)
{
    size_t left = strlen(name), length = 0;
    char *out = assay__arena_alloc(arena, 2 * left + 5);
    while (out != NULL && left > 0) {
        uint32_t code_point;
        size_t size = assay__utf8_next(name, left, &code_point);
        if (code_point == ASSAY__UTF8_INVALID) {
            memcpy(out + length, name, size);
            length += size;
        } else if (!is_passed(code_point)) {
            length += put_utf8(plain_letter(code_point), out + length);
        }
        name += size;
        left -= size;
    }
    return out;
}
