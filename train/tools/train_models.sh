#!/bin/sh
# usage: train_models.sh LMZ_TRAIN MODEL STATE SECONDS PROCESSES VALID DATA...
#
# One run, from the root of the sources, of the training of MODEL: large, base, small or tiny. A
# training has one rate schedule and as many runs as it takes, each of at most SECONDS, on the same
# machine or another, with the same data or other data (DATA and VALID are files or folders).
#
# STATE is a folder. A run takes up the checkpoint whose parts are there, STATE/checkpoint.aa and so
# on, none at the first run; it leaves the parts of the new one (at most 15 MiB each), the model
# STATE/MODEL.lmm, STATE/log, and STATE/done once the schedule has come to its end. Teachers are the
# results of the trainings before: large teaches base, base teaches small and tiny; they, too, are
# looked for in STATE, and then in models/. With PROCESSES > 1, each takes a GPU. The initial mixer
# weights are those of the model that the training starts from; mixer_start trains them afterwards.
set -eu
train=$1 model=$2 state=$3 seconds=$4 processes=$5 valid=$6
shift 6
part_size=15m

# The newest of a model: of this round of training, or of the last.
newest() {
  if [ -s "$state/$1.lmm" ]; then echo "$state/$1.lmm"; else echo "models/$1.lmm"; fi
}

# Seconds of training in all, rows of all processes, and what differs between the models. The rates
# are between those at the start and at the end of the trainings that docs/models.md records.
case $model in
  large) total=1400 rows=128 options="--from models/large.lmm --rate 8e-3 --jump 0.05" ;;
  base) total=1400 rows=256 options="--from models/base.lmm --rate 1e-2 --jump 0.05 --teacher $(newest large)" ;;
  small) total=1400 rows=192 options="--from models/small.lmm --rate 1.5e-2 --jump 0.1 --teacher $(newest base)" ;;
  tiny) total=1400 rows=192 options="--from models/tiny.lmm --rate 2e-2 --jump 0.1 --teacher $(newest base)" ;;
  *) echo "train_models.sh: no model is called $model" >&2; exit 1 ;;
esac

mkdir -p "$state"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
resume=
if [ -e "$state/checkpoint.aa" ]; then
  cat "$state"/checkpoint.?? >"$work/checkpoint"
  resume=--resume
fi

run() {
  # SIGINT makes lmz-train write a checkpoint and stop.
  # shellcheck disable=SC2086  # options are words
  timeout --signal=INT "$seconds" "$train" --data "$@" --valid "$valid" --context 512 \
    --weight-decay 0.05 --warmup 300 --compact --changing-data --keep-mixer \
    --checkpoint "$work/checkpoint" \
    --batch $((rows / processes)) --time "${total}s" $options $resume \
    --name "$model" --licence Apache-2.0 --out "$work/$model.lmm"
}

# 124: interrupted after SECONDS.
run_as() {
  rank=$1 log=$2
  shift 2
  if [ "$processes" -gt 1 ]; then
    export WORLD_SIZE="$processes" RANK="$rank" LOCAL_RANK="$rank" MASTER_ADDR=127.0.0.1
    export MASTER_PORT=29500
  fi
  run "$@" >>"$log" 2>&1 || [ $? -eq 124 ]
}

others=
for rank in $(seq 1 $((processes - 1))); do
  (run_as "$rank" "$state/log.$rank" "$@") &
  others="$others $!"
done
(run_as 0 "$state/log" "$@")
for other in $others; do wait "$other"; done

rm -f "$state"/checkpoint.??
split -b "$part_size" "$work/checkpoint" "$state/checkpoint."
cp "$work/$model.lmm" "$state/$model.lmm"
tail -n 4 "$state/log"
if tail -n 8 "$state/log" | grep -q " 0:00 left"; then touch "$state/done"; fi
