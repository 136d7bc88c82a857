"""Where models run."""

from __future__ import annotations

import ctypes

from ._library import Handle, LmzError, call


class Device:
    """A device that any number of objects and threads may share; bytes do not depend on it.

    `name` is "cpu"; "cuda", all NVIDIA GPUs; "cuda:N", one of them; or "auto", GPUs for what they
    are quicker at, where there are any. Raises LmzError (IO) for a GPU that is not there.
    """

    def __init__(self, name: str = "auto") -> None:
        self._handle = Handle("device_open", "device_free", name.encode())
        self.name = name

    def __reduce__(self) -> tuple:
        return Device, (self.name,)

    @property
    def pointer(self) -> ctypes.c_void_p:
        """The handle, for other objects of this package."""
        return self._handle.pointer

    @property
    def failure(self) -> str | None:
        """What went wrong on it, so that the CPU did some of its work; None: nothing."""
        try:
            call("device_failure", self.pointer)
        except LmzError as error:
            return str(error)
        return None
