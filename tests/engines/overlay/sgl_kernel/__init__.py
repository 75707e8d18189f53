"""Stand-in for sgl_kernel, of which no CPU build is published: every name imports, and raises when it is called.

It must not register `torch.ops.sgl_kernel.convert_weight_packed`: the engine takes its plain torch paths because
that operator is absent.
"""

from collections.abc import Callable
from typing import NoReturn

__version__ = "0"


def __getattr__(name: str) -> Callable[..., NoReturn]:
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_args: object, **_kwargs: object) -> NoReturn:
        raise NotImplementedError(f"sgl_kernel.{name} needs the CUDA build")

    return missing
