/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of results: what plans, the client and the server accept is one set. */
#include "base/resource_name.h"

#include "api/deliver/url.h"
#include "test.h"

#define LONGEST                                                                                    \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                             \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const GOOD_PARTS[] = {"a",  "Checkout_2026", "0",  "...",  "-a", "--",
                                         ".a", "~._-",          "a.", LONGEST};
static const char *const BAD_PARTS[] = {"",    ".",    "..",    "-",    "a b",       "\xC3\xA9",
                                        "a%b", "a\nb", "a?",    "a\\b", LONGEST "a", "a+b",
                                        "a:b", "a*",   "a\x7F", "{a}",  "a\xFF",     " a"};

static bool plan_accepts(const char *parent)
{
    struct assay_error err;
    struct assay_plan *plan = NULL;
    char text[512], escaped[400];
    size_t used = 0;
    for (const char *at = parent; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        bool plain = byte >= 0x20 && byte != '"' && byte != '\\';
        used +=
            (size_t)snprintf(escaped + used, sizeof escaped - used, plain ? "%c" : "\\u%04x", byte);
    }
    snprintf(text, sizeof text, "{\"parent\":\"%s\",\"metrics\":[{\"id\":\"m\"}]}", escaped);
    enum assay_status status = assay_plan_parse(text, strlen(text), "p.json", &plan, &err);
    assay_plan_free(plan);
    return status == ASSAY_OK;
}

/* The server takes a parent apart by assay__parent_split(), as this does. */
static void check_parent(const char *parent, bool is_good)
{
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1];
    struct assay_error err;
    ck_assert_msg(assay__parent_split(parent, workflow, instance) == is_good, "%s", parent);
    ck_assert_msg((assay__parent_check(parent, &err) == ASSAY_OK) == is_good, "%s", parent);
    ck_assert_msg(plan_accepts(parent) == is_good, "plan: %s", parent);
    if (!is_good)
        ck_assert_ptr_nonnull(strstr(err.message, "1 to 128 letters, digits and . _ ~ -"));
}

START_TEST(parts_are_the_same_for_plan_client_and_server)
{
    char parent[400];
    for (size_t i = 0; i < sizeof GOOD_PARTS / sizeof *GOOD_PARTS; i++) {
        ck_assert_msg(assay__name_part_ok(GOOD_PARTS[i]), "%s", GOOD_PARTS[i]);
        snprintf(parent, sizeof parent, "workflows/%s/instances/b", GOOD_PARTS[i]);
        check_parent(parent, true);
        snprintf(parent, sizeof parent, "workflows/a/instances/%s", GOOD_PARTS[i]);
        check_parent(parent, true);
    }
    for (size_t i = 0; i < sizeof BAD_PARTS / sizeof *BAD_PARTS; i++) {
        ck_assert_msg(!assay__name_part_ok(BAD_PARTS[i]), "%s", BAD_PARTS[i]);
        snprintf(parent, sizeof parent, "workflows/%s/instances/b", BAD_PARTS[i]);
        check_parent(parent, false);
        snprintf(parent, sizeof parent, "workflows/a/instances/%s", BAD_PARTS[i]);
        check_parent(parent, false);
    }
}
END_TEST

START_TEST(parents_have_four_parts)
{
    static const char *const bad[] = {"",
                                      "workflows",
                                      "workflows/a",
                                      "workflows/a/instances",
                                      "workflows/a/instances/",
                                      "workflows/a/instances/b/",
                                      "workflows/a/instances/b/c",
                                      "/workflows/a/instances/b",
                                      "Workflows/a/instances/b",
                                      "workflows/a/Instances/b",
                                      "workflowsa/instances/b"};
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_parent(bad[i], false);
    ck_assert(assay__parent_split("workflows/w.1/instances/" LONGEST, workflow, instance));
    ck_assert_str_eq(workflow, "w.1");
    ck_assert_str_eq(instance, LONGEST);
}
END_TEST

START_TEST(ids_are_2_to_63_letters_digits_and_hyphens)
{
    static const char *const good[] = {"ab", "a-1", "-9", "--", "ar-0123456789"};
    static const char *const bad[] = {"",    "a",   "A1",   "a_b",     "a/b",
                                      "a b", "a\n", "../a", "\xC3\xA9"};
    struct assay_error err;
    char id[65];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(assay__result_id_ok(good[i]), "%s", good[i]);
        assert_ok(assay__id_check(good[i], &err), &err);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!assay__result_id_ok(bad[i]), "%s", bad[i]);
        ck_assert_int_eq(assay__id_check(bad[i], &err), ASSAY_ERROR_USAGE);
        ck_assert_ptr_nonnull(strstr(err.message, "2 to 63 lower-case letters"));
    }
    memset(id, 'a', 64);
    id[64] = '\0';
    ck_assert(!assay__result_id_ok(id));
    ck_assert(assay__result_id_ok(id + 1));
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, parts_are_the_same_for_plan_client_and_server);
    tcase_add_test(cases, parents_have_four_parts);
    tcase_add_test(cases, ids_are_2_to_63_letters_digits_and_hyphens);
}

int main(void)
{
    return test_main("resource", add);
}
