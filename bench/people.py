#!/usr/bin/env python3
"""usage: bench/people.py --lmz LMZ [--levels 0,1] [--get] [--peers] [--only WORD] FOLDER

Files as people have them: documents, tables, books, presentations, programs and PDF files of
several makers, as Debian 12 packages hold them. Codes each file in FOLDER at every level, restores
it, compares, and prints a table of sizes in Markdown; with --peers also those of xz -9e, zpaq -m5
and, if precomp is in PATH, of precomp -intense before xz -9e. With --get FOLDER is filled first: by
apt-get download, no package is installed; and, if soffice is in PATH, by what LibreOffice makes of
the sample book and of bench/ratio.csv. The book and the sources in src/ are added as people pack
them: gzip, zip, tar.gz, the latter once more in blocks of 256 KiB; and as people send them: a mail
with attachments, a page with its drawings as data URIs. Exit status 1 when a file does not come
back.
"""

import argparse
import base64
import email.message
import io
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Package: its files.
FILES = {
    "bash-doc": ["usr/share/doc/bash/bash.pdf"],
    "debian-history": [f"usr/share/doc/debian-history/docs/project-history.{name}"
                       for name in ("en.epub", "ja.epub", "ru.epub", "fr.pdf", "ko.pdf")],
    "debian-policy": ["usr/share/doc/debian-policy/policy.epub"],
    "debmake-doc": [f"usr/share/doc/debmake-doc/debmake-doc.{name}"
                    for name in ("de.epub", "en.epub", "en.pdf")],
    "developers-reference": [f"usr/share/developers-reference/developers-reference.{name}"
                             for name in ("epub", "pdf")],
    "junit4": ["usr/share/java/junit4.jar"],
    "libcommons-lang3-java": ["usr/share/java/commons-lang3.jar"],
    "maint-guide": ["usr/share/doc/maint-guide/maint-guide.en.pdf"],
    "python3-docx": ["usr/lib/python3/dist-packages/docx/templates/default.docx"],
    "r-cran-officer": [f"usr/lib/R/site-library/officer/doc_examples/{name}"
                       for name in ("example.docx", "landscape.docx", "example.pptx")],
    "r-cran-openxlsx": [f"usr/lib/R/site-library/openxlsx/extdata/{name}.xlsx"
                        for name in ("loadExample", "loadPivotTables", "readTest")],
    "r-cran-readxl": [f"usr/lib/R/site-library/readxl/extdata/{name}.xlsx"
                      for name in ("datasets", "geometry", "type-me")],
    "r-doc-pdf": ["usr/share/R/doc/manual/R-intro.pdf"],
}

# File of which the stream is longer than a block: its options.
OPTIONS = {"src-256K.tar.gz": ["--block-size=256K"]}

# Exit status of precomp.
NOTHING_FOUND = 2

# File of this repository: types that LibreOffice writes it as.
OFFICE_FILES = {"samples/opticks.txt": ("docx", "odt", "pdf"),
                "bench/ratio.csv": ("xlsx", "ods", "pdf")}


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, **options).stdout


def get(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as packages:
        for package, names in FILES.items():
            run("apt-get", "download", package, cwd=packages)
            (archive,) = pathlib.Path(packages).glob(f"{package}_*.deb")
            content = run("dpkg-deb", "--fsys-tarfile", archive)
            with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                for name in names:
                    path = folder / pathlib.PurePosixPath(name).name
                    path.write_bytes(tar.extractfile(f"./{name}").read())


def make_office_files(folder):
    if not shutil.which("soffice"):
        return
    with tempfile.TemporaryDirectory() as home:
        for source, types in OFFICE_FILES.items():
            for kind in types:
                run("soffice", f"-env:UserInstallation=file://{home}", "--headless",
                    "--convert-to", kind, "--outdir", str(folder), str(ROOT / source),
                    stderr=subprocess.DEVNULL)


def pack(folder):
    """Writes the book and the sources as gzip, zip and tar make them."""
    book = ROOT / "samples" / "opticks.txt"
    (folder / "book.txt").write_bytes(book.read_bytes())
    for level in (6, 9):
        (folder / f"book-{level}.gz").write_bytes(run("gzip", f"-{level}", "-n", "-c", book))
    (folder / "book.zip").unlink(missing_ok=True)
    run("zip", "-q", "-j", "-X", (folder / "book.zip").resolve(), book)
    tar = run("tar", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "-C", ROOT, "-c", "src")
    for name in ("src.tar.gz", "src-256K.tar.gz"):
        (folder / name).write_bytes(run("gzip", "-6", "-n", input=tar))


def send(folder):
    """Writes a mail of what pack made, and a page with drawings."""
    book = (folder / "book.txt").read_text(encoding="utf-8")
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "The book"
    mail.set_content(book[10000:12000], cte="8bit")
    for name, kind in (("book.zip", "zip"), ("book-9.gz", "gzip"), ("ratio.csv", "octet-stream")):
        data = (folder if name.startswith("book") else ROOT / "bench") / name
        mail.add_attachment(data.read_bytes(), "application", kind, filename=name)
    mail.set_boundary("boundary")
    (folder / "book.eml").write_bytes(mail.as_bytes())
    page = "<!DOCTYPE html>\n<title>Optics</title>\n"
    for i, path in enumerate(sorted((ROOT / "docs").glob("*.svg"))):
        drawing = base64.b64encode(path.read_bytes()).decode()
        page += f"<p>{book[4000 * i:4000 * i + 4000]}\n"
        page += f'<img src="data:image/svg+xml;base64,{drawing}">\n'
    (folder / "page.html").write_text(page, encoding="utf-8")


def xz_size(path):
    return len(run("xz", "-9e", "-k", "-c", path))


def precomp_size(path):
    with tempfile.TemporaryDirectory() as folder:
        unpacked = pathlib.Path(folder, "a.pcf")
        code = subprocess.run(["precomp", "-intense", "-cn", f"-o{unpacked}", path.resolve()],
                              cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode
        return xz_size(path if code == NOTHING_FOUND else unpacked)


def zpaq_size(path):
    with tempfile.TemporaryDirectory() as folder:
        archive = pathlib.Path(folder, "a.zpaq")
        run("zpaq", "a", archive, path.name, "-m5", cwd=path.parent, stderr=subprocess.DEVNULL)
        return archive.stat().st_size


def peers():
    found = {"xz -9e": xz_size, "zpaq -m5": zpaq_size}
    if shutil.which("precomp"):
        found["precomp, xz -9e"] = precomp_size
    return found


def measure(path, arguments):
    """Sizes of one file in the order of the columns; ValueError when it does not come back."""
    raw = path.read_bytes()
    sizes = [len(raw)]
    if arguments.peers:
        sizes += [size_of(path) for size_of in peers().values()]
    for level in arguments.levels.split(","):
        coded = run(arguments.lmz, f"-{level}", "-T1", *OPTIONS.get(path.name, []), "-c", path)
        if run(arguments.lmz, "-d", "-c", input=coded) != raw:
            raise ValueError(f"{path} does not come back from level {level}")
        sizes.append(len(coded))
    return sizes


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--lmz", required=True)
    parser.add_argument("--levels", default="0,1")
    parser.add_argument("--get", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.get:
        get(arguments.folder)
        make_office_files(arguments.folder)
    pack(arguments.folder)
    send(arguments.folder)
    documents = {pathlib.PurePosixPath(name).name for names in FILES.values() for name in names}
    documents |= {f"{pathlib.PurePosixPath(source).stem}.{kind}"
                  for source, kinds in OFFICE_FILES.items() for kind in kinds}
    columns = ["file", "raw"] + (list(peers()) if arguments.peers else [])
    columns += [f"`-{level}`" for level in arguments.levels.split(",")]
    print("| " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * (len(columns) - 1))
    totals = [0] * (len(columns) - 1)
    for path in sorted(arguments.folder.iterdir(), key=lambda path: (path.name in documents, path)):
        if arguments.only not in path.name:
            continue
        sizes = measure(path, arguments)
        print("| " + " | ".join([path.name, *(f"{size:,}" for size in sizes)]) + " |", flush=True)
        if path.name in documents:
            totals = [total + size for total, size in zip(totals, sizes)]
    print("| documents | " + " | ".join(f"{size:,}" for size in totals) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
