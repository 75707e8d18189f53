"""Stand-in for triton, a gigabyte that the engine imports on every device and never runs on CPU.

Any submodule and any name imports, as a class that serves as base class, annotation, constant, and decorator with
or without arguments. Kernels can be defined; launching one raises.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, Self

__version__ = "3.0.0"


class _Names(type):
    """Makes `triton.language.dtype` work where nobody imported `triton.language` as a module."""

    def __getattr__(cls, name: str) -> type:
        return _name(name)


class _Name(metaclass=_Names):
    """One imported name."""

    def __init__(self, *args: object, **_kwargs: object) -> None:
        self.kernel = next((arg for arg in args if callable(arg)), None)

    def __call__(
        self, fn: Callable[..., Any] | None = None, *_args: object, **_kwargs: object
    ) -> Callable[..., Any]:
        if self.kernel is None and callable(fn):
            return fn
        raise NotImplementedError("triton kernels need a GPU")

    def __getitem__(self, _grid: object) -> Self:
        return self

    def __class_getitem__(cls, _item: object) -> type:
        return cls


def _name(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    return _Names(name, (_Name,), {})


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> type:
        value = _name(name)
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: types.ModuleType | None = None, /
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.startswith("triton."):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run: names are made when they are asked for."""


sys.meta_path.insert(0, _Finder())
sys.modules[__name__].__class__ = _Module
