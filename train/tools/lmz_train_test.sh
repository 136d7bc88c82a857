#!/bin/sh
# usage: lmz_train_test.sh LMZ_TRAIN
#
# lmz-train as users run it: its error messages, several processes, and resuming after a kill.
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
double="--size d=16,layers=1 --batch 8 --context 32 --device cpu --threads 1"

refuses "no file, directory or match for none" --data none --out m.lmm
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

ln -s /dev/full full.lmm.unfinished
refuses "cannot write full.lmm.unfinished: No space left on device" \
  --data data $small --out full.lmm
refuses "loss is not a number" --data data $small --rate 1e30 --optimizer adamw --bytes 100K --out m.lmm
(
  export WORLD_SIZE=2 RANK=0
  refuses "MASTER_ADDR and MASTER_PORT must be too" --data data $small --out m.lmm
  export MASTER_ADDR=127.0.0.1 MASTER_PORT=none
  refuses "MASTER_PORT is none" --data data $small --out m.lmm
)

# Two processes do what one with all the rows does, but for the order of sums.
figures() { sed -n 's/.* train \([0-9.]*\)  valid \([0-9.]*\) .*/\1 \2/p' out | tail -n 1; }
"$train" --data data $double --bytes 8K --warmup 3 --out one.lmm --keep-mixer >out 2>err ||
  fail "one process"
one=$(figures)
export WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=$((20000 + $$ % 20000))
RANK=1 "$train" --data data $small --bytes 8K --warmup 3 --out two.lmm --keep-mixer >other 2>&1 &
RANK=0 "$train" --data data $small --bytes 8K --warmup 3 --out two.lmm --keep-mixer >out 2>err ||
  fail "two processes"
wait $! || fail "the other process"
unset WORLD_SIZE MASTER_ADDR MASTER_PORT
echo "$one $(figures)" | awk '
  function near(a, b) { return a - b < 0.0015 && b - a < 0.0015 }
  { exit !(NF == 4 && near($1, $3) && near($2, $4)) }' || fail "one process: $one; two: $(figures)"
[ ! -s other ] || fail "the second process prints something"

# The initial mixer weights are in the model, but not with --keep-mixer.
without=$(wc -c <one.lmm)
"$train" --data data $double --bytes 30K --out with.lmm >out 2>err || fail "initial mixer weights"
[ "$(wc -c <with.lmm)" -gt "$without" ] || fail "no initial mixer weights"

# A smaller model can start a larger one, but not the reverse.
"$train" --data data --from one.lmm --size d=32,layers=2 --batch 4 --context 32 --bytes 10K \
  --keep-mixer --out grown.lmm >out 2>err || fail "growing"
grep -q "width 32, 2 layers" out || fail "not grown"
refuses "is larger than --size" --data data --from grown.lmm --size d=16,layers=2 --out m.lmm

# After SIGKILL, training resumes from the last checkpoint and finishes.
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

# With --changing-data, training resumes with other data, and only then.
sed 's/all is well/nothing new/' data >other_data
compact="$small --compact --valid data --keep-mixer"
refuses "needs --compact and --valid" --data data $small --changing-data --out c.lmm
"$train" --data data $compact --bytes 8K --out c.lmm >out 2>err || fail "a compact checkpoint"
refuses "checkpoint" --data other_data $compact --bytes 16K --resume --out c.lmm
"$train" --data data $compact --changing-data --bytes 8K --out c.lmm >out 2>err ||
  fail "a checkpoint for other data"
"$train" --data other_data $compact --changing-data --bytes 16K --resume --out c.lmm >out 2>err ||
  fail "resuming with other data"
grep -q "as exported" out || fail "no end with other data"

# A transformer: it learns, the integer engine agrees, and training resumes.
transformer="--architecture transformer --size d=16,layers=1,heads=1 --batch 4 --context 32 --device cpu --threads 1"
refuses "--teacher" --data data $transformer --teacher one.lmm --out t.lmm
refuses "size 12.8m is not known" --data data --architecture transformer --size 12.8m --out t.lmm
refuses "not a multiple of the number of heads" --data data --architecture transformer \
  --size d=32,layers=1,heads=3 --out t.lmm
refuses "16 to 4096" --data data --architecture transformer --context 5000 --out t.lmm
"$train" --data data $transformer --bytes 20K --out t.lmm >out 2>err || fail "a transformer"
figures | awk '{ exit !(NF == 2 && $2 < 4) }' || fail "a transformer does not learn"
awk '/as exported/ { found = 1; exit !($8 - $14 < 0.02 && $14 - $8 < 0.02) } END { exit !found }' out ||
  fail "the exported transformer differs"
"$train" --data data $transformer --bytes 40K --resume --out t.lmm >out 2>err || fail "resuming a transformer"
refuses "is a transformer" --data data --from t.lmm --out m.lmm
refuses "is a transformer" --data data --teacher t.lmm --out m.lmm
echo PASSED
