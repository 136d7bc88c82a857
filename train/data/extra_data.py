#!/usr/bin/env python3
"""usage: train/data/extra_data.py OUT [--cache FOLDER]

Writes training data of kinds that are rare in books and web pages (JSON, CSV, SQL, logs, XML, YAML,
mail, markup, TeX, scripts) to the file OUT: documents from Debian packages, shuffled, each ended by
a zero byte. apt-get downloads the packages into --cache. The same packages give the same output.
Then remove documents that overlap with test data: see `overlap --keep`.
"""
import argparse
import fnmatch
import gzip
import hashlib
import io
import lzma
import pathlib
import subprocess
import sys
import tarfile

MOST_OF_A_FILE = 96 << 10

# kind, megabytes at most, package, patterns of paths
SOURCES = [
    ("json", 5.0, "python3-botocore", ["*.json"]),
    ("json", 2.0, "mediawiki", ["*/i18n/*.json"]),
    ("json", 1.0, "mediawiki", ["*/i18n/*/en.json", "*/i18n/en.json"]),
    ("json", 0.6, "node-mdn-data", ["*.json"]),
    ("json", 1.5, "nodejs-doc", ["*.json.gz"]),
    ("json", 1.0, "iso-codes", ["*.json"]),
    ("json", 1.5, "mariadb-test-data", ["*.json"]),
    ("csv", 3.0, "python3-statsmodels", ["*.csv", "*.dat"]),
    ("csv", 1.5, "ieee-data", ["*.csv"]),
    ("csv", 0.7, "gdal-data", ["*.csv"]),
    ("csv", 0.2, "python3-sklearn", ["*.csv"]),
    ("csv", 2.5, "unicode-data", ["*.txt"]),
    ("csv", 0.3, "gnuplot-doc", ["*.dat", "*.dem"]),
    ("log", 3.0, "gcc-12-test-results", ["*.xz"]),
    ("log", 0.5, "fail2ban", ["*/files/logs/*", "*/tests/*"]),
    ("log", 0.5, "logwatch", ["*/scripts/*"]),
    ("log", 0.3, "logcheck-database", ["*"]),
    ("log", 1.0, "git-doc", ["*changelog.gz"]),
    ("sql", 4.0, "mariadb-test-data", ["*.result"]),
    ("sql", 2.0, "mariadb-test-data", ["*.test", "*.inc", "*.sql"]),
    ("sql", 0.5, "postgresql-15", ["*.sql"]),
    ("mail", 0.3, "libpython3.11-testsuite", ["*/test_email/data/*"]),
    ("mail", 0.5, "spamassassin", ["*.cf"]),
    ("xml", 0.7, "iso-codes", ["*.xml"]),
    ("xml", 1.0, "osinfo-db", ["*.xml"]),
    ("xml", 2.0, "openclipart-svg", ["*.svg"]),
    ("yaml", 1.5, "linux-doc-6.1", ["*.yaml.gz"]),
    ("markup", 3.0, "linux-doc-6.1", ["*.rst.gz"]),
    ("markup", 1.0, "git-doc", ["*.txt"]),
    ("markup", 0.5, "dokuwiki", ["*/lang/*.txt"]),
    ("markup", 1.2, "mediawiki", ["*.md", "*/docs/*"]),
    ("markup", 0.3, "zim", ["*.txt"]),
    ("markup", 1.2, "manpages-dev", ["*.gz"]),
    ("markup", 1.0, "rsyslog-doc", ["*.txt", "*.html"]),
    ("tex", 2.0, "texlive-latex-base", ["*.sty", "*.tex", "*.cls", "*.ltx", "*.bst"]),
    ("script", 2.0, "perl-modules-5.36", ["*.pm", "*.pl", "*.pod"]),
    ("script", 2.0, "libruby3.1", ["*.rb"]),
    ("script", 2.0, "emacs-el", ["*.el.gz"]),
    ("script", 2.0, "wordpress", ["*.php"]),
    ("script", 1.5, "mediawiki", ["*.php", "*.lua", "*.less"]),
    ("script", 0.7, "wordpress", ["*.css"]),
    ("script", 0.6, "bash-completion", ["*/completions/*"]),
]


def fetch(package, cache):
    found = sorted(cache.glob(package + "_*.deb"))
    if not found:
        subprocess.run(["apt-get", "download", "-q=2", package], cwd=cache, check=True)
        found = sorted(cache.glob(package + "_*.deb"))
    return found[-1]


def unpacked(name, data):
    if name.endswith(".gz"):
        return gzip.decompress(data)
    if name.endswith(".xz"):
        return lzma.decompress(data)
    return data


def is_text(data):
    return len(data) >= 200 and b"\0" not in data


def excerpt(data, key):
    """At most MOST_OF_A_FILE bytes: whole lines from a place that depends on `key`."""
    if len(data) <= MOST_OF_A_FILE:
        return data
    start = int.from_bytes(key[:8], "little") % (len(data) - MOST_OF_A_FILE)
    piece = data[start : start + MOST_OF_A_FILE]
    first, last = piece.find(b"\n"), piece.rfind(b"\n")
    return piece[first + 1 : last + 1] if 0 <= first < last else piece


def contents(archive):
    """(name, bytes) of the regular files in a package."""
    process = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", archive], check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(process.stdout)) as tar:
        for member in tar:
            if member.isreg():
                yield member.name, tar.extractfile(member).read()


def pick(files, patterns, most):
    """Documents that match, in an order that only their names decide, up to `most` bytes."""
    named = [(hashlib.sha256(name.encode()).digest(), name) for name in files
             if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    documents, total = [], 0
    for key, name in sorted(named):
        if total >= most:
            break
        data = unpacked(name, files[name])
        pieces = 1 + len(data) // (40 * MOST_OF_A_FILE)
        for index in range(pieces):
            key = hashlib.sha256(key + bytes([index % 256])).digest()
            piece = excerpt(data, key)
            if is_text(piece):
                documents.append((key, piece))
                total += len(piece)
    return documents, total


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("build/packages"))
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)

    documents, sizes, versions = {}, {}, []
    for package in dict.fromkeys(source[2] for source in SOURCES):
        archive = fetch(package, arguments.cache)
        versions.append(archive.name)
        files = dict(contents(archive))
        for kind, megabytes, name, patterns in SOURCES:
            if name != package:
                continue
            picked, total = pick(files, patterns, megabytes * 1e6)
            if not picked:
                sys.exit(f"extra_data: {archive.name} has no file like {' '.join(patterns)}")
            documents.update(picked)
            sizes[kind] = sizes.get(kind, 0) + total

    with open(arguments.out, "wb") as out:
        for _, document in sorted(documents.items()):
            out.write(document + b"\0")
    for kind, size in sizes.items():
        print(f"{kind:8} {size / 1e6:6.1f} MB")
    print("from", *versions)


if __name__ == "__main__":
    main()
