/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What files held when they were synced, and what a power cut leaves of them. */
#include "disk_image.h"

#include "test.h"

enum { BLOCK = 512 };

struct disk_image disk_image_read(const char *directory, const char *name)
{
    char path[160];
    struct disk_image image = {0};
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return image;
    fclose(file);
    image.bytes = (unsigned char *)test_read_file(path, &image.length);
    image.has_name = true;
    return image;
}

struct disk_image disk_image_copy(const struct disk_image *from)
{
    struct disk_image image = *from;
    image.bytes = malloc(from->length + 1);
    ck_assert_ptr_nonnull(image.bytes);
    if (from->length > 0)
        memcpy(image.bytes, from->bytes, from->length);
    return image;
}

/* splitmix64 (Steele, Lea, Flood 2014), as a coin. */
static bool toss(void)
{
    static uint64_t state = 20261126;
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (z ^ z >> 31) >> 63 != 0;
}

void disk_image_write_torn(const char *path, const struct disk_image *synced,
                           const struct disk_image *written)
{
    const struct disk_image *length_of = written->has_name && toss() ? written : synced;
    const struct disk_image *name_of =
        written->has_name != synced->has_name && toss() ? written : synced;
    if (!name_of->has_name)
        return;
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    for (size_t at = 0; at < length_of->length; at += BLOCK) {
        const struct disk_image *image = toss() ? written : synced;
        unsigned char block[BLOCK] = {0};
        size_t length = length_of->length - at < BLOCK ? length_of->length - at : BLOCK;
        size_t held = image->length > at ? image->length - at : 0;
        if (held > 0)
            memcpy(block, image->bytes + at, held < BLOCK ? held : BLOCK);
        fwrite(block, 1, length, file);
    }
    ck_assert(!ferror(file) && fclose(file) == 0);
}
