"""Models and where they are found."""

from __future__ import annotations

import ctypes
import os
import pathlib
import pickle

from ._library import LIB, MODEL_MISSING, Handle, LmzError, address_of, call, view_of


class Model:
    """A loaded model, which any number of objects and threads may share.

    `source` is the name of a built-in model, the path of a model file, or the bytes of one.
    Pickled, a built-in model is its name, one of ModelLibrary.model_of_level is its level and the
    folders, and any other is the whole file.
    """

    def __init__(self, source: str | os.PathLike[str] | bytes) -> None:
        if isinstance(source, (bytes, bytearray, memoryview)):
            source = bytes(source)
            keep, address = address_of(view_of(source))
            self._handle = Handle("model_load", "model_free", address, len(source))
            del keep
        elif isinstance(source, str) and source in built_in_models():
            self._handle = Handle("model_built_in", "model_free", source.encode())
        else:
            source = pathlib.Path(os.path.abspath(source))
            self._handle = Handle("model_load_file", "model_free", os.fsencode(source))
        self._source = source

    def __reduce__(self) -> tuple:
        source = self._source
        if isinstance(source, tuple):
            return _model_of_level, (*source, self.id)
        if isinstance(source, pathlib.Path):
            source = source.read_bytes()
            if source[-len(self.id):] != self.id:  # where a file has it
                raise pickle.PicklingError(f"{self._source} is not the model any more")
        return Model, (source,)

    @property
    def pointer(self) -> ctypes.c_void_p:
        """The handle, for other objects of this package."""
        return self._handle.pointer

    @property
    def name(self) -> str:
        """The name in the model's file."""
        return LIB.lmz_model_name(self.pointer).decode()

    @property
    def id(self) -> bytes:  # noqa: A003: the library's name for it
        """The 16 bytes by which compressed data names the model, unless it is built in."""
        room = ctypes.create_string_buffer(16)
        LIB.lmz_model_id(self.pointer, room)
        return room.raw

    @property
    def parameters(self) -> int:
        """The number of weights in its matrices."""
        return LIB.lmz_model_parameters(self.pointer)


class ModelLibrary:
    """Where models are found: the built-in ones and the files NAME.lmm in `folders`.

    With `installed` the folder of installed models comes last. Folders need not exist.
    """

    def __init__(self, *folders: str | os.PathLike[str], installed: bool = True) -> None:
        self._handle = Handle("model_library_create", "model_library_free")
        self._folders = tuple(os.path.abspath(folder) for folder in folders)
        self._installed = installed
        for folder in self._folders:
            call("model_library_add_folder", self.pointer, os.fsencode(folder))
        if installed:
            call("model_library_add_folder", self.pointer, None)

    def __reduce__(self) -> tuple:
        return _library_of, (self._folders, self._installed)

    @property
    def pointer(self) -> ctypes.c_void_p:
        """The handle, for other objects of this package."""
        return self._handle.pointer

    def model_of_level(self, level: int) -> Model:
        """The model that stands for `level`, 1 to 5."""
        model = Model.__new__(Model)
        model._handle = Handle("model_from_library", "model_free", self.pointer, level)
        model._source = (self._folders, self._installed, level)
        return model


def _library_of(folders: tuple, installed: bool) -> ModelLibrary:
    return ModelLibrary(*folders, installed=installed)


def _model_of_level(folders: tuple, installed: bool, level: int, wanted_id: bytes) -> Model:
    model = _library_of(folders, installed).model_of_level(level)
    if model.id != wanted_id:
        raise LmzError(MODEL_MISSING, f"the model of level {level} is another one here")
    return model


def built_in_models() -> list[str]:
    """The names of the models that are part of the library."""
    names: list[str] = []
    while (name := LIB.lmz_built_in_name(len(names))) is not None:
        names.append(name.decode())
    return names
