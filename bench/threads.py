#!/usr/bin/env python3
"""usage: bench/threads.py FILE [--lmz build/release/cli/lmz]... [--rounds 5] [--levels 1,3]
                         [--sizes 65536,600000]

Compares two threads with one, as Markdown: on one CPU, on two CPUs with a busy loop on each, and on
two CPUs without. The first bytes of FILE are compressed with -T1 and -T2 in turn; a ratio is the
median over the rounds, below 1 where two threads are better. Several programs (--lmz) take turns
too. The last column is how many CPUs other processes used while -T2 ran: 0 on an idle machine.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

LOAD = "while True: pass"


def usage(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def busy_seconds(cpus):
    """What these CPUs have been busy since the start of the machine."""
    total = 0
    with open("/proc/stat", encoding="ascii") as stat:
        for line in stat:
            name, *ticks = line.split()
            if name in {f"cpu{cpu}" for cpu in cpus}:
                user, nice, system, _, _, irq, softirq = map(int, ticks[:7])
                total += user + nice + system + irq + softirq
    return total / os.sysconf("SC_CLK_TCK")


class Run:
    """One call of a program: wall-clock and CPU seconds, and how many CPUs others used."""

    def __init__(self, command, cpus, loads):
        def bind():
            os.sched_setaffinity(0, cpus)
        others = [subprocess.Popen([sys.executable, "-c", LOAD], preexec_fn=lambda c=cpu:
                                   os.sched_setaffinity(0, {c})) for cpu in cpus if loads]
        try:
            cpu_before = usage(resource.RUSAGE_CHILDREN)
            busy_before, start = busy_seconds(cpus), time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, preexec_fn=bind)
            self.wall = time.perf_counter() - start
            self.cpu = usage(resource.RUSAGE_CHILDREN) - cpu_before
            busy = busy_seconds(cpus) - busy_before
            self.others = max(0, (busy - self.cpu) / self.wall)
        finally:
            for other in others:
                other.kill()
                other.wait()


def row(programs, level, file, cpus, loads, rounds):
    """For each program: median seconds of one thread, and the ratios of two to it."""
    runs = {name: [] for name in programs}
    for _ in range(rounds):
        for name in programs:
            runs[name].append([
                Run([name, f"-{level}", f"-T{threads}", "-c", file], cpus, loads)
                for threads in (1, 2)])
    for name in programs:
        one = [pair[0] for pair in runs[name]]
        yield name, (statistics.median(run.wall for run in one),
                     statistics.median(run.cpu for run in one),
                     statistics.median(two.wall / one.wall for one, two in runs[name]),
                     statistics.median(two.cpu / one.cpu for one, two in runs[name]),
                     statistics.median(two.others for _, two in runs[name]))


def cpu_name():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        names = [line.split(":")[1].strip() for line in info if line.startswith("model name")]
    return f"{names[0] if names else 'unknown CPU'}, {os.cpu_count()} CPUs"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--lmz", action="append")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--levels", default="1,3")
    parser.add_argument("--sizes", default="65536,600000")
    arguments = parser.parse_args()
    programs = arguments.lmz or ["build/release/cli/lmz"]
    cpus = sorted(os.sched_getaffinity(0))[:2]
    if len(cpus) < 2:
        sys.exit("this takes two CPUs")
    print(f"Processor: {cpu_name()}; {arguments.file.name}, -T2 against -T1, median of"
          f" {arguments.rounds} rounds.\n")
    several = len(programs) > 1
    print("| " + "program | " * several + "CPUs | level | bytes | -T1 seconds | -T1 CPU seconds |"
          " -T2 / -T1, seconds | -T2 / -T1, CPU seconds | other load |\n"
          + "|---" * (2 + several) + "|---:" * 6 + "|")
    data = arguments.file.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        for kind, used, loads in [("one", cpus[:1], False),
                                  ("two, each with a busy loop", cpus, True), ("two", cpus, False)]:
            for level in map(int, arguments.levels.split(",")):
                for size in map(int, arguments.sizes.split(",")):
                    file = pathlib.Path(folder) / "in"
                    file.write_bytes(data[:size])
                    rows = row(programs, level, file, used, loads, arguments.rounds)
                    for index, (_, (wall, cpu, wall_ratio, cpu_ratio, others)) in enumerate(rows):
                        program = f"{index + 1} | " * several
                        print(f"| {program}{kind} | -{level} | {min(size, len(data)):,} |"
                              f" {wall:.2f} | {cpu:.2f} | {wall_ratio:.2f} | {cpu_ratio:.2f} |"
                              f" {'' if loads else f'{others:.1f}'} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
