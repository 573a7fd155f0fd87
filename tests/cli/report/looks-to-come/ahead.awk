# Prints the looks to come of a detail document: how many metrics have one of so many units and so high a
# boundary (seven characters of it), in the order of the characters.
{
    while (match($0, /"looksAhead":\[[^]]*\]/)) {
        count = split(substr($0, RSTART, RLENGTH), looks, "{")
        $0 = substr($0, RSTART + RLENGTH)
        for (i = 1; i <= count; i++) {
            if (!match(looks[i], /"critical":-?[0-9.]+/))
                continue
            critical = substr(looks[i], RSTART + 11, substr(looks[i], RSTART + 11, 1) == "-" ? 8 : 7)
            match(looks[i], /"units":[^,]*/)
            look = substr(looks[i], RSTART + 8, RLENGTH - 8) " " critical
            if (!seen[look]++)
                names[++kinds] = look
        }
    }
}
END {
    for (i = 1; i <= kinds; i++) {
        for (k = i; k > 1 && names[k - 1] > names[k]; k--) {
            name = names[k]; names[k] = names[k - 1]; names[k - 1] = name
        }
    }
    for (i = 1; i <= kinds; i++)
        print seen[names[i]], names[i]
}
