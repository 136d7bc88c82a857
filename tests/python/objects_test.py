"""Objects among threads and processes: locks, pickles, the program."""

import contextlib
import io
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import threading
import unittest

import lmz

MODELS = pathlib.Path(os.environ["LMZ_MODELS_DIR"])
TEXT = b"".join(b"line %d of a text that repeats itself\n" % i for i in range(400))


def run_at_once(work, count=4):
    """Runs work(i) in `count` threads; whatever one raises is raised here."""
    failures = []

    def guarded(i):
        try:
            work(i)
        except BaseException as failure:  # noqa: BLE001
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Threads(unittest.TestCase):
    def test_of_a_record_coder(self):
        coder = lmz.RecordCoder(TEXT[:2000])

        def work(i):
            for j in range(200):
                record = TEXT[i * 100 + j:i * 100 + 3 * j]
                self.assertEqual(coder.decode(coder.encode(record)), record)

        run_at_once(work)

    def test_of_coders(self):
        compressor = lmz.LmzCompressor(0, block_size=65536)
        pieces = []

        def work(_):
            for _ in range(20):
                pieces.append(compressor.compress(os.urandom(9000)))

        run_at_once(work)
        # Pieces of code may be appended in another order than they were made in.
        self.assertLess(80 * 9000, sum(map(len, pieces)) + len(compressor.flush()))
        code = lmz.compress(TEXT, 0)
        decompressor = lmz.LmzDecompressor()
        outputs = []

        def feed(_):
            with contextlib.suppress(EOFError):
                outputs.append(decompressor.decompress(code))

        run_at_once(feed)
        self.assertIn(TEXT, outputs)

    def test_of_a_file(self):
        raw = io.BytesIO()
        with lmz.open(raw, "w", level=0, block_size=65536) as file:
            run_at_once(lambda i: [file.write(b"%d" % i * 1000) for _ in range(50)])
        content = lmz.decompress(raw.getvalue())
        self.assertEqual([content.count(b"%d" % i) for i in range(4)], [50000] * 4)
        raw.seek(0)
        with lmz.open(raw) as file:
            read = []
            run_at_once(lambda _: read.extend(file.read(1000) for _ in range(50)))
            self.assertEqual(sorted(b"".join(read)), sorted(content))


    def test_closing_a_reader_waits_for_who_reads(self):
        class Slow(io.BytesIO):
            is_slow = False

            def read(self, *arguments):
                if self.is_slow:
                    reading.set()
                    go_on.wait(60)
                return super().read(*arguments)

        reading, go_on = threading.Event(), threading.Event()
        content = os.urandom(100000)  # which no reader has fetched with the headers
        file = Slow(lmz.compress(content, 0))
        reader = lmz.RangeReader(file)
        file.is_slow = True
        found = []
        reads = threading.Thread(target=lambda: found.append(reader.read_at(10, 10)))
        reads.start()
        self.assertTrue(reading.wait(60))
        closes = threading.Thread(target=reader.close)
        closes.start()
        closes.join(0.1)
        self.assertTrue(closes.is_alive())
        go_on.set()
        reads.join()
        closes.join()
        self.assertEqual(found, [content[10:20]])
        with self.assertRaisesRegex(ValueError, "closed"):
            reader.read_at(10, 10)

    def test_of_models_libraries_and_devices(self):
        library, device = lmz.ModelLibrary(installed=False), lmz.Device("cpu")
        code = lmz.compress(TEXT[:300], 1)

        def work(_):
            for _ in range(5):
                model = library.model_of_level(1)
                self.assertEqual((model.name, device.failure), ("tiny", None))
                self.assertEqual(lmz.compress(TEXT[:300], model=model, device=device), code)
                self.assertEqual(lmz.decompress(code, library=library, device=device), TEXT[:300])

        run_at_once(work)


class Pickles(unittest.TestCase):
    def test_models(self):
        tiny = lmz.Model("tiny")
        self.assertLess(len(pickle.dumps(tiny)), 200)
        code = lmz.compress(TEXT[:300], model=tiny)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.lmm"
            path.write_bytes((MODELS / "tiny.lmm").read_bytes())
            of_file = lmz.Model(path)
            self.assertEqual(of_file.id, tiny.id)
            moved = pickle.loads(pickle.dumps(of_file))
            path.write_bytes((MODELS / "small.lmm").read_bytes())
            with self.assertRaises(pickle.PicklingError):
                pickle.dumps(of_file)
        for model in (pickle.loads(pickle.dumps(tiny)), moved,
                      pickle.loads(pickle.dumps(moved)),
                      pickle.loads(pickle.dumps(lmz.ModelLibrary().model_of_level(1)))):
            self.assertEqual(lmz.compress(TEXT[:300], model=model), code)
            self.assertEqual(model.id, tiny.id)

    def test_a_model_of_a_folder_is_looked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            large = pathlib.Path(folder) / "large.lmm"
            large.write_bytes((MODELS / "large.lmm").read_bytes())
            library = pickle.loads(pickle.dumps(lmz.ModelLibrary(folder, installed=False)))
            model = library.model_of_level(4)
            pickled = pickle.dumps(model)
            self.assertLess(len(pickled), 500)
            self.assertEqual(pickle.loads(pickled).id, model.id)
            large.unlink()
            with self.assertRaises(lmz.LmzError) as caught:
                pickle.loads(pickled)
            self.assertEqual(caught.exception.code, lmz.MODEL_MISSING)

    def test_record_coders(self):
        for model in (None, lmz.Model("tiny")):
            coder = lmz.RecordCoder(TEXT, model=model)
            other = pickle.loads(pickle.dumps(coder))
            self.assertEqual(other.decode(coder.encode(TEXT[50:200])), TEXT[50:200])
            self.assertEqual(other.encode(TEXT[50:200]), coder.encode(TEXT[50:200]))

    def test_failures(self):
        failure = pickle.loads(pickle.dumps(lmz.LmzError(lmz.DAMAGED, "broken")))
        self.assertEqual((failure.code, str(failure)), (lmz.DAMAGED, "broken"))


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_lmz(self, *arguments, stdin=b"", status=0):
        done = subprocess.run([sys.executable, "-m", "lmz", *arguments], input=stdin,
                              capture_output=True, cwd=self.folder, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def test_files(self):
        (self.folder / "a").write_bytes(TEXT)
        self.run_lmz("-0", "a")
        self.assertEqual((self.folder / "a.lmz").read_bytes(), lmz.compress(TEXT, 0))
        self.run_lmz("-0", "a", status=1)
        self.run_lmz("-0", "-f", "--frame-size=64K", "--seekable", "a")
        self.run_lmz("-t", "a.lmz")
        self.assertIn(b"a.lmz", self.run_lmz("-l", "a.lmz"))
        self.assertEqual(self.run_lmz("-dc", "a.lmz"), TEXT)
        (self.folder / "a").unlink()
        self.run_lmz("-d", "a.lmz")
        self.assertEqual((self.folder / "a").read_bytes(), TEXT)
        self.run_lmz("-d", "a", status=1)
        (self.folder / "b.lmz").write_bytes(lmz.compress(TEXT, 0)[:-1])
        self.run_lmz("-d", "b.lmz", status=3)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a", "a.lmz", "b.lmz"])
        self.run_lmz("-d", "-0", "a.lmz", status=2)
        self.run_lmz("--block-size=1X", "a", status=2)

    def test_pipes(self):
        code = self.run_lmz("-0", stdin=TEXT)
        self.assertEqual(self.run_lmz("-d", stdin=code), TEXT)


if __name__ == "__main__":
    unittest.main()
