# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of assay for fish. The program itself says what may stand where, so nothing is missing.
function __assay_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        set -l current (string replace -r '^--[a-z-]*=' '' -- $words[-1])
        __fish_complete_path $current
    end
end
complete -c assay -f -a '(__assay_complete)'
