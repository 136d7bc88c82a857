#!/bin/sh
# usage: lmz_train_test.sh LMZ_TRAIN
#
# lmz-train as users call it: what it says when it cannot go on, and that it goes on after a kill.
set -eu
train=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
  echo "FAILED: $1"
  cat out err 2>/dev/null || true
  exit 1
}

# refuses TEXT ARGUMENT...: exits with 1 and an error that has TEXT in it.
refuses() {
  text=$1
  shift
  status=0
  "$train" "$@" >out 2>err || status=$?
  [ "$status" -eq 1 ] || fail "status $status for: $*"
  grep -q -- "$text" err || fail "no '$text' for: $*"
}

i=0
while [ "$i" -lt 1200 ]; do
  echo "line $i of a small log: all is well, and so on"
  i=$((i + 1))
done >data
echo little >little
small="--size d=16,layers=1 --batch 4 --context 32 --device cpu --threads 1"

refuses "no file, folder or match for none" --data none --out m.lmm
refuses "too little" --data little --out m.lmm
refuses "size 5q is not known" --data data --size 5q --out m.lmm
refuses "cannot read m.lmm" --data data --from m.lmm --out m.lmm
refuses "multiple of 16" --data data --context 20 --out m.lmm
refuses "cannot write missing/m.lmm" --data data $small --out missing/m.lmm
refuses "cannot read m.lmm.checkpoint" --data data $small --out m.lmm --resume
refuses "model file" --data data --from little --out m.lmm
if [ "$(id -u)" -ne 0 ]; then
  cp data secret && chmod 0 secret
  refuses "cannot read secret" --data secret --out m.lmm
fi

# Killed without warning, it goes on from the last checkpoint and reaches its end.
"$train" --data data $small --out m.lmm --bytes 100G --report 0 --save 0 >out 2>err &
process=$!
tries=0
until [ -s m.lmm.checkpoint ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 600 ] || fail "no checkpoint"
  sleep 0.1
done
kill -9 "$process"
wait "$process" 2>/dev/null || true
"$train" --data data $small --out m.lmm --bytes 100G --time 1s --resume >out 2>err || fail "resuming"
grep -q "as exported" out || fail "no comparison with the exported model"
[ -s m.lmm ] || fail "no model"
refuses "exclude each other" --data data --size 200k --from m.lmm --out n.lmm
echo PASSED
