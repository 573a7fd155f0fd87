/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instants in nanoseconds since 1970, read from and written as RFC 3339. */
#include "base/time.h"

#include <stdio.h>
#include <string.h>

#include "base/digits.h"

static const int64_t NS_PER_SECOND = 1000000000;
static const int64_t SECONDS_PER_DAY = 86400;

struct cursor {
    const char *at, *end;
};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool accept(struct cursor *in, char c)
{
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

/* Reads exactly count digits as a number of at most most. */
static bool number(struct cursor *in, int count, int most, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (in->at == in->end || !is_digit(*in->at))
            return false;
        value = value * 10 + (*in->at++ - '0');
    }
    *out = value;
    return value <= most;
}

/*
 * Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that
 * a leap day ends one, in eras of 400 years of 146097 days.
 */
static int64_t days_of_date(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_of_days(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int days_in_month(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : DAYS[month - 1];
}

static bool date(struct cursor *in, int64_t *days)
{
    int year, month, day;
    if (!number(in, 4, 2261, &year) || year < 1678 || !accept(in, '-') ||
        !number(in, 2, 12, &month) || month < 1 || !accept(in, '-') || !number(in, 2, 31, &day) ||
        day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_of_date(year, month, day);
    return true;
}

/* Digits after the point, as nanoseconds; those beyond the ninth are cut. */
static bool fraction(struct cursor *in, int64_t *ns)
{
    int64_t unit = NS_PER_SECOND;
    *ns = 0;
    if (in->at == in->end || !is_digit(*in->at))
        return false;
    while (in->at < in->end && is_digit(*in->at)) {
        unit /= 10;
        *ns += unit * (*in->at++ - '0');
    }
    return true;
}

/* What may follow the time of day: nothing, Z, " UTC", +hh:mm, +hhmm, +hh. Minutes east of UTC. */
static bool offset(struct cursor *in, int *minutes)
{
    *minutes = 0;
    if (in->at == in->end || accept(in, 'Z') || accept(in, 'z'))
        return true;
    bool west = *in->at == '-';
    if (west || *in->at == '+') {
        in->at++;
        int hour, minute = 0;
        if (!number(in, 2, 23, &hour))
            return false;
        bool colon = accept(in, ':');
        if ((colon || in->at < in->end) && !number(in, 2, 59, &minute))
            return false;
        *minutes = west ? -(hour * 60 + minute) : hour * 60 + minute;
        return true;
    }
    return accept(in, ' ') && accept(in, 'U') && accept(in, 'T') && accept(in, 'C');
}

static bool calendar_time(struct cursor in, int64_t *ns)
{
    int64_t days = 0, part = 0;
    int hour = 0, minute = 0, second = 0, east = 0;
    if (!date(&in, &days))
        return false;
    if (in.at < in.end) {
        if (!accept(&in, 'T') && !accept(&in, 't') && !accept(&in, ' '))
            return false;
        if (!number(&in, 2, 23, &hour) || !accept(&in, ':') || !number(&in, 2, 59, &minute))
            return false;
        if (accept(&in, ':') &&
            (!number(&in, 2, 60, &second) || (accept(&in, '.') && !fraction(&in, &part))))
            return false;
        if (!offset(&in, &east) || in.at != in.end)
            return false;
    }
    int minute_of_day = hour * 60 + minute - east;
    if (second == 60) { /* leap seconds end a UTC day; POSIX time has none */
        if ((minute_of_day + 1) % 1440 != 0)
            return false;
        second = 59;
    }
    *ns = (days * SECONDS_PER_DAY + (int64_t)minute_of_day * 60 + second) * NS_PER_SECOND + part;
    return true;
}

/*
 * An epoch says its unit by its magnitude: times from 1990 to 2100 are 9 or 10 digits of seconds,
 * 12 or 13 of milliseconds, 15 or 16 of microseconds, 18 or 19 of nanoseconds, and no two overlap.
 */
static bool time_of_epoch(int64_t value, bool has_fraction, int64_t part, int64_t *ns)
{
    for (int64_t unit = NS_PER_SECOND; unit >= 1; unit /= 1000) {
        if (value >= ASSAY__TIME_FIRST_NS / unit && value < ASSAY__TIME_END_NS / unit) {
            *ns = value * unit + part;
            return unit == NS_PER_SECOND || !has_fraction;
        }
    }
    return false;
}

bool assay__time_epoch(int64_t value, int64_t *ns)
{
    return time_of_epoch(value, false, 0, ns);
}

static bool epoch_time(struct cursor in, int64_t *ns)
{
    int64_t value = 0, part = 0;
    size_t digits = 0;
    for (; in.at < in.end && is_digit(*in.at); in.at++, digits++) {
        if (digits == 19 || value > (INT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (*in.at - '0');
    }
    bool has_fraction = accept(&in, '.');
    if ((has_fraction && !fraction(&in, &part)) || in.at != in.end)
        return false;
    return time_of_epoch(value, has_fraction, part, ns);
}

/* Eight bytes, the first of them lowest. */
static uint64_t load_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Eight digits as a number: pairs, then fours, then all, in parallel. */
static bool eight_digits(const char *text, int64_t *value)
{
    const uint64_t bytes = UINT64_C(0x000000FF000000FF);
    uint64_t word = load_word(text) ^ UINT64_C(0x3030303030303030);
    if (((word | (word + UINT64_C(0x7676767676767676))) & UINT64_C(0x8080808080808080)) != 0)
        return false;
    word = word * 10 + (word >> 8);
    word = (word & bytes) * (100 + (UINT64_C(1000000) << 32)) +
           (word >> 16 & bytes) * (1 + (UINT64_C(10000) << 32));
    *value = (int64_t)(word >> 32);
    return true;
}

/* An epoch of 9 to 16 digits, by the first eight and the last eight of them. */
static bool epoch_time_plain(const char *text, size_t length, int64_t *ns)
{
    static const int64_t POWERS[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    int64_t first, last;
    if (length < 9 || length > 16 || !eight_digits(text, &first) ||
        !eight_digits(text + length - 8, &last))
        return false;
    int64_t power = POWERS[length - 8];
    return time_of_epoch(first * power + last % power, false, 0, ns);
}

/*
 * Eight characters by a form: a digit for each of its zeros, else the same characters. Byte i of
 * the result is then the number that the digits i and i + 1 are.
 */
static inline bool read_form(const char *text, const char form[9], uint64_t *numbers)
{
    const uint64_t tops = UINT64_C(0x8080808080808080);
    uint64_t shape = load_word(form), word = load_word(text) ^ shape;
    uint64_t marks = shape ^ UINT64_C(0x3030303030303030); /* 0 where a digit stands */
    uint64_t has_mark = ((marks & ~tops) + (tops - tops / 128)) & tops;
    *numbers = word * 10 + (word >> 8);
    return ((word | (word + UINT64_C(0x7676767676767676))) & tops) == 0 &&
           (word & (has_mark / 128 * 255)) == 0;
}

static inline int byte_of(uint64_t word, unsigned number)
{
    return (int)(word >> 8 * number & 255);
}

bool assay__time_parse_written(const char *text, size_t length, int64_t *ns)
{
    uint64_t first, second, third;
    if (length != 20 || !read_form(text, "0000-00-", &first) ||
        !read_form(text + 8, "00T00:00", &second) || !read_form(text + 12, "0:00:00Z", &third))
        return false;
    int year = 100 * byte_of(first, 0) + byte_of(first, 2), month = byte_of(first, 5);
    int day = byte_of(second, 0), hour = byte_of(second, 3);
    int minute = byte_of(second, 6), seconds = byte_of(third, 5);
    if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month) || hour > 23 || minute > 59 || seconds > 59)
        return false;
    *ns = (days_of_date(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + seconds) *
          NS_PER_SECOND;
    return true;
}

bool assay__time_parse(const char *text, size_t length, int64_t *ns)
{
    size_t digits = 0;
    if (epoch_time_plain(text, length, ns) || assay__time_parse_written(text, length, ns))
        return true;
    while (digits < length && is_digit(text[digits]))
        digits++;
    if (digits == 0)
        return false;
    if (digits < length && text[digits] != '.')
        return length >= 10 && calendar_time((struct cursor){text, text + length}, ns);
    return epoch_time((struct cursor){text, text + length}, ns);
}

bool assay__time_of_fields(const struct assay__time_fields *fields, int64_t *ns)
{
    if (fields->year < 1678 || fields->year > 2261 || fields->month < 1 || fields->month > 12 ||
        fields->day < 1 || fields->day > days_in_month(fields->year, fields->month) ||
        fields->hour > 23 || fields->minute > 59 || fields->second > 59)
        return false;
    int64_t minute_of_day = (int64_t)fields->hour * 60 + fields->minute - fields->minutes_east;
    *ns = (days_of_date(fields->year, fields->month, fields->day) * SECONDS_PER_DAY +
           minute_of_day * 60 + fields->second) *
              NS_PER_SECOND +
          fields->nanoseconds;
    return true;
}

/* A mark and a number of two digits. */
static char *put_pair(char mark, int value, char *out)
{
    *out = mark;
    return assay__digits_pair((unsigned)value, out + 1);
}

size_t assay__time_write(int64_t ns, char out[ASSAY__TIME_BYTES])
{
    int64_t part = ns % NS_PER_SECOND, seconds = ns / NS_PER_SECOND;
    if (part < 0) {
        part += NS_PER_SECOND;
        seconds--;
    }
    int64_t in_day = seconds % SECONDS_PER_DAY;
    if (in_day < 0)
        in_day += SECONDS_PER_DAY;
    int year, month, day;
    date_of_days((seconds - in_day) / SECONDS_PER_DAY, &year, &month, &day);
    char *end = assay__digits_pair((unsigned)year / 100, out);
    end = assay__digits_pair((unsigned)year % 100, end);
    end = put_pair('-', month, end);
    end = put_pair('-', day, end);
    end = put_pair('T', (int)(in_day / 3600), end);
    end = put_pair(':', (int)(in_day / 60 % 60), end);
    end = put_pair(':', (int)(in_day % 60), end);
    if (part != 0) {
        int width = part % 1000000 == 0 ? 3 : part % 1000 == 0 ? 6 : 9;
        int64_t shown = width == 3 ? part / 1000000 : width == 6 ? part / 1000 : part;
        end += snprintf(end, (size_t)(out + ASSAY__TIME_BYTES - end), ".%0*d", width, (int)shown);
    }
    *end++ = 'Z';
    *end = '\0';
    return (size_t)(end - out);
}
