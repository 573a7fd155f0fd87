/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cell holds: nothing, a number with its exact decimal, or one of two choices. */
#include "source/csv/cell.h"

#include <string.h>

#include "assay/dataset.h"

static bool is_text(const struct assay__field *cell, const char *text)
{
    size_t length = strlen(text);
    return cell->length == length && memcmp(cell->text, text, length) == 0;
}

bool assay__cell_is_missing(const struct assay__field *cell)
{
    if (cell->length == 0)
        return true;
    if (cell->length > 4 || (cell->text[0] != 'N' && cell->text[0] != 'n'))
        return false;
    return is_text(cell, "NA") || is_text(cell, "NULL") || is_text(cell, "null") ||
           is_text(cell, "NaN");
}

bool assay__cell_is_blank(const struct assay__field *cell)
{
    static const char *const TEXTS[] = {"N/A", "n/a", "#N/A", "(null)",
                                        "\\N", "nan", "None", "<NA>"};
    if (assay__cell_is_missing(cell))
        return true;
    for (size_t i = 0; cell->length <= 6 && i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (is_text(cell, TEXTS[i]))
            return true;
    return false;
}

/* Whether a number beyond 1e308 is still a double: below, every number of these lengths is. */
static bool fits_double(const struct assay__field *cell, const struct assay_decimal *number)
{
    int digits = number->digits != NULL ? (int)number->digit_count : 18;
    double value;
    if (digits + number->exponent <= 308)
        return true;
    return assay__double_parse(cell->text, cell->length, &value) == ASSAY__PARSE_OK;
}

enum assay__cell_outcome assay__cell_number(const struct assay__field *cell,
                                            struct assay_decimal *out,
                                            char digits[ASSAY__DIGITS_MAX])
{
    if (cell->length > ASSAY_NUMBER_BYTES_MAX)
        return ASSAY__CELL_RANGE;
    switch (assay__decimal_parse(cell->text, cell->length, out, digits)) {
    case ASSAY__PARSE_OK:
        return fits_double(cell, out) ? ASSAY__CELL_OK : ASSAY__CELL_RANGE;
    case ASSAY__PARSE_RANGE:
        return ASSAY__CELL_RANGE;
    default:
        return assay__cell_is_blank(cell) ? ASSAY__CELL_MISSING : ASSAY__CELL_NO_NUMBER;
    }
}

enum assay__cell_outcome assay__cell_choice(const struct assay__field *cell,
                                            struct assay_decimal *out)
{
    static const char *const WORDS[][2] = {{"false", "true"}, {"FALSE", "TRUE"}, {"False", "True"},
                                           {"no", "yes"},     {"NO", "YES"},     {"No", "Yes"}};
    memset(out, 0, sizeof *out);
    if (cell->length == 1 && (cell->text[0] == '0' || cell->text[0] == '1')) {
        out->mantissa = cell->text[0] - '0';
        return ASSAY__CELL_OK;
    }
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        for (int choice = 0; choice < 2; choice++) {
            if (is_text(cell, WORDS[i][choice])) {
                out->mantissa = choice;
                return ASSAY__CELL_OK;
            }
        }
    }
    /* 1.0, 1e0, 0.00 are other ways to write the same numbers. */
    char digits[ASSAY__DIGITS_MAX];
    enum assay__cell_outcome outcome = assay__cell_number(cell, out, digits);
    if (outcome == ASSAY__CELL_MISSING)
        return outcome;
    bool is_choice = outcome == ASSAY__CELL_OK && out->digits == NULL && out->exponent == 0 &&
                     (out->mantissa == 0 || out->mantissa == 1);
    return is_choice ? ASSAY__CELL_OK : ASSAY__CELL_NO_CHOICE;
}

const char *assay__cell_sentence(enum assay__cell_outcome outcome)
{
    static const char *const SENTENCES[] = {
        [ASSAY__CELL_OK] = "is fine.",
        [ASSAY__CELL_MISSING] = "is missing.",
        [ASSAY__CELL_NO_NUMBER] = "is not a number. Numbers are written as 1234.5 or 1.2345e3; a "
                                  "missing value is an empty cell, NA, N/A, NULL or the like.",
        [ASSAY__CELL_NO_CHOICE] = "is not 0 or 1, as a proportion needs (true/false and yes/no "
                                  "will do; t/f, Y/N and on/off where a column holds nothing "
                                  "else). For other numbers use a metric of type mean.",
        [ASSAY__CELL_RANGE] = "is beyond the range of numbers (about 1.8e308, and 512 characters).",
    };
    return SENTENCES[outcome];
}

/* A decimal's digits, without leading or trailing zeros, and the power of ten of its first one. */
struct digits {
    const char *text;
    size_t count;
    int64_t magnitude;
    char buffer[24];
};

static void digits_of(const struct assay_decimal *number, struct digits *out)
{
    if (number->digits != NULL) {
        out->text = number->digits;
        out->count = number->digit_count;
    } else {
        uint64_t rest = (uint64_t)(number->mantissa < 0 ? -number->mantissa : number->mantissa);
        size_t at = sizeof out->buffer;
        for (; rest != 0; rest /= 10)
            out->buffer[--at] = (char)('0' + rest % 10);
        out->text = out->buffer + at;
        out->count = sizeof out->buffer - at;
    }
    out->magnitude = (int64_t)out->count + number->exponent;
}

/* Compares the absolute values of two numbers that are not 0. */
static int compare_magnitudes(const struct assay_decimal *a, const struct assay_decimal *b)
{
    struct digits x, y;
    digits_of(a, &x);
    digits_of(b, &y);
    if (x.magnitude != y.magnitude)
        return x.magnitude < y.magnitude ? -1 : 1;
    size_t common = x.count < y.count ? x.count : y.count;
    int order = memcmp(x.text, y.text, common);
    if (order != 0)
        return order;
    return x.count < y.count ? -1 : x.count > y.count;
}

int assay__decimal_compare(const struct assay_decimal *a, const struct assay_decimal *b)
{
    int sign_a = (a->mantissa > 0) - (a->mantissa < 0);
    int sign_b = (b->mantissa > 0) - (b->mantissa < 0);
    if (sign_a != sign_b)
        return sign_a < sign_b ? -1 : 1;
    if (a->digits == NULL && b->digits == NULL && a->exponent == b->exponent)
        return a->mantissa < b->mantissa ? -1 : a->mantissa > b->mantissa;
    if (sign_a == 0)
        return 0;
    int order = compare_magnitudes(a, b);
    return sign_a > 0 ? order : -order;
}
