"""Makes the wheel (PEP 517) with CMake and the standard library alone, so without a network.

The shared library is built into build/wheel, or the folder of the setting build-dir; libraries that
not every Linux has are linked into it. It lies in the package, with the installed models beside it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tarfile
import tomllib
import zipfile

_ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
_PACKAGE = _ROOT / "bindings/python/lmz"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same sources give the same wheel


class UnsupportedOperation(Exception):
    """What PEP 517 wants raised when a source distribution cannot be made."""


def _project() -> dict:
    return tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _version() -> str:
    header = (_ROOT / "include/lmz/lmz.h").read_text(encoding="utf-8")
    return ".".join(re.search(rf"LMZ_VERSION_{part} (\d+)", header)[1]
                    for part in ("MAJOR", "MINOR", "PATCH"))


def _tag() -> str:
    libc, version = platform.libc_ver()
    kind = f"manylinux_{version.replace('.', '_')}" if libc == "glibc" else "linux"
    return f"py3-none-{kind}_{platform.machine()}"


def _metadata() -> str:
    project = _project()
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {_version()}",
             f"Summary: {project['description']}", f"License: {project['license']}",
             f"Keywords: {','.join(project['keywords'])}", "License-File: LICENSE"]
    lines += [f"Classifier: {classifier}" for classifier in project["classifiers"]]
    lines.append(f"Requires-Python: {project['requires-python']}")
    for extra, packages in project["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {package} ; extra == '{extra}'" for package in packages]
    lines += ["Description-Content-Type: text/markdown", "",
              (_ROOT / project["readme"]).read_text(encoding="utf-8")]
    return "\n".join(lines)


def _entry_points() -> str:
    return "\n".join("\n".join([f"[{group}]", *(f"{name} = {place}" for name, place in
                                                entries.items()), ""])
                     for group, entries in _project()["entry-points"].items())


def write_dist_info(folder: str) -> str:
    """Writes the folder lmz-VERSION.dist-info into `folder` and returns its name."""
    name = f"lmz-{_version()}.dist-info"
    place = pathlib.Path(folder) / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "METADATA").write_text(_metadata(), encoding="utf-8")
    (place / "entry_points.txt").write_text(_entry_points(), encoding="utf-8")
    shutil.copyfile(_ROOT / "LICENSE", place / "LICENSE")
    return name


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: dict | None = None
                                     ) -> str:
    """PEP 517's."""
    name = write_dist_info(metadata_directory)
    (pathlib.Path(metadata_directory) / name / "WHEEL").write_text(_wheel_file(), encoding="utf-8")
    return name


def _wheel_file() -> str:
    return ("Wheel-Version: 1.0\nGenerator: lmz\nRoot-Is-Purelib: false\n"
            f"Tag: {_tag()}\n")


def _build(folder: pathlib.Path) -> pathlib.Path:
    """The shared library."""
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    # LIBDIR and DATADIR are the package's: the library finds the models by its own place.
    subprocess.run(["cmake", "-S", _ROOT, "-B", folder, *generator, "-DCMAKE_BUILD_TYPE=Release",
                    "-DLMZ_BUILD_TESTS=OFF", "-DLMZ_BUILD_PYTHON=OFF", "-DLMZ_SELF_CONTAINED=ON",
                    "-DCMAKE_INSTALL_LIBDIR=lib", "-DCMAKE_INSTALL_DATADIR=share"], check=True)
    subprocess.run(["cmake", "--build", folder, "--target", "lmz", "--parallel",
                    str(len(os.sched_getaffinity(0)))], check=True)
    return (folder / "src/c_api/liblmz.so").resolve()


def _contents(library: pathlib.Path) -> dict[str, bytes]:
    """The package, by names in the wheel."""
    soname = f"lib/liblmz.so.{_version().split('.')[0]}"
    location = (_PACKAGE / "_location.py.in").read_text(encoding="utf-8")
    files = {f"lmz/{path.relative_to(_PACKAGE)}": path.read_bytes()
             for path in sorted(_PACKAGE.rglob("*"))
             if path.suffix in (".py", ".typed") and path.name != "_location.py"}
    files["lmz/_location.py"] = location.replace("@LMZ_PYTHON_LIBRARY@", soname).encode()
    files[f"lmz/{soname}"] = library.read_bytes()
    files["lmz/share/lmz/models/large.lmm"] = (_ROOT / "models/large.lmm").read_bytes()
    return files


def _write_wheel(path: pathlib.Path, files: dict[str, bytes], dist_info: str) -> None:
    record = ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={digest},{len(data)}\n"
            _add(wheel, name, data)
        _add(wheel, f"{dist_info}/RECORD", (record + f"{dist_info}/RECORD,,\n").encode())


def _add(wheel: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _ZIP_TIME)
    entry.external_attr = (0o755 if ".so" in name else 0o644) << 16
    wheel.writestr(entry, data, zipfile.ZIP_DEFLATED)


def build_wheel(wheel_directory: str, config_settings: dict | None = None,
                metadata_directory: str | None = None) -> str:
    """PEP 517's; config_settings may have build-dir."""
    folder = pathlib.Path((config_settings or {}).get("build-dir", _ROOT / "build/wheel"))
    files = _contents(_build(folder.absolute()))
    made = folder / "dist-info"
    shutil.rmtree(made, ignore_errors=True)
    dist_info = prepare_metadata_for_build_wheel(str(made))
    for path in sorted((made / dist_info).iterdir()):
        files[f"{dist_info}/{path.name}"] = path.read_bytes()
    name = f"lmz-{_version()}-{_tag()}.whl"
    _write_wheel(pathlib.Path(wheel_directory) / name, files, dist_info)
    return name


def build_sdist(sdist_directory: str, config_settings: dict | None = None) -> str:
    """PEP 517's: what git tracks."""
    try:
        listed = subprocess.run(["git", "-C", _ROOT, "ls-files", "-z"], check=True,
                                capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as failure:
        raise UnsupportedOperation("a source distribution is made of a git checkout") from failure
    base = f"lmz-{_version()}"
    name = f"{base}.tar.gz"
    with tarfile.open(pathlib.Path(sdist_directory) / name, "w:gz") as archive:
        for path in filter(None, listed.split("\0")):
            archive.add(_ROOT / path, f"{base}/{path}")
        information = pathlib.Path(sdist_directory) / "PKG-INFO"
        information.write_text(_metadata(), encoding="utf-8")
        archive.add(information, f"{base}/PKG-INFO")
        information.unlink()
    return name
