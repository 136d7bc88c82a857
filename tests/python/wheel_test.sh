#!/bin/sh
# usage: wheel_test.sh [PYTHON]
#
# Makes the wheel without a network, looks into it, and uses it as a stranger would: in a new virtual
# environment, from another folder, with nothing else on the path.
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
python=${1:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PYTHONPATH

# A network namespace of its own where that is allowed; no index in any case.
without_network="env PIP_NO_INDEX=1"
if unshare -rn true 2>/dev/null; then without_network="unshare -rn $without_network"; fi
cd "$source"
# shellcheck disable=SC2086  # words on purpose
$without_network "$python" -m pip wheel --quiet --no-build-isolation --no-deps -w "$work" .

wheel=$(echo "$work"/lmz-*.whl)
libc=$("$python" -c 'import platform; print(platform.libc_ver()[1].replace(".", "_"))')
case $wheel in
  *-py3-none-manylinux_"$libc"_"$(uname -m)".whl) ;;
  *) echo "the wheel is called $wheel" >&2; exit 1 ;;
esac

"$python" -m venv "$work/venv"
# shellcheck disable=SC2086
$without_network "$work/venv/bin/python" -m pip install --quiet --no-deps "$wheel"
cd "$work"
cat >use.py <<'END'
import importlib.metadata
import pathlib
import pickle
import sys

import lmz

package = pathlib.Path(lmz.__file__).parent
assert sys.prefix in str(package), package
text = pathlib.Path(sys.argv[1]).read_bytes()
sizes = [len(lmz.compress(text, level)) for level in range(5)]
assert sizes[4] < sizes[3] <= sizes[2] <= sizes[1] < sizes[0] < 6000, sizes
assert lmz.decompress(lmz.compress(text, 4)) == text
assert lmz.RangeReader(lmz.compress(text, 0)).read_at(100, 50) == text[100:150]
assert pickle.loads(pickle.dumps(lmz.ModelLibrary().model_of_level(4))).name == "large"
about = importlib.metadata.metadata("lmz")
assert about["Version"] == lmz.__version__ and about["License"] == "Apache-2.0"
assert set(about.get_all("Provides-Extra")) == {"fsspec", "zarr", "cluster"}
files = {str(file) for file in importlib.metadata.files("lmz")}
assert any(file.endswith("dist-info/LICENSE") for file in files), files
assert {"lmz/lib/liblmz.so.0", "lmz/py.typed", "lmz/cluster/__main__.py"} <= files, files
for group in ("fsspec.specs", "numcodecs.codecs"):
    assert "lmz" in importlib.metadata.entry_points(group=group).names
END
"$work/venv/bin/python" -W error use.py "$source/LICENSE"

# It needs nothing but the C library.
library=$(find "$work/venv" -name 'liblmz.so.0')
needed=$(objdump -p "$library" | sed -n 's/^ *NEEDED *//p' | grep -Ev '^(libc|libm|ld-linux.*)\.so\.' || true)
if [ -n "$needed" ]; then echo "the library needs $needed" >&2; exit 1; fi

cp "$source/README.md" .
"$work/venv/bin/python" -m lmz -1 README.md
"$work/venv/bin/python" -m lmz -dc README.md.lmz | cmp - README.md
echo "1 passed, 0 failed"
