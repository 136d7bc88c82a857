#!/bin/sh
# usage: train/study/study.sh LMZ_TRAIN DATA BYTES SECONDS OUT <CONFIGURATIONS
#
# Trains one network after the other, each on BYTES (such as 400M) of DATA, until all are done or
# SECONDS have passed, and prints a table of the results. CONFIGURATIONS has one run per line: a name
# and options of lmz-train; see train/study/study.txt. OUT receives NAME.lmm and NAME.log of each run
# and the table as table.md. The measure that counts is the compressed size of FILE with each model:
#   for m in OUT/*.lmm; do echo "$m $(lmz --model "$m" -c FILE | wc -c)"; done
set -eu
if [ $# -ne 5 ]; then
  sed -n '2,3s/^# //p' "$0" >&2
  exit 2
fi
train=$1 data=$2 bytes=$3 seconds=$4 out=$5
mkdir -p "$out"
end=$(($(date +%s) + seconds))
{
  echo "| run | options | parameters | seconds | MB/s | bits, as trained | bits, exported |"
  echo "|---|---|---:|---:|---:|---:|---:|"
} | tee "$out/table.md"
while read -r name options; do
  case $name in '' | '#'*) continue ;; esac
  if [ "$(date +%s)" -ge "$end" ]; then
    echo "no time for $name" >&2
    continue
  fi
  log=$out/$name.log
  start=$(date +%s)
  # shellcheck disable=SC2086  # options is a list of words
  if ! "$train" --data "$data" --bytes "$bytes" --keep-mixer --save 1000000 --judge 1000000 \
    --checkpoint "$out/checkpoint" --name "study" --out "$out/$name.lmm" $options </dev/null \
    >"$log" 2>&1; then
    echo "$name failed: $(tail -n 1 "$log")" >&2
    continue
  fi
  taken=$(($(date +%s) - start))
  parameters=$(sed -n 's/^\([0-9]*\) parameters.*/\1/p' "$log")
  rate=$(sed -n 's/.* \([0-9.]*\) MB\/s .*/\1/p' "$log" | tail -n 1)
  trained=$(sed -n 's/.*: \([0-9.]*\) bits per byte as trained.*/\1/p' "$log")
  exported=$(sed -n 's/.*as trained, \([0-9.]* as exported ([^)]*)\).*/\1/p' "$log")
  echo "| $name | $options | $parameters | $taken | $rate | $trained | $exported |" |
    tee -a "$out/table.md"
done
rm -f "$out/checkpoint"
