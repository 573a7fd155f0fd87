/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Golden tests of the command line. Each folder of tests/cli that holds a file `cmd` is a case: its
 * shell text runs with $ASSAY as the program, the repository's top as working directory and $TMP as
 * a folder of its own; stdout, stderr and exit status must be those of the files `stdout`, `stderr`
 * and `exit` (a missing stdout or stderr means nothing, a missing exit means 0).
 *
 *     test_golden [NAME...]     test all cases, or these: size/rate, or all of size
 *     GOLDEN=1 test_golden      write the files anew: then review
 *
 * A program, because a shell starts a dozen processes for a case, which takes longer than the case.
 * The text of a case that is one plain command, as are two fifths of them, is read without a shell.
 * JOBS cases run at a time, by default as many as there are processors.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS_MAX = 64, CASES_MAX = 20000, PATH_BYTES = 512 };

static const char ROOT[] = "tests/cli";
static char *cases[CASES_MAX];
static size_t case_count;
static char work[] = "/tmp/assay-golden-XXXXXX";
static bool is_golden;

/* What a case runs in: a folder of its own, used again by the next one. */
static struct job {
    pid_t child; /* 0 for none */
    const char *name;
    char folder[PATH_BYTES], tmp[PATH_BYTES];
} jobs[JOBS_MAX];

static void die(const char *what)
{
    fprintf(stderr, "test_golden: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int take_case(const char *path, const struct stat *found, int type, struct FTW *where)
{
    (void)found;
    if (type != FTW_F || strcmp(path + where->base, "cmd") != 0)
        return 0;
    if (case_count == CASES_MAX)
        die("too many cases");
    cases[case_count] = strndup(path, (size_t)where->base - 1);
    return cases[case_count++] == NULL ? -1 : 0;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void find_cases(char **names, int count)
{
    char path[PATH_BYTES];
    for (int i = 0; i < (count == 0 ? 1 : count); i++) {
        size_t before = case_count;
        if (count == 0)
            snprintf(path, sizeof path, "%s", ROOT);
        else
            snprintf(path, sizeof path, "%s/%s", ROOT, names[i]);
        nftw(path, take_case, 16, FTW_PHYS);
        if (case_count == before) {
            fprintf(stderr, "there is no case %s\n", path);
            exit(1);
        }
    }
    qsort(cases, case_count, sizeof *cases, by_name);
    size_t kept = 0;
    for (size_t i = 0; i < case_count; i++)
        if (kept == 0 || strcmp(cases[i], cases[kept - 1]) != 0)
            cases[kept++] = cases[i];
    case_count = kept;
}

static int remove_entry(const char *path, const struct stat *found, int type, struct FTW *where)
{
    (void)found;
    (void)type;
    (void)where;
    return remove(path);
}

/* Empties a job's folder, which is made anew where a case left something. */
static void clean(struct job *job)
{
    if (rmdir(job->tmp) != 0)
        nftw(job->tmp, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (mkdir(job->tmp, 0777) != 0)
        die(job->tmp);
}

/* The whole of a file, "" for one that is not there. free() it. */
static char *read_all(const char *folder, const char *name, size_t *length)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    size_t capacity = 65536;
    char *bytes = malloc(capacity + 1);
    if (bytes == NULL)
        die("malloc");
    *length = 0;
    while (file != NULL && !feof(file) && !ferror(file)) {
        if (*length == capacity && (bytes = realloc(bytes, (capacity *= 2) + 1)) == NULL)
            die("realloc");
        *length += fread(bytes + *length, 1, capacity - *length, file);
    }
    if (file != NULL)
        fclose(file);
    bytes[*length] = '\0';
    return bytes;
}

static void write_all(const char *folder, const char *name, const char *bytes, size_t length)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length == 0) {
        unlink(path);
        return;
    }
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        die(path);
}

/* Compares a stream with its file, or keeps it; true when it is as it must be. */
static bool check_stream(const struct job *job, const char *name)
{
    size_t length, wanted_length;
    char *got = read_all(job->folder, name, &length);
    char *wanted = read_all(job->name, name, &wanted_length);
    bool same = length == wanted_length && memcmp(got, wanted, length) == 0;
    if (is_golden && !same) {
        write_all(job->name, name, got, length);
    } else if (!same) {
        char command[3 * PATH_BYTES];
        printf("%s: %s differs\n", job->name, name);
        fflush(stdout);
        snprintf(command, sizeof command, "diff %s%s%s %s/%s | head -n 20",
                 wanted_length == 0 ? "/dev/null" : job->name, wanted_length == 0 ? "" : "/",
                 wanted_length == 0 ? "" : name, job->folder, name);
        if (system(command) < 0)
            die("diff");
    }
    free(got);
    free(wanted);
    return same || is_golden;
}

static bool check_exit(const struct job *job, int status)
{
    size_t length;
    char *wanted = read_all(job->name, "exit", &length), text[16];
    int got = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    bool same = got == atoi(wanted);
    if (is_golden && !same) {
        snprintf(text, sizeof text, "%d\n", got);
        write_all(job->name, "exit", text, got == 0 ? 0 : strlen(text));
    } else if (!same) {
        printf("%s: exit status %d, expected %d\n", job->name, got, atoi(wanted));
    }
    free(wanted);
    return same || is_golden;
}

extern char **environ;

/* The environment of a case: the caller's, less what says how people see things. */
static char **make_environment(const struct job *job)
{
    static const char *const DROPPED[] = {
        "LANG=", "LC_", "TERM=", "TMP=", "ASSAY=", "NO_COLOR", "COLU", "TZ=", "GOLDEN", "GLIBC_"};
    static char tmp[PATH_BYTES + 4], program[PATH_BYTES + 8];
    static char *const FIXED[] = {"LC_ALL=C.UTF-8", "NO_COLOR=1", "COLUMNS=80", "TZ=UTC"};
    static char *list[1024];
    size_t count = 0;
    for (char **one = environ; *one != NULL && count < 1000; one++) {
        bool is_dropped = false;
        for (size_t i = 0; i < sizeof DROPPED / sizeof *DROPPED; i++)
            is_dropped = is_dropped || strncmp(*one, DROPPED[i], strlen(DROPPED[i])) == 0;
        if (!is_dropped)
            list[count++] = *one;
    }
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        list[count++] = FIXED[i];
    snprintf(tmp, sizeof tmp, "TMP=%s", job->tmp);
    snprintf(program, sizeof program, "ASSAY=%s", getenv("ASSAY"));
    list[count++] = tmp;
    list[count++] = program;
    list[count] = NULL;
    return list;
}

enum { WORDS_MAX = 64 };

/* One word of a command, which is put together at *to; *from is then behind it. False for what a
 * shell would not take as it stands. */
static bool take_word(char **from, char **to)
{
    char quote = '\0';
    for (; quote != '\0' || (**from != ' ' && **from != '\n'); ++*from) {
        if (**from == '\0')
            return false;
        if (quote == '\0' && (**from == '"' || **from == '\'')) {
            quote = **from;
        } else if (**from == quote) {
            quote = '\0';
        } else {
            if (strchr(quote == '\''  ? ""
                       : quote == '"' ? "$`\\"
                                      : "|&;<>()$`\\*?[]#~{}!\t",
                       **from) != NULL)
                return false;
            *(*to)++ = **from;
        }
    }
    *(*to)++ = '\0';
    return true;
}

/* Reads the text of a case into words, in its place, when it is comments and then one line with the
 * program and plain words. */
static bool take_words(char *text, char **words)
{
    static const char PROGRAM[] = "\"$ASSAY\"";
    char *from = text, *to = text;
    size_t count = 0;
    while (*from == '#' && strchr(from, '\n') != NULL)
        from = strchr(from, '\n') + 1;
    if (strncmp(from, PROGRAM, sizeof PROGRAM - 1) != 0)
        return false;
    from += sizeof PROGRAM - 1;
    words[count++] = getenv("ASSAY");
    while (*from == ' ') {
        while (*from == ' ')
            from++;
        if (*from == '\n')
            break;
        if (count == WORDS_MAX - 1)
            return false;
        words[count++] = to;
        if (!take_word(&from, &to))
            return false;
    }
    words[count] = NULL;
    return strcmp(from, "\n") == 0;
}

static void start(struct job *job, const char *name)
{
    char command[PATH_BYTES], out[PATH_BYTES + 8], err[PATH_BYTES + 8];
    snprintf(command, sizeof command, "%s/cmd", name);
    snprintf(out, sizeof out, "%s/stdout", job->folder);
    snprintf(err, sizeof err, "%s/stderr", job->folder);
    char *words[WORDS_MAX] = {NULL}, *by_shell[] = {"/bin/sh", command, NULL};
    size_t length;
    char *text = read_all(name, "cmd", &length);
    char **arguments = take_words(text, words) ? words : by_shell;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    clean(job);
    job->name = name;
    errno =
        posix_spawn(&job->child, arguments[0], &actions, NULL, arguments, make_environment(job));
    if (errno != 0)
        die(arguments[0]);
    free(text);
    posix_spawn_file_actions_destroy(&actions);
}

static void make_jobs(long count)
{
    if (mkdtemp(work) == NULL)
        die(work);
    for (long i = 0; i < count; i++) {
        snprintf(jobs[i].folder, sizeof jobs[i].folder, "%s/%ld", work, i);
        snprintf(jobs[i].tmp, sizeof jobs[i].tmp, "%s/%ld/tmp", work, i);
        if (mkdir(jobs[i].folder, 0777) != 0 || mkdir(jobs[i].tmp, 0777) != 0)
            die(jobs[i].folder);
    }
}

int main(int argc, char **argv)
{
    const char *wanted = getenv("JOBS"), *golden = getenv("GOLDEN");
    long count = wanted != NULL ? atol(wanted) : sysconf(_SC_NPROCESSORS_ONLN);
    size_t next = 0, failed = 0, running = 0;
    is_golden = golden != NULL && strcmp(golden, "1") == 0;
    count = count < 1 ? 1 : count > JOBS_MAX ? JOBS_MAX : count;
    if (getenv("ASSAY") == NULL) {
        fprintf(stderr, "test_golden: set ASSAY to the program's full path\n");
        return 1;
    }
    find_cases(argv + 1, argc - 1);
    make_jobs(count);
    while (next < case_count || running > 0) {
        for (long i = 0; i < count && next < case_count; i++)
            if (jobs[i].child == 0) {
                start(&jobs[i], cases[next++]);
                running++;
            }
        int status;
        pid_t ended = waitpid(-1, &status, 0);
        for (long i = 0; i < count; i++) {
            if (ended <= 0 || jobs[i].child != ended)
                continue;
            bool is_good = check_stream(&jobs[i], "stdout");
            is_good = check_stream(&jobs[i], "stderr") && is_good;
            is_good = check_exit(&jobs[i], status) && is_good;
            failed += !is_good;
            jobs[i].child = 0;
            running--;
        }
    }
    nftw(work, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    printf("%zu passed, %zu failed\n", case_count - failed, failed);
    return failed == 0 ? 0 : 1;
}
