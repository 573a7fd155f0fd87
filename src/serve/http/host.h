/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_HOST_H
#define ASSAY_SERVE_HTTP_HOST_H

#include <stdbool.h>
#include <stddef.h>

enum { SERVE_HOSTS_MAX = 16 };

/**
 * struct serve_hosts: the names under which the server may be asked for. A page in somebody's
 * browser whose own name was made to point at this server (DNS rebinding) would read whatever needs
 * no token; the browser's Host header tells. is_checked false: any name will do. Borrowed.
 */
struct serve_hosts {
    bool is_checked;
    const char *address; /* bound, numeric */
    const char *names[SERVE_HOSTS_MAX];
    size_t count;
};

/**
 * serve_host_is_known() is true for a Host header, its port aside, that names this machine's
 * loopback (localhost and what ends with .localhost, 127.0.0.0/8, ::1), the bound address (any
 * numeric address when the server is bound to all of them: no name points elsewhere), or one of the
 * names, in any case. NULL, as HTTP/1.0 allows, is known: no browser sends it.
 */
bool serve_host_is_known(const struct serve_hosts *hosts, const char *header);

#endif
