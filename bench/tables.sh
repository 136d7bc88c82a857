#!/bin/sh
# usage: bench/tables.sh [CORPORA [BUILD]]
#
# Regenerates every generated section of README.md, docs/benchmarks.md and docs/paper.md, and the
# figures in docs/. CORPORA defaults to $LMZ_CORPORA or ../shared/corpora, BUILD to build/release.
# Long measurements are saved in BUILD/bench as they finish: after an interruption, run it again.
set -eu
cd "$(dirname "$0")/.."
corpora=${1:-${LMZ_CORPORA:-../shared/corpora}}
build=${2:-build/release}

cmake --preset release -B "$build" -DLMZ_BUILD_BENCH=ON >/dev/null
cmake --build "$build" --target lmz_bench lmz_cli records_bench kernels_bench lanes_bench
bench=$build/bench/lmz-bench
state=$build/bench
text=$corpora/text
media=$state/media

files() {
  "$bench" files samples/opticks.txt "$text/canterbury" "$text/calgary" \
    "$text/enwik5" "$text/enwik6" "$corpora/valid" --state "$state/files.state" "$@"
}

# One table of pictures or sound, whose codes are the same at every level.
media() {
  "$bench" files --state "$state/files.state" --into docs/benchmarks.md --only "lmz -3" "$@"
}

# Inserts the output of a command as a section. Through a file, since the exit status of a pipe is
# that of its last command.
insert() {
  section=$1
  shift
  "$@" >"$state/$section.md"
  "$bench" insert --section "$section" --into docs/benchmarks.md <"$state/$section.md"
}

files --targets bench/targets.csv --csv "$state/files.csv" --json "$state/files.json" \
  --into docs/benchmarks.md
files --totals --only "lmz -0" --only "lmz -3" --only "lmz -4" --only "zpaq -m5" --only bzip3 \
  --only "brotli 11" --only "xz -9e" --only "zstd -19" --only "gzip -9" --section readme \
  --into README.md
"$bench" files samples/opticks.txt "$text/enwik6" --state "$state/files.state" \
  --levels --section levels --svg docs/speed.svg --into README.md \
  --only "lmz -0" --only "lmz -1" --only "lmz -2" --only "lmz -3" --only "lmz -4" --only "zpaq -m5" \
  --only bzip3 --only "7z PPMd" --only "brotli 11" --only "xz -9e" --only "zstd --ultra -22" \
  --only "zstd -19" --only "lrzip -z -L9" --only "bzip2 -9" --only "gzip -9"

LMZ_CORPORA=$corpora python3 -B bench/corpora.py "$media"
media "$media/pictures" --section pictures --only "JPEG XL -e 9" --only "WebP lossless"
media "$corpora/image" --section png --only "zpaq -m5" --only "brotli 11" --only "xz -9e"
media "$media/recordings" --section recordings --only "flac -8" --only "flac -8 --no-padding"

insert people python3 -B bench/people.py --lmz "$build/cli/lmz" --levels 0 --get --peers \
  "$state/people"
insert jpegs python3 -B bench/jpegs.py --lmz "$build/cli/lmz" --get --peers "$corpora/image" \
  "$state/jpegs"

"$bench" small samples/opticks.txt "$text/canterbury" "$text/calgary" "$corpora/valid" \
  --into docs/benchmarks.md
insert records "$build/bench/records_bench"
head -c 600000 "$text/enwik6" >"$media/enwik6"
insert speed python3 -B bench/speed.py "$media/enwik6" --build "$build"
insert threads python3 -B bench/threads.py "$text/enwik6" --lmz "$build/cli/lmz" --rounds 3 \
  --sizes 65536,524288
cat "$text/enwik6" "$corpora"/valid/* >"$media/mixed"
insert lanes "$build/bench/lanes_bench" "$media/mixed" 4194304 1 1
insert lanes-3 "$build/bench/lanes_bench" "$text/enwik6" 1048576 2 3

"$bench" table --text "$text/enwik6" --image "$corpora/image" \
  --audio "$corpora/audio" --state "$state/table.state" --csv "$state/table.csv" \
  --into docs/paper.md
"$bench" scaling --text "$text/enwik6" --state "$state/scaling.state" \
  --csv "$state/scaling.csv" --svg docs/scaling.svg --into docs/paper.md
# LMZ_TRANSFORMER names a model file of a transformer that takes part where it is given.
"$bench" context --text "$text/enwik6" --image "$corpora/image" --audio "$corpora/audio" --resample \
  --chunks 16 ${LMZ_TRANSFORMER:+--llm "$LMZ_TRANSFORMER"} --csv "$state/context.csv" \
  --svg docs/context.svg --into docs/paper.md
"$bench" generate --text "$text/enwik6" --image "$corpora/image/kodim07.png" \
  --audio "$corpora/audio/3807-4923-0000.flac" --samples 3000 \
  ${LMZ_TRANSFORMER:+--llm "$LMZ_TRANSFORMER"} --svg docs/generate.svg --into docs/paper.md

# What the tables agree with from now on (bench/documents.py).
cp bench/ratio.csv bench/ratio_of_tables.csv
