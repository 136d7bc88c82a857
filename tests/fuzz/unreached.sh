#!/bin/bash
# usage: tests/fuzz/unreached.sh BUILD_FOLDER
#
# Lists the functions under src/ that no target of a build of the preset `fuzz` reaches with its
# corpus: what to write a seed or a target for. Left out are kernels, which unit tests compare for
# each instruction set, and what each class has without saying so. What runs once in a process may be
# named without reason: the counters begin after the first input.
set -euo pipefail
if [ $# -ne 1 ]; then
  sed -n 's/^# //p' "$0" | head -1 >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
for corpus in "$here"/corpus/*; do
  target=$(basename "$corpus")
  seeds=("$corpus")
  [ "$target" != decompress ] || seeds+=("$here/../golden/v0" "$here/../golden/errors")
  "$1/tests/fuzz/fuzz_$target" -runs=0 -print_coverage=1 "${seeds[@]}" 2>&1
done | awk '
  $1 == "COVERED_FUNC:" || $1 == "UNCOVERED_FUNC:" {
    place = $NF
    if (place ~ /src\/kernels\// || $0 ~ /~|::Result[<(]|Result<.*>::|\(.*&&\) \//) next
    if (!match(place, /\/src\/[^:]*/)) next
    file = substr(place, RSTART + 1, RLENGTH - 1)
    name = $0
    sub(/^.*edges: [0-9]+\/[0-9]+ /, "", name)
    sub(/ [^ ]+$/, "", name)
    if ($1 == "COVERED_FUNC:") reached[file "  " name] = 1
    else missed[file "  " name] = 1
  }
  END { for (f in missed) if (!(f in reached)) print f }
' | sort
