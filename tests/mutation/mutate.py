#!/usr/bin/env python3
"""usage: tests/mutation/mutate.py [--count N] [--seed N] [--rules] [--only TEXT] [--least PERCENT]

Plants one fault after the other into a copy of the sources, rebuilds what it touches, and sees
whether a test fails: mutation testing. Faults are those that people make: a comparison off by one
or turned round, a check that is left out, an error that is not passed on, a limit one too high,
"and" for "or". Which places get one follows from the seed alone, so that a run can be repeated.

With --rules, the faults are those of rules.txt beside this file: a decoder that breaks one rule of
the specifications.

Prints a line for each fault, with the test that fails or SURVIVED, and the share that tests catch;
exits with 1 when that is less than --least. --only keeps faults whose line here holds TEXT. What
cannot be compiled does not count. Takes about a quarter of a minute a fault on two cores.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COMMON = ["items_test", "golden_test", "decoder_test", "hostile_test"]
# Folder: its share of the faults, and the tests, the quickest first, "*" for those beside the file;
# "cli" stands for the tests of the program.
FOLDERS = {
    "src/base": (2, ["*", "container_tests", *COMMON]),
    "src/container": (14, ["*", "stream_tests", "spec_test", *COMMON]),
    "src/codec": (24, ["*", "codec_tests", "spec_test", "memory_test", *COMMON]),
    "src/entropy": (4, ["*", "spec_test", *COMMON]),
    "src/records": (4, ["*", "spec_test", "c_stream_test"]),
    "src/stream": (10, ["*", "c_stream_test", *COMMON]),
    "src/c_api": (8, ["c_stream_test", "c_api_test_lmz"]),
    "cli": (16, ["*", "cli"]),
}
SECONDS = 300  # a test that takes longer has noticed something, too


class Operator:
    """A kind of fault: where a pattern matches a line of code, a replacement."""

    def __init__(self, name, pattern, replacement):
        self.name, self.pattern, self.replacement = name, re.compile(pattern), replacement


OPERATORS = [
    Operator("bound", r" (<|>) (?!\w+>)", lambda m: f" {m[1]}= "),
    Operator("bound", r" (<|>)= ", lambda m: f" {m[1]} "),
    Operator("compare", r" == ", lambda m: " != "),
    Operator("compare", r" != ", lambda m: " == "),
    Operator("step", r" ([+-]) 1\b(?![.'])", lambda m: f" {m[1]} 0"),
    Operator("logic", r" && ", lambda m: " || "),
    Operator("logic", r" \|\| ", lambda m: " && "),
    Operator("extreme", r"std::min\b", lambda m: "std::max"),
    Operator("extreme", r"std::max\b", lambda m: "std::min"),
    Operator("unchecked", r"^(\s*)LMZ_TRY\((.*)\);$",
             lambda m: f"{m[1]}static_cast<void>({m[2]});"),
    Operator("unrefused", r"\bif \((.*)\) (return (Status\(|Damaged|CancelledStatus)|\{$)",
             lambda m: f"if (false && ({m[1]})) {m[2]}"),
]
# Lines that no test can tell apart: hints for speed and messages.
NO_CODE = re.compile(r"^\s*(//|#|static_assert|LMZ_CHECK|template|using |__builtin_prefetch)|"
                     r"reserve\(|std::thread|CacheLine")


def faults_of(path):
    """(operator, line number, new line) of all that can be planted into a file."""
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        if NO_CODE.search(line):
            continue
        code = line.split(" // ")[0]
        for operator in OPERATORS:
            if operator.name == "unrefused" and code.endswith("{"):
                refuses = number + 1 < len(lines) and "return Status" in lines[number + 1]
                if not refuses:
                    continue
            for match in operator.pattern.finditer(code):
                if '"' in code[:match.start()] and code[:match.start()].count('"') % 2:
                    continue
                changed = code[:match.start()] + operator.replacement(match) + code[match.end():]
                yield operator, number, changed


class Fault:
    """What is planted: `old`, which stands there once or is line `number`, becomes `new`."""

    def __init__(self, name, what, old, new, number=None):
        self.name, self.what, self.old, self.new, self.number = name, what, old, new, number

    def __str__(self):
        place = f"{self.name}:{self.number + 1}" if self.number is not None else str(self.name)
        return f"{place} {self.what}"

    def planted(self, text):
        if self.number is not None:
            lines = text.splitlines(keepends=True)
            lines[self.number] = self.new + "\n"
            return "".join(lines)
        if text.count(self.old) != 1:
            sys.exit(f"mutate: {self.name} does not hold once: {self.old}")
        return text.replace(self.old, self.new)


def drawn(count, seed):
    """Faults of all folders by their shares, at most one a line."""
    total = sum(share for share, _ in FOLDERS.values())
    for folder, (share, _) in FOLDERS.items():
        found = []
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".cc", ".h") or path.stem.endswith("_test"):
                continue
            name = path.relative_to(ROOT)
            for operator, number, line in faults_of(path):
                text = f"{seed} {name} {number} {operator.name} {line}"
                key = hashlib.sha256(text.encode()).digest()
                what = f"{operator.name}: {line.strip()}"
                found.append((key, Fault(name, what, None, line, number)))
        taken = {}
        for _, fault in sorted(found, key=lambda item: item[0]):
            if len(taken) < max(1, round(count * share / total)):
                taken.setdefault((fault.name, fault.number), fault)
        yield from taken.values()


def of_rules():
    """The faults of rules.txt."""
    for part in (pathlib.Path(__file__).parent / "rules.txt").read_text().split("\n\n")[1:]:
        fields = dict(line.split(": ", 1) for line in part.splitlines())
        old, new = json.loads(fields["from"]), json.loads(fields["to"])
        yield Fault(pathlib.Path(fields["file"]), fields["rule"], old, new)


def tests_of(name):
    """The test programs for a file, those beside it by its folder or one above, quickest first."""
    folder = next(folder for folder in FOLDERS if name.is_relative_to(folder))
    return targets_of(name, FOLDERS[folder][1])


def targets_of(name, tests):
    """The test programs for a file, those beside it by its folder or one above."""
    folder = name.parent
    while folder.parts and not list((ROOT / folder).glob("*_test.cc")):
        folder = folder.parent
    parts = folder.parts[1:] if folder.parts[:1] == ("src",) else folder.parts
    beside = ["_".join(parts) + "_tests"] if parts and folder.parts else []
    expanded = [target for test in tests for target in (beside if test == "*" else [test])]
    return list(dict.fromkeys(expanded))


class Tree:
    """A copy of the sources with a build of its own."""

    def __init__(self, folder):
        self.sources, self.build = folder / "sources", folder / "build"
        shutil.copytree(ROOT, self.sources, symlinks=True,
                        ignore=shutil.ignore_patterns(".git", "build", ".dev", ".cache", "carry"))
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        self.call(["cmake", "-S", self.sources, "-B", self.build, "-G", "Ninja", *launcher,
                   "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1", "-DLMZ_CUDA=OFF",
                   "-DLMZ_BUILD_PYTHON=OFF"], check=True)

    @staticmethod
    def call(command, check=False, seconds=1800, **more):
        """Whether a command succeeds; its output is dropped."""
        try:
            done = subprocess.run(command, check=False, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=seconds, **more)
        except subprocess.TimeoutExpired:
            return False
        if check and done.returncode != 0:
            sys.exit(f"{command}: {done.stdout.decode(errors='replace')[-4000:]}")
        return done.returncode == 0

    def make(self, test, check=False):
        target = "lmz_cli" if test == "cli" else test
        return self.call(["cmake", "--build", self.build, "--target", target], check)

    def passes(self, test):
        if test == "cli":
            return self.call(["ctest", "--test-dir", self.build, "-L", "cli", "-E", "convert",
                              "--stop-on-failure", "-j", str(os.cpu_count())], seconds=2 * SECONDS)
        return self.call([self.build / "tests" / test, "--gtest_brief=1", "--gtest_fail_fast"],
                         seconds=SECONDS)

    def judge(self, fault):
        """The test that fails; "" when none does, None when the fault cannot be compiled."""
        path = self.sources / fault.name
        original = path.read_text()
        path.write_text(fault.planted(original))
        try:
            for test in tests_of(fault.name):
                if not self.make(test):
                    return None
                if not self.passes(test):
                    return test
            return ""
        finally:
            path.write_text(original)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--least", type=float, default=90)
    arguments = parser.parse_args()
    faults = of_rules() if arguments.rules else drawn(arguments.count, arguments.seed)
    plan = [fault for fault in faults if arguments.only in str(fault)]
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(pathlib.Path(folder))
        for test in sorted({test for fault in plan for test in tests_of(fault.name)}):
            tree.make(test, check=True)
            if not tree.passes(test):
                sys.exit(f"mutate: {test} fails without any fault")
        caught = survived = 0
        for fault in plan:
            begin = time.monotonic()
            test = tree.judge(fault)
            verdict = "not compiled" if test is None else test or "SURVIVED"
            caught += bool(test)
            survived += test == ""
            print(f"{verdict:<24} {fault} ({time.monotonic() - begin:.0f} s)", flush=True)
    share = 100 * caught / max(1, caught + survived)
    print(f"{caught} of {caught + survived} faults are caught, {share:.1f} %")
    sys.exit(share < arguments.least)


if __name__ == "__main__":
    main()
