#!/usr/bin/env python3
"""Measures lmz against its targets and against other compressors; writes docs/benchmarks.md.

usage: run.py [--lmz LMZ] [--corpora DIR] [--runs N] [--dry-run]

Also replaces the generated table in README.md. Prints every number to reach with what was measured;
a missed target is written as missed and does not change the exit status.
"""

import argparse
import pathlib
import sys
import tempfile

import corpora
import measure
import report
import tools as toolbox

SPEED_FILES = ["text/enwik6", "samples/opticks.txt"]  # the first that is here


def collect(lmz, files, runs):
    """All measurements as one dictionary, from which both reports are made."""
    tempfile.tempdir, place = measure.working_place()
    tools = toolbox.tools(lmz)
    speed_file = next(name for name in SPEED_FILES if name in files)
    results = {
        "cpu": measure.cpu_model(),
        "place": place,
        "runs": runs,
        "tools": [tool.name for tool in tools],
        "versions": {tool.name: toolbox.version_of(tool) for tool in tools},
        "raw": {name: path.stat().st_size for name, path in files.items()},
        "speed_file": speed_file,
    }
    print(f"sizes of {len(files)} files with {len(tools)} tools ...", file=sys.stderr)
    results["sizes"] = measure.sizes(tools, files)
    print(f"speed and memory on {speed_file} ...", file=sys.stderr)
    results["speed"] = {tool.name: measure.speed(tool, files[speed_file], runs) for tool in tools}
    print("small files, random data ...", file=sys.stderr)
    results["small"] = measure.small_files(lmz, files, runs)
    results["random"] = measure.random_data(tools[0])
    print("network, lanes, records ...", file=sys.stderr)
    build = lmz.parent.parent
    results["network"] = measure.network(lmz, build, files[speed_file], runs)
    results["records"] = measure.records(build)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lmz", type=pathlib.Path,
                        default=corpora.ROOT / "build" / "release" / "cli" / "lmz")
    parser.add_argument("--corpora", type=pathlib.Path, default=corpora.default_corpora())
    parser.add_argument("--runs", type=int, default=5, help="timed runs of each command")
    parser.add_argument("--dry-run", action="store_true", help="print the page, write nothing")
    arguments = parser.parse_args()

    files = corpora.files(arguments.corpora)
    results = collect(arguments.lmz.resolve(), files, arguments.runs)
    targets = corpora.read_table(corpora.ROOT / "bench" / "targets.csv")
    page = report.page(results, targets)
    if arguments.dry_run:
        print(page)
        return 0
    (corpora.ROOT / "docs" / "benchmarks.md").write_text(page, encoding="utf-8")
    readme = corpora.ROOT / "README.md"
    text = report.insert(readme.read_text(encoding="utf-8"), report.readme_table(results))
    readme.write_text(text, encoding="utf-8")
    for row in report.target_rows(results, targets):
        print(f"{row[0]:50} {row[1]:>20} {row[2]:>24}  {'reached' if row[3] else 'MISSED'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
