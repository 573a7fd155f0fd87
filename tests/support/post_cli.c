/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "post_cli.h"
#include "tmp_folder.h"

#include "base/curl_library.h"
#include "cli/cli.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A file in memory: unlike a pipe it takes any amount without a reader. */
static int memory_file(const char *name, const char *text)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    if (text != NULL) {
        ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
    }
    return fd;
}

static char *read_back(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)size + 1);
    ck_assert_int_eq(pread(fd, text, (size_t)size, 0), size);
    close(fd);
    return text;
}

/* The words of a list, which may be written to; their number. */
static int copy_words(const char *const *from, char **to)
{
    int count = 0;
    for (; from[count] != NULL; count++)
        to[count] = strdup(from[count]);
    to[count] = NULL;
    return count;
}

/*
 * Runs the program in the child: main() with nothing of the test's own but what exec() would leave,
 * and libcurl, whose loading takes longer than most runs.
 */
static void become(const struct post_cli *run, int input)
{
    static char name[] = "assay", sanitizer[512];
    char *args[POST_CLI_WORDS_MAX + 1] = {name}, *environment[POST_CLI_WORDS_MAX + 1];
    int count = copy_words(run->args, args + 1) + 1;
    int variables = copy_words(run->environment, environment);
    if (getenv("ASAN_OPTIONS") != NULL) {
        snprintf(sanitizer, sizeof sanitizer, "ASAN_OPTIONS=%s", getenv("ASAN_OPTIONS"));
        environment[variables] = sanitizer;
        environment[variables + 1] = NULL;
    }
    int output = run->output != NULL ? open(run->output, O_WRONLY | O_CLOEXEC) : run->streams[0];
    dup2(input, 0);
    dup2(output, 1);
    dup2(run->streams[1], 2);
    close_range(3, ~0U, 0);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    if (run->file_bytes_max > 0) {
        const struct rlimit limit = {run->file_bytes_max, run->file_bytes_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    for (int fd = 0; fd <= 2; fd++)
        if ((run->closed >> fd & 1) != 0)
            close(fd);
    environ = environment;
    int code = cli_main(count, args);
    fflush(NULL);
    _exit(code);
}

void post_cli_start(struct post_cli *run)
{
    struct assay_error err = {.code = ASSAY_OK};
    int input = memory_file("input", run->input);
    run->streams[0] = memory_file("out", NULL);
    run->streams[1] = memory_file("err", NULL);
    ck_assert_int_eq(assay__curl_load(&err), ASSAY_OK);
    fflush(NULL);
    run->process = fork();
    ck_assert_int_ge(run->process, 0);
    if (run->process == 0)
        become(run, input);
    close(input);
}

void post_cli_finish(struct post_cli *run)
{
    int status;
    ck_assert_int_eq(waitpid(run->process, &status, 0), run->process);
    run->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    run->out = read_back(run->streams[0]);
    run->err = read_back(run->streams[1]);
}

void post_cli_run(struct post_cli *run)
{
    post_cli_start(run);
    post_cli_finish(run);
}

void post_cli_release(struct post_cli *run)
{
    free(run->out);
    free(run->err);
    run->out = run->err = NULL;
}

struct hostile *post_cli_server;
char post_cli_url[96];
static char folder[64];

void post_cli_open(void)
{
    static const struct hostile_step well[] = {{HOSTILE_STORE, NULL, 0}};
    snprintf(folder, sizeof folder, "%s/cli-XXXXXX", test_tmp());
    ck_assert_ptr_nonnull(mkdtemp(folder));
    post_cli_server = hostile_start(well, 1);
    snprintf(post_cli_url, sizeof post_cli_url, "ASSAY_BASE_URL=%s", hostile_url(post_cli_server));
}

void post_cli_close(void)
{
    ck_assert(test_tmp_remove(folder));
    hostile_stop(post_cli_server);
}

const char *post_cli_file(const char *name, const char *text)
{
    static char paths[32][160];
    static unsigned next;
    char *path = paths[next++ % 32];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    if (text != NULL) {
        FILE *stream = fopen(path, "w");
        ck_assert_ptr_nonnull(stream);
        fputs(text, stream);
        fclose(stream);
    }
    return path;
}

const char *post_cli_word(const char *flag, const char *path)
{
    static char words[32][200];
    static unsigned next;
    char *text = words[next++ % 32];
    snprintf(text, sizeof words[0], "%s%s", flag, path);
    return text;
}

size_t post_cli_count(const char *path)
{
    size_t count = 0;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return 0;
    for (const struct dirent *item; (item = readdir(directory)) != NULL;)
        count += item->d_name[0] != '.';
    closedir(directory);
    return count;
}
