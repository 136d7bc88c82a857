"""The examples of docs/python.md, run one after the other in one folder.

One that imports a package that is not installed is left out, and the last line says so.
"""

import contextlib
import importlib.util
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/python.md"
EXAMPLE = re.compile(r"^```(python|sh)\n(.*?)^```$", re.M | re.S)
OPTIONAL = {"pandas", "dask", "numcodecs", "numpy", "fsspec"}
left_out = []


def missing_packages(example):
    wanted = {name for name in re.findall(r"^import (\w+)", example, re.M) if name in OPTIONAL}
    if wanted & {"pandas", "dask"}:
        wanted.add("fsspec")
    return sorted(name for name in wanted if importlib.util.find_spec(name) is None)


class Examples(unittest.TestCase):
    def test_all(self):
        text = DOCUMENT.read_text(encoding="utf-8")
        examples = EXAMPLE.findall(text)
        self.assertGreater(len(examples), 5)
        self.assertEqual(text.count("```"), 2 * len(examples))
        names = {}
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            pathlib.Path("notes.txt").write_text("some notes\n")
            for language, example in examples:
                if missing := missing_packages(example):
                    left_out.append(", ".join(missing))
                elif language == "sh":
                    pathlib.Path("notes.txt.lmz").unlink(missing_ok=True)
                    command = example.replace("python -m", f"{sys.executable} -B -m")
                    said = subprocess.run(["sh", "-e", "-c", command], capture_output=True,
                                          check=True).stdout
                    self.assertEqual(said, b"some notes\n")
                else:
                    with contextlib.redirect_stdout(io.StringIO()):
                        exec(compile(example, str(DOCUMENT), "exec"), names)  # noqa: S102
            os.chdir(before)


if __name__ == "__main__":
    program = unittest.main(exit=False)
    print(f"left out for want of packages: {'; '.join(left_out) or 'nothing'}")
    sys.exit(not program.result.wasSuccessful())
