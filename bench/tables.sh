#!/bin/sh
# usage: bench/tables.sh [CORPORA [BUILD]]
#
# Writes every generated section of README.md, docs/benchmarks.md and docs/paper.md anew, and the
# figures in docs/. CORPORA is by default ../shared/corpora or $LMZ_CORPORA, BUILD is build/release.
# Finished measurements are kept in BUILD/bench: when it is interrupted, start it again.
set -eu
cd "$(dirname "$0")/.."
corpora=${1:-${LMZ_CORPORA:-../shared/corpora}}
build=${2:-build/release}

cmake --preset release -DLMZ_BUILD_BENCH=ON >/dev/null
cmake --build --preset release --target lmz_bench lmz_cli records_bench
bench=$build/bench/lmz-bench
text=$corpora/text

files() {
  "$bench" files samples/opticks.txt "$text/canterbury" "$text/calgary" "$text/enwik5" \
    "$text/enwik6" "$corpora/valid" --state "$build/bench/files.state" "$@"
}

files --targets bench/targets.csv --csv "$build/bench/files.csv" --json "$build/bench/files.json" \
  --into docs/benchmarks.md
files --totals --only "lmz -0" --only "lmz -3" --only "zpaq -m5" --only bzip3 --only "brotli 11" \
  --only "xz -9e" --only "zstd -19" --only "gzip -9" --section readme --into README.md
"$bench" small samples/opticks.txt "$text/canterbury" "$text/calgary" "$corpora/valid" \
  --into docs/benchmarks.md
"$build/bench/records_bench" | "$bench" insert --section records --into docs/benchmarks.md

"$bench" table --text "$text/enwik6" --image "$corpora/image" --audio "$corpora/audio" \
  --state "$build/bench/table.state" --csv "$build/bench/table.csv" --into docs/paper.md
"$bench" scaling --text "$text/enwik6" --csv "$build/bench/scaling.csv" --svg docs/scaling.svg \
  --into docs/paper.md
"$bench" context --text "$text/enwik6" --csv "$build/bench/context.csv" --svg docs/context.svg \
  --into docs/paper.md
