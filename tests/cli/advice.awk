# Prints what detail documents, one a line, advise: the recommendation, the ids of its reasons and, with
# -v final=1, whether the look is final. With -v sorted=1 each id is printed once, in the order of its
# letters. A line "== NAME" names the case whose document, if it has one, came before; what else was said
# since the last one follows it.
function texts(json, pattern, skip, end,    out) {
    while (match(json, pattern)) {
        out = out (out == "" ? "" : "\n") substr(json, RSTART + skip, RLENGTH - skip - end)
        json = substr(json, RSTART + RLENGTH)
    }
    return out
}
/^\{/ { document = document $0; next }
!/^== / { said = said $0 "\n"; next }
{
    printf "%s%s", substr($0, 4), texts(document, "\"recommendation\":\"[A-Z]*\"", 18, 1)
    if (final)
        printf " final %s", texts(document, "\"final\":[a-z]*", 8, 0)
    count = split(texts(texts(document, "\"reasonIds\":\\[[^]]*\\]", 13, 1), "\"id\":\"[a-zA-Z]*\"", 6, 1), ids, "\n")
    for (i = 2; sorted && i <= count; i++)
        for (k = i; k > 1 && ids[k - 1] > ids[k]; k--) {
            id = ids[k]; ids[k] = ids[k - 1]; ids[k - 1] = id
        }
    printf ":"
    for (i = 1; i <= count; i++)
        if (!sorted || i == 1 || ids[i] != ids[i - 1])
            printf " %s", ids[i]
    printf "\n%s", said
    document = said = ""
}
END { printf "%s%s", document, said }
