/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The region that the fuzz targets take memory from: what AddressSanitizer is told of it. */
#include <signal.h>

#include "../fuzz/fuzz_memory.h"
#include "base/memory.h"
#include "test.h"

#ifdef __SANITIZE_ADDRESS__ /* gcc */
#define HAS_ASAN 1
#else /* clang; the sanitizer's header says 0 for others */
#define HAS_ASAN __has_feature(address_sanitizer)
#endif

/* Whether a byte must not be touched, or where nothing watches what is wanted. */
static bool is_poisoned(const unsigned char *byte, bool wanted)
{
#if HAS_ASAN
    (void)wanted;
    return __asan_address_is_poisoned(byte) != 0;
#else
    (void)byte;
    return wanted;
#endif
}

START_TEST(bytes_around_a_block_are_poisoned)
{
    fuzz_memory_begin();
    for (size_t size = 1; size < 70; size++) {
        unsigned char *first = assay__malloc(size), *second = assay__malloc(size);
        ck_assert_ptr_nonnull(first);
        ck_assert_ptr_nonnull(second);
        ck_assert_uint_eq((uintptr_t)first % FUZZ_BLOCK_ALIGN, 0);
        for (size_t i = 0; i < size; i++)
            ck_assert(!is_poisoned(first + i, false));
        ck_assert(is_poisoned(first - 1, true));
        ck_assert(is_poisoned(first + size, true));
        ck_assert(is_poisoned(second - 1, true));
        assay__free(first);
        assay__free(second);
    }
    fuzz_memory_end();
}
END_TEST

START_TEST(a_released_block_stays_poisoned)
{
    fuzz_memory_begin();
    unsigned char *block = assay__malloc(40);
    ck_assert_ptr_nonnull(block);
    assay__free(block);
    ck_assert(is_poisoned(block, true));
    ck_assert(is_poisoned(block + 39, true));
    unsigned char *other = assay__malloc(40);
    ck_assert_ptr_ne(other, block);
    assay__free(other);
    fuzz_memory_end();
}
END_TEST

START_TEST(the_next_input_begins_with_an_empty_region)
{
    for (int i = 0; i < 3; i++) {
        fuzz_memory_begin();
        void *block = assay__malloc(FUZZ_REGION_BYTES / 2);
        ck_assert_ptr_nonnull(block);
        assay__free(block);
        fuzz_memory_end();
    }
}
END_TEST

START_TEST(a_block_that_is_not_released_aborts)
{
    fuzz_memory_begin();
    ck_assert_ptr_nonnull(assay__malloc(40));
    fuzz_memory_end();
}
END_TEST

START_TEST(an_input_that_takes_more_than_the_region_aborts)
{
    fuzz_memory_begin();
    for (int i = 0; i < 3; i++)
        (void)assay__malloc(FUZZ_REGION_BYTES / 2);
}
END_TEST

static void add(TCase *c)
{
    tcase_add_test(c, bytes_around_a_block_are_poisoned);
    tcase_add_test(c, a_released_block_stays_poisoned);
    tcase_add_test(c, the_next_input_begins_with_an_empty_region);
    tcase_add_test_raise_signal(c, a_block_that_is_not_released_aborts, SIGABRT);
    tcase_add_test_raise_signal(c, an_input_that_takes_more_than_the_region_aborts, SIGABRT);
}

int main(void)
{
    return test_main_apart("fuzz memory", add);
}
