/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `assay post --outbox` asks of the kernel and in which order, and what becomes of a result
 * when one of these calls fails.
 */
#include "outbox_calls.h"

static const struct hostile_step WELL[] = {{HOSTILE_STORE, NULL, 0}};

/* The file is whole and synced before it has its name, the name is synced before the server hears
 * of it, and it is gone after the server has it. */
START_TEST(entry_is_durable_before_the_first_attempt)
{
    static const char MADE[] = "mkdir box\n", PARENT[] = "open box/..\nfsync .\n",
                      STEPS[] = "open box/.writing\nflock box/.writing\nwrite box/.writing\n"
                                "fsync box/.writing\nrename box/.writing box/" ENTRY "\n"
                                "open box\nfsync box\nconnect server\nunlink box/" ENTRY "\n";
    char wanted[1024];
    struct hostile *server = hostile_start(WELL, 1);
    snprintf(wanted, sizeof wanted, "%s%s%s", MADE, PARENT, STEPS);
    expect_outcome(post_input(server, NULL), 0, POST_NAME "\n", "");
    ck_assert_str_eq(trace, wanted);
    /* Who finds the directory cannot know whether whoever made it lived to sync it. */
    expect_outcome(post_input(server, NULL), 0, POST_NAME "\n", "was stored already");
    ck_assert_str_eq(trace, wanted);
    hostile_stop(server);
}
END_TEST

/* The administrator made the outbox where its user may not look around. */
START_TEST(a_parent_that_cannot_be_opened_is_not_synced)
{
    const struct fault closed = {.line = "open box/..", .code = EACCES};
    struct hostile *server = hostile_start(WELL, 1);
    ck_assert_int_eq(mkdir(box, 0700), 0);
    expect_outcome(post_input(server, &closed), 0, POST_NAME "\n", "");
    ck_assert_int_eq(rmdir(box), 0);
    expect_outcome(post_input(server, &closed), 74, "",
                   "/box: The outbox entry cannot be synced: Permission denied.");
    hostile_stop(server);
}
END_TEST

/* A disk that takes a part of each write gets the rest. */
START_TEST(short_writes_go_on)
{
    struct hostile *server = hostile_start(WELL, 1);
    expect_outcome(post_input(server, &(struct fault){.keep = 10}), 0, POST_NAME "\n", "");
    ck_assert_ptr_nonnull(strstr(trace, "write box/.writing\nfsync box/.writing\n"));
    ck_assert_str_eq(hostile_request(server, 0)->body, POST_BODY);
    hostile_stop(server);
}
END_TEST

/* A failure before the first attempt: exit code 74 and why, nothing was sent, no half file has the
 * name of an entry, and the same command delivers once the disk is well. */
START_TEST(nothing_is_sent_unless_it_is_durable)
{
    static const struct {
        struct fault fault;
        const char *message;
        bool leaves_entry; /* whole, though it is not known to last */
    } CASES[] = {
        {{.line = "mkdir box", .code = ENOSPC},
         "/box: The outbox directory cannot be made: No space left on device.",
         false},
        {{.line = "mkdir box", .code = EROFS},
         "/box: The outbox directory cannot be made: Read-only file system.",
         false},
        {{.line = "open box/..", .code = EMFILE},
         "/box: The outbox entry cannot be synced: Too",
         false},
        {{.line = "fsync .", .code = EIO},
         "/box: The outbox entry cannot be synced: Input/output error.",
         false},
        {{.line = "open box/.writing", .code = ENOSPC},
         "The outbox entry cannot be made: No space left on device.",
         false},
        {{.line = "write box/.writing", .code = ENOSPC},
         ENTRY ": The outbox entry cannot be written: No space left on device.",
         false},
        {{.line = "write box/.writing", .code = ENOSPC, .keep = 100},
         ENTRY ": The outbox entry cannot be written: No space left on device.",
         false},
        {{.line = "write box/.writing", .code = EIO},
         ENTRY ": The outbox entry cannot be written: Input/output error.",
         false},
        {{.line = "fsync box/.writing", .code = EIO},
         ENTRY ": The outbox entry cannot be synced: Input/output error.",
         false},
        {{.line = "fsync box/.writing", .code = ENOSPC},
         ENTRY ": The outbox entry cannot be synced: No space left on device.",
         false},
        {{.line = "rename box/.writing", .code = EIO},
         ENTRY ": The outbox entry cannot be renamed: Input/output error.",
         false},
        {{.line = "rename box/.writing", .code = ENOSPC},
         ENTRY ": The outbox entry cannot be renamed: No space left on device.",
         false},
        {{.line = "open box", .code = EMFILE, .spared = 2},
         ENTRY ": The outbox entry cannot be synced: Too many open files.",
         true},
        {{.line = "fsync box", .code = EIO, .spared = 1},
         ENTRY ": The outbox entry cannot be synced: Input/output error.",
         true},
        {{.line = "fsync box", .code = ENOSPC, .spared = 1},
         ENTRY ": The outbox entry cannot be synced: No space left on device.",
         true},
    };
    struct hostile *server = hostile_start(WELL, 1);
    expect_outcome(post_input(server, &CASES[_i].fault), 74, "", CASES[_i].message);
    ck_assert_uint_eq(hostile_requests(server), 0);
    ck_assert_int_eq(has_entry(), CASES[_i].leaves_entry);
    char *text = test_read_file(input, NULL);
    ck_assert_str_eq(text, POST_BODY);
    free(text);
    /* An entry that is there is delivered with the outbox, too. */
    if (CASES[_i].leaves_entry)
        expect_outcome(post(server, NULL, NULL), 0, POST_NAME "\n", "1 delivered, 0 left");
    else
        expect_outcome(post_input(server, NULL), 0, POST_NAME "\n", "");
    ck_assert_uint_eq(hostile_stored(server), 1);
    ck_assert(!has_entry());
    ck_assert_int_eq(rmdir(box), 0); /* nor is a temporary file left */
    hostile_stop(server);
}
END_TEST

/* Some file systems of networks know of no such thing. */
START_TEST(directories_that_no_one_can_sync_hold_entries)
{
    static const struct fault CASES[] = {
        {.line = "fsync .", .code = EINVAL},
        {.line = "fsync .", .code = ENOTSUP},
        {.line = "fsync box", .code = EINVAL, .spared = 1},
    };
    struct hostile *server = hostile_start(WELL, 1);
    expect_outcome(post_input(server, &CASES[_i]), 0, POST_NAME "\n", "");
    ck_assert_uint_eq(hostile_stored(server), 1);
    ck_assert_int_eq(rmdir(box), 0);
    hostile_stop(server);
}
END_TEST

/* The temporary file that could not be removed either is not an entry. */
START_TEST(what_cannot_be_removed_is_no_entry)
{
    struct hostile *server = hostile_start(WELL, 1);
    const struct fault broken = {
        .line = "write box/.writing", .next = "unlink box/.writing", .code = EIO, .keep = 100};
    expect_outcome(post_input(server, &broken), 74, "", "written");
    expect_outcome(post(server, NULL, NULL), 0, "", "0 delivered, 0 left");
    ck_assert_uint_eq(hostile_requests(server), 0);
    ck_assert_int_ne(rmdir(box), 0); /* the half file is there still */
    hostile_stop(server);
}
END_TEST

/* Delivered, but the entry cannot be removed: that is said, with exit code 74, and the next flush
 * finds the result there already. */
START_TEST(an_entry_that_stays_is_not_delivered_twice)
{
    static const int CODES[] = {EIO, EROFS, ENOSPC};
    struct hostile *server = hostile_start(WELL, 1);
    const struct fault stays = {.line = "unlink box/res-1", .code = CODES[_i]};
    expect_outcome(post_input(server, &stays), 74, POST_NAME "\n",
                   "The outbox entry cannot be removed, though it was delivered: ");
    ck_assert(has_entry());
    expect_outcome(post(server, &stays, NULL), 74, POST_NAME "\n", "0 delivered, 1 left");
    ck_assert(has_entry());
    expect_outcome(post(server, NULL, NULL), 0, POST_NAME "\n", "1 delivered, 0 left");
    ck_assert(!has_entry());
    ck_assert_uint_eq(hostile_stored(server), 1);
    ck_assert_uint_eq(hostile_conflicts(server), 0);
    hostile_stop(server);
}
END_TEST

/* Flushing: what cannot be opened or read stays, and is said with exit code 74. */
START_TEST(an_entry_that_cannot_be_read_stays)
{
    static const struct {
        struct fault fault;
        const char *message;
    } CASES[] = {
        {{.line = "open box/res-1", .code = EIO},
         ENTRY ": The outbox entry cannot be opened: Input/output error."},
        {{.line = "read box/res-1", .code = EIO},
         ENTRY ": The outbox entry cannot be read: Input/output error."},
    };
    static const struct hostile_step DOWN[] = {{HOSTILE_CLOSE, "", 0}, {HOSTILE_STORE, NULL, 0}};
    struct hostile *server = hostile_start(DOWN, 2);
    expect_outcome(post_input(server, NULL), 75, "", "is kept in");
    expect_outcome(post(server, &CASES[_i].fault, NULL), 74, "", CASES[_i].message);
    ck_assert(has_entry());
    expect_outcome(post(server, NULL, NULL), 0, POST_NAME "\n", "1 delivered, 0 left");
    hostile_stop(server);
}
END_TEST

/* A file system without locks, as some of the network are: entries are delivered all the same. */
START_TEST(an_outbox_without_locks_is_delivered)
{
    static const int CODES[] = {ENOLCK, EOPNOTSUPP, EBADF};
    static const struct hostile_step DOWN[] = {{HOSTILE_CLOSE, "", 0}, {HOSTILE_STORE, NULL, 0}};
    struct hostile *server = hostile_start(DOWN, 2);
    const struct fault lockless = {.line = "flock", .code = CODES[_i]};
    expect_outcome(post_input(server, &lockless), 75, "", "is kept in");
    expect_outcome(post(server, &lockless, NULL), 0, POST_NAME "\n", "1 delivered, 0 left");
    ck_assert(!has_entry());
    hostile_stop(server);
}
END_TEST

/* An entry on NFS is one process's at a time. One that may only be read has its turn, too. */
START_TEST(an_outbox_on_nfs_is_shared)
{
    struct assay__outbox_entry entry;
    struct assay_error err;
    bool is_first_held, is_second_held;
    locks_are_for_writers = true;
    assert_ok(assay__outbox_put(box, "res-1", POST_BODY, strlen(POST_BODY), &entry, &err), &err);
    assay__outbox_release(&entry);
    struct assay__outbox_entry first, second;
    assert_ok(assay__outbox_claim(box, ENTRY, &first, &is_first_held, &err), &err);
    assert_ok(assay__outbox_claim(box, ENTRY, &second, &is_second_held, &err), &err);
    ck_assert(is_first_held && !is_second_held);
    assay__outbox_release(&second);
    assay__outbox_release(&first);
    is_tracing = true;
    fault = (struct fault){.line = "open box/res-1", .code = EROFS};
    assert_ok(assay__outbox_claim(box, ENTRY, &first, &is_first_held, &err), &err);
    ck_assert(is_first_held);
    ck_assert_str_eq(first.body, POST_BODY);
    assay__outbox_release(&first);
}
END_TEST

/* Two put the same result: the one who is done first leaves the other its entry. */
START_TEST(an_entry_put_again_is_of_who_put_it_last)
{
    struct assay__outbox_entry first, second;
    struct assay_error err;
    assert_ok(assay__outbox_put(box, "res-1", POST_BODY, strlen(POST_BODY), &first, &err), &err);
    assert_ok(assay__outbox_put(box, "res-1", POST_BODY, strlen(POST_BODY), &second, &err), &err);
    assert_ok(assay__outbox_remove(&first, &err), &err);
    ck_assert(has_entry());
    assert_ok(assay__outbox_remove(&second, &err), &err);
    ck_assert(!has_entry());
    assert_ok(assay__outbox_remove(&second, &err), &err);
    assay__outbox_release(&first);
    assay__outbox_release(&second);
}
END_TEST

/* One result that cannot be stored does not keep the others back. */
START_TEST(other_files_have_their_turn)
{
    struct hostile *server = hostile_start(WELL, 1);
    char second[96], third[96];
    snprintf(second, sizeof second, "%s/second", folder);
    snprintf(third, sizeof third, "%s/third", folder);
    write_file(second, "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-2\","
                       "\"analysisResult\":{}}");
    write_file(third, "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-3\","
                      "\"analysisResult\":{}}");
    expect_outcome(post(server,
                        &(struct fault){.line = "write box/.writing", .code = ENOSPC, .spared = 1},
                        (const char *const[]){input, second, third, NULL}),
                   74, POST_NAME "\n" POST_PARENT "/analysisResults/res-3\n",
                   "The outbox entry cannot be written: No space left on device.");
    ck_assert_uint_eq(hostile_stored(server), 2);
    ck_assert_int_eq(rmdir(box), 0);
    hostile_stop(server);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_test(cases, entry_is_durable_before_the_first_attempt);
    tcase_add_test(cases, a_parent_that_cannot_be_opened_is_not_synced);
    tcase_add_test(cases, short_writes_go_on);
    tcase_add_loop_test(cases, nothing_is_sent_unless_it_is_durable, 0, 15);
    tcase_add_loop_test(cases, directories_that_no_one_can_sync_hold_entries, 0, 3);
    tcase_add_test(cases, what_cannot_be_removed_is_no_entry);
    tcase_add_loop_test(cases, an_entry_that_stays_is_not_delivered_twice, 0, 3);
    tcase_add_loop_test(cases, an_entry_that_cannot_be_read_stays, 0, 2);
    tcase_add_loop_test(cases, an_outbox_without_locks_is_delivered, 0, 3);
    tcase_add_test(cases, an_outbox_on_nfs_is_shared);
    tcase_add_test(cases, an_entry_put_again_is_of_who_put_it_last);
    tcase_add_test(cases, other_files_have_their_turn);
}

int main(void)
{
    return test_main("outbox_faults", add);
}
