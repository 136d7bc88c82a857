#!/usr/bin/env python3
"""usage: bench/speed.py FILE [--build build/release] [--rounds 3] [--levels 1,2,3]
       bench/speed.py FILE --device cpu,cuda [--lmz build/release/cli/lmz] [--threads 0]
                      [--rounds 3] [--levels 1,2,3]

Compares the speed of lmz on the text FILE with the speed of the matrix products of its network, as
Markdown: for each level, with one and two threads, compressing and decompressing, and for one lane
(FILE in pieces of 32,000 bytes). The measurements of one row alternate, so that changes in machine
speed affect all of them, and the best of the rounds counts, since other load only adds time. One
thread is measured in CPU time, two threads in wall-clock time.

With --device, compares devices instead, by the clock: FILE with --wide and so many threads (0: all
CPUs). Every output is compared with that of the first device and decoded again by its own.
"""
import argparse
import datetime
import filecmp
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time


LANES = 8  # of blocks from 512 KiB on; FILE should have as much
ONE_LANE = 32_000


def seconds(command, output, threads):
    """The time the command takes: CPU time for one thread, else wall-clock time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with open(output, "wb") as out:
        subprocess.run(command, check=True, stdout=out)
    elapsed = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used if threads == 1 else elapsed


class Bench:
    def __init__(self, arguments, folder):
        import models  # beside this program; not needed to compare devices
        self.models = models
        self.build, self.rounds = arguments.build, arguments.rounds
        self.lmz = self.build / "cli/lmz"
        self.folder = folder

    def origin(self, file):
        """The processor, lmz, its models and the data, for the first line."""
        return subprocess.run(
            [self.build / "bench/lmz-bench", "origin", file, "--lmz", self.lmz],
            check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def kernel(self, level, what, isa, lanes, threads):
        """KB/s of `what`, products or step."""
        name = f"^{what}/{isa}/lanes:{lanes}/" + ("real_time/" if threads > 1 else "")
        out = subprocess.run(
            [self.build / "bench/kernels_bench", f"--model={self.models.path(level)}",
             f"--benchmark_filter={name}threads:{threads}", "--benchmark_min_time=0.3"],
            check=True, capture_output=True, text=True).stdout
        number, unit = re.search(r"bytes/s=([\d.]+)([kM]?)", out).groups()
        return float(number) * {"": 1e-3, "k": 1, "M": 1e3}[unit]

    def program(self, level, files, threads, decode):
        size = sum(file.stat().st_size for file in files)
        coded = [file.with_suffix(f".{level}.lmz") for file in files]
        lmz = [self.lmz, f"-{level}"]
        command = [*lmz, f"-T{threads}", "-c", *files]
        if decode:
            for file, to in zip(files, coded):
                if not to.exists():
                    subprocess.run([*lmz, "-q", "-o", to, file], check=True)
            command = [*lmz, "-d", f"-T{threads}", "-c", *coded]
        taken = seconds(command, self.folder / "out", threads)
        if decode and (self.folder / "out").read_bytes() != b"".join(f.read_bytes() for f in files):
            sys.exit("a file was not restored: no number counts")
        return size / 1e3 / taken

    def row(self, measurements):
        """The best rates of measurements that take turns."""
        rounds = [[measure() for measure in measurements] for _ in range(self.rounds)]
        return [max(column) for column in zip(*rounds)]

    def level_row(self, level, isa, files, lanes, threads):
        products, step, there, back = self.row([
            lambda: self.kernel(level, "products", isa, lanes, threads),
            lambda: self.kernel(level, "step", isa, lanes, threads),
            lambda: self.program(level, files, threads, False),
            lambda: self.program(level, files, threads, True)])
        print(f"| -{level} | {lanes} | {threads} | {products:.1f} | {step:.1f} | {there:.1f} |"
              f" {back:.1f} | {100 * there / products:.0f} % | {100 * back / products:.0f} % |",
              flush=True)
        return products, step, there


def machine(lmz):
    """The processors, the GPU and its driver, the program, the date."""
    cpus = re.findall(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    try:
        gpu = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"],
            check=True, capture_output=True, text=True).stdout.strip()
        gpu = ", driver ".join(gpu.split("\n")[0].split(", "))
    except (OSError, subprocess.CalledProcessError):
        gpu = "no GPU"
    version = subprocess.run([lmz, "-V"], check=True, capture_output=True, text=True).stdout
    return (f"{cpus[0] if cpus else 'CPU'}, {os.cpu_count()} CPUs; {gpu};"
            f" {version.splitlines()[0]}; {datetime.date.today():%B %Y}")


def device_rows(lmz, file, device, level, arguments, folder):
    """The best seconds there and back, and the coded file."""
    coded, back = folder / f"{level}.{device}.lmz", folder / "back"
    options = ["-q", f"-T{arguments.threads}", "--device", device, "-c"]
    there = min(seconds([lmz, f"-{level}", "--wide", *options, file], coded, 0)
                for _ in range(arguments.rounds))
    return there, min(seconds([lmz, "-d", *options, coded], back, 0)
                      for _ in range(arguments.rounds)), coded, back


def compare_devices(arguments, levels, folder):
    lmz, file = arguments.lmz or arguments.build / "cli/lmz", arguments.file
    size = file.stat().st_size
    print(f"{machine(lmz)}; {file.name}, {size} bytes; {arguments.threads or os.cpu_count()}"
          f" threads, best of {arguments.rounds}.\n")
    print("| level | device | bytes | compress, MB/s | decompress, MB/s |")
    print("|---|---|---:|---:|---:|")
    for level in levels:
        first = None
        for device in arguments.device.split(","):
            there, back, coded, restored = device_rows(lmz, file, device, level, arguments, folder)
            first = first or coded
            if not (filecmp.cmp(coded, first, False) and filecmp.cmp(restored, file, False)):
                sys.exit(f"{device} wrote other bytes: no number counts")
            print(f"| -{level} | {device} | {coded.stat().st_size} | {size / there / 1e6:.2f} |"
                  f" {size / back / 1e6:.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--levels", default="1,2,3")
    parser.add_argument("--device")
    parser.add_argument("--lmz", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    levels = [int(level) for level in arguments.levels.split(",")]
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        folder = pathlib.Path(name)
        if arguments.device is not None:
            compare_devices(arguments, levels, folder)
            return
        whole = folder / "whole"
        data = arguments.file.read_bytes()
        whole.write_bytes(data)
        if len(data) < ONE_LANE:
            sys.exit(f"the file must have {ONE_LANE} bytes")
        pieces = []
        for at in range(0, min(len(data), 8 * ONE_LANE) - ONE_LANE + 1, ONE_LANE):
            pieces.append(folder / str(at))
            pieces[-1].write_bytes(data[at:at + ONE_LANE])
        bench = Bench(arguments, folder)
        isas = subprocess.run([arguments.build / "bench/kernels_bench", "--benchmark_list_tests"],
                              check=True, capture_output=True, text=True).stdout
        isas = list(dict.fromkeys(re.findall(r"^multiply/(\w+)/", isas, re.M)))
        best = isas[-1]
        print(f"{bench.origin(arguments.file)} {best}; KB/s, best of"
              f" {arguments.rounds} rounds.\n")
        print("| level | lanes | threads | products alone | network step | compress | decompress |"
              " compress / products | decompress / products |\n" + "|---|" + "---:|" * 8)
        one_thread = {}
        for level in levels:
            one_thread[level] = bench.level_row(level, best, [whole], LANES, 1)
            bench.level_row(level, best, [whole], LANES, 2)
            bench.level_row(level, best, pieces, 1, 1)
        print("\n| microseconds per byte, one thread | products | rest of the step |"
              " mixing, coding, startup |\n|---|---:|---:|---:|")
        for level, (products, step, there) in one_thread.items():
            print(f"| -{level} | {1e3 / products:.2f} | {1e3 / step - 1e3 / products:.2f} |"
                  f" {1e3 / there - 1e3 / step:.2f} |")
        print("\n| network step, level 3, 8 lanes, one thread | KB/s |\n|---|---:|")
        steps = bench.row([lambda isa=isa: bench.kernel(3, "step", isa, LANES, 1) for isa in isas])
        for isa, rate in zip(isas, steps):
            print(f"| {isa} | {rate:.1f} |")


if __name__ == "__main__":
    sys.exit(main())
