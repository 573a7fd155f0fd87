/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server says when it refuses, made safe to show. */
#include "api/deliver/refusal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "api/deliver/answer.h"
#include "base/utf8.h"

enum {
    VIOLATIONS_SHOWN = 5,
    SECRET_PART_BYTES = 8, /* so much of a secret's beginning is blanked without the rest */
    /* Blanking the letter "s" would hide nothing: the words around it tell what it was. */
    SECRET_BYTES_MIN = 4,
    /* What a message has room for comes long before, but where nearly all are blanks. */
    LOOKED_AT_BYTES_MAX = 65536
};

/* Characters that move the cursor, reorder what is around them, or cannot be seen. */
static bool is_unprintable(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE0FFF) || c == ASSAY__UTF8_INVALID;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xA0 || c == 0x2028 ||
           c == 0x2029;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of count digits; -1 when they are not all there. */
static long digits_value(const char *at, size_t length, size_t count, int base)
{
    long value = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = i < length ? hex_digit(at[i]) : -1;
        if (digit < 0 || digit >= base)
            return -1;
        value = value * base + digit;
    }
    return count > 0 ? value : -1;
}

/* An HTML character reference to a byte: its length, or 0. */
static size_t match_reference(const char *at, size_t length, char wanted)
{
    static const struct {
        const char *text;
        char byte;
    } NAMES[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t size = strlen(NAMES[i].text);
        if (NAMES[i].byte == wanted && size <= length && memcmp(at, NAMES[i].text, size) == 0)
            return size;
    }
    if (length < 4 || at[1] != '#')
        return 0;
    bool is_hex = at[2] == 'x' || at[2] == 'X';
    size_t start = is_hex ? 3 : 2, end = start;
    while (end < length && end < start + 6 && hex_digit(at[end]) >= 0)
        end++;
    bool is_it = digits_value(at + start, length - start, end - start, is_hex ? 16 : 10) == wanted;
    return is_it && end < length && at[end] == ';' ? end + 1 : 0;
}

/* How many bytes here stand for the one wanted: 1 for itself, more for an escape, 0 for neither. */
static size_t match_byte(const char *at, size_t length, char wanted)
{
    if (length == 0)
        return 0;
    if (at[0] == '%' && digits_value(at + 1, length - 1, 2, 16) == wanted)
        return 3;
    if (at[0] == '\\' && length > 1 && at[1] == 'u' &&
        digits_value(at + 2, length - 2, 4, 16) == wanted)
        return 6;
    if (at[0] == '\\' && length > 1 && at[1] == wanted)
        return 2;
    size_t reference = at[0] == '&' ? match_reference(at, length, wanted) : 0;
    return reference > 0 ? reference : at[0] == wanted;
}

/* The digit number index of a secret's base64 among those that the secret alone decides, when so
 * many unknown bytes (modulo 3) precede it; '\0' after the last. The digits are asked for in order:
 * the secret has a byte for those before. */
static char base64_digit(const char *secret, size_t unknown, size_t index)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t bit = (8 * unknown + 5) / 6 * 6 + 6 * index;
    const char *at = secret + bit / 8 - unknown;
    size_t offset = bit % 8;
    if (at[0] == '\0' || (offset > 2 && at[1] == '\0'))
        return '\0';
    unsigned pair = (unsigned)(unsigned char)at[0] << 8 | (unsigned char)at[1];
    return DIGITS[pair >> (10 - offset) & 63];
}

/* Blanks and what cannot be seen, as where a line was broken; not without bounds, or long ones
 * would be gone through again and again. */
static size_t gap_length(const char *at, size_t length)
{
    enum { GAP_BYTES_MAX = 64 };
    size_t gap = 0;
    while (gap < length && gap < GAP_BYTES_MAX) {
        uint32_t c;
        size_t step = assay__utf8_next(at + gap, length - gap, &c);
        if (!is_blank(c) && !is_unprintable(c))
            break;
        gap += step;
    }
    return gap;
}

/* Forms of a secret: as it is, and base64 after 0, 1 and 2 bytes of something else. */
enum { FORM_PLAIN = 3, FORM_COUNT };

/* How many bytes here stand for the next one of a form; *is_end when the form is over. */
static size_t match_form(const char *at, size_t length, const char *secret, size_t form,
                         size_t matched, bool *is_end)
{
    char wanted = form == FORM_PLAIN ? secret[matched] : base64_digit(secret, form, matched);
    *is_end = wanted == '\0';
    if (*is_end)
        return 0;
    size_t step = match_byte(at, length, wanted);
    if (step == 0 && form != FORM_PLAIN && (wanted == '+' || wanted == '/'))
        step = match_byte(at, length, wanted == '+' ? '-' : '_'); /* base64url */
    return step;
}

/* The length of a form of a secret that begins here: the whole form, or a long enough prefix; 0
 * when none does. */
static size_t form_at(const char *bytes, size_t length, const char *secret, size_t form)
{
    size_t at = 0, matched = 0;
    bool is_end = false;
    for (;;) {
        size_t gap = 0, step = match_form(bytes + at, length - at, secret, form, matched, &is_end);
        if (step == 0 && !is_end && matched > 0) {
            gap = gap_length(bytes + at, length - at);
            step = match_form(bytes + at + gap, length - at - gap, secret, form, matched, &is_end);
        }
        if (step == 0)
            break;
        matched++;
        at += gap + step;
    }
    bool is_secret = (is_end && matched >= SECRET_BYTES_MIN) || matched >= SECRET_PART_BYTES;
    return is_secret ? at : 0;
}

/* Length of what is written here of the secrets, the longest that fits; 0 for nothing. */
static size_t secret_at(const char *bytes, size_t length, const char *const *secrets, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t form = 0; secrets[i] != NULL && form < FORM_COUNT; form++) {
            size_t found = form_at(bytes, length, secrets[i], form);
            longest = found > longest ? found : longest;
        }
    }
    return longest;
}

void assay__refusal_clean(struct assay__text *out, const char *bytes, size_t length,
                          size_t bytes_max, const char *const *secrets, size_t secret_count)
{
    const size_t limit = out->length + bytes_max;
    if (length > LOOKED_AT_BYTES_MAX)
        length = LOOKED_AT_BYTES_MAX;
    bool blank_pending = false, any = false;
    for (size_t at = 0; at < length && !out->failed;) {
        size_t secret_length = secret_at(bytes + at, length - at, secrets, secret_count);
        uint32_t c = '*';
        size_t step = secret_length;
        if (secret_length == 0)
            step = assay__utf8_next(bytes + at, length - at, &c);
        if (secret_length == 0 && is_blank(c)) {
            blank_pending = any;
            at += step;
            continue;
        }
        const char *piece = bytes + at;
        size_t piece_length = step;
        if (secret_length > 0 || is_unprintable(c)) {
            piece = secret_length > 0 ? "[secret]" : "?";
            piece_length = strlen(piece);
        }
        if (out->length + blank_pending + piece_length + 3 > limit) {
            assay__text_puts(out, "...");
            return;
        }
        if (blank_pending)
            assay__text_putc(out, ' ');
        assay__text_append(out, piece, piece_length);
        blank_pending = false;
        any = true;
        at += step;
    }
}

void assay__refusal_quote(struct assay__text *out, const char *bytes, size_t length,
                          const char *const *secrets, size_t secret_count)
{
    assay__refusal_clean(out, bytes, length, ASSAY__QUOTE_BYTES_MAX, secrets, secret_count);
}

/* Gathers violations of a detail: "field: description; ...". */
static void gather_violations(struct assay__text *gathered, const cJSON *violations, int *shown)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, violations)
    {
        const char *field = assay__answer_text(one, "field");
        const char *description = assay__answer_text(one, "description");
        if (*shown == VIOLATIONS_SHOWN)
            return;
        assay__text_puts(gathered, *shown == 0 ? " (" : "; ");
        assay__text_puts(gathered, field != NULL ? field : "?");
        assay__text_puts(gathered, ": ");
        assay__text_puts(gathered, description != NULL ? description : "?");
        ++*shown;
    }
}

/* Gathers the readable part of a google.rpc.Status: its message and details[].fieldViolations[]. */
static void gather_status(struct assay__text *gathered, const cJSON *status)
{
    const char *message = assay__answer_text(status, "message");
    const cJSON *details = cJSON_GetObjectItemCaseSensitive(status, "details"), *detail;
    int shown = 0;
    assay__text_puts(gathered, message != NULL ? message : "");
    if (!cJSON_IsArray(details))
        return;
    cJSON_ArrayForEach(detail, details)
    {
        const cJSON *violations = cJSON_GetObjectItemCaseSensitive(detail, "fieldViolations");
        if (cJSON_IsArray(violations))
            gather_violations(gathered, violations, &shown);
    }
    if (shown > 0)
        assay__text_putc(gathered, ')');
}

/* Gathers what a JSON error document says; nothing when its form is unknown. */
static void gather(struct assay__text *gathered, const cJSON *root)
{
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(root, "error");
    const char *description = assay__answer_text(root, "error_description");
    const char *word = assay__answer_text(root, "error");
    if (!cJSON_IsObject(root))
        return;
    if (cJSON_IsObject(error))
        gather_status(gathered, error);
    else if (description != NULL || word != NULL)
        assay__text_puts(gathered, description != NULL ? description : word);
    else
        gather_status(gathered, root);
}

void assay__refusal_explain(struct assay__text *out, const char *body, size_t length,
                            const char *const *secrets, size_t secret_count)
{
    struct assay__text gathered = {0};
    cJSON *root;
    if (assay__answer_parse(body, length, &root) == NULL)
        gather(&gathered, root);
    if (gathered.length > 0 && !gathered.failed)
        assay__refusal_quote(out, gathered.data, gathered.length, secrets, secret_count);
    else
        assay__refusal_quote(out, body, length, secrets, secret_count);
    assay__text_release(&gathered);
    cJSON_Delete(root);
}
