"""Measurements: sizes with verified round trips, speed, memory, many small files, random data."""

import json
import pathlib
import random
import shutil
import statistics
import subprocess
import tempfile
import time

SMALL_FILES = 1000
SMALL_SIZE = 1024
RANDOM_SIZES = [1, 100, 1000, 65536, 1000000, 20000000]


def shell(command, folder):
    """Runs a shell command in a folder; raises with its output when it fails."""
    run = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"'{command}' failed: {run.stdout}{run.stderr}")


def packed_size(tool, path):
    """The size of `path` after the tool, once it has been restored and compared."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copyfile(path, folder / "input")
        shell(tool.pack, folder)
        size = (folder / "packed").stat().st_size
        (folder / "input").rename(folder / "original")
        shell(tool.unpack, folder)
        if (folder / "restored").read_bytes() != (folder / "original").read_bytes():
            raise RuntimeError(f"{tool.name}: {path} was not restored")
        return size


def sizes(tools, files):
    """{file: {tool: size}}, every one from a verified round trip."""
    return {name: {tool.name: packed_size(tool, path) for tool in tools}
            for name, path in files.items()}


def _seconds(command, folder, runs):
    """The median wall-clock seconds of the whole process, by hyperfine."""
    report = folder / "hyperfine.json"
    subprocess.run(["hyperfine", "--style", "none", "--warmup", "1", "--runs", str(runs),
                    "--export-json", str(report), command], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return statistics.median(json.loads(report.read_text())["results"][0]["times"])


def _peak_bytes(command, folder):
    """The peak resident memory of a command, by GNU time."""
    report = folder / "peak"
    subprocess.run(["time", "-f", "%M", "-o", str(report), "sh", "-c", command], cwd=folder,
                   check=True, stdout=subprocess.DEVNULL)
    return int(report.read_text().split()[-1]) * 1024


def speed(tool, path, runs):
    """Seconds and peak bytes of one tool on one file, both ways."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copyfile(path, folder / "input")
        pack_seconds = _seconds(tool.pack, folder, runs)
        unpack_seconds = _seconds(tool.unpack, folder, runs)
        return {
            "pack_seconds": pack_seconds,
            "unpack_seconds": unpack_seconds,
            "pack_peak": _peak_bytes(tool.pack, folder),
            "unpack_peak": _peak_bytes(tool.unpack, folder),
        }


def _pieces(files):
    """SMALL_FILES pieces of SMALL_SIZE bytes, spread evenly over all files."""
    raw = b"".join(path.read_bytes() for path in files.values())
    step = max(1, (len(raw) - SMALL_SIZE) // (SMALL_FILES - 1))
    return [raw[i * step: i * step + SMALL_SIZE] for i in range(SMALL_FILES)]


def _timed(command, folder, runs):
    """The median milliseconds per small file of a command that handles all of them."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        shell(command, folder)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000 / SMALL_FILES


def small_files(lmz, files, runs):
    """Milliseconds per 1 KB file: all in one process, and a process for each; and the sizes."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        pieces = _pieces(files)
        names = [f"{i:04}" for i in range(SMALL_FILES)]
        for name, piece in zip(names, pieces):
            (folder / name).write_bytes(piece)
        listed = " ".join(names)
        packed = " ".join(f"{name}.lmz" for name in names)
        each = "for f in {}; do {} $f > /dev/null || exit 1; done"
        result = {
            "pack": _timed(f"{lmz} -q -k -f {listed}", folder, runs),
            "unpack": _timed(f"{lmz} -d -q -k -f {packed}", folder, runs),
            "pack_process": _timed(each.format(listed, f"{lmz} -c"), folder, runs),
            "unpack_process": _timed(each.format(packed, f"{lmz} -d -c"), folder, runs),
            "raw_size": sum(len(piece) for piece in pieces),
            "coded_size": sum((folder / f"{name}.lmz").stat().st_size for name in names),
        }
        for name, piece in zip(names, pieces):
            if (folder / name).read_bytes() != piece:
                raise RuntimeError("lmz: a small file was not restored")
        return result


def random_data(tool):
    """{raw size: coded size} of incompressible bytes; the same bytes in every run."""
    result = {}
    for size in RANDOM_SIZES:
        with tempfile.NamedTemporaryFile() as file:
            file.write(random.Random(size).randbytes(size))
            file.flush()
            result[size] = packed_size(tool, file.name)
    return result


def cpu_model():
    """The processor's name as the system gives it."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.lower().startswith(("model name", "cpu model")):
            return line.split(":", 1)[1].strip()
    return "unknown processor"
