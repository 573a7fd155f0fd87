/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "source/file.h"

enum { TEXT_BYTES = 1500000, PACKED_BYTES = 2 * TEXT_BYTES };

static char path[64];
static char text[TEXT_BYTES];
static char packed[PACKED_BYTES];
static char got[TEXT_BYTES + 5000];

static void make_text(void)
{
    uint64_t state = 5;
    for (size_t i = 0; i < TEXT_BYTES; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        text[i] = (char)('a' + (state >> 60));
    }
}

static size_t gzip_member(const char *bytes, size_t length, char *out)
{
    z_stream stream = {0};
    ck_assert_int_eq(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (uInt)length;
    stream.next_out = (unsigned char *)out;
    stream.avail_out = (uInt)(packed + PACKED_BYTES - out);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = stream.total_out;
    deflateEnd(&stream);
    return size;
}

static size_t zstd_frame(const char *bytes, size_t length, char *out)
{
    size_t size = ZSTD_compress(out, (size_t)(packed + PACKED_BYTES - out), bytes, length, 1);
    ck_assert(!ZSTD_isError(size));
    return size;
}

static void put_file(const char *bytes, size_t length)
{
    snprintf(path, sizeof path, "%s/source-%ld", test_tmp(), (long)getpid());
    test_write_file(path, bytes, length);
}

/* Reads the file in pieces of step bytes. */
static enum assay_status read_all(size_t step, size_t *length, struct assay_error *err)
{
    struct assay__source *source = NULL;
    *length = 0;
    enum assay_status status = assay__source_open(path, &source, err);
    while (status == ASSAY_OK && *length < sizeof got) {
        size_t room = sizeof got - *length < step ? sizeof got - *length : step;
        size_t piece;
        status = assay__source_read(source, got + *length, room, &piece, err);
        *length += piece;
        if (piece < room)
            break;
    }
    assay__source_close(source);
    unlink(path);
    return status;
}

typedef size_t pack_function(const char *bytes, size_t length, char *out);

static void assert_reads_back(const char *bytes, size_t length, size_t want)
{
    static const size_t STEPS[] = {700001, 65536, 999};
    struct assay_error err;
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        size_t have;
        put_file(bytes, length);
        assert_ok(read_all(STEPS[i], &have, &err), &err);
        ck_assert_uint_eq(have, want);
        ck_assert_mem_eq(got, text, want);
    }
}

static void assert_format(pack_function *pack)
{
    make_text();
    assert_reads_back(packed, pack(text, TEXT_BYTES, packed), TEXT_BYTES);
    size_t first = pack(text, 400000, packed);
    size_t empty = pack("", 0, packed + first);
    size_t last = pack(text + 400000, TEXT_BYTES - 400000, packed + first + empty);
    assert_reads_back(packed, first + empty + last, TEXT_BYTES);
    assert_reads_back(packed, pack("", 0, packed), 0);
}

START_TEST(source_reads_plain_files)
{
    make_text();
    assert_reads_back(text, TEXT_BYTES, TEXT_BYTES);
    assert_reads_back(text, 1, 1);
    assert_reads_back(text, 0, 0);
}
END_TEST

START_TEST(source_reads_gzip_with_several_members)
{
    assert_format(gzip_member);
}
END_TEST

START_TEST(source_reads_zstd_with_several_frames)
{
    assert_format(zstd_frame);
}
END_TEST

START_TEST(source_reads_gzip_padded_with_zeros)
{
    make_text();
    size_t length = gzip_member(text, 1000, packed);
    memset(packed + length, 0, 512);
    assert_reads_back(packed, length + 512, 1000);
}
END_TEST

static void assert_damaged(const char *bytes, size_t length, const char *says)
{
    struct assay_error err = {0};
    size_t have;
    put_file(bytes, length);
    ck_assert_int_eq(read_all(65536, &have, &err), ASSAY_ERROR_DATA);
    ck_assert_msg(strstr(err.message, says) != NULL, "%s", err.message);
    ck_assert_str_eq(err.file, path);
}

static void assert_format_refuses_damage(pack_function *pack, const char *name)
{
    make_text();
    size_t length = pack(text, TEXT_BYTES, packed);
    static const size_t CUTS[] = {5, 12, 1000, 300000};
    for (size_t i = 0; i < sizeof CUTS / sizeof *CUTS; i++)
        assert_damaged(packed, CUTS[i], "the file ends before they do");
    assert_damaged(packed, length - 1, "the file ends before they do");
    size_t second = pack(text, 1000, packed + length);
    assert_damaged(packed, length + second - 3, "the file ends before they do");
    memset(packed + length, 'x', 100);
    assert_damaged(packed, length + 100, name);
    for (size_t i = 0; i < 64; i++)
        packed[length / 2 + i] = (char)~packed[length / 2 + i];
    assert_damaged(packed, length, name);
}

START_TEST(source_refuses_damaged_gzip)
{
    assert_format_refuses_damage(gzip_member, "gzip data are damaged");
}
END_TEST

START_TEST(source_refuses_damaged_zstd)
{
    make_text();
    size_t length = zstd_frame(text, TEXT_BYTES, packed);
    for (size_t cut = 5; cut < length; cut += length / 7)
        assert_damaged(packed, cut, "the file ends before they do");
    memset(packed + length, 'x', 100);
    assert_damaged(packed, length + 100, "zstd data are damaged");
    memset(packed + 20, 0xff, 300);
    assert_damaged(packed, length, "zstd data are damaged");
}
END_TEST

START_TEST(source_says_why_a_file_cannot_be_read)
{
    struct assay__source *source;
    struct assay_error err = {0};
    ck_assert_int_eq(assay__source_open("tests/no-such-file.csv", &source, &err),
                     ASSAY_ERROR_NO_INPUT);
    ck_assert_str_eq(err.file, "tests/no-such-file.csv");
    ck_assert_str_eq(err.message, "Cannot open: No such file or directory.");
    ck_assert_int_eq(assay__source_open("tests", &source, &err), ASSAY_ERROR_NO_INPUT);
    ck_assert_str_eq(err.message, "This is a directory, not a file.");
}
END_TEST

/* Cut at a row's end nothing but the size tells; a file that grows is read to its new end. */
START_TEST(source_refuses_a_file_that_shrinks)
{
    static const size_t LEFT[] = {0, 1, 300000, TEXT_BYTES - 1};
    for (size_t i = 0; i < sizeof LEFT / sizeof *LEFT; i++) {
        struct assay__source *source = NULL;
        struct assay_error err;
        size_t length;
        put_file(text, TEXT_BYTES);
        ck_assert_int_eq(assay__source_open(path, &source, &err), ASSAY_OK);
        ck_assert_int_eq(truncate(path, (off_t)LEFT[i]), 0);
        ck_assert_int_eq(assay__source_read(source, got, sizeof got, &length, &err),
                         ASSAY_ERROR_IO);
        ck_assert_ptr_nonnull(strstr(err.message, "became shorter while it was read"));
        ck_assert_ptr_nonnull(strstr(err.message, "of 1500000 bytes"));
        assay__source_close(source);
    }
}
END_TEST

/* Whatever byte a compressed file ends at, it is not taken for the whole. */
START_TEST(source_refuses_compressed_files_cut_anywhere)
{
    make_text();
    size_t sizes[2] = {gzip_member(text, 2000, packed), 0};
    for (int kind = 0; kind < 2; kind++) {
        if (kind == 1)
            sizes[1] = zstd_frame(text, 2000, packed);
        for (size_t cut = 4; cut < sizes[kind]; cut++) {
            struct assay_error err;
            size_t length;
            put_file(packed, cut);
            ck_assert_int_eq(read_all(700, &length, &err), ASSAY_ERROR_DATA);
            ck_assert_ptr_nonnull(strstr(err.message, "the file ends before they do"));
        }
    }
}
END_TEST

START_TEST(source_reads_standard_input_from_a_pipe)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "a,b\n1", 5), 5);
    ck_assert_int_eq(write(ends[1], ",2\n", 3), 3);
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    struct assay__source *source;
    struct assay_error err;
    size_t length;
    assert_ok(assay__source_open("-", &source, &err), &err);
    assert_ok(assay__source_read(source, got, sizeof got, &length, &err), &err);
    ck_assert_uint_eq(length, 8);
    ck_assert_mem_eq(got, "a,b\n1,2\n", 8);
    ck_assert_str_eq(assay__source_name(source), "(standard input)");
    assay__source_close(source);
    close(ends[0]);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, source_reads_plain_files);
    tcase_add_test(cases, source_reads_gzip_with_several_members);
    tcase_add_test(cases, source_reads_zstd_with_several_frames);
    tcase_add_test(cases, source_reads_gzip_padded_with_zeros);
    tcase_add_test(cases, source_refuses_damaged_gzip);
    tcase_add_test(cases, source_refuses_damaged_zstd);
    tcase_add_test(cases, source_says_why_a_file_cannot_be_read);
    tcase_add_test(cases, source_refuses_a_file_that_shrinks);
    tcase_add_test(cases, source_refuses_compressed_files_cut_anywhere);
    tcase_add_test(cases, source_reads_standard_input_from_a_pipe);
}

int main(void)
{
    return test_main("source", add);
}
