/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of authorization share: answers of token endpoints, a server and a client. */
#ifndef ASSAY_TESTS_AUTH_SCENE_H
#define ASSAY_TESTS_AUTH_SCENE_H

#include "post_answers.h"
#include "post_support.h"

#define GRANT(expires) JSON("200 OK", "{\"accessToken\":\"granted-1\",\"expiresIn\":" expires "}")
#define NAMED JSON("200 OK", "{\"name\":\"" POST_NAME "\"}")
#define DENIED JSON("401 No", "{\"message\":\"expired\"}")
#define SECRET "client-SECRET-9876"

/** struct auth_scene: a server with a script, and a client without a token yet. */
struct auth_scene {
    struct hostile *server;
    struct post *post;
};

struct auth_scene auth_open_scene(const struct hostile_step *steps, size_t count);

/** auth_close_scene() fails when a token or the secret is in the log or in the error. */
void auth_close_scene(struct auth_scene *scene);

/** auth_use_client() gives the client its id and SECRET. */
void auth_use_client(struct auth_scene *scene);

/** auth_assert_authorized() fails unless the request of this index bears the token. */
void auth_assert_authorized(struct auth_scene *scene, size_t index, const char *token);

#endif
