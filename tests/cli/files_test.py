"""What happens to files: replacement, attributes, links, devices, folders."""

import os
import socket
import stat
import subprocess
import unittest

import cli_case
from cli_case import FAILED

NOBODY = 65534


class Replacement(cli_case.CliCase):
    def test_existing_output_is_kept_without_force(self):
        self.write("in", b"new")
        self.write("in.lmz", b"old")
        self.write("out", b"old")
        self.fails(FAILED, "in.lmz: already exists; use -f", "in")
        self.fails(FAILED, "out: already exists", "in", "-o", "out")
        self.assertEqual((self.read("in.lmz"), self.read("out")), (b"old", b"old"))
        self.lmz("-f", "in")
        self.lmz("-f", "in", "-o", "out")
        self.assertEqual(self.lmz("-dc", "in.lmz", "out"), b"newnew")
        self.write("in", b"changed")
        self.fails(FAILED, "in: already exists", "-d", "in.lmz")
        self.assertEqual(self.read("in"), b"changed")
        self.assertEqual(self.names(), ["in", "in.lmz", "out"])

    def test_failure_leaves_the_old_output(self):
        self.write("in", cli_case.SAMPLES["text"])
        self.lmz("in")
        self.write("cut.lmz", self.read("in.lmz")[:-9])
        self.write("cut", b"old")
        self.fails(cli_case.DAMAGED, "cut.lmz", "-df", "cut.lmz")
        self.assertEqual(self.read("cut"), b"old")
        self.assertEqual(self.names(), ["cut", "cut.lmz", "in", "in.lmz"])

    def test_input_and_output_are_one_file(self):
        path = self.write("in", b"text")
        self.write("in.lmz", self.lmz(stdin=b"text"))
        os.link(path, self.folder / "same")
        self.fails(FAILED, "is both input and output", "-f", "in", "-o", "in")
        self.fails(FAILED, "is both input and output", "-f", "in", "-o", "./same")
        with path.open("ab") as stream:
            self.fails(FAILED, "is both input and output", "-c", "in", stdout=stream)
        self.assertEqual(self.read("in"), b"text")

    def test_rm_removes_only_after_success(self):
        data = cli_case.SAMPLES["small text"]
        self.write("in", data)
        self.lmz("--rm", "in")
        self.assertEqual(self.names(), ["in.lmz"])
        self.lmz("-d", "--rm", "in.lmz")
        self.assertEqual((self.names(), self.read("in")), (["in"], data))
        self.write("in.lmz", b"old")
        self.fails(FAILED, "already exists", "--rm", "in")
        self.fails(cli_case.DAMAGED, "in.lmz", "-d", "--rm", "-o", "out", "in.lmz")
        self.assertEqual(self.names(), ["in", "in.lmz"])

    def test_rm_needs_an_output_that_lasts(self):
        self.write("in", b"text")
        for device in ["/dev/null", "/dev/full"]:
            self.fails(FAILED, "omit --rm", "--rm", "-f", "in", "-o", device)
        self.assertEqual(self.read("in"), b"text")


class Attributes(cli_case.CliCase):
    def test_mode_and_times_are_kept(self):
        path = self.write("in", cli_case.SAMPLES["small text"])
        for mode in [0o600, 0o640, 0o444, 0o755]:
            with self.subTest(oct(mode)):
                path.chmod(mode)
                os.utime(path, ns=(1_000_000_000_123_456_789, 1_234_567_890_987_654_321))
                self.lmz("-f", "in")
                self.lmz("-d", "in.lmz", "-fo", "back")
                for name in ["in.lmz", "back"]:
                    found = (self.folder / name).stat()
                    self.assertEqual(stat.S_IMODE(found.st_mode), mode)
                    self.assertEqual(found.st_mtime_ns, 1_234_567_890_987_654_321)

    def test_special_mode_bits_are_dropped(self):
        self.write("in", b"text").chmod(0o4755)
        self.lmz("in")
        self.assertEqual(stat.S_IMODE((self.folder / "in.lmz").stat().st_mode), 0o755)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to give files away")
    def test_owner_is_kept(self):
        path = self.write("in", b"text")
        os.chown(path, NOBODY, 12)
        self.lmz("in")
        found = (self.folder / "in.lmz").stat()
        self.assertEqual((found.st_uid, found.st_gid), (NOBODY, 12))

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
    def test_lost_group_gains_nobody_access(self):
        self.folder.chmod(0o777)
        path = self.write("in", b"text")
        os.chown(path, NOBODY, 12)
        path.chmod(0o654)
        self.run_as_nobody("in")
        found = (self.folder / "in.lmz").stat()
        self.assertEqual((found.st_uid, found.st_gid), (NOBODY, NOBODY))
        self.assertEqual(stat.S_IMODE(found.st_mode), 0o644)

    def run_as_nobody(self, *arguments):
        self.program = copy_of(self, self.program)
        self.lmz(*arguments, user=NOBODY, group=NOBODY, extra_groups=[])

    def test_new_file_from_a_pipe_follows_umask(self):
        self.lmz("-o", "out", stdin=b"text", umask=0o027)
        self.assertEqual(stat.S_IMODE((self.folder / "out").stat().st_mode), 0o640)


def copy_of(case, program):
    """A copy of the program that everybody may run, in the folder of the test."""
    copy = case.folder / "lmz"
    with open(program, "rb") as stream:
        copy.write_bytes(stream.read())
    copy.chmod(0o755)
    case.folder.chmod(0o777)
    return str(copy)


class Kinds(cli_case.CliCase):
    def test_directory(self):
        (self.folder / "tree").mkdir()
        for options in [[], ["-f"], ["-c"], ["-d", "-o", "out"], ["-t"], ["-l"]]:
            self.fails(FAILED, "tree: is a directory", *options, "tree")
        self.write("in", b"text")
        self.fails(FAILED, "tree: is a directory", "-f", "in", "-o", "tree")
        self.assertEqual(self.names(), ["in", "tree"])

    def test_symbolic_link_as_input(self):
        self.write("in", b"text")
        (self.folder / "link").symlink_to("in")
        self.fails(FAILED, "link: is a symbolic link", "link")
        self.assertEqual(self.names(), ["in", "link"])
        self.assertEqual(self.lmz("-d", stdin=self.lmz("-c", "link")), b"text")
        self.lmz("link", "-o", "out")
        self.lmz("-f", "link")
        self.assertEqual(self.lmz("-dc", "link.lmz", "out"), b"texttext")

    def test_symbolic_link_as_output(self):
        self.write("in", b"text")
        self.write("target", b"old")
        for name in ["in.lmz", "chosen"]:
            (self.folder / name).symlink_to("target")
        self.fails(FAILED, "already exists", "in")
        self.lmz("-f", "in")
        self.assertFalse((self.folder / "in.lmz").is_symlink())
        self.assertEqual(self.read("target"), b"old")
        self.fails(FAILED, "already exists", "in", "-o", "chosen")
        self.lmz("-f", "in", "-o", "chosen")
        self.assertTrue((self.folder / "chosen").is_symlink())
        self.assertEqual(self.lmz("-dc", "target"), b"text")
        (self.folder / "nowhere").symlink_to("missing")
        self.fails(FAILED, "already exists", "in", "-o", "nowhere")

    def test_fifo_is_not_waited_for(self):
        os.mkfifo(self.folder / "fifo")
        self.fails(FAILED, "fifo: is not a regular file", "fifo")
        self.write("in", b"text")
        os.mkfifo(self.folder / "in.lmz")
        self.fails(FAILED, "in.lmz: exists and is not a regular file", "-f", "in")

    def test_fifo_is_read_and_written_when_asked(self):
        os.mkfifo(self.folder / "fifo")
        self.write("in", b"text")
        writer = self.start_lmz("in", "-o", "fifo")
        self.assertEqual(self.lmz("-dc", "fifo"), b"text")
        self.assertEqual(writer.wait(timeout=cli_case.PATIENCE), 0)
        self.assertTrue((self.folder / "fifo").is_fifo())

    def test_devices(self):
        self.write("in", cli_case.SAMPLES["text"])
        self.fails(FAILED, "is not a regular file", "/dev/null")
        self.assertEqual(self.lmz("-d", stdin=self.lmz("-c", "/dev/null")), b"")
        self.lmz("in", "-o", "/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_socket_as_output(self):
        self.write("in", b"text")
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(os.path.relpath(self.folder / "socket"))
            self.fails(FAILED, "socket: cannot be opened", "in", "-o", "socket")

    def test_files_that_do_not_say_their_size(self):
        if not os.path.exists("/proc/self/limits"):
            self.skipTest("needs /proc")
        packed = self.lmz("-c", "/proc/self/limits")
        self.assertIn(b"Max open files", self.lmz("-d", stdin=packed))

    def test_suffix(self):
        self.write("a.lmz", self.lmz(stdin=b"text"))
        self.write("b", self.read("a.lmz"))
        (self.folder / "sub").mkdir()
        self.write("sub/.lmz", self.read("a.lmz"))
        self.fails(FAILED, "a.lmz: already ends in .lmz", "a.lmz")
        self.fails(FAILED, "b: does not end in .lmz", "-d", "b")
        self.fails(FAILED, "sub/.lmz: does not end in .lmz", "-d", "sub/.lmz")
        self.lmz("-f", "a.lmz")
        self.assertEqual(self.lmz("-dc", "a.lmz.lmz"), self.read("a.lmz"))
        self.lmz("-d", "b", "-o", "out")
        self.assertEqual(self.read("out"), b"text")


class Refusals(cli_case.CliCase):
    def test_missing_file(self):
        self.fails(FAILED, "gone: cannot be opened: No such file", "gone")
        self.fails(FAILED, ": cannot be opened", "")
        self.fails(FAILED, "no/out: cannot be created: No such", "-o", "no/out", stdin=b"x")

    def test_output_that_cannot_be_is_refused_before_any_work(self):
        # None of them would ever end if the input were read first.
        endless = os.path.realpath("/dev/zero")
        self.write("file", b"")
        for name, words in [("n" * 256, "File name too long"), ("d/" * 3000 + "n", "too long"),
                            ("file/out", "Not a directory"),
                            ("no/out", "No such file or directory"), ("", "the name is empty")]:
            with self.subTest(name[:20]):
                self.assertRegex(self.run_lmz(endless, "-o", name).stderr.decode(),
                                 r"\Almz: .*" + words + r"\n\Z")
        self.assertEqual(self.names(), ["file"])

    def test_name_too_long_for_the_suffix(self):
        name = "n" * 252  # .lmz makes it 256
        self.write(name, b"text")
        self.fails(FAILED, ".lmz: cannot be created: File name too long", name)
        self.fails(FAILED, ".lmz: cannot be created: File name too long", "-f", "--rm", name)
        self.lmz("-S", ".x", name)
        self.assertEqual(self.names(), [name, name + ".x"])
        self.write("d.lmz", self.lmz(stdin=b"text"))
        (self.folder / "d").symlink_to("d")
        self.fails(FAILED, "d: already exists", "-d", "d.lmz")
        self.lmz("-df", "d.lmz")
        self.assertEqual(self.read("d"), b"text")

    def test_full_device(self):
        self.write("in", cli_case.SAMPLES["text"])
        self.lmz("in")
        words = "No space left on device"
        self.fails(FAILED, "/dev/full: writing failed: " + words, "in", "-o", "/dev/full")
        with open("/dev/full", "wb") as full:
            for arguments in [["-c", "in"], ["-dc", "in.lmz"], ["-l", "in.lmz"],
                              ["-l", "--json", "in.lmz"], ["--help"], ["--version"]]:
                self.fails(FAILED, "(stdout): writing failed: " + words, *arguments, stdout=full)

    @unittest.skipUnless(os.geteuid() == 0, "the root variant; the other test covers the rest")
    def test_folder_without_write_permission_as_root(self):
        self.program = copy_of(self, self.program)
        self.check_read_only_folder(user=NOBODY, group=NOBODY, extra_groups=[])

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere; the other test covers this")
    def test_folder_without_write_permission(self):
        self.check_read_only_folder()

    def check_read_only_folder(self, **options):
        (self.folder / "sub").mkdir()
        self.write("sub/in", b"text").chmod(0o444)
        self.write("secret", b"text").chmod(0o000)
        (self.folder / "sub").chmod(0o555)
        self.fails(FAILED, "sub/in.lmz: cannot be created: Permission denied", "sub/in", **options)
        self.fails(FAILED, "secret: cannot be opened: Permission denied", "secret", **options)
        self.assertEqual(os.listdir(self.folder / "sub"), ["in"])
        self.assertNotEqual(self.lmz("-c", "sub/in", **options), b"")
        (self.folder / "sub").chmod(0o755)

    def shell(self, script):
        """Exit code, standard output and standard error of a script, in which $0 is lmz."""
        result = subprocess.run(["sh", "-c", script, self.program], cwd=self.folder, check=False,
                                capture_output=True, timeout=cli_case.PATIENCE)
        return result.returncode, result.stdout, result.stderr.decode()

    def test_closed_standard_descriptors(self):
        data = cli_case.SAMPLES["small text"]
        self.write("in", data)
        packed = self.lmz(stdin=data)
        self.write("packed", packed)
        output = "lmz: standard output is closed; redirect it, or name an output with -o\n"
        for arguments in ["-0c in", "-dc packed", "-d < packed", "-l packed", "--help",
                          "--version", "--list-models"]:
            with self.subTest(arguments):
                self.assertEqual(self.shell(f'"$0" {arguments} >&-'), (FAILED, b"", output))
        message = "lmz: (stdin): standard input is closed; redirect it, or name a file\n"
        self.assertEqual(self.shell('"$0" -0 <&-'), (FAILED, b"", message))
        self.assertEqual(self.names(), ["in", "packed"])
        # What is not used may be closed, and no file takes its place.
        for closed in ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"]:
            with self.subTest(closed):
                self.assertEqual(self.shell(f'"$0" -0fv in {closed}')[:2], (0, b""))
                self.assertEqual((self.read("in"), self.read("in.lmz")), (data, packed))
                self.assertEqual(self.shell(f'"$0" -dfo back packed {closed}')[:2], (0, b""))
                self.assertEqual((self.read("back"), self.read("packed")), (data, packed))

    def test_a_folder_as_standard_input(self):
        for options in ["", "-t", "-d", "-l"]:
            code, output, message = self.shell(f'"$0" {options} < . | cat')
            self.assertEqual((code, output), (0, b""))  # of cat
            self.assertEqual(message, "lmz: (stdin): is a directory; pack it with "
                                      "tar -I lmz -cf DIR.tar.lmz DIR\n")


if __name__ == "__main__":
    unittest.main()
