/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay serve: the endpoint that stores results, until a signal ends it. */
#include <arpa/inet.h>
#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "number/number.h"
#include "cli/cli.h"
#include "cli/core_dump.h"
#include "cli/message.h"
#include "serve/http/server.h"

static const char HELP[] =
    "usage: assay serve --db FILE --tokens FILE [OPTION...]\n"
    "\n"
    "Stores AnalysisResults that are posted over HTTP, and shows them.\n"
    "\n"
    "  --db FILE             SQLite database; made when it is not there\n"
    "  --tokens FILE         lines \"NAME TOKEN\": who may call\n"
    "  --address IP          address to listen at (default 127.0.0.1)\n"
    "  --port N              port to listen at, 0 for a free one (default 8080)\n"
    "  --tls-cert FILE       certificate chain (PEM); with it, https only\n"
    "  --tls-key FILE        its private key (PEM)\n"
    "  --plain-http          listen beyond this machine without TLS (behind a proxy)\n"
    "  --strict              refuse fields and parameters that the contract lacks\n"
    "  --open-pages          show the pages without a token\n"
    "  --public-pages        with the two above: yes, everybody may read all results\n"
    "  --host NAME           answer requests to this name only, and to the address and\n"
    "                        local names; may be repeated\n"
    "  --max-body BYTES      longest body (default 8388608)\n"
    "  --max-bodies BYTES    all bodies at once, and all answers (default 67108864)\n"
    "  --max-header BYTES    longest head of a request, about (default 32768)\n"
    "  --max-connections N   connections at once (default 512)\n"
    "  --max-waiting N       changes that may wait to be stored (default 256)\n"
    "  --max-posts RATE      changes a second by one caller, 0 for any (default 0)\n"
    "  --request-time SEC    longest time for one request (default 30)\n"
    "  --grace-time SEC      longest wait for requests when stopping (default 10)\n"
    "  --threads N           threads that answer (default 4)\n"
    "  --help                this text\n"
    "\n"
    "SIGTERM and SIGINT end it in order; SIGHUP reads tokens and certificate again. Pages ask a "
    "browser for a user and a password:\n"
    "the password is a token. See 'man assay-serve'.\n" CLI_COMMON_HELP;

enum option_code {
    PORT = CLI_OPTION_FIRST, /* from here on options with a number */
    BODY,
    BODIES,
    HEADER,
    CONNECTIONS,
    WAITING,
    POSTS,
    REQUEST,
    GRACE,
    THREADS,
    DB, /* from here on others */
    TOKENS,
    ADDRESS,
    CERT,
    KEY,
    PLAIN,
    STRICT,
    OPEN_PAGES,
    PUBLIC_PAGES,
    HOST,
    HELP_WANTED
};

static const struct bounds {
    const char *name;
    double low, high;
} BOUNDS[] = {[PORT - PORT] = {"port", 0, 65535},
              [BODY - PORT] = {"max-body", 1, 1 << 28},
              [BODIES - PORT] = {"max-bodies", 1, 0x1p40},
              [HEADER - PORT] = {"max-header", 4096, 1 << 20},
              [CONNECTIONS - PORT] = {"max-connections", 4, 65536},
              [WAITING - PORT] = {"max-waiting", 1, 65536},
              [POSTS - PORT] = {"max-posts", 0, 1e6},
              [REQUEST - PORT] = {"request-time", 1, 3600},
              [GRACE - PORT] = {"grace-time", 0, 3600},
              [THREADS - PORT] = {"threads", 2, 64}};

static const struct option OPTIONS[] = {{"db", required_argument, NULL, DB},
                                        {"tokens", required_argument, NULL, TOKENS},
                                        {"address", required_argument, NULL, ADDRESS},
                                        {"tls-cert", required_argument, NULL, CERT},
                                        {"tls-key", required_argument, NULL, KEY},
                                        {"plain-http", no_argument, NULL, PLAIN},
                                        {"strict", no_argument, NULL, STRICT},
                                        {"open-pages", no_argument, NULL, OPEN_PAGES},
                                        {"public-pages", no_argument, NULL, PUBLIC_PAGES},
                                        {"host", required_argument, NULL, HOST},
                                        {"port", required_argument, NULL, PORT},
                                        {"max-body", required_argument, NULL, BODY},
                                        {"max-bodies", required_argument, NULL, BODIES},
                                        {"max-header", required_argument, NULL, HEADER},
                                        {"max-connections", required_argument, NULL, CONNECTIONS},
                                        {"max-waiting", required_argument, NULL, WAITING},
                                        {"max-posts", required_argument, NULL, POSTS},
                                        {"request-time", required_argument, NULL, REQUEST},
                                        {"grace-time", required_argument, NULL, GRACE},
                                        {"threads", required_argument, NULL, THREADS},
                                        {"help", no_argument, NULL, HELP_WANTED},
                                        {NULL, 0, NULL, 0}};

static void set_number(struct serve_options *options, int option, double value)
{
    switch (option) {
    case PORT:
        options->port = (uint16_t)value;
        break;
    case BODY:
        options->body_max = (size_t)value;
        break;
    case BODIES:
        options->bodies_max = (size_t)value;
        break;
    case HEADER:
        options->header_max = (size_t)value;
        break;
    case CONNECTIONS:
        options->connections = (unsigned)value;
        break;
    case WAITING:
        options->waiting_max = (unsigned)value;
        break;
    case POSTS:
        options->posts_per_second = value;
        break;
    case REQUEST:
        options->request_seconds = (unsigned)value;
        break;
    case GRACE:
        options->grace_seconds = (unsigned)value;
        break;
    default:
        options->threads = (unsigned)value;
        break;
    }
}

static int take_number(struct serve_options *options, int option, const char *text)
{
    const struct bounds *bounds = &BOUNDS[option - PORT];
    double value;
    bool is_number = assay__double_parse(text, strlen(text), &value) == ASSAY__PARSE_OK &&
                     value >= bounds->low && value <= bounds->high;
    if (!is_number || (option != POSTS && value != (double)(int64_t)value))
        return cli_usage_error("serve", "--%s takes a %snumber from %.0f to %.0f, not '%s'",
                               bounds->name, option == POSTS ? "" : "whole ", bounds->low,
                               bounds->high, text);
    set_number(options, option, value);
    return 0;
}

struct request {
    struct serve_options options;
    bool plain_http, public_pages, help;
};

static int add_host(struct serve_options *options, const char *name)
{
    static const char SAFE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:";
    struct in6_addr six;
    bool has_port = strchr(name, ':') != NULL && inet_pton(AF_INET6, name, &six) != 1;
    if (name[0] == '\0' || strspn(name, SAFE) != strlen(name) || has_port)
        return cli_usage_error("serve", "--host takes a name or an address, without scheme and "
                                        "port, such as results.example.org");
    if (options->host_count == SERVE_HOSTS_MAX)
        return cli_usage_error("serve", "--host may be given %d times", SERVE_HOSTS_MAX);
    options->hosts[options->host_count++] = name;
    return 0;
}

/* 0, or the exit code after saying what is wrong. */
static int take_option(struct request *request, int option, const char *value)
{
    struct serve_options *options = &request->options;
    if (option == '?')
        return CLI_USAGE;
    switch (option) {
    case DB:
        options->database = value;
        break;
    case TOKENS:
        options->token_file = value;
        break;
    case ADDRESS:
        options->address = value;
        break;
    case CERT:
        options->tls_cert = value;
        break;
    case KEY:
        options->tls_key = value;
        break;
    case PLAIN:
        request->plain_http = true;
        break;
    case STRICT:
        options->strict = true;
        break;
    case OPEN_PAGES:
        options->open_pages = true;
        break;
    case PUBLIC_PAGES:
        request->public_pages = true;
        break;
    case HOST:
        return add_host(options, value);
    case HELP_WANTED:
        request->help = true;
        break;
    default:
        return take_number(options, option, value);
    }
    return 0;
}

/* The address as the system will read it, however it is written; false: it is not numeric. */
static bool read_address(const char *address, bool *is_loopback)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(address, NULL, &hints, &found) != 0)
        return false;
    if (found->ai_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, found->ai_addr, sizeof four);
        *is_loopback = ntohl(four.sin_addr.s_addr) >> 24 == 127;
    } else {
        struct sockaddr_in6 six;
        memcpy(&six, found->ai_addr, sizeof six);
        *is_loopback = IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) ||
                       (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) && six.sin6_addr.s6_addr[12] == 127);
    }
    freeaddrinfo(found);
    return true;
}

static int check(const struct request *request)
{
    const struct serve_options *options = &request->options;
    if (options->database == NULL)
        return cli_usage_error("serve", "--db is missing: in which file are results stored?");
    if (options->token_file == NULL)
        return cli_usage_error("serve", "--tokens is missing: which file says who may call?");
    if ((options->tls_cert == NULL) != (options->tls_key == NULL))
        return cli_usage_error("serve", "--tls-cert and --tls-key go together: --%s is missing",
                               options->tls_cert == NULL ? "tls-cert" : "tls-key");
    bool is_loopback = false;
    if (!read_address(options->address, &is_loopback))
        return cli_usage_error("serve", "--address takes a number such as 127.0.0.1, not '%s'",
                               options->address);
    if (options->tls_cert == NULL && !request->plain_http && !is_loopback)
        return cli_usage_error("serve",
                               "at %s tokens would travel in the clear; give --tls-cert "
                               "and --tls-key, or --plain-http behind a proxy",
                               options->address);
    if (options->tls_cert == NULL && options->open_pages && !is_loopback && !request->public_pages)
        return cli_usage_error("serve",
                               "at %s --open-pages shows all results to everybody, in the clear; "
                               "say --public-pages if that is meant",
                               options->address);
    return 0;
}

/* Each connection is an open file; the usual limit of 1024 is soft. */
static int raise_file_limit(const struct serve_options *options)
{
    struct rlimit limit;
    rlim_t wanted = options->connections + 5 * options->threads + 32; /* with the database's */
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return 0;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (limit.rlim_cur < wanted || setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return cli_usage_error("serve",
                               "--max-connections %u needs %llu open files, and %llu are "
                               "allowed here (ulimit -n)",
                               options->connections, (unsigned long long)wanted,
                               (unsigned long long)limit.rlim_max);
    return 0;
}

/* Tells the service manager, where it wants to be told: sd_notify(3). */
static void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = path == NULL ? 0 : strlen(path);
    if (length < 2 || length >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(to.sun_path, path, length);
    if (path[0] == '@')
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(fd);
}

/* The signals are blocked before any thread starts, so that only this one takes them. A file that
 * reaches a limit of its size is an error of writing, not the end. */
static int run(const struct serve_options *options)
{
    sigset_t ends;
    int signal_number;
    struct serve_server *server;
    struct assay_error err = {0};
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    core_dump_forbid();
    if (serve_start(options, &server, &err) != ASSAY_OK)
        return cli_fail(&err);
    bool is_six = strchr(options->address, ':') != NULL;
    printf("assay serve: http%s://%s%s%s:%u/\n", options->tls_cert != NULL ? "s" : "",
           is_six ? "[" : "", options->address, is_six ? "]" : "", (unsigned)serve_port(server));
    int code = cli_finish_stdout(); /* whoever cannot learn the address cannot use the server */
    if (code == 0)
        notify("READY=1");
    while (code == 0 && sigwait(&ends, &signal_number) == 0 && signal_number == SIGHUP)
        serve_reload(server);
    notify("STOPPING=1");
    serve_stop(server);
    return code;
}

int cmd_serve(int argc, char **argv)
{
    struct request request = {.options = serve_options_default()};
    int option, failure = 0;
    optind = 0;
    while (failure == 0 && (option = cli_option("serve", OPTIONS, argc, argv)) != -1)
        failure = take_option(&request, option, optarg);
    if (failure != 0)
        return failure;
    if (request.help)
        return cli_write_stdout(HELP, strlen(HELP));
    if (optind < argc)
        return cli_usage_error("serve", "'%s' is not an option; serve takes no files",
                               argv[optind]);
    request.options.is_json_log = message_is_json();
    failure = check(&request);
    if (failure == 0)
        failure = raise_file_limit(&request.options);
    return failure != 0 ? failure : run(&request.options);
}
