/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server and a client that has no token yet, for tests of authorization. */
#include "auth_scene.h"

struct auth_scene auth_open_scene(const struct hostile_step *steps, size_t count)
{
    struct auth_scene scene = {hostile_start(steps, count), calloc(1, sizeof *scene.post)};
    post_init(scene.post, hostile_url(scene.server));
    scene.post->options.token = NULL;
    return scene;
}

void auth_close_scene(struct auth_scene *scene)
{
    ck_assert_ptr_null(strstr(scene->post->log, SECRET));
    ck_assert_ptr_null(strstr(scene->post->err.message, SECRET));
    ck_assert_ptr_null(strstr(scene->post->log, "granted-"));
    ck_assert_ptr_null(strstr(scene->post->err.message, "granted-"));
    post_assert_secret(scene->post);
    post_release(scene->post);
    free(scene->post);
    hostile_stop(scene->server);
}

void auth_use_client(struct auth_scene *scene)
{
    scene->post->options.client_id = "id-1";
    scene->post->options.client_secret = SECRET;
}

void auth_assert_authorized(struct auth_scene *scene, size_t index, const char *token)
{
    char field[256];
    snprintf(field, sizeof field, "\r\nAuthorization: Bearer %s\r\n", token);
    const char *head = hostile_request(scene->server, index)->head;
    ck_assert_msg(strstr(head, field) != NULL, "request %zu: %s", index, head);
}
