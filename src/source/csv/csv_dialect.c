/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cell in a file's dialect becomes the text that numbers and times are always read from. */
#include "source/csv/csv_dialect.h"

#include <stdio.h>
#include <string.h>

#include "assay/dataset.h"
#include "base/hash.h"
#include "base/time.h"

typedef struct assay__field field_t;

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool is_text(const field_t *cell, const char *text)
{
    size_t length = strlen(text);
    return cell->length == length && memcmp(cell->text, text, length) == 0;
}

static bool is_listed(const field_t *cell, const char **texts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (is_text(cell, texts[i]))
            return true;
    return false;
}

struct assay__field assay__field_trim(struct assay__field field)
{
    while (field.length > 0 && (field.text[0] == ' ' || field.text[0] == '\t')) {
        field.text++;
        field.length--;
    }
    while (field.length > 0 &&
           (field.text[field.length - 1] == ' ' || field.text[field.length - 1] == '\t'))
        field.length--;
    return field;
}

/* What a program gave a type is written without a dialect. */
static const struct assay_dialect *dialect_of(const struct assay_dialect *dialect,
                                              const field_t *cell)
{
    static const struct assay_dialect PLAIN = {0};
    return cell->is_typed ? &PLAIN : dialect;
}

bool assay__dialect_is_missing(const struct assay_dialect *given, const field_t *cell)
{
    const struct assay_dialect *dialect = dialect_of(given, cell);
    if (!dialect->has_missing)
        return assay__cell_is_blank(cell);
    return cell->length == 0 || is_listed(cell, dialect->missing, dialect->missing_count);
}

static bool begins_with(const field_t *text, const char *with)
{
    size_t length = strlen(with);
    return length > 0 && text->length >= length && memcmp(text->text, with, length) == 0;
}

static bool ends_with(const field_t *text, const char *with)
{
    size_t length = strlen(with);
    return length > 0 && text->length >= length &&
           memcmp(text->text + text->length - length, with, length) == 0;
}

static void drop(field_t *text, size_t before, size_t after)
{
    text->text += before;
    text->length -= (uint32_t)(before + after);
    *text = assay__field_trim(*text);
}

/* Takes a sign off the front: of a keyboard, or the minus of typesetters. */
static bool take_minus(field_t *text, bool *is_negative)
{
    static const char MINUS[] = "\xE2\x88\x92";
    if (begins_with(text, MINUS)) {
        *is_negative = true;
        drop(text, sizeof MINUS - 1, 0);
        return true;
    }
    if (text->length == 0 || (*text->text != '-' && *text->text != '+'))
        return false;
    *is_negative = *text->text == '-';
    drop(text, 1, 0);
    return true;
}

/* Accountants write a loss in parentheses, some programs with the minus behind. */
static bool take_loss(field_t *text, bool *is_negative)
{
    bool in_parentheses = begins_with(text, "(") && ends_with(text, ")");
    if (!in_parentheses && !(text->length > 1 && ends_with(text, "-")))
        return false;
    drop(text, in_parentheses, 1);
    *is_negative = true;
    return true;
}

/* Takes off what stands around the digits: a minus, currency signs, a percent sign. */
static void strip(const struct assay_dialect *dialect, field_t *text, bool *is_negative,
                  bool *is_percent)
{
    bool has_sign = take_loss(text, is_negative) || take_minus(text, is_negative);
    for (uint32_t i = 0; i < dialect->currency_count; i++) {
        if (begins_with(text, dialect->currency[i])) {
            drop(text, strlen(dialect->currency[i]), 0);
            if (!has_sign)
                take_minus(text, is_negative);
            break;
        }
        if (ends_with(text, dialect->currency[i])) {
            drop(text, 0, strlen(dialect->currency[i]));
            if (!has_sign)
                take_loss(text, is_negative);
            break;
        }
    }
    *is_percent = dialect->percent && ends_with(text, "%");
    if (*is_percent)
        drop(text, 0, 1);
}

/* The length of a thousands mark here; 0 when there is none. A blank stands for all its kinds. */
static size_t mark_at(const struct assay_dialect *dialect, const field_t *text, uint32_t at)
{
    static const char *const BLANKS[] = {" ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89"};
    const field_t rest = {text->text + at, text->length - at, false, false, false};
    const char *mark = dialect->thousands;
    bool is_blank = mark != NULL && strcmp(mark, " ") == 0;
    for (size_t i = 0; is_blank && i < sizeof BLANKS / sizeof *BLANKS; i++)
        if (begins_with(&rest, BLANKS[i]))
            return strlen(BLANKS[i]);
    return mark != NULL && begins_with(&rest, mark) ? strlen(mark) : 0;
}

/* Copies the digits before the decimal mark without thousands marks; false when those are wrong. */
static bool copy_whole(const struct assay_dialect *dialect, const field_t *text, uint32_t *at,
                       char *out, uint32_t *length)
{
    bool is_comma = dialect->thousands != NULL && strcmp(dialect->thousands, ",") == 0;
    uint32_t in_group = 0, groups = 0;
    while (*at < text->length) {
        size_t mark = mark_at(dialect, text, *at);
        if (is_digit(text->text[*at])) {
            out[(*length)++] = text->text[(*at)++];
            in_group++;
        } else if (mark > 0) {
            /* India writes 12,34,567: all groups but the last may have two digits. In 0,123 the
             * comma is a decimal one. */
            if (in_group == 0 || in_group > 3 || (groups == 0 && out[*length - in_group] == '0') ||
                (groups > 0 && in_group != 3 && !(is_comma && in_group == 2)))
                return false;
            *at += (uint32_t)mark;
            in_group = 0;
            groups++;
        } else {
            break;
        }
    }
    return groups == 0 || in_group == 3;
}

/* The number in the C locale's spelling; false when the dialect does not write it so. */
static bool spell(const struct assay_dialect *dialect, const field_t *text, bool is_negative,
                  char out[ASSAY_NUMBER_BYTES_MAX + 2], uint32_t *length)
{
    char decimal = dialect->decimal == '\0' ? '.' : dialect->decimal;
    uint32_t at = 0;
    *length = 0;
    if (is_negative)
        out[(*length)++] = '-';
    if (!copy_whole(dialect, text, &at, out, length))
        return false;
    for (bool has_point = false; at < text->length; at++) {
        char c = text->text[at];
        if (c == decimal && !has_point) {
            has_point = true;
            c = '.';
        } else if (!is_digit(c) && c != 'e' && c != 'E' && c != '+' && c != '-') {
            return false;
        }
        out[(*length)++] = c;
    }
    return true;
}

/* Numbers are spelt as everybody does; what stands for missing ones may differ. */
static bool has_plain_numbers(const struct assay_dialect *dialect)
{
    return (dialect->decimal == '\0' || dialect->decimal == '.') && dialect->thousands == NULL &&
           dialect->currency_count == 0 && !dialect->percent;
}

bool assay__dialect_is_plain(const struct assay_dialect *dialect)
{
    return has_plain_numbers(dialect) && !dialect->has_missing;
}

enum assay__cell_outcome assay__dialect_number(const struct assay_dialect *given,
                                               const field_t *cell, struct assay_decimal *out,
                                               char digits[ASSAY__DIGITS_MAX])
{
    const struct assay_dialect *dialect = dialect_of(given, cell);
    bool is_plain = has_plain_numbers(dialect);
    if (is_plain && !dialect->has_missing)
        return assay__cell_number(cell, out, digits);
    if (assay__dialect_is_missing(dialect, cell))
        return ASSAY__CELL_MISSING;
    if (cell->length > ASSAY_NUMBER_BYTES_MAX)
        return ASSAY__CELL_RANGE;
    field_t text = *cell;
    char spelt[ASSAY_NUMBER_BYTES_MAX + 2];
    bool is_negative = false, is_percent = false;
    if (!is_plain) {
        strip(dialect, &text, &is_negative, &is_percent);
        text.is_quoted = false;
        uint32_t length;
        if (!spell(dialect, &text, is_negative, spelt, &length))
            return ASSAY__CELL_NO_NUMBER;
        text.text = spelt;
        text.length = length;
    }
    enum assay__cell_outcome outcome = assay__cell_number(&text, out, digits);
    if (outcome == ASSAY__CELL_MISSING) /* a usual spelling, but the dialect has others */
        return ASSAY__CELL_NO_NUMBER;
    if (outcome == ASSAY__CELL_OK && is_percent && out->mantissa != 0)
        out->exponent -= 2;
    return outcome;
}

bool assay__dialect_is_spelt(const struct assay_dialect *dialect)
{
    return (dialect->decimal != '\0' && dialect->decimal != '.') || dialect->thousands != NULL ||
           dialect->has_missing || dialect->true_count > 0 || dialect->time != NULL ||
           dialect->trim || dialect->currency_count > 0 || dialect->percent ||
           dialect->encoding != NULL;
}

/* Spellings of 0 and 1 that go with no others, and their bits in words; the lowest is all others.
 */
static const char *const WORDS[][2] = {{"f", "t"},    {"F", "T"},    {"n", "y"},   {"N", "Y"},
                                       {"off", "on"}, {"OFF", "ON"}, {"Off", "On"}};

/* Notes a column's spelling; false when it does not go with those before, which words shows too. */
static bool agrees(uint32_t *words, uint32_t word)
{
    if (words == NULL)
        return true;
    bool fits = *words == 0 || *words == word;
    *words |= word;
    return fits;
}

bool assay__dialect_words_agree(uint32_t words, char remedy[ASSAY__WORDS_REMEDY_BYTES])
{
    size_t length = 0;
    remedy[0] = '\0';
    if ((words & (words - 1)) == 0)
        return true;
    for (uint32_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if ((words & UINT32_C(2) << i) != 0)
            length += (size_t)snprintf(remedy + length, ASSAY__WORDS_REMEDY_BYTES - length,
                                       "true=%s\nfalse=%s\n", WORDS[i][1], WORDS[i][0]);
    return false;
}

enum assay__cell_outcome assay__dialect_choice(const struct assay_dialect *given,
                                               const field_t *cell, uint32_t *words,
                                               struct assay_decimal *out)
{
    const struct assay_dialect *dialect = dialect_of(given, cell);
    memset(out, 0, sizeof *out);
    if (dialect->has_missing && assay__dialect_is_missing(dialect, cell))
        return ASSAY__CELL_MISSING;
    if (is_listed(cell, dialect->true_texts, dialect->true_count)) {
        out->mantissa = 1;
        return ASSAY__CELL_OK;
    }
    if (is_listed(cell, dialect->false_texts, dialect->false_count))
        return ASSAY__CELL_OK;
    for (uint32_t i = 0; dialect->true_count == 0 && i < sizeof WORDS / sizeof *WORDS; i++) {
        for (int choice = 0; choice < 2; choice++) {
            if (!is_text(cell, WORDS[i][choice]))
                continue;
            out->mantissa = choice;
            return agrees(words, UINT32_C(2) << i) ? ASSAY__CELL_OK : ASSAY__CELL_NO_CHOICE;
        }
    }
    char digits[ASSAY__DIGITS_MAX];
    enum assay__cell_outcome outcome = assay__cell_choice(cell, out);
    bool is_word = cell->length > 0 && (cell->text[0] | 32) >= 'a' && (cell->text[0] | 32) <= 'z';
    /* The dialect's words take the place of the usual ones, and its marks that of the point. */
    if (outcome == ASSAY__CELL_OK &&
        (is_word ? dialect->true_count > 0 : !has_plain_numbers(dialect)))
        outcome = ASSAY__CELL_NO_CHOICE;
    if (outcome == ASSAY__CELL_NO_CHOICE &&
        assay__dialect_number(dialect, cell, out, digits) == ASSAY__CELL_OK &&
        out->digits == NULL && out->exponent == 0 && (out->mantissa == 0 || out->mantissa == 1))
        outcome = ASSAY__CELL_OK;
    if (outcome == ASSAY__CELL_MISSING && dialect->has_missing)
        outcome = ASSAY__CELL_NO_CHOICE;
    if (outcome == ASSAY__CELL_OK && !agrees(words, 1))
        outcome = ASSAY__CELL_NO_CHOICE;
    return outcome;
}

/* Makes a number of 19 digits a mantissa; false when it is longer, or too large for one. */
static bool shorten(struct assay_decimal *value)
{
    int64_t mantissa = 0;
    if (value->digits == NULL)
        return true;
    for (uint32_t i = 0; i < value->digit_count; i++)
        if (__builtin_mul_overflow(mantissa, 10, &mantissa) ||
            __builtin_add_overflow(mantissa, value->digits[i] - '0', &mantissa))
            return false;
    value->mantissa = value->mantissa < 0 ? -mantissa : mantissa;
    value->digits = NULL;
    return true;
}

/* Days since 1899-12-30, as spreadsheets count them, to the millisecond. */
static bool excel_time(const struct assay_decimal *days, int64_t *ns)
{
    static const int64_t DAY_MS = 86400000, EPOCH_DAYS = 25569;
    assay__uint128 scale = 1;
    int64_t mantissa = days->mantissa;
    for (int32_t i = days->exponent; i < 0 && scale < (assay__uint128)1 << 96; i++)
        scale *= 10;
    for (int32_t i = days->exponent; i > 0; i--) /* 46110 is 4611 with an exponent of 1 */
        if (__builtin_mul_overflow(mantissa, 10, &mantissa))
            return false;
    if (mantissa < 0)
        return false;
    assay__uint128 ms = ((assay__uint128)mantissa * (assay__uint128)DAY_MS + scale / 2) / scale;
    if (ms > (assay__uint128)INT64_MAX / 1000000)
        return false;
    *ns = ((int64_t)ms - EPOCH_DAYS * DAY_MS) * 1000000;
    return true;
}

/* A number of times: with the dialect's marks, or with a point as programs write it. */
static bool epoch_number(const struct assay_dialect *dialect, const field_t *cell,
                         struct assay_decimal *value, char digits[ASSAY__DIGITS_MAX])
{
    bool is_read = (!has_plain_numbers(dialect) &&
                    assay__dialect_number(dialect, cell, value, digits) == ASSAY__CELL_OK) ||
                   assay__cell_number(cell, value, digits) == ASSAY__CELL_OK;
    return is_read && shorten(value);
}

static bool epoch_time(const struct assay_dialect *dialect, const field_t *cell, int64_t *ns)
{
    const char *unit = dialect->time;
    static const struct {
        const char *name;
        int32_t power; /* nanoseconds in it, as a power of ten */
    } UNITS[] = {{"s", 9}, {"ms", 6}, {"us", 3}, {"ns", 0}};
    struct assay_decimal value;
    char digits[ASSAY__DIGITS_MAX];
    if (strcmp(unit, "excel") == 0)
        return epoch_number(dialect, cell, &value, digits) && excel_time(&value, ns);
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (strcmp(unit, UNITS[i].name) != 0)
            continue;
        if (!epoch_number(dialect, cell, &value, digits))
            return false;
        int32_t power = value.exponent + UNITS[i].power;
        for (; power < 0; power++)
            value.mantissa /= 10; /* beyond nanoseconds: cut */
        for (; power > 0; power--)
            if (__builtin_mul_overflow(value.mantissa, 10, &value.mantissa))
                return false;
        *ns = value.mantissa;
        return true;
    }
    return false;
}

/* A time that a program gave as one: unlike a number it has no unit that could be another. */
static bool is_typed_time(const field_t *cell)
{
    enum { YEAR_DIGITS = 4, DATE_BYTES = 10 };
    return cell->is_typed && cell->length >= DATE_BYTES && cell->text[YEAR_DIGITS] == '-';
}

bool assay__dialect_time(const struct assay_dialect *given, const field_t *cell, int64_t *ns)
{
    /* The unit of epochs holds for numbers that have a type, too; times need none. */
    bool is_epoch = given->time != NULL && strchr(given->time, '%') == NULL;
    if (cell->is_typed && is_epoch && epoch_time(given, cell, ns))
        return true;
    const struct assay_dialect *dialect = dialect_of(given, cell);
    if (dialect->time == NULL)
        return assay__time_parse(cell->text, cell->length, ns) &&
               (is_typed_time(cell) || (*ns >= ASSAY__TIME_FIRST_NS && *ns < ASSAY__TIME_END_NS));
    if (strchr(dialect->time, '%') == NULL)
        return epoch_time(dialect, cell, ns);
    return assay__time_form_parse(dialect->time, cell->text, cell->length, ns);
}
