#!/usr/bin/env python3
"""usage: tests/convert/real_weights.py LMZ LMZ_CONVERT CONVERT_CHECK TEXT [GGUF...]

Real weights (-DLMZ_TEST_GGUF=PATH;PATH...) from the GGUF file to a decompressed text: converting
twice gives one model, a second implementation agrees with it, and the beginning of TEXT comes back
from less than lmz without a model needs. Skipped (77) where no GGUF is given.
"""
import pathlib
import subprocess
import sys
import tempfile

SIZE = 4000  # bytes of the text
LAYERS = 1  # whose matrices are computed a second time, of all other tensors every number


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True).stdout


def check(lmz, convert, second, text, gguf, folder):
    model, again = folder / "model.lmm", folder / "again.lmm"
    for path in (model, again):
        run(convert, "-q", "-f", gguf, "-o", path)
    if model.read_bytes() != again.read_bytes():
        sys.exit(f"{gguf}: two conversions differ")
    again.unlink()
    run(sys.executable, "-B", second, "--model", gguf, model, LAYERS)
    plain, packed = folder / "text", folder / "text.lmz"
    plain.write_bytes(text)
    packed.write_bytes(run(lmz, "--model", model, "-c", plain))
    if run(lmz, "-d", "--model", model, "-c", packed) != text:
        sys.exit(f"{gguf}: the text does not come back")
    small, without = packed.stat().st_size, len(run(lmz, "-0", "-c", plain))
    print(f"{gguf}: {small} bytes with the model, {without} without")
    if small >= without:
        sys.exit(f"{gguf}: the model is of no use")


def main():
    lmz, convert, second, text, *files = sys.argv[1:]
    if not files:
        print("skipped: -DLMZ_TEST_GGUF names no file")
        sys.exit(77)
    for gguf in files:
        with tempfile.TemporaryDirectory() as folder:
            check(lmz, convert, second, pathlib.Path(text).read_bytes()[:SIZE], gguf,
                  pathlib.Path(folder))


if __name__ == "__main__":
    main()
