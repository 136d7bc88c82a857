"""System calls that fail for a program, as they do on some file systems.

Without privileges: a filter of the kernel (seccomp) answers them in the process and its children.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

# Numbers by machine; None where there is no such call.
_NUMBERS = {
    "x86_64": {"fsync": 74, "rename": 82, "link": 86, "openat": 257, "linkat": 265,
               "renameat2": 316},
    "aarch64": {"fsync": 82, "linkat": 37, "openat": 56, "renameat2": 276},
}
_TMPFILE = 0x400000  # the bit that O_TMPFILE has to itself

_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_NUMBER_OFFSET, _THIRD_ARGUMENT_OFFSET = 0, 32  # in seccomp_data
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2


def _kind_of(program):
    """The class and the machine of an ELF file."""
    with open(program, "rb") as stream:
        header = stream.read(20)
    return header[4], header[18:20]


def is_possible():
    """Whether the program's calls have numbers that are known here."""
    return (platform.machine() in _NUMBERS
            and _kind_of(os.environ["LMZ"]) == _kind_of(sys.executable))


def deny(errors, tmpfile=True):
    """A function for Popen's preexec_fn: calls fail with their `errors`, O_TMPFILE if `tmpfile`."""
    numbers = _NUMBERS[platform.machine()]
    steps = [(_LOAD, 0, 0, _NUMBER_OFFSET)]
    for call, error in errors.items():
        if call in numbers:
            steps += [(_JUMP_EQUAL, 0, 1, numbers[call]), (_RETURN, 0, 0, _FAIL | error)]
    if tmpfile:
        steps += [(_JUMP_EQUAL, 0, 3, numbers["openat"]), (_LOAD, 0, 0, _THIRD_ARGUMENT_OFFSET),
                  (_JUMP_SET, 0, 1, _TMPFILE), (_RETURN, 0, 0, _FAIL | errno.EOPNOTSUPP)]
    steps.append((_RETURN, 0, 0, _ALLOW))
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    header = struct.pack("@HP", len(steps), ctypes.addressof(program))
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def install():
        assert program is not None  # lives as long as this function
        if (prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
                or prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) != 0):
            raise OSError(ctypes.get_errno(), "the kernel takes no filter")

    return install
