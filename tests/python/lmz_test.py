"""The Python package as its users see it; run by ctest with the package on the path."""

import io
import os
import pathlib
import shutil
import tempfile
import threading
import unittest

import lmz

LARGE = pathlib.Path(__file__).parent.parent.parent / "models/large.lmm"
# Smaller with that model than with any other.
PROSE = (LARGE.parent.parent / "LICENSE").read_bytes()
TEXT = b"".join(b"line %d of a text that repeats itself\n" % i for i in range(400))


class OneShot(unittest.TestCase):
    def test_every_kind_of_buffer_comes_back(self):
        for data in (b"", b"a", bytearray(TEXT), memoryview(TEXT)[5:99],
                     memoryview(bytearray(TEXT))):
            self.assertEqual(lmz.decompress(lmz.compress(data, 0)), bytes(data))
        self.assertLess(len(lmz.compress(TEXT, 0)), len(TEXT) // 10)

    def test_frames_may_be_joined(self):
        self.assertEqual(lmz.decompress(lmz.compress(b"a", 0) + lmz.compress(b"b", 0)), b"ab")

    def test_failures_have_codes(self):
        code = lmz.compress(TEXT, 0)
        for data, number in ((b"plain", lmz.NOT_LMZ), (code[:-1], lmz.TRUNCATED),
                             (b"", lmz.TRUNCATED), (code + b"x", lmz.DAMAGED),
                             (code[:3] + b"\1" + code[4:], lmz.NEWER_VERSION),
                             (lmz.compress(b"abc", 0)[:-1] + b"d", lmz.DAMAGED)):
            with self.assertRaises(lmz.LmzError) as caught:
                lmz.decompress(data)
            self.assertEqual(caught.exception.code, number)
            self.assertTrue(str(caught.exception))
        for limits in ({"output_limit": len(TEXT) - 1}, {"memory_limit": 100}):
            with self.assertRaises(lmz.LmzError) as caught:
                lmz.decompress(code, **limits)
            self.assertEqual(caught.exception.code, lmz.LIMIT)
        with self.assertRaises(lmz.LmzError) as caught:
            lmz.compress(b"a", 9)
        self.assertEqual(caught.exception.code, lmz.INVALID_ARGUMENT)
        with self.assertRaises(TypeError):
            lmz.compress("text", 0)


class Incremental(unittest.TestCase):
    def test_pieces_give_the_same_bytes(self):
        for step in (1, 7, 5000):
            compressor = lmz.LmzCompressor(0)
            code = b"".join(compressor.compress(TEXT[i:i + step])
                            for i in range(0, len(TEXT), step))
            code += compressor.flush()
            self.assertEqual(code, lmz.compress(TEXT, 0))  # both know the size at the end
            decompressor = lmz.LmzDecompressor()
            data = b"".join(decompressor.decompress(code[i:i + step])
                            for i in range(0, len(code), step))
            self.assertEqual(data, TEXT)
            self.assertTrue(decompressor.eof)
        with self.assertRaises(ValueError):
            compressor.compress(b"more")

    def test_sync_makes_all_readable(self):
        compressor = lmz.LmzCompressor(0)
        decompressor = lmz.LmzDecompressor()
        for piece in (b"first", b"second"):
            code = compressor.compress(piece) + compressor.sync()
            self.assertEqual(decompressor.decompress(code), piece)
            self.assertFalse(decompressor.eof)
        self.assertEqual(decompressor.decompress(compressor.flush()), b"")
        self.assertTrue(decompressor.eof)

    def test_max_length(self):
        decompressor = lmz.LmzDecompressor()
        data = decompressor.decompress(lmz.compress(TEXT, 0), 100)
        self.assertEqual(len(data), 100)
        self.assertFalse(decompressor.needs_input)
        while not decompressor.eof:
            self.assertFalse(decompressor.needs_input)
            piece = decompressor.decompress(b"", 777)
            self.assertLessEqual(len(piece), 777)
            data += piece
        self.assertEqual(data, TEXT)
        self.assertTrue(decompressor.eof)

    def test_a_frame_ends_as_a_stream_of_lzma_does(self):
        rest = lmz.compress(b"the next one", 0) + bytes(5)
        for content in (b"", b"a", TEXT, os.urandom(200000)):
            code = lmz.compress(content, 0)
            for step in (1 if len(code) < 100 else 4321, len(code), len(code) + 3, 10**6):
                for threads in (1, 2):
                    decompressor = lmz.LmzDecompressor(threads=threads)
                    data, position = b"", 0
                    while not decompressor.eof:
                        data += decompressor.decompress((code + rest)[position:position + step])
                        position += step
                        self.assertLess(position, len(code) + step + 1)
                    self.assertEqual(data, content)
                    self.assertEqual(decompressor.unused_data + (code + rest)[position:], rest)
                    self.assertFalse(decompressor.needs_input)
                    with self.assertRaises(EOFError):
                        decompressor.decompress(b"")
        decompressor = lmz.LmzDecompressor()
        self.assertEqual(decompressor.decompress(code[:-1]), content)
        self.assertFalse(decompressor.eof)
        self.assertEqual(decompressor.unused_data, b"")

    def test_frames_and_blocks_of_a_size(self):
        data = os.urandom(200000)
        parts = [data[i:i + 65536] for i in range(0, len(data), 65536)]
        self.assertEqual(lmz.compress(data, 0, frame_size=65536),
                         b"".join(lmz.compress(part, 0) for part in parts))
        for settings, count in (({}, 1), ({"block_size": 65536}, 4), ({"seekable": True}, 2)):
            code = lmz.compress(data, 0, **settings)
            self.assertEqual(len(lmz.RangeReader(code).blocks), count)
            self.assertEqual(lmz.content_size(code + code), 2 * len(data))
        compressor = lmz.LmzCompressor(0, content_size=5)
        compressor.compress(b"1234")
        with self.assertRaises(lmz.LmzError) as caught:
            compressor.flush()
        self.assertEqual(caught.exception.code, lmz.INVALID_ARGUMENT)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "file.lmz"

    def test_write_append_read(self):
        with lmz.open(self.path, "wb", level=0) as file:
            self.assertEqual(file.write(TEXT), len(TEXT))
            self.assertTrue(file.writable() and not file.readable())
            with self.assertRaises(io.UnsupportedOperation):
                file.read()
        with lmz.open(self.path, "ab", level=0) as file:
            file.write(b"the end\n")
        with lmz.open(self.path) as file:
            self.assertEqual(file.peek(1)[:1], b"l")
            start = file.readline() + file.read(10)
            self.assertEqual(start, TEXT[:len(start)])
            self.assertEqual(start + file.read(), TEXT + b"the end\n")
            self.assertEqual(file.read(), b"")
        with self.assertRaises(ValueError):
            file.read()
        with self.assertRaises(FileExistsError):
            lmz.open(self.path, "x")

    def test_text(self):
        with lmz.open(self.path, "wt", level=0, encoding="utf-8", newline="\n") as file:
            file.write("ä\nö\n")
        self.assertEqual(self.path.read_bytes(), lmz.compress("ä\nö\n".encode(), 0))
        with lmz.open(self.path, "rt", encoding="utf-8") as file:
            self.assertEqual(list(file), ["ä\n", "ö\n"])
        for arguments in (("rbt",), ("q",)):
            with self.assertRaises(ValueError):
                lmz.open(self.path, *arguments)
        with self.assertRaises(ValueError):
            lmz.open(self.path, "rb", encoding="utf-8")

    def test_arguments_without_effect_are_refused(self):
        self.path.write_bytes(lmz.compress(TEXT, 0))
        before = self.path.read_bytes()
        for mode, arguments in {
                "r": {"level": 0, "model": lmz.Model("tiny"), "block_size": 65536, "frame_size": 1,
                      "content_size": 1, "seekable": False, "wide": False},
                "w": {"memory_limit": 1, "output_limit": 1, "models": (),
                      "library": lmz.ModelLibrary()}}.items():
            for name, value in arguments.items():
                with self.assertRaisesRegex(ValueError, name):
                    lmz.open(self.path, mode, **{name: value})
        with self.assertRaises(ValueError):
            lmz.compress(b"", seekable=True, block_size=65536)
        self.assertEqual(self.path.read_bytes(), before)

    def test_sync_and_objects_that_stay_open(self):
        raw = io.BytesIO()
        with lmz.LmzFile(raw, "w", level=0) as file:
            file.write(TEXT)
            file.sync()
            decompressor = lmz.LmzDecompressor()
            self.assertEqual(decompressor.decompress(raw.getvalue()), TEXT)
        self.assertFalse(raw.closed)
        raw.seek(0)
        with lmz.LmzFile(raw) as file:
            self.assertEqual(list(file), TEXT.splitlines(True))
        raw = io.BytesIO(raw.getvalue()[:-1])
        with lmz.LmzFile(raw) as file, self.assertRaises(lmz.LmzError) as caught:
            file.read()
        self.assertEqual(caught.exception.code, lmz.TRUNCATED)


class Devices(unittest.TestCase):
    def test_bytes_do_not_depend_on_the_device(self):
        text = TEXT[:5000]
        wide = lmz.compress(text, 1, wide=True)
        for name in ("cpu", "auto", "cuda"):
            try:
                device = lmz.Device(name)
            except lmz.LmzError as error:
                self.assertEqual((name, error.code), ("cuda", lmz.IO))
                continue
            self.assertEqual(lmz.compress(text, 1, wide=True, device=device), wide)
            self.assertEqual(lmz.decompress(wide, device=device), text)
            self.assertEqual(lmz.LmzDecompressor(device=device).decompress(wide), text)
            with lmz.open(io.BytesIO(wide), device=device) as file:
                self.assertEqual(file.read(), text)
            self.assertIsNone(device.failure)

    def test_other_names_are_refused(self):
        for name in ("", "gpu", "cuda:", "cuda:x", "cuda:-1"):
            with self.assertRaises(lmz.LmzError) as caught:
                lmz.Device(name)
            self.assertEqual(caught.exception.code, lmz.INVALID_ARGUMENT)


class ModelsAndRecords(unittest.TestCase):
    def test_models(self):
        self.assertIn("tiny", lmz.built_in_models())
        tiny = lmz.Model("tiny")
        self.assertEqual(tiny.name, "tiny")
        self.assertGreater(tiny.parameters, 100000)
        file = pathlib.Path(os.environ["LMZ_MODELS_DIR"]) / "tiny.lmm"
        for source in (file, file.read_bytes()):
            self.assertEqual(lmz.compress(TEXT[:200], model=lmz.Model(source)),
                             lmz.compress(TEXT[:200], model=tiny))
        with self.assertRaises(lmz.LmzError) as caught:
            lmz.Model("no-such-file")
        self.assertEqual(caught.exception.code, lmz.IO)
        with self.assertRaises(lmz.LmzError) as caught:
            lmz.Model(b"no model")
        self.assertEqual(caught.exception.code, lmz.MODEL_DAMAGED)
        with self.assertRaises(ValueError):
            lmz.LmzCompressor(1, model=tiny)

    def test_numbers_that_would_be_cut_are_refused(self):
        for number in (1 << 64, (1 << 64) + 65536, 1 << 100, -1, -(1 << 64) + 65536):
            for name in ("block_size", "frame_size", "content_size", "threads", "level"):
                with self.subTest(name), self.assertRaises(ValueError):
                    lmz.LmzCompressor(**{name: number})
            for name in ("memory_limit", "output_limit", "threads"):
                with self.subTest(name), self.assertRaises(ValueError):
                    lmz.decompress(lmz.compress(b"x", 0), **{name: number})
        with self.assertRaises(ValueError):
            lmz.ModelLibrary().model_of_level((1 << 32) + 1)
        reader = lmz.RangeReader(lmz.compress(b"x", 0))
        for offset in (1 << 63, 1 << 64, 1 << 100):
            self.assertEqual(reader.read_at(offset, 1 << 64), b"")
        self.assertEqual(reader.read_at(0, 1 << 64), b"x")

    def test_level_4_is_installed_beside_the_library(self):
        text = TEXT[:200]
        code = lmz.compress(text, level=4)
        large = pathlib.Path(os.environ["LMZ_MODELS_DIR"]) / "large.lmm"
        self.assertEqual(code, lmz.compress(text, model=lmz.Model(large)))
        self.assertEqual(lmz.decompress(code), text)
        with lmz.LmzFile(io.BytesIO(code)) as file:
            self.assertEqual(file.read(), text)

    def test_a_library_has_its_own_folders(self):
        text = PROSE
        with tempfile.TemporaryDirectory() as folder:
            library = lmz.ModelLibrary(folder, installed=False)
            self.assertEqual(library.model_of_level(1).name, "tiny")
            with self.assertRaises(lmz.LmzError) as caught:
                library.model_of_level(4)
            self.assertEqual(caught.exception.code, lmz.MODEL_MISSING)
            self.assertIn(str(pathlib.Path(folder) / "large.lmm"), str(caught.exception))
            code = lmz.compress(text, model=lmz.Model(LARGE))
            with self.assertRaises(lmz.LmzError) as caught:
                lmz.decompress(code, library=library)
            self.assertEqual(caught.exception.code, lmz.MODEL_MISSING)
            self.assertEqual(lmz.decompress(code, library=library, models=[lmz.Model(LARGE)]),
                             text)
            shutil.copy(LARGE, pathlib.Path(folder) / "large.lmm")
            self.assertEqual(library.model_of_level(4).name, "large")
            self.assertEqual(lmz.decompress(code, library=library), text)
            with lmz.LmzFile(io.BytesIO(code), library=library) as file:
                self.assertEqual(file.read(), text)

    def test_threads_share_a_model(self):
        tiny = lmz.Model("tiny")
        codes = [b""] * 3

        def work(i):
            codes[i] = lmz.compress(TEXT[:300], model=tiny)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({lmz.decompress(code) for code in codes}, {TEXT[:300]})

    def test_records(self):
        coder = lmz.RecordCoder(TEXT[:2000])
        for record in (b"", b"a", TEXT[3000:3200], bytes(16383)):
            self.assertEqual(coder.decode(coder.encode(record)), record)
        self.assertLess(len(coder.encode(TEXT[3000:3200])), 60)
        with self.assertRaises(lmz.LmzError) as caught:
            coder.encode(bytes(16384))
        self.assertEqual(caught.exception.code, lmz.INVALID_ARGUMENT)


if __name__ == "__main__":
    unittest.main()
