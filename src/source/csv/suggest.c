/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which dialect a column is written in: tried on its cells, the simplest that reads them all. */
#include "source/csv/suggest.h"

#include <string.h>

#include "source/csv/remedy.h"

typedef struct assay__field field_t;
typedef struct assay__column_sample sample_t;

/* Words that multiply: 1.5k is not 1.5, and passing over the k would make it so. */
static bool is_multiplier(const field_t *sign)
{
    static const char *const WORDS[] = {
        "k",    "K",    "m",    "M",       "b",       "B",        "g",    "G",     "t",
        "T",    "mn",   "Mn",   "mio",     "Mio",     "mil",      "bn",   "Bn",    "mrd",
        "Mrd",  "tsd",  "Tsd",  "tn",      "MM",      "mm",       "lakh", "crore", "x",
        "Mio.", "Mrd.", "Tsd.", "million", "billion", "thousand", "e",    "E",     "\xE2\x80\xB0"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == sign->length && memcmp(WORDS[i], sign->text, sign->length) == 0)
            return true;
    return false;
}

bool assay__suggest_is_mark(const struct assay_dialect *dialect, const sample_t *sample)
{
    const field_t *mark = NULL;
    bool has_missing = false;
    for (size_t i = 0; i < sample->count; i++) {
        const field_t *cell = &sample->cells[i];
        if (assay__dialect_is_missing(dialect, cell)) {
            has_missing = true;
            continue;
        }
        if (mark != NULL &&
            (mark->length != cell->length || memcmp(mark->text, cell->text, cell->length) != 0))
            return false;
        mark = cell;
    }
    return has_missing && mark != NULL;
}

/* Copies a text that stands around digits, without blanks; false when it is long or has a quote. */
static bool copy_sign(const char *from, size_t length, char out[16])
{
    field_t sign = assay__field_trim((field_t){from, (uint32_t)length, false, false, false});
    bool is_minus =
        sign.length > 0 && (strchr("-+()", sign.text[0]) != NULL ||
                            (sign.length == 3 && memcmp(sign.text, "\xE2\x88\x92", 3) == 0));
    if (sign.length == 0 || sign.length > 12 || is_minus || is_multiplier(&sign))
        return false;
    memcpy(out, sign.text, sign.length);
    out[sign.length] = '\0';
    return true;
}

/* A loss as accountants write it, without the parentheses. */
static field_t without_parentheses(field_t cell)
{
    cell = assay__field_trim(cell);
    if (cell.length > 2 && cell.text[0] == '(' && cell.text[cell.length - 1] == ')') {
        cell.text++;
        cell.length -= 2;
    }
    return cell;
}

/* A currency sign: what stands before the first digit or after the last one of some cell. */
static bool find_currency(const sample_t *sample, char out[16])
{
    for (size_t i = 0; i < sample->count; i++) {
        const field_t own = without_parentheses(sample->cells[i]), *cell = &own;
        const char *digits = "0123456789";
        uint32_t first = 0, last = cell->length;
        while (first < cell->length && strchr(digits, cell->text[first]) == NULL)
            first++;
        while (last > first && strchr(digits, cell->text[last - 1]) == NULL)
            last--;
        if (first == cell->length)
            continue;
        uint32_t begin = 0;
        while (begin < first && (cell->text[begin] == '-' || cell->text[begin] == '+'))
            begin++;
        while (first > begin && strchr("-+.,", cell->text[first - 1]) != NULL)
            first--;
        if (copy_sign(cell->text + begin, first - begin, out) ||
            (copy_sign(cell->text + last, cell->length - last, out) && strcmp(out, "%") != 0))
            return true;
    }
    return false;
}

static bool has_percent(const sample_t *sample)
{
    for (size_t i = 0; i < sample->count; i++)
        if (sample->cells[i].length > 1 &&
            memchr(sample->cells[i].text, '%', sample->cells[i].length))
            return true;
    return false;
}

/* A cell with a digit may be a number; an error of a spreadsheet, such as #DIV/0!, is not. */
static bool has_digit(const field_t *cell)
{
    if (cell->length > 0 && cell->text[0] == '#')
        return false;
    for (uint32_t i = 0; i < cell->length; i++)
        if (cell->text[i] >= '0' && cell->text[i] <= '9')
            return true;
    return false;
}

enum { MISSING_TEXTS = 4, TEXT_BYTES = 32 };

/* Further spellings of missing values: cells without digits, few of them, among others with. */
struct spellings {
    char texts[MISSING_TEXTS][TEXT_BYTES];
    const char *pointers[MISSING_TEXTS];
    uint32_t count;
};

/* One word among numbers may be a typing error; one that comes again, or one of these, is not. */
static bool is_likely_missing(const sample_t *sample, const field_t *cell)
{
    static const char *const USUAL[] = {
        "-",       "--",      "\xE2\x80\x93", "\xE2\x80\x94", "?",       ".",       "n.a.",
        "N.A.",    "n.a",     "na",           "Na",           "nil",     "NIL",     "Nil",
        "none",    "NONE",    "Null",         "missing",      "Missing", "unknown", "k.A.",
        "#N/V",    "#NV",     "#NULL!",       "#DIV/0!",      "#VALUE!", "#WERT!",  "undefined",
        "(empty)", "(blank)", "NAN",          "<null>",       "<NULL>"};
    size_t times = 0;
    for (size_t i = 0; i < sizeof USUAL / sizeof *USUAL; i++)
        if (strlen(USUAL[i]) == cell->length && memcmp(USUAL[i], cell->text, cell->length) == 0)
            return true;
    for (size_t i = 0; i + 1 < sample->count; i++) { /* the last cell is there twice */
        field_t own = assay__field_trim(sample->cells[i]);
        times += own.length == cell->length && memcmp(own.text, cell->text, cell->length) == 0;
    }
    return times > 1;
}

static bool find_missing(const struct assay_dialect *dialect, const sample_t *sample,
                         struct spellings *out)
{
    size_t with_digits = 0;
    bool has_new = false;
    out->count = 0;
    for (size_t i = 0; i < sample->count; i++) {
        field_t cell = assay__field_trim(sample->cells[i]);
        uint32_t known = 0;
        with_digits += has_digit(&cell);
        if (cell.length == 0 || has_digit(&cell))
            continue;
        while (known < out->count && (strlen(out->texts[known]) != cell.length ||
                                      memcmp(out->texts[known], cell.text, cell.length) != 0))
            known++;
        if (known < out->count)
            continue;
        bool is_usual = assay__dialect_is_missing(dialect, &cell);
        if (out->count == MISSING_TEXTS || cell.length >= TEXT_BYTES ||
            (!is_usual && !is_likely_missing(sample, &cell)))
            return false;
        memcpy(out->texts[known], cell.text, cell.length);
        out->texts[known][cell.length] = '\0';
        out->pointers[known] = out->texts[known];
        out->count++;
        has_new = has_new || !is_usual;
    }
    return has_new && with_digits > 0;
}

/* What a dialect has that another has not. */
static void put_difference(const struct assay_dialect *from, const struct assay_dialect *to,
                           char out[ASSAY__REMEDY_BYTES])
{
    if (to->trim && !from->trim)
        assay__remedy_put(out, "trim", "");
    if (to->decimal != from->decimal)
        assay__remedy_put(out, "decimal", (char[2]){to->decimal, '\0'});
    if (to->thousands != from->thousands)
        assay__remedy_put(out, "thousands", to->thousands);
    if (to->currency != from->currency)
        assay__remedy_put(out, "currency", to->currency[0]);
    if (to->percent && !from->percent)
        assay__remedy_put(out, "percent", "");
    for (uint32_t i = 0; to->missing != from->missing && i < to->missing_count; i++)
        assay__remedy_put(out, "missing", to->missing[i]);
}

static bool has_comma(const sample_t *sample)
{
    for (size_t i = 0; i < sample->count; i++)
        if (memchr(sample->cells[i].text, ',', sample->cells[i].length) != NULL)
            return true;
    return false;
}

/* Tries decimal marks and thousands on top of what is there already. */
static bool try_marks(const struct assay_dialect *from, struct assay_dialect to,
                      const sample_t *sample, char out[ASSAY__REMEDY_BYTES])
{
    static const struct {
        char decimal;
        const char *thousands;
    } MARKS[] = {{0, NULL},         {',', NULL},
                 {'.', ","},        {',', "."},
                 {'.', " "},        {',', " "},
                 {'.', "'"},        {'.', "\xC2\xA0"},
                 {',', "\xC2\xA0"}, {',', "\xE2\x80\xAF"},
                 {'.', "_"},        {'.', "\xE2\x80\x99"}};
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        if (i == 1 && !has_comma(sample)) /* a decimal comma that nobody wrote */
            continue;
        if (MARKS[i].decimal != 0) {
            to.decimal = MARKS[i].decimal == '.' ? from->decimal : ',';
            to.thousands = MARKS[i].thousands;
        }
        if (!assay__suggest_reads(&to, sample))
            continue;
        put_difference(from, &to, out);
        if (to.decimal == ',' && to.thousands == NULL && from->decimal != ',') {
            struct assay_dialect other = to;
            other.decimal = from->decimal;
            other.thousands = ",";
            if (assay__suggest_reads(&other, sample)) { /* 1,234 may be either */
                assay__remedy_or(out);
                put_difference(from, &other, out);
            }
        }
        return true;
    }
    return false;
}

static void suggest_number(const struct assay_dialect *dialect, const sample_t *sample,
                           char out[ASSAY__REMEDY_BYTES])
{
    struct spellings missing;
    char sign[16];
    const char *signs[1] = {sign};
    bool may_lack = find_missing(dialect, sample, &missing);
    bool has_sign = dialect->currency_count == 0 && find_currency(sample, sign);
    for (int choice = 0; choice < 16; choice++) {
        struct assay_dialect to = *dialect;
        bool trims = choice & 1, passes = choice & 2, lacks = choice & 4, shares = choice & 8;
        if ((trims && dialect->trim) || (passes && !has_sign) || (lacks && !may_lack) ||
            (shares && (dialect->percent || !has_percent(sample))))
            continue;
        to.trim = to.trim || trims;
        to.percent = to.percent || shares;
        if (passes) {
            to.currency = signs;
            to.currency_count = 1;
        }
        if (lacks) {
            to.has_missing = true;
            to.missing = missing.pointers;
            to.missing_count = missing.count;
        }
        if (try_marks(dialect, to, sample, out))
            return;
    }
}

static bool holds(const sample_t *sample, const char *text)
{
    for (size_t i = 0; i < sample->count; i++)
        if (sample->cells[i].length == strlen(text) &&
            memcmp(sample->cells[i].text, text, sample->cells[i].length) == 0)
            return true;
    return false;
}

/* Words for 1 and 0, those of other languages first. */
static const char *const PAIRS[][2] = {{"ja", "nein"},
                                       {"Ja", "Nein"},
                                       {"JA", "NEIN"},
                                       {"j", "n"},
                                       {"J", "N"},
                                       {"wahr", "falsch"},
                                       {"WAHR", "FALSCH"},
                                       {"Wahr", "Falsch"},
                                       {"oui", "non"},
                                       {"Oui", "Non"},
                                       {"OUI", "NON"},
                                       {"vrai", "faux"},
                                       {"VRAI", "FAUX"},
                                       {"si", "no"},
                                       {"Si", "No"},
                                       {"SI", "NO"},
                                       {"s\xC3\xAD", "no"},
                                       {"S\xC3\xAD", "No"},
                                       {"sim", "n\xC3\xA3o"},
                                       {"Sim", "N\xC3\xA3o"},
                                       {"ja", "nej"},
                                       {"Ja", "Nej"},
                                       {"ja", "nee"},
                                       {"Ja", "Nee"},
                                       {"tak", "nie"},
                                       {"converted", "not converted"},
                                       {"Y", "N"},
                                       {"y", "n"},
                                       {"T", "F"},
                                       {"t", "f"},
                                       {"1", "0"},
                                       {"TRUE", "FALSE"},
                                       {"true", "false"},
                                       {"yes", "no"},
                                       {"Yes", "No"}};

/* Two words that nobody knows: which of them is the 1 is for the reader to say. */
static void suggest_words(const struct assay_dialect *dialect, const sample_t *sample,
                          char out[ASSAY__REMEDY_BYTES])
{
    char words[2][TEXT_BYTES];
    uint32_t count = 0;
    for (size_t i = 0; i < sample->count; i++) {
        const field_t *cell = &sample->cells[i];
        uint32_t known = 0;
        if (assay__dialect_is_missing(dialect, cell))
            continue;
        while (known < count && (strlen(words[known]) != cell->length ||
                                 memcmp(words[known], cell->text, cell->length) != 0))
            known++;
        if (known == 2 || cell->length >= TEXT_BYTES || has_digit(cell))
            return;
        if (known < count)
            continue;
        memcpy(words[count], cell->text, cell->length);
        words[count++][cell->length] = '\0';
    }
    for (uint32_t first = 0; count == 2 && first < 2; first++) {
        if (first == 1)
            assay__remedy_or(out);
        assay__remedy_put(out, "true", words[first]);
        assay__remedy_put(out, "false", words[1 - first]);
    }
}

static void suggest_choice(const struct assay_dialect *dialect, const sample_t *sample,
                           char out[ASSAY__REMEDY_BYTES])
{
    struct assay_dialect to = *dialect;
    to.trim = true;
    if (!dialect->trim && assay__suggest_reads(&to, sample)) {
        assay__remedy_put(out, "trim", "");
        return;
    }
    for (int trims = 0; trims < 2; trims++) {
        for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
            const char *yes = PAIRS[i][0], *no = PAIRS[i][1];
            to = *dialect;
            to.trim = trims == 1 || dialect->trim;
            to.true_texts = &yes;
            to.false_texts = &no;
            to.true_count = to.false_count = 1;
            if ((!holds(sample, yes) && !holds(sample, no)) || !assay__suggest_reads(&to, sample))
                continue;
            if (to.trim && !dialect->trim)
                assay__remedy_put(out, "trim", "");
            assay__remedy_put(out, "true", yes);
            assay__remedy_put(out, "false", no);
            return;
        }
    }
    suggest_number(dialect, sample, out);
    if (out[0] == '\0')
        suggest_words(dialect, sample, out);
}

void assay__suggest_format(const struct assay_dialect *dialect, const sample_t *sample,
                           char out[ASSAY__REMEDY_BYTES])
{
    out[0] = '\0';
    if (sample->kind == ASSAY__COLUMN_TIME)
        assay__suggest_time(dialect, sample, out);
    else if (sample->kind == ASSAY__COLUMN_CHOICE)
        suggest_choice(dialect, sample, out);
    else
        suggest_number(dialect, sample, out);
}
