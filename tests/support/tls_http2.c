/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls_http2.h"

#include <stdint.h>
#include <string.h>

/* RFC 9113, section 6. */
enum frame_type { FRAME_DATA = 0, FRAME_HEADERS = 1, FRAME_SETTINGS = 4, FRAME_PING = 6 };
enum { FLAG_END_STREAM = 1, FLAG_ACK = 1, FLAG_END_HEADERS = 4, FRAME_BYTES_MAX = 16384 };

static int read_exactly(gnutls_session_t session, unsigned char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t got = gnutls_record_recv(session, bytes, length);
        if (got == GNUTLS_E_INTERRUPTED || got == GNUTLS_E_AGAIN)
            continue;
        if (got <= 0)
            return -1;
        bytes += got;
        length -= (size_t)got;
    }
    return 0;
}

static void send_frame(gnutls_session_t session, enum frame_type type, int flags, unsigned stream,
                       const void *payload, size_t length)
{
    unsigned char frame[9 + FRAME_BYTES_MAX] = {
        (unsigned char)(length >> 16), (unsigned char)(length >> 8), (unsigned char)length,
        (unsigned char)type,           (unsigned char)flags,         (unsigned char)(stream >> 24),
        (unsigned char)(stream >> 16), (unsigned char)(stream >> 8), (unsigned char)stream};
    if (length > 0)
        memcpy(frame + 9, payload, length);
    gnutls_record_send(session, frame, 9 + length);
}

int tls_http2_greet(gnutls_session_t session)
{
    static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    unsigned char bytes[sizeof PREFACE - 1];
    if (read_exactly(session, bytes, sizeof bytes) != 0 ||
        memcmp(bytes, PREFACE, sizeof bytes) != 0)
        return -1;
    send_frame(session, FRAME_SETTINGS, 0, 0, NULL, 0);
    return 0;
}

int tls_http2_read(gnutls_session_t session, struct tls_http2_request *request)
{
    unsigned char head[9], payload[FRAME_BYTES_MAX];
    request->length = 0;
    for (;;) {
        if (read_exactly(session, head, sizeof head) != 0)
            return -1;
        size_t length = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
        if (length > sizeof payload || read_exactly(session, payload, length) != 0)
            return -1;
        unsigned type = head[3], flags = head[4];
        if (type == FRAME_SETTINGS && (flags & FLAG_ACK) == 0)
            send_frame(session, FRAME_SETTINGS, FLAG_ACK, 0, NULL, 0);
        else if (type == FRAME_PING && (flags & FLAG_ACK) == 0)
            send_frame(session, FRAME_PING, FLAG_ACK, 0, payload, length);
        else if (type == FRAME_DATA && request->length + length < sizeof request->body) {
            memcpy(request->body + request->length, payload, length);
            request->length += length;
        }
        if ((type == FRAME_HEADERS || type == FRAME_DATA) && (flags & FLAG_END_STREAM) != 0) {
            request->stream = (unsigned)head[5] << 24 | (unsigned)head[6] << 16 |
                              (unsigned)head[7] << 8 | head[8];
            request->body[request->length] = '\0';
            return 0;
        }
    }
}

void tls_http2_answer(gnutls_session_t session, unsigned stream, const char *body)
{
    /* RFC 7541: field 8 of the static table (:status 200); then, without indexing, a value for the
     * name of field 31 (content-type). */
    static const char FIELDS[] = "\x88\x0f\x10\x10"
                                 "application/json";
    send_frame(session, FRAME_HEADERS, FLAG_END_HEADERS, stream, FIELDS, sizeof FIELDS - 1);
    send_frame(session, FRAME_DATA, FLAG_END_STREAM, stream, body, strlen(body));
}
