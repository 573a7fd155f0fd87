/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What words in the names of columns and groups say, in the languages that headers are written in.
 */
#include "cli/plan_init_words.h"

#include <string.h>

/* clang-format off: lists of words */
static const char *const GROUP[] = {"group",  "variant",    "variation",  "treatment", "arm",
                                    "bucket", "condition",  "assignment", "testgroup", "abgroup",
                                    "gruppe", "testgruppe", "variante",   "groupe",    "grupo",
                                    "gruppo", "groep",      "grupp",      NULL};
static const char *const MAYBE[] = {"version",    "test", "cell", "experience", "cohort", "split",
                                    "experiment", "exp",  "ab",   "branch",     "flag",   NULL};
static const char *const ARM[] = {"control",
                                  "ctrl",
                                  "ctl",
                                  "treatment",
                                  "treat",
                                  "treated",
                                  "variant",
                                  "variation",
                                  "test",
                                  "baseline",
                                  "holdout",
                                  "placebo",
                                  "new",
                                  "old",
                                  "original",
                                  "challenger",
                                  "champion",
                                  "kontrolle",
                                  "kontrollgruppe",
                                  "variante",
                                  "testgruppe",
                                  "a",
                                  "b",
                                  "c",
                                  "d",
                                  "on",
                                  "off",
                                  "exposed",
                                  NULL};
static const char *const UNIT[] = {
    "unit",       "user",         "customer", "visitor",    "member",      "account",
    "device",     "client",       "subject",  "uid",        "cookie",      "participant",
    "userid",     "kunde",        "kunden",   "nutzer",     "besucher",    "uuid",
    "household",  "customerid",   "player",   "usuario",    "utilisateur", "visitorid",
    "deviceid",   "kundennummer", "kundennr", "cliente",    "patient",     "person",
    "respondent", "contact",      "lead",     "subscriber", "pseudo",      "fullvisitorid",
    "gebruiker",  "klant",        NULL};
static const char *const ID_ONLY[] = {"id", "session", NULL};
/* A value of this kind is not made by adding up. */
static const char *const RATE[] = {"rate",   "rates", "avg",     "average",    "mean",   "median",
                                   "ctr",    "pct",   "percent", "percentage", "ratio",  "share",
                                   "rating", "score", "nps",     "csat",       "anteil", "mittel",
                                   "tasa",   "taux",  NULL};
/* At the end, behind a unit: its id. */
static const char *const KEY[] = {"key", "ref", "code", "num", "idx", "index", "pk", "guid", NULL};
static const char *const EXPOSED[] = {"exposure",   "exposed",    "assigned",  "assignment",
                                      "enrolled",   "enrollment", "enrolment", "bucketed",
                                      "randomized", "randomised", "allocated", NULL};
/* Times of the unit's own past, and of the row's. */
static const char *const OWN_TIME[] = {
    "signup", "signed", "registered",   "registration", "birth",       "birthday",  "birthdate",
    "dob",    "joined", "geburtsdatum", "geboren",      "registriert", "anmeldung", NULL};
static const char *const UPDATED[] = {"created",  "updated",  "modified", "loaded", "inserted",
                                      "exported", "ingested", "last",     "end",    NULL};
static const char *const EVENT[] = {
    "order",   "transaction",   "purchase", "event",      "invoice",  "payment", "request",
    "click",   "row",           "booking",  "impression", "pageview", "item",    "sku",
    "receipt", "transactionid", "orderid",  "bestellung", "commande", NULL};
static const char *const ID[] = {"id",  "uuid", "uid",   "userid", "sku",
                                 "ean", "hash", "phone", NULL};
static const char *const LAST_ID[] = {"nr", "no", "number", "nummer", "numero", NULL};
static const char *const PLACE[] = {"latitude", "longitude", "lon",    "lng", "zip",
                                    "postcode", "plz",       "postal", NULL};
static const char *const CODE[] = {"code", "tier",   "category", "class", "type",
                                   "zone", "region", "cluster",  "store", NULL};
static const char *const DATE_PART[] = {"year",  "month", "week", "weekday", "hour", "jahr",
                                        "monat", "annee", "anno", "ano",     NULL};
static const char *const TIME[] = {"timestamp", "ts",  "date",   "datetime", "datum", "zeitpunkt",
                                   "day",       "at",  "epoch",  "when",     "fecha", "jour",
                                   "uhrzeit",   "utc", "tstamp", NULL};
/* "time" alone is an instant; with others it may be a duration, as in load_time. */
static const char *const CLOCK[] = {"time", "zeit", "hora", NULL};
static const char *const MOMENT[] = {
    "event",    "exposure", "exposed",  "start",   "end",   "visit",  "first", "last", "assignment",
    "assigned", "order",    "purchase", "created", "local", "server", "unix",  NULL};
static const char *const BEFORE[] = {
    "pre",        "before", "prior",    "previous",    "prev",      "past",    "history",
    "historical", "hist",   "baseline", "preexposure", "preperiod", "recency", "tenure",
    "age",        "vorher", "bisher",   "pretest",     "alter",     "edad",    NULL};
static const char *const PERIOD[] = {"exposure", "period", "experiment", NULL};
static const char *const LESS[] = {
    "latency",     "bounce",        "bounced",     "bounces",      "error",
    "errors",      "crash",         "crashes",     "crashed",      "churn",
    "churned",     "refund",        "refunds",     "refunded",     "cost",
    "costs",       "complaint",     "delay",       "complaints",   "cancelled",
    "canceled",    "failure",       "failures",    "failed",       "wait",
    "timeout",     "timeouts",      "unsubscribe", "unsubscribed", "unsubscribes",
    "abandoned",   "abandonment",   "kosten",      "fehler",       "retoure",
    "retouren",    "late",          "rank",        "position",     "fraud",
    "fee",         "fees",          "loss",        "losses",       "chargeback",
    "chargebacks", "escalated",     "optout",      "uninstall",    "uninstalls",
    "uninstalled", "dropout",       "relapse",     "adverse",      "cpc",
    "cpa",         "aht",           "ttfb",        "lcp",          "loadtime",
    "ladezeit",    "erstattung",    "storno",      "stornos",      "erreurs",
    "annulations", "remboursement", "errores",     "reembolso",    "rimborso",
    NULL};
static const char *const MORE[] = {
    "revenue",    "sales",        "conversion",   "conversions", "converted", "purchase",
    "purchases",  "purchased",    "bought",       "order",       "orders",    "ordered",
    "click",      "clicks",       "clicked",      "ctr",         "signup",    "signups",
    "registered", "subscribed",   "activated",    "retained",    "retention", "visit",
    "visits",     "visited",      "session",      "sessions",    "views",     "engaged",
    "profit",     "margin",       "mrr",          "installs",    "resolved",  "completed",
    "csat",       "nps",          "satisfaction", "plays",       "bookings",  "umsatz",
    "gekauft",    "bestellungen", "gewinn",       "ventas",      "compras",   "commandes",
    "achats",     "clics",        "ricavo",       "ordini",      NULL};
static const char *const PER[] = {"per", NULL};
static const char *const NOT[] = {"not",   "no",    "non",  "without", "free",
                                  "since", "nicht", "ohne", "sans",    NULL};
/* Less of it is better when a span of time is of these, as in load_time. */
static const char *const SLOW[] = {"load", "response", "handle", "hold", "delivery", "carga", NULL};
static const char *const SPAN[] = {"time", "ms", "msec", "seconds", "minutes", "tiempo", NULL};
/* In the order of how sure they are; those from FIRST_WEAK on by where they stand, too. */
static const char *const CONTROL[] = {"control",
                                      "ctrl",
                                      "ctl",
                                      "baseline",
                                      "kontrolle",
                                      "kontrollgruppe",
                                      "contr\xC3\xB4le",
                                      "temoin",
                                      "t\xC3\xA9moin",
                                      "holdout",
                                      "placebo",
                                      "champion",
                                      "none",
                                      "default",
                                      "original",
                                      "old",
                                      "false",
                                      "no",
                                      "off",
                                      "a",
                                      "0",
                                      NULL};
/* clang-format on */

static const char *const *const LISTS[WORD_KIND_COUNT] = {[WORD_GROUP] = GROUP,
                                                          [WORD_MAYBE] = MAYBE,
                                                          [WORD_ARM] = ARM,
                                                          [WORD_UNIT] = UNIT,
                                                          [WORD_ID] = ID,
                                                          [WORD_ID_ONLY] = ID_ONLY,
                                                          [WORD_EVENT] = EVENT,
                                                          [WORD_BEFORE] = BEFORE,
                                                          [WORD_PERIOD] = PERIOD,
                                                          [WORD_LESS] = LESS,
                                                          [WORD_MORE] = MORE,
                                                          [WORD_PLACE] = PLACE,
                                                          [WORD_CODE] = CODE,
                                                          [WORD_LAST_ID] = LAST_ID,
                                                          [WORD_DATE_PART] = DATE_PART,
                                                          [WORD_PER] = PER,
                                                          [WORD_RATE] = RATE,
                                                          [WORD_KEY] = KEY,
                                                          [WORD_EXPOSED] = EXPOSED,
                                                          [WORD_OWN_TIME] = OWN_TIME,
                                                          [WORD_UPDATED_TIME] = UPDATED};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

void words_split(const char *name, char out[WORDS_BYTES])
{
    size_t length = 0;
    bool is_open = false;
    for (const char *p = name; *p != '\0' && length + 3 < WORDS_BYTES; p++) {
        if (!is_letter(*p)) {
            is_open = false;
            continue;
        }
        if (!is_open || (is_upper(*p) && !is_upper(p[-1])))
            out[length++] = ' ';
        out[length++] = is_upper(*p) ? (char)(*p - 'A' + 'a') : *p;
        is_open = true;
    }
    out[length] = '\0';
}

static bool is_listed(const char *word, size_t length, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strlen(*list) == length && memcmp(*list, word, length) == 0)
            return true;
    return false;
}

/* Next word of split words; false at the end. */
static bool next_word(const char **at, const char **word, size_t *length)
{
    if (**at == '\0')
        return false;
    *word = *at + 1;
    *length = strcspn(*word, " ");
    *at = *word + *length;
    return true;
}

static bool has_word(const char *name, const char *const *list)
{
    char words[WORDS_BYTES];
    const char *at = words, *word;
    size_t length;
    words_split(name, words);
    while (next_word(&at, &word, &length))
        if (is_listed(word, length, list))
            return true;
    return false;
}

bool words_have(const char *name, enum word_kind kind)
{
    return has_word(name, LISTS[kind]);
}

bool words_end(const char *name, enum word_kind kind)
{
    char words[WORDS_BYTES];
    words_split(name, words);
    const char *last = strrchr(words, ' ');
    return last != NULL && is_listed(last + 1, strlen(last + 1), LISTS[kind]);
}

unsigned words_count(const char *name)
{
    char words[WORDS_BYTES];
    unsigned count = 0;
    words_split(name, words);
    for (const char *p = words; *p != '\0'; p++)
        count += *p == ' ';
    return count;
}

bool words_are(const char *name, const char *word)
{
    char words[WORDS_BYTES];
    words_split(name, words);
    return words[0] != '\0' && strcmp(words + 1, word) == 0;
}

enum words_direction words_direction(const char *name)
{
    bool is_less = has_word(name, LESS) || (has_word(name, SLOW) && has_word(name, SPAN));
    bool is_more = has_word(name, MORE), is_not = has_word(name, NOT);
    if (is_less && is_more)
        return WORDS_OF_BOTH;
    if (is_less)
        return is_not ? WORDS_NOT_LESS : WORDS_LESS;
    if (is_more)
        return is_not ? WORDS_NOT_MORE : WORDS_MORE;
    return WORDS_SILENT;
}

bool words_say_time(const char *name)
{
    char words[WORDS_BYTES];
    words_split(name, words);
    return has_word(name, TIME) ||
           (has_word(name, CLOCK) && (strchr(words + 1, ' ') == NULL || has_word(name, MOMENT)));
}

bool words_without_before(const char *name, char out[WORDS_BYTES])
{
    char words[WORDS_BYTES];
    const char *at = words, *word;
    size_t length, kept = 0;
    bool is_before = false;
    words_split(name, words);
    while (next_word(&at, &word, &length)) {
        bool says_before = is_listed(word, length, BEFORE);
        is_before |= says_before;
        if (says_before || is_listed(word, length, PERIOD))
            continue;
        memcpy(out + kept, word - 1, length + 1);
        kept += length + 1;
    }
    out[kept] = '\0';
    return is_before && kept > 0;
}

static bool has_digit(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= '0' && text[i] <= '9')
            return true;
    return false;
}

/* "A: red", "A (red)" and "A - red", but not "a new one", a-b or 0.5. */
static bool begins_a_title(const char *name)
{
    const char *sign = name + 1 + strspn(name + 1, " ");
    return *sign != '\0' && strchr(sign > name + 1 ? ":)(|]=-" : ":)(|]=", *sign) != NULL;
}

/* Whether no, off, a or 0 is a group's name where it stands in one: 2.0 and "20 % off" are not. */
static bool is_at_its_place(const char *name, const char *words, const char *word, size_t length)
{
    const char *before = word - 1, *after = word + length;
    while (before > words && before[-1] != ' ')
        before--;
    size_t before_length = word - 1 > before ? (size_t)(word - 1 - before) : 0;
    if (length == 2) /* no, but not "no 2" */
        return *after == '\0' || !has_digit(after + 1, 1);
    if (length == 3) /* off */
        return *after == '\0' && !has_digit(words, strlen(words));
    if (before_length > 0 && is_listed(before, before_length, GROUP))
        return true;
    if (*after == '\0')
        return !has_digit(before, before_length);
    return before_length == 0 && strchr("aA0", name[0]) != NULL && begins_a_title(name);
}

unsigned words_control_rank(const char *name)
{
    static const char FIRST_WEAK[] = "no";
    char words[WORDS_BYTES];
    bool is_weak = false;
    words_split(name, words);
    for (unsigned i = 0; CONTROL[i] != NULL; i++) {
        const char *const list[] = {CONTROL[i], NULL};
        const char *at = words, *word;
        size_t length;
        is_weak = is_weak || strcmp(CONTROL[i], FIRST_WEAK) == 0;
        while (next_word(&at, &word, &length))
            if (is_listed(word, length, list) &&
                (!is_weak || is_at_its_place(name, words, word, length)))
                return i + 1;
    }
    return 0;
}
