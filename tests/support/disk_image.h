/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What files held when they were synced, and what a power cut leaves of them. */
#ifndef ASSAY_TESTS_DISK_IMAGE_H
#define ASSAY_TESTS_DISK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

/** struct disk_image: a file as it is on disk; free() the bytes. */
struct disk_image {
    unsigned char *bytes;
    size_t length;
    bool has_name; /* the directory was synced while the file was there */
};

/** disk_image_read() is the image of a file now, empty and without a name when there is none. */
struct disk_image disk_image_read(const char *directory, const char *name);

/** disk_image_copy() has bytes of its own. */
struct disk_image disk_image_copy(const struct disk_image *from);

/**
 * disk_image_write_torn() writes a file as the disk may have it: what was synced, and any of the
 * blocks written since.
 */
void disk_image_write_torn(const char *path, const struct disk_image *synced,
                           const struct disk_image *written);

#endif
