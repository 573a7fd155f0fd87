/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The results that are posted: sizes from nothing to some 200 kB, numbers of more digits than a
 * double has, escapes, a checksum. They are written as the server writes, without spaces, so that
 * what it gives back can be compared byte by byte.
 */
#include "kills.h"

#include "base/digest.h"

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t kills_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

unsigned kills_below(uint64_t *state, unsigned bound)
{
    return (unsigned)(kills_random(state) % bound);
}

double kills_uniform(uint64_t *state, double low, double high)
{
    return low + (high - low) * (double)(kills_random(state) >> 11) * 0x1p-53;
}

void kills_name(unsigned index, char out[KILLS_NAME_BYTES])
{
    snprintf(out, KILLS_NAME_BYTES, "workflows/kills/instances/%c/analysisResults/k-%06u",
             (char)('a' + index % 3), index);
}

bool kills_index(const struct kills_run *run, const char *name, size_t length, unsigned *index)
{
    char wanted[KILLS_NAME_BYTES], digits[7] = "";
    if (length < 8 || memcmp(name + length - 8, "k-", 2) != 0)
        return false;
    memcpy(digits, name + length - 6, 6);
    if (strspn(digits, "0123456789") != 6)
        return false;
    *index = (unsigned)strtoul(digits, NULL, 10);
    kills_name(*index, wanted);
    const char *start = length == 8 ? strrchr(wanted, '/') + 1 : wanted;
    return *index < run->plan.posts && strlen(start) == length && memcmp(start, name, length) == 0;
}

/* Each 50th result is an empty object: the smallest there is. */
static bool is_empty(unsigned index)
{
    return index % 50 == 49;
}

int kills_part(unsigned index)
{
    return is_empty(index) ? -1 : (int)(index % KILLS_PARTS);
}

static unsigned draw_size(uint64_t *state)
{
    unsigned percent = kills_below(state, 100);
    if (percent < 70)
        return kills_below(state, 2000);
    if (percent < 92)
        return kills_below(state, 16000);
    return kills_below(state, percent < 99 ? 64000 : 200000);
}

/* The members of the result, without braces. */
static void write_members(const struct kills_run *run, unsigned index, struct assay__text *out)
{
    uint64_t state = run->plan.seed ^ (uint64_t)(index + 1) * 0x632be59bd9b4e019u;
    char digest[65];
    if (is_empty(index))
        return;
    size_t start = out->length, size = draw_size(&state);
    assay__text_format(out, "\"exposureFilter\":\"result %u of \\\"%llu\\\" \\\\ \xc3\xa9\"", index,
                       (unsigned long long)run->plan.seed);
    assay__text_puts(out, ",\"results\":[");
    for (unsigned i = 0; out->length - start < size; i++)
        assay__text_format(out,
                           "%s{\"id\":\"m-%u\",\"statsSettings\":{\"adjustedAlpha\":0.%020llu,"
                           "\"hasVarianceReduction\":%s}}",
                           i == 0 ? "" : ",", i, (unsigned long long)kills_random(&state),
                           kills_random(&state) >> 63 == 0 ? "true" : "false");
    assay__sha256_hex(out->data + start, out->length - start, digest);
    assay__text_format(out,
                       "],\"labels\":[{\"key\":\"part\",\"value\":\"%d\"},"
                       "{\"key\":\"checksum\",\"value\":\"%s\"}]",
                       kills_part(index), digest);
}

void kills_body(const struct kills_run *run, unsigned index, struct assay__text *out)
{
    char name[KILLS_NAME_BYTES];
    kills_name(index, name);
    const char *id = strrchr(name, '/') + 1;
    size_t parent = strlen(name) - strlen("/analysisResults/") - strlen(id);
    assay__text_format(out, "{\"parent\":\"%.*s\",\"analysisResultId\":\"%s\",\"analysisResult\":{",
                       (int)parent, name, id);
    write_members(run, index, out);
    assay__text_puts(out, "}}");
    ck_assert(!out->failed);
}

size_t kills_document(const struct kills_run *run, const char *text, size_t length, unsigned *index)
{
    static const char NAME[] = ",\"creator\":\"killer\",\"updater\":\"killer\",\"name\":\"";
    ck_assert_msg(length > 17 && memcmp(text, "{\"createTime\":\"2", 15) == 0,
                  "no document: %.200s", text);
    const char *head = memmem(text, length < 400 ? length : 400, NAME, strlen(NAME));
    ck_assert_msg(head != NULL, "no name and creator: %.400s", text);
    const char *name = head + strlen(NAME);
    const char *end = memchr(name, '"', length - (size_t)(name - text));
    ck_assert(end != NULL);
    ck_assert_msg(kills_index(run, name, (size_t)(end - name), index), "never sent: %.400s", text);
    struct assay__text wanted = {0};
    write_members(run, *index, &wanted);
    const char *at = end + 1;
    size_t left = length - (size_t)(at - text);
    if (wanted.length > 0) {
        ck_assert_msg(left > wanted.length + 1 && *at == ',' &&
                          memcmp(at + 1, wanted.data, wanted.length) == 0,
                      "result %u of seed %llu is not what was sent", *index,
                      (unsigned long long)run->plan.seed);
        at += 1 + wanted.length;
    }
    ck_assert_msg(at < text + length && *at == '}', "result %u goes on", *index);
    assay__text_release(&wanted);
    return (size_t)(at + 1 - text);
}
