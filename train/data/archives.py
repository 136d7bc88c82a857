"""Debian packages as archives of files: downloading them, and reading them as a stream.

A package has a form: "deb" is a binary package, "src" a source package, and "patches" the Debian
part of a source package alone. apt-get does all downloads; source packages need deb-src entries.
"""
import pathlib
import re
import subprocess
import tarfile

COMMANDS = {
    "deb": ["apt-get", "download", "-q=2"],
    "src": ["apt-get", "source", "-q=2", "--download-only"],
    "patches": ["apt-get", "source", "-q=2", "--download-only", "--diff-only"],
}
DECOMPRESSORS = {".gz": "gzip", ".xz": "xz", ".bz2": "bzip2", ".lzma": "xz"}
LICENCE = re.compile(r"^Licen[cs]e: *(\S[^\n]*)$", re.M)
COMMON_LICENCE = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.-]*[A-Za-z0-9])")


def download(form, packages, folder):
    """Downloads packages of one form into `folder`, one by one if apt-get does not know them all.

    What cannot be downloaded is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = COMMANDS[form] + list(packages)
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if b"Unable to" in done.stderr and len(packages) > 1:
        for package in packages:
            download(form, [package], folder)


def archives_of(form, package, folder):
    """(version, paths of the archives) of a downloaded package; no paths if it is not there."""
    if form == "deb":
        found = sorted(folder.glob(package + "_*.deb"))[-1:]
        return (found[0].name.split("_")[1] if found else "", found)
    found = sorted(folder.glob(package + "_*.dsc"))[-1:]
    if form == "patches":
        paths = sorted(folder.glob(package + "_*.debian.tar.*"))
        return (paths[0].name.split("_")[1].split(".debian")[0] if paths else "", paths)
    if not found:
        return "", []
    description = found[0].read_text("utf-8", "replace")
    files = description.split("Checksums-Sha256:")[-1].split("Files:")[0]
    names = re.findall(r"^ [0-9a-f]{64} \d+ (\S+)$", files, re.M)
    paths = [folder / name for name in names if ".tar." in name and not name.endswith(".asc")]
    return found[0].name.split("_")[1][:-4], [path for path in paths if path.exists()]


def members(archive):
    """Yields (name, size, function that reads the bytes) of each regular file in an archive."""
    if archive.suffix == ".deb":
        command = ["dpkg-deb", "--fsys-tarfile", archive]
    else:
        command = [DECOMPRESSORS[archive.suffix], "-dc", archive]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|", errorlevel=0) as tar:
            for member in tar:
                if member.isreg():
                    yield member.name, member.size, lambda one=member: tar.extractfile(one).read()
        while process.stdout.read(1 << 20):
            pass


def licences_of(copyright_text):
    """The short names of licences in a debian/copyright file, in the order of their names."""
    named = {name.strip() for name in LICENCE.findall(copyright_text)}
    if not named:
        named = set(COMMON_LICENCE.findall(copyright_text))
    return sorted(named) or ["see its copyright file"]


def is_copyright(name, package):
    """Whether a file in a package states its licences."""
    path = pathlib.PurePosixPath(name)
    return path.name == "copyright" and path.parent.name in ("debian", package)
