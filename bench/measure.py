"""Measurements: sizes with verified round trips, speed, memory, many small files, random data."""

import concurrent.futures
import csv
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

import corpora

SMALL_FILES = 1000
SMALL_SIZE = 1024
RANDOM_SIZES = [1, 100, 1000, 65536, 1000000, 20000000]


def working_place():
    """Folder for all working files and its description: in memory where there is such a place."""
    shared_memory = pathlib.Path("/dev/shm")
    if os.access(shared_memory, os.W_OK):
        return str(shared_memory), "folder in memory, so that no disk is measured"
    return tempfile.gettempdir(), "folder on a disk, whose time is measured with them"


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
    """{file: {tool: size}}, every one from a verified round trip; several at once."""
    jobs = [(name, tool) for name in files for tool in tools]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        packed = list(pool.map(lambda job: packed_size(job[1], files[job[0]]), jobs))
    found = {name: {} for name in files}
    for (name, tool), size in zip(jobs, packed):
        found[name][tool.name] = size
    return found


def _seconds(command, folder, runs):
    """The least wall-clock seconds of the whole process, by hyperfine: noise only ever adds."""
    report = folder / "hyperfine.json"
    subprocess.run(["hyperfine", "--style", "none", "--warmup", "1", "--runs", str(runs),
                    "--export-json", str(report), command], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return min(json.loads(report.read_text())["results"][0]["times"])


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
    """The least milliseconds per small file of a command that handles all of them."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        shell(command, folder)
        times.append(time.perf_counter() - start)
    return min(times) * 1000 / SMALL_FILES


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
            "pack": _timed(f"{lmz} -0 -q -k -f {listed}", folder, runs),
            "unpack": _timed(f"{lmz} -d -q -k -f {packed}", folder, runs),
            "pack_process": _timed(each.format(listed, f"{lmz} -0 -c"), folder, runs),
            "unpack_process": _timed(each.format(packed, f"{lmz} -d -c"), folder, runs),
            "raw_size": sum(len(piece) for piece in pieces),
            "coded_size": sum((folder / f"{name}.lmz").stat().st_size for name in names),
        }
        for name, piece in zip(names, pieces):
            if (folder / name).read_bytes() != piece:
                raise RuntimeError("lmz: a small file was not restored")
        return result


def network(lmz, build, path, runs):
    """How fast level 3 is beside the matrix products that it is made of, in the same run: bytes per
    second. `build` holds the benchmarks; None when they were not built."""
    kernels, lanes = build / "bench" / "kernels_bench", build / "bench" / "lanes_bench"
    if not kernels.is_file() or not lanes.is_file():
        return None
    model = corpora.ROOT / "models" / "base.lmm"
    out = subprocess.run(
        [kernels, f"--model={model}", "--benchmark_format=json", "--benchmark_min_time=0.5",
         "--benchmark_filter=^(products|step)/[^/]*/lanes:(1|8)/"],
        capture_output=True, check=True).stdout
    rates = {}
    for row in json.loads(out)["benchmarks"]:
        kind, isa, lane_count, *rest = row["name"].split("/")
        key = (kind, isa, int(lane_count.split(":")[1]), int(rest[-1].split(":")[1]))
        rates[key] = row["bytes/s"]
    sizes = subprocess.run([lanes, path, str(1 << 18)], capture_output=True, check=True,
                           text=True).stdout
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copyfile(path, folder / "input")
        raw = path.stat().st_size
        both = {
            "pack": raw / _seconds(f"{lmz} -3 -T2 -c input > packed", folder, runs),
            "unpack": raw / _seconds(f"{lmz} -T2 -d -c packed > restored", folder, runs),
        }
    return {"rates": rates, "lanes": list(csv.DictReader(sizes.splitlines())), "level3": both}


def records(build):
    """The table of small records as Markdown; None when the benchmark was not built."""
    program = build / "bench" / "records_bench"
    if not program.is_file():
        return None
    return subprocess.run([program], capture_output=True, check=True, text=True).stdout.strip()


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
