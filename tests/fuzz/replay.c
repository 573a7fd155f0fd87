/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target without libFuzzer, the same way every time: each file of its corpus as it is,
 * then RUNS changed ones, whose changes come from a generator that starts at SEED, or 1. Usage:
 * fuzz_NAME CORPUS RUNS [SEED]. Prints how many inputs there were; what is wrong ends the program.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES = 4096, CORPUS_FILES = 4096 };

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
size_t LLVMFuzzerMutate(unsigned char *data, size_t size, size_t size_max);

/* Changes of a target's own; some have none. */
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size,
                                                     size_t size_max, unsigned seed);

struct input {
    unsigned char bytes[INPUT_BYTES];
    size_t length;
};

static struct input corpus[CORPUS_FILES];
static size_t corpus_count;
static uint64_t state = 1;

/* xorshift64*: below a bound. */
static size_t draw(size_t bound)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return bound == 0 ? 0 : (size_t)((state * UINT64_C(2685821657736338717)) >> 33) % bound;
}

static void read_file(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL || corpus_count == CORPUS_FILES) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    struct input *input = &corpus[corpus_count++];
    input->length = fread(input->bytes, 1, sizeof input->bytes, file);
    fclose(file);
}

static void read_corpus(const char *folder)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.')
            read_file(folder, names[i]->d_name);
        free(names[i]);
    }
    if (count > 0)
        free(names);
    if (corpus_count == 0) {
        fprintf(stderr, "%s has no files\n", folder);
        exit(1);
    }
}

/* Takes bytes out, and puts others there. */
static void replace(struct input *input, size_t at, size_t taken, const void *bytes, size_t length)
{
    size_t rest = input->length - at - taken;
    if (at + length + rest > INPUT_BYTES)
        return;
    memmove(input->bytes + at + length, input->bytes + at + taken, rest);
    if (length > 0)
        memcpy(input->bytes + at, bytes, length);
    input->length = at + length + rest;
}

/* What mostly means something to a reader of plans, tables, results and requests. */
static const char *const WORDS[] = {"\"",
                                    "\"\"",
                                    ",",
                                    ";",
                                    "\n",
                                    "\r\n",
                                    "\r",
                                    "{",
                                    "}",
                                    "[",
                                    "]",
                                    ":",
                                    "\\",
                                    "\\u0",
                                    "0",
                                    "-0",
                                    "1e308",
                                    "-1e-308",
                                    "1e999",
                                    "NaN",
                                    "null",
                                    "true",
                                    "'",
                                    "%",
                                    "%00",
                                    "../",
                                    "\xEF\xBB\xBF",
                                    "\xC3",
                                    "\xFF",
                                    "\x1F\x8B",
                                    " ",
                                    "\t",
                                    "=",
                                    "<",
                                    "&",
                                    "0x10",
                                    "1,5",
                                    "1.234,5",
                                    "99999999999999999999",
                                    "2026-03-01T00:00:00Z",
                                    "-9223372036854775808",
                                    "18446744073709551616"};

static void change(struct input *input)
{
    const size_t at = draw(input->length + 1), left = input->length - at;
    const struct input *other = &corpus[draw(corpus_count)];
    const char *word = WORDS[draw(sizeof WORDS / sizeof *WORDS)];
    size_t from = draw(other->length + 1), span = draw(left < 32 ? left + 1 : 33);
    unsigned char byte = (unsigned char)draw(256);
    switch (draw(8)) {
    case 0:
        replace(input, at, left > 0, &byte, 1);
        break;
    case 1:
        replace(input, at, 0, &byte, 1);
        break;
    case 2:
        replace(input, at, span, NULL, 0);
        break;
    case 3:
        replace(input, at, 0, word, strlen(word));
        break;
    case 4:
        replace(input, at, span, word, strlen(word));
        break;
    case 5:
        replace(input, at, 0, other->bytes + from, draw(other->length - from + 1));
        break;
    case 6:
        replace(input, at, left, other->bytes + from, other->length - from);
        break;
    default:
        if (left > 0)
            input->bytes[at] ^= (unsigned char)(1u << draw(8));
    }
}

size_t LLVMFuzzerMutate(unsigned char *data, size_t size, size_t size_max)
{
    struct input input = {.length = size};
    memcpy(input.bytes, data, size);
    change(&input);
    if (input.length > size_max)
        return size;
    memcpy(data, input.bytes, input.length);
    return input.length;
}

static void change_often(struct input *input)
{
    bool has_own = LLVMFuzzerCustomMutator != NULL && draw(2) == 0;
    for (size_t changes = 1 + draw(6); !has_own && changes > 0; changes--)
        change(input);
    if (has_own)
        input->length = LLVMFuzzerCustomMutator(input->bytes, input->length, INPUT_BYTES,
                                                (unsigned)draw(UINT32_MAX));
}

/* The bytes have memory of their own, so that a sanitizer sees a read behind them. */
static void run(const struct input *input)
{
    unsigned char *bytes = malloc(input->length + (input->length == 0));
    if (bytes == NULL)
        exit(1);
    memcpy(bytes, input->bytes, input->length);
    (void)LLVMFuzzerTestOneInput(bytes, input->length);
    free(bytes);
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: %s CORPUS RUNS [SEED]\n", argv[0]);
        return 2;
    }
    if (argc == 4)
        state = strtoull(argv[3], NULL, 10) | 1; /* 0 would stay 0 */
    read_corpus(argv[1]);
    size_t runs = (size_t)strtoul(argv[2], NULL, 10);
    for (size_t i = 0; i < corpus_count; i++)
        run(&corpus[i]);
    for (size_t i = 0; i < runs; i++) {
        struct input input = corpus[draw(corpus_count)];
        change_often(&input);
        run(&input);
    }
    printf("%zu inputs\n", corpus_count + runs);
    return 0;
}
