#compdef assay
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of assay for zsh. The program itself says what may stand where, so nothing is missing.
_assay()
{
    local line word
    local -a words_found sentences
    while IFS= read -r line; do
        word=${line%%$'\t'*}
        words_found+=("$word")
        sentences+=("$word${${line#*$'\t'}:+ -- ${line#*$'\t'}}")
    done < <("${words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    if (( $#words_found )); then
        compadd -l -d sentences -a words_found
    else
        compset -P '--*='
        _files
    fi
}
_assay "$@"
