#!/bin/bash
# usage: tests/fuzz/run.sh BUILD_FOLDER WORK_FOLDER SECONDS [TARGET...]
#
# Runs each fuzz target (all of them unless some are named) of a build of the preset `fuzz` for
# SECONDS, one after the other, then prints what all runs with this WORK_FOLDER have come to. New
# inputs and findings stay in WORK_FOLDER/TARGET and WORK_FOLDER/findings. Exit status 1 when there
# is a finding.
set -euo pipefail
if [ $# -lt 3 ]; then
  sed -n 's/^# //p' "$0" | head -1 >&2
  exit 2
fi
build=$1 work=$2 seconds=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- $(ls "$here/corpus")

mkdir -p "$work/findings"
log=$work/runs
TIMEFORMAT='%U %S'

# The limit of time for one input is one that a busy machine does not break.
fuzz() {
  local target=$1
  local seeds=("$here/corpus/$target")
  [ "$target" != decompress ] || seeds+=("$here/../golden/v0" "$here/../golden/errors")
  local max_len=4096
  [ "$target" != model ] || max_len=20000  # the smallest whole model has 15941 bytes
  [ "$target" != convert ] || max_len=8000  # the smallest whole GGUF file has 5248 bytes
  mkdir -p "$work/$target"
  "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len="$max_len" -timeout=120 \
    -report_slow_units=120 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="$work/findings/$target-" \
    "$work/$target" "${seeds[@]}" >"$work/$target.log" 2>&1 || true
}

for target in "$@"; do
  cpu=$({ time fuzz "$target" 2>/dev/null; } 2>&1 | awk '{ print $1 + $2 }')
  awk -v target="$target" -v cpu="$cpu" '
    / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") edges = $(i + 1) }
    /stat::number_of_executed_units/ { executions = $2 }
    / DONE / { for (i = 1; i <= NF; i++) if ($i ~ /^#/) last = substr($i, 2) }
    END { print target, cpu, (executions ? executions : last) + 0, edges + 0 }
  ' "$work/$target.log" >>"$log"
done

echo "| target | CPU s | executions | edges |"
echo "|---|---:|---:|---:|"
awk '
  { cpu[$1] += $2; executions[$1] += $3; if ($4 > edges[$1]) edges[$1] = $4 }
  END {
    row = "| %s | %d | %d | %s |\n"
    for (t in cpu) {
      printf row, "`" t "`", cpu[t], executions[t], edges[t] | "sort"
      all_cpu += cpu[t]
      all_executions += executions[t]
    }
    close("sort")
    printf row, "all", all_cpu, all_executions, ""
  }
' "$log"
findings=$(find "$work/findings" -type f | sort)
if [ -n "$findings" ]; then
  echo "findings:"
  echo "$findings"
  exit 1
fi
echo "no findings"
