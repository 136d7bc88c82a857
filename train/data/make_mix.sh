#!/bin/bash
# usage: train/data/make_mix.sh BUILD CORPORA FOLDER
#
# Makes in FOLDER what the next training of the models reads (docs/models.md, "Data for the next
# training"): documents by kind in MIX, held-out pieces in HELD, and packs, which are all of it in
# twelve random samples. BUILD has the programs distinct and overlap, CORPORA train/train-1.bz3,
# train/train-2.bz3, text and valid. apt-get needs deb-src entries. Takes an hour and 8 GB; a run
# that was cut short goes on where it was.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$1" && pwd)/train
corpora=$(cd "$2" && pwd)
mkdir -p "$3"
cd "$3"

step() { echo "$(date +%T) $*"; }

step "the mix so far"
for i in 1 2; do
  [ -s $i ] || bzip3 -d -c "$corpora/train/train-$i.bz3" >$i
  [ -d E$i ] || python3 "$here/english.py" E$i $i
done
[ -d D ] || python3 "$here/dumps.py" D 1
[ -e N ] || python3 "$here/numbers.py" N

step "documents of packages"
python3 "$here/extra_data.py" RAW --cache cache --part 0/2 >raw-0.log 2>&1 &
python3 "$here/extra_data.py" RAW --cache cache --part 1/2 >raw-1.log 2>&1
wait

step "duplicates, held-out pieces, overlaps"
[ -d CLEAN ] || "$tools/distinct" CLEAN --seen 1 2 --training RAW/kinds >distinct.log
[ -d HELD ] || python3 "$here/hold_out.py" CLEAN HELD >held.log
mkdir -p NEW1 NEW packs
overlap() { "$tools/overlap" --benchmark "$@"; }
overlap "$corpora/text" "$corpora/valid" --training HELD/train --keep NEW1 >overlap-1.log
overlap HELD/valid --training NEW1 --most 20 --keep NEW >overlap-2.log

step "caps, tables, packs"
python3 "$here/cap_kinds.py" NEW MIX --packages RAW/packages --table kinds.csv \
  --list packages.csv >kinds.log
python3 "$here/make_packs.py" packs/pack --packs 12 MIX 1 2 E1/plain E2/plain D N
step "done"
