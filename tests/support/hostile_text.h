/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request of a client is about, for the hostile server. */
#ifndef ASSAY_TESTS_HOSTILE_TEXT_H
#define ASSAY_TESTS_HOSTILE_TEXT_H

/** hostile_name_of() is the resource's name by a request's target, POST or GET; free() it. */
char *hostile_name_of(const char *head);

/** hostile_result_of() is the analysisResult of a body: the object after that key; free() it. */
char *hostile_result_of(const char *body);

#endif
