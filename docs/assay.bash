# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of assay for bash. Options are read from `assay COMMAND --help`, so none can be missing.
_assay()
{
    local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} commands
    COMPREPLY=()
    commands=$("${COMP_WORDS[0]}" help 2>/dev/null | sed -n 's/^  \([a-z]*\)  .*/\1/p')
    case $COMP_CWORD,$command,$current in
    1,*)
        # shellcheck disable=SC2207 # names hold no blanks
        COMPREPLY=($(compgen -W "help version $commands" -- "$current"))
        ;;
    2,help,*)
        # shellcheck disable=SC2207
        COMPREPLY=($(compgen -W "$commands" -- "$current"))
        ;;
    2,plan,[!-]* | 2,plan,)
        # shellcheck disable=SC2207
        COMPREPLY=($(compgen -W "init check schema" -- "$current"))
        ;;
    *,-*)
        # shellcheck disable=SC2207
        COMPREPLY=($(compgen -W "--help $("${COMP_WORDS[0]}" "$command" --help 2>/dev/null |
            grep -oE '(^|[ ,])--[a-z][a-z0-9-]*' | tr -d ' ,' | sort -u)" -- "$current"))
        ;;
    *)
        # shellcheck disable=SC2207
        COMPREPLY=($(compgen -f -- "$current"))
        ;;
    esac
}
complete -o filenames -F _assay assay
