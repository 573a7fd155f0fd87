/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that people take for CSV: each is known by its first bytes, and named with the way out. */
#include "source/foreign.h"

#include <string.h>

struct foreign {
    const char *bytes;
    size_t length;
    const char *sentence;
};

#define FOREIGN(bytes, sentence)                                                                   \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, sentence                                                         \
    }

static const struct foreign FOREIGNS[] = {
    FOREIGN("PAR1", "This is a Parquet file, not CSV. Convert it, for example: duckdb -c \"copy "
                    "'FILE' to 'data.csv'\"."),
    FOREIGN("PK\003\004", "This is a spreadsheet (.xlsx, .ods) or another zip archive, not CSV. "
                          "Unpack it, or save it as \"CSV UTF-8\"; for example: libreoffice "
                          "--convert-to csv FILE."),
    FOREIGN("\xD0\xCF\x11\xE0", "This is an old spreadsheet (.xls), not CSV. Save it as \"CSV "
                                "UTF-8\"; for example: libreoffice --convert-to csv FILE."),
    FOREIGN("\xFD"
            "7zXZ",
            "The file is compressed with xz, which is not read here. Use: xz -dc FILE | assay ... "
            "-"),
    FOREIGN("BZh", "The file is compressed with bzip2, which is not read here. Use: bzip2 -dc FILE "
                   "| assay ... -"),
    FOREIGN("\x04\x22\x4D\x18", "The file is compressed with lz4, which is not read here. Use: lz4 "
                                "-dc FILE | assay ... -"),
    FOREIGN("version https://git-lfs", "This is a Git LFS pointer, not the data. Fetch them: git "
                                       "lfs pull."),
    FOREIGN("SQLite format 3", "This is an SQLite database, not CSV. Export a table: sqlite3 -csv "
                               "-header FILE 'select * from TABLE'."),
    FOREIGN("ARROW1", "This is an Arrow file, not CSV. Convert it, for example with pyarrow or "
                      "duckdb."),
    FOREIGN("Obj\x01", "This is an Avro file, not CSV. Convert it first, for example with duckdb."),
    FOREIGN("%PDF-", "This is a PDF, not CSV. Export the data from where the document was made."),
    FOREIGN("<!DOCTYPE", "This is an HTML page, not CSV: a login or error page is often saved in "
                         "the place of a download. Fetch the file again."),
    FOREIGN("<!doctype", "This is an HTML page, not CSV: a login or error page is often saved in "
                         "the place of a download. Fetch the file again."),
    FOREIGN("<html", "This is an HTML page, not CSV: a login or error page is often saved in the "
                     "place of a download. Fetch the file again."),
    FOREIGN("<HTML", "This is an HTML page, not CSV: a login or error page is often saved in the "
                     "place of a download. Fetch the file again."),
    FOREIGN("<?xml", "This is XML, not CSV. Convert it first."),
    FOREIGN("{\"", "This is JSON, not CSV. Convert it, for example: jq -r '[.a, .b] | @csv' FILE."),
    FOREIGN("[{", "This is JSON, not CSV. Convert it, for example: jq -r '.[] | [.a, .b] | @csv' "
                  "FILE."),
};

const char *assay__foreign_sentence(const unsigned char *bytes, size_t length)
{
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    for (size_t i = 0; i < sizeof FOREIGNS / sizeof *FOREIGNS; i++)
        if (length >= FOREIGNS[i].length &&
            memcmp(bytes, FOREIGNS[i].bytes, FOREIGNS[i].length) == 0)
            return FOREIGNS[i].sentence;
    return NULL;
}
