/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times by a form such as "%d.%m.%Y %H:%M", as strptime(3) has it, in English and without a locale.
 */
#include <string.h>

#include "base/time.h"

struct reader {
    const char *at, *end;
    struct assay__time_fields fields;
    int is_afternoon; /* 0 or 1 from %p; -1 without it */
};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool digits(struct reader *in, int most, int *out)
{
    int count = 0;
    *out = 0;
    for (; count < most && in->at < in->end && is_digit(*in->at); count++)
        *out = *out * 10 + (*in->at++ - '0');
    return count > 0;
}

static bool same_letters(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((a[i] | 0x20) != (b[i] | 0x20))
            return false;
    return true;
}

static bool read_month(struct reader *in)
{
    static const char *const MONTHS[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    size_t left = (size_t)(in->end - in->at);
    for (int m = 0; m < 12; m++) {
        size_t whole = strlen(MONTHS[m]);
        size_t length = left >= whole && same_letters(in->at, MONTHS[m], whole) ? whole : 3;
        if (left < length || !same_letters(in->at, MONTHS[m], length))
            continue;
        in->at += length;
        in->fields.month = m + 1;
        return true;
    }
    return false;
}

static bool read_half(struct reader *in)
{
    if (in->end - in->at < 2 || (in->at[1] | 0x20) != 'm')
        return false;
    char first = (char)(in->at[0] | 0x20);
    in->is_afternoon = first == 'p';
    in->at += 2;
    return first == 'a' || first == 'p';
}

static bool read_fraction(struct reader *in)
{
    int32_t unit = 100000000;
    const char *begin = in->at;
    in->fields.nanoseconds = 0;
    for (; in->at < in->end && is_digit(*in->at); in->at++, unit /= 10)
        in->fields.nanoseconds += unit * (*in->at - '0');
    return in->at > begin;
}

/* Z, +hh:mm, +hhmm or +hh. */
static bool read_zone(struct reader *in)
{
    int hour, minute = 0;
    if (in->at < in->end && (*in->at | 0x20) == 'z') {
        in->at++;
        return true;
    }
    if (in->at == in->end || (*in->at != '+' && *in->at != '-'))
        return false;
    bool west = *in->at++ == '-';
    if (!digits(in, 2, &hour))
        return false;
    if (in->at < in->end && *in->at == ':')
        in->at++;
    if (in->at < in->end && !digits(in, 2, &minute))
        return false;
    in->fields.minutes_east = (west ? -1 : 1) * (hour * 60 + minute);
    return hour < 24 && minute < 60;
}

static bool read_form(struct reader *in, const char *form);

static bool read_field(struct reader *in, char letter)
{
    struct assay__time_fields *fields = &in->fields;
    switch (letter) {
    case 'Y':
        return digits(in, 4, &fields->year);
    case 'y':
        if (!digits(in, 2, &fields->year))
            return false;
        fields->year += fields->year < 69 ? 2000 : 1900;
        return true;
    case 'm':
        return digits(in, 2, &fields->month);
    case 'd':
    case 'e':
        return digits(in, 2, &fields->day);
    case 'H':
    case 'k':
    case 'I':
    case 'l':
        return digits(in, 2, &fields->hour);
    case 'M':
        return digits(in, 2, &fields->minute);
    case 'S':
        return digits(in, 2, &fields->second);
    case 'b':
    case 'B':
    case 'h':
        return read_month(in);
    case 'p':
        return read_half(in);
    case 'f':
        return read_fraction(in);
    case 'z':
        return read_zone(in);
    case 'T':
        return read_form(in, "%H:%M:%S");
    case 'R':
        return read_form(in, "%H:%M");
    case 'F':
        return read_form(in, "%Y-%m-%d");
    case 'D':
        return read_form(in, "%m/%d/%y");
    case '%':
        return in->at < in->end && *in->at++ == '%';
    default:
        return false;
    }
}

static bool read_form(struct reader *in, const char *form)
{
    for (; *form != '\0'; form++) {
        if (*form == ' ') { /* any number of blanks, none too */
            while (in->at < in->end && *in->at == ' ')
                in->at++;
        } else if (*form != '%') {
            if (in->at == in->end || *in->at++ != *form)
                return false;
        } else if (*++form == '\0' || !read_field(in, *form)) {
            return false;
        }
    }
    return true;
}

bool assay__time_form_parse(const char *form, const char *text, size_t length, int64_t *ns)
{
    struct reader in = {text, text + length, {.year = 1970, .month = 1, .day = 1}, -1};
    if (!read_form(&in, form) || in.at != in.end)
        return false;
    if (in.is_afternoon >= 0) {
        if (in.fields.hour < 1 || in.fields.hour > 12)
            return false;
        in.fields.hour = in.fields.hour % 12 + 12 * in.is_afternoon;
    }
    return assay__time_of_fields(&in.fields, ns);
}
