#!/bin/sh
# c_api_symbols.sh NM LIBRARY EXPECTED: the functions that LIBRARY exports are those in EXPECTED.
set -eu
exported=$("$1" -D --defined-only "$2" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | LC_ALL=C sort)
printf '%s\n' "$exported" | diff "$3" -
