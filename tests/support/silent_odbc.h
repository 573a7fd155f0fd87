/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A database behind a network that goes silent, in place of unixODBC's functions. The name of a
 * data source says when: "login", "first" (the first statement), "statement" (the second one),
 * "rows", "cell" or "end" (the connection's). A cancel is heard and ends what waits; with "-deaf"
 * behind the step it is swallowed as well. "wrong" is a login that is refused; "lost" is one, too,
 * once the driver manager has found the driver, which it does not at first.
 */
#ifndef ASSAY_TESTS_SILENT_ODBC_H
#define ASSAY_TESTS_SILENT_ODBC_H

/** silent_odbc_use() replaces the functions, which are loaded already. */
void silent_odbc_use(void);

/** silent_odbc_waiting() counts calls that wait for the network, but for cancels. */
unsigned silent_odbc_waiting(void);

/** silent_odbc_open() counts connections that are not closed. */
unsigned silent_odbc_open(void);

/** silent_odbc_return() brings the network back: all that waits ends with an error, at once. */
void silent_odbc_return(void);

#endif
