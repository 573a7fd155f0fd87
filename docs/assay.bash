# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of assay for bash. The program itself says what may stand where, so nothing is missing.
_assay()
{
    local current=${COMP_WORDS[COMP_CWORD]} IFS=$'\n' line
    COMPREPLY=()
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        # Bash takes "=" for a word of its own: what stands before it is there already.
        [[ $line == --*=* && $current != --*=* ]] && line=${line#*=}
        COMPREPLY+=("$line")
    done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [ ${#COMPREPLY[@]} -eq 0 ]; then
        [ "$current" = = ] && current=
        # shellcheck disable=SC2207 # one a line
        COMPREPLY=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
    fi
}
complete -F _assay assay
