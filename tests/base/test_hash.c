/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ids that were chosen to meet in one place of a table spread as others do: the hash has a seed
 * that whoever chooses them does not know.
 */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/index.h"
#include "test.h"

enum { IDS = 20000, ID_BYTES = 16, SLOTS = 1 << 16 };

/* A hash without a seed, once in use here: eight bytes at a time, folded by a multiplication. */
static uint64_t unseeded(const char *bytes)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ ID_BYTES;
    for (size_t i = 0; i < ID_BYTES; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        hash = assay__hash_fold(hash ^ word, UINT64_C(0xd6e8feb86659fd93));
    }
    return hash;
}

/* A first word of any kind; the second one is the state that it leads to, which makes that 0. */
static void craft(uint64_t number, char id[ID_BYTES])
{
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) ^ ID_BYTES;
    state = assay__hash_fold(state ^ number, UINT64_C(0xd6e8feb86659fd93));
    memcpy(id, &number, 8);
    memcpy(id + 8, &state, 8);
}

static void ordinary(uint64_t number, char id[ID_BYTES])
{
    char text[32];
    snprintf(text, sizeof text, "user-%011llu", (unsigned long long)number);
    memcpy(id, text, ID_BYTES);
}

/* Probes that a table of SLOTS places, filled one id after the other, needs. */
static uint64_t probes(void (*make)(uint64_t, char[ID_BYTES]), uint64_t (*hash)(const char *))
{
    static bool is_taken[SLOTS];
    uint64_t count = 0;
    memset(is_taken, 0, sizeof is_taken);
    for (uint64_t i = 0; i < IDS; i++) {
        char id[ID_BYTES];
        make(i, id);
        size_t slot = hash(id) % SLOTS;
        for (; is_taken[slot]; count++)
            slot = (slot + 1) % SLOTS;
        is_taken[slot] = true;
        count++;
    }
    return count;
}

static uint64_t seeded(const char *id)
{
    return assay__hash(id, ID_BYTES);
}

START_TEST(crafted_ids_cost_no_more_than_ordinary_ones)
{
    /* Their craft works where there is no seed. */
    ck_assert_uint_gt(probes(craft, unseeded), (uint64_t)IDS * IDS / 4);
    /* A third of the places is taken in the end: 1.22 probes an id, and chance adds little. */
    ck_assert_uint_lt(probes(ordinary, seeded), IDS * 5 / 4);
    ck_assert_uint_lt(probes(craft, seeded), IDS * 5 / 4);
}
END_TEST

START_TEST(the_hash_has_a_seed_that_stays)
{
    uint64_t seed = assay__hash_seed();
    ck_assert_uint_ne(seed, 0);
    ck_assert_uint_eq(assay__hash_draw(), seed);
    ck_assert_uint_eq(assay__hash_seed(), seed);
    ck_assert_uint_eq(assay__hash("unit", 4), XXH3_64bits_withSeed("unit", 4, seed));
    ck_assert_uint_ne(assay__hash("unit", 4), XXH3_64bits("unit", 4));
}
END_TEST

START_TEST(an_index_numbers_crafted_keys_in_their_order)
{
    struct assay__index index = {0};
    struct assay_error err;
    uint32_t number;
    char id[ID_BYTES];
    for (uint32_t i = 0; i < IDS; i++) {
        craft(i, id);
        assert_ok(assay__index_add(&index, id, ID_BYTES, IDS, &number, &err), &err);
        ck_assert_uint_eq(number, i);
    }
    craft(7, id);
    ck_assert(assay__index_find(&index, id, ID_BYTES, &number));
    ck_assert_uint_eq(number, 7);
    assay__index_release(&index);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, crafted_ids_cost_no_more_than_ordinary_ones);
    tcase_add_test(cases, the_hash_has_a_seed_that_stays);
    tcase_add_test(cases, an_index_numbers_crafted_keys_in_their_order);
}

int main(void)
{
    return test_main("hash", add);
}
