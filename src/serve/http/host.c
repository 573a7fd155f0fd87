/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the Host header of a request names this server. */
#include "serve/http/host.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum { NAME_BYTES = 256 };

/* The header without port, brackets and a dot at its end; false when it is not a host. */
static bool take_name(const char *header, char name[NAME_BYTES])
{
    bool is_six = header[0] == '[';
    const char *start = header + is_six;
    size_t length = strcspn(start, is_six ? "]" : ":");
    const char *rest = start + length + is_six;
    if (length == 0 || length >= NAME_BYTES || (is_six && start[length] != ']'))
        return false;
    if (*rest == ':' && rest[1 + strspn(rest + 1, "0123456789")] != '\0')
        return false;
    if (*rest != ':' && *rest != '\0')
        return false;
    memcpy(name, start, length);
    if (!is_six && length > 1 && name[length - 1] == '.')
        length--;
    name[length] = '\0';
    return true;
}

/* A numeric address as 16 bytes, IPv4 mapped into IPv6; false for a name. */
static bool read_address(const char *text, struct in6_addr *out)
{
    struct in_addr four;
    if (inet_pton(AF_INET6, text, out) == 1)
        return true;
    if (inet_pton(AF_INET, text, &four) != 1)
        return false;
    memset(out, 0, sizeof *out);
    out->s6_addr[10] = out->s6_addr[11] = 0xff;
    memcpy(&out->s6_addr[12], &four, sizeof four);
    return true;
}

static bool is_loopback(const struct in6_addr *address)
{
    return IN6_IS_ADDR_LOOPBACK(address) ||
           (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127);
}

static bool is_wildcard(const struct in6_addr *address)
{
    static const unsigned char NONE[4] = {0};
    return IN6_IS_ADDR_UNSPECIFIED(address) ||
           (IN6_IS_ADDR_V4MAPPED(address) && memcmp(&address->s6_addr[12], NONE, 4) == 0);
}

static bool is_local_name(const char *name)
{
    static const char LOCAL[] = ".localhost";
    size_t length = strlen(name), local = sizeof LOCAL - 1;
    return strcasecmp(name, LOCAL + 1) == 0 ||
           (length > local && strcasecmp(name + length - local, LOCAL) == 0);
}

/* Names with a dot at their end are the same without it; addresses may be written in many ways. */
static bool is_same(const char *name, const struct in6_addr *address, const char *known)
{
    struct in6_addr other;
    size_t length = strlen(known);
    if (length > 1 && known[length - 1] == '.')
        length--;
    if (strncasecmp(name, known, length) == 0 && name[length] == '\0')
        return true;
    return address != NULL && read_address(known, &other) &&
           memcmp(address, &other, sizeof other) == 0;
}

bool serve_host_is_known(const struct serve_hosts *hosts, const char *header)
{
    char name[NAME_BYTES];
    struct in6_addr asked, bound;
    if (!hosts->is_checked || header == NULL)
        return true;
    if (!take_name(header, name))
        return false;
    bool is_address = read_address(name, &asked);
    for (size_t i = 0; i < hosts->count; i++)
        if (is_same(name, is_address ? &asked : NULL, hosts->names[i]))
            return true;
    if (!is_address)
        return is_local_name(name);
    if (is_loopback(&asked) || !read_address(hosts->address, &bound))
        return is_loopback(&asked);
    return is_wildcard(&bound) || memcmp(&asked, &bound, sizeof asked) == 0;
}
