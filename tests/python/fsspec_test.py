"""lmz:// and the compression, with fsspec, pandas, Dask and numcodecs as they come.

Exit status 77, a skip, where none of them is installed; each test says what it misses.
"""

import importlib.util
import os
import pathlib
import sys
import tempfile
import unittest

PACKAGES = ("fsspec", "pandas", "dask.dataframe", "numcodecs", "zarr")


def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


HAS = {name: is_there(name) for name in PACKAGES}
if not HAS["fsspec"]:
    print("skipped: fsspec is not installed")
    sys.exit(77)

import fsspec  # noqa: E402
from fsspec.implementations.local import LocalFileSystem  # noqa: E402

import lmz  # noqa: E402


def needs(*names):
    missing = [name for name in names if not HAS[name]]
    return unittest.skipIf(missing, f"{', '.join(missing)} is not installed")


class CountedFileSystem(LocalFileSystem):
    """Local files; counts the bytes that are fetched."""

    protocol = "counted"
    fetched = 0
    cachable = False

    @classmethod
    def _strip_protocol(cls, path):
        return LocalFileSystem._strip_protocol(path.replace("counted://", "file://", 1))

    def cat_file(self, path, start=None, end=None, **kwargs):
        data = LocalFileSystem().cat_file(path, start, end, **kwargs)
        CountedFileSystem.fetched += len(data)
        return data

    def _open(self, path, mode="rb", **kwargs):
        if mode == "rb":
            raise AssertionError("whole files are not wanted")
        return super()._open(path, mode, **kwargs)


fsspec.register_implementation("counted", CountedFileSystem, clobber=True)


ROWS = 25000
TEXT = "number,name\n" + "".join(f"{i},name {i * 7919 % 1000003}\n" for i in range(ROWS))
CODE = lmz.compress(TEXT.encode(), 0, block_size=65536)


class FileSystem(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.text = TEXT
        self.path = self.folder / "f.csv.lmz"
        self.path.write_bytes(CODE)
        self.url = f"lmz://f.csv::file://{self.path}"
        CountedFileSystem.fetched = 0

    def test_open_reads_and_seeks(self):
        with fsspec.open(self.url) as file:
            file.seek(-10, 2)
            self.assertEqual(file.read(), self.text.encode()[-10:])
            file.seek(5)
            self.assertEqual(file.readline(), self.text.encode()[5:12])
        with fsspec.open(self.url, "rt", encoding="utf-8", newline="") as file:
            self.assertEqual(file.read(), self.text)
        with self.assertRaises(FileNotFoundError):
            fsspec.open(f"lmz://other.csv::file://{self.path}").open()
        with self.assertRaises(FileNotFoundError):
            fsspec.open(f"lmz://f.csv::file://{self.folder}/none.lmz").open()

    def test_a_folder_is_seen_without_suffixes(self):
        (self.folder / "sub").mkdir()
        (self.folder / "sub/g.csv.lmz").write_bytes(lmz.compress(b"g", 0))
        (self.folder / "plain.txt").write_bytes(b"not seen")
        fs = fsspec.filesystem("lmz", fo=str(self.folder), target_protocol="file")
        self.assertEqual(fs.ls("", detail=False), ["f.csv", "sub"])
        self.assertEqual(fs.find(""), ["f.csv", "sub/g.csv"])
        self.assertEqual(fs.glob("**/*.csv"), ["f.csv", "sub/g.csv"])
        self.assertEqual(fs.info("f.csv")["size"], len(self.text))
        self.assertEqual(fs.info("f.csv")["coded_size"], self.path.stat().st_size)
        self.assertTrue(fs.isdir("sub") and fs.exists("sub/g.csv") and not fs.exists("g.csv"))
        self.assertEqual(fs.cat("sub/g.csv"), b"g")
        self.assertEqual(fs.cat_file("f.csv", -8, -2), self.text.encode()[-8:-2])
        single = fsspec.filesystem("lmz", fo=str(self.path))
        self.assertEqual(single.ls("", detail=False), ["f.csv"])

    def test_writing(self):
        with fsspec.open(f"lmz://new.csv::file://{self.folder}/new.csv.lmz", "wb",
                         lmz={"level": 0}) as file:
            file.write(b"content")
        self.assertEqual(lmz.decompress((self.folder / "new.csv.lmz").read_bytes()), b"content")

    def test_only_what_is_needed_is_fetched(self):
        size = self.path.stat().st_size
        blocks = lmz.RangeReader(CODE).blocks
        self.assertGreater(len(blocks), 4)
        with fsspec.open(f"lmz://f.csv::counted://{self.path}") as file:
            file.seek(len(self.text) // 2)
            self.assertEqual(file.read(100).decode(), self.text[len(self.text) // 2:][:100])
        self.assertLess(CountedFileSystem.fetched, 2 * max(b.coded_size for b in blocks) + 1000)
        self.assertLess(CountedFileSystem.fetched, size / 2)

    def test_compression_by_name(self):
        import lmz.filesystem  # noqa: F401
        with fsspec.open(f"file://{self.path}", "rt", compression="infer", newline="") as file:
            self.assertEqual(file.read(), self.text)
        with fsspec.open(f"file://{self.folder}/b.txt.lmz", "wt", compression="lmz") as file:
            file.write("text")
        self.assertEqual(lmz.decompress((self.folder / "b.txt.lmz").read_bytes()), b"text")

    @needs("pandas")
    def test_pandas(self):
        import pandas
        frame = pandas.read_csv(self.url)
        self.assertEqual(len(frame), ROWS)
        self.assertEqual(frame["name"][3], "name 23757")
        frame.to_csv(f"lmz://out.csv::file://{self.folder}/out.csv.lmz", index=False,
                     storage_options={"level": 0}, lineterminator="\n")
        self.assertEqual(lmz.decompress((self.folder / "out.csv.lmz").read_bytes()).decode(),
                         self.text)

    @needs("dask.dataframe")
    def test_dask_reads_blocks_in_parallel_and_touches_what_it_needs(self):
        import dask.dataframe
        frame = dask.dataframe.read_csv(self.url, blocksize=70000)
        self.assertGreater(frame.npartitions, 4)
        for scheduler in ("threads", "processes"):
            self.assertEqual(int(frame["number"].sum().compute(scheduler=scheduler)),
                             ROWS * (ROWS - 1) // 2)
        counted = dask.dataframe.read_csv(f"lmz://f.csv::counted://{self.path}", blocksize=70000,
                                          sample=10000)
        CountedFileSystem.fetched = 0
        last = counted.partitions[-1].compute(scheduler="synchronous")
        self.assertEqual(int(last["number"].iloc[-1]), ROWS - 1)
        self.assertLess(CountedFileSystem.fetched, self.path.stat().st_size / 2)
        folder = dask.dataframe.read_csv(f"lmz://*.csv::file://{self.folder}", blocksize=None)
        self.assertEqual(len(folder), ROWS)

    @needs("numcodecs")
    def test_numcodecs(self):
        import numcodecs
        import numpy
        codec = numcodecs.get_codec({"id": "lmz", "level": 0})
        array = numpy.arange(10000, dtype="i4").reshape(100, 100)
        code = codec.encode(array)
        self.assertLess(len(code), array.nbytes // 4)
        out = numpy.empty_like(array)
        codec.decode(code, out)
        self.assertTrue((out == array).all())
        self.assertEqual(bytes(codec.decode(code)), array.tobytes())
        self.assertEqual(codec.get_config(), {"id": "lmz", "level": 0})

    @needs("zarr")
    def test_zarr(self):
        import numcodecs
        import numpy
        import zarr
        values = numpy.arange(10000, dtype="i4").reshape(100, 100)
        made = zarr.create_array(self.folder / "array", shape=values.shape, chunks=(50, 50),
                                 dtype="i4", zarr_format=2,
                                 compressors=numcodecs.get_codec({"id": "lmz", "level": 0}))
        made[:] = values
        found = zarr.open_array(self.folder / "array", mode="r")
        self.assertTrue((found[:] == values).all())


if __name__ == "__main__":
    os.environ.setdefault("DASK_DATAFRAME__CONVERT_STRING", "False")
    missing = [name for name, is_here in HAS.items() if not is_here]
    print(f"not installed, so left out: {', '.join(missing) or 'nothing'}", file=sys.stderr)
    unittest.main()
