"""Stand-ins for packages that are not here: whatever is asked of one is done silently, and nothing comes of it.

A plot, a progress bar or a decorator in a function is no part of its answer, and must not cost it. A stand-in is no
number: whatever is computed from one raises, or is a stand-in.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

_UNPACK = dis.opmap["UNPACK_SEQUENCE"]


class Base:
    """The base of a class whose own base is not here: its constructor takes anything."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass


class StandIn:
    """Anything of a package that is not here: it can be called, looked into, entered, unpacked, and inherited from."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function or class that it decorates, or a stand-in."""
        is_decorator = len(args) == 1 and not kwargs and isinstance(args[0], (FunctionType, type))
        return args[0] if is_decorator else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # numpy and pickle ask for these, and must hear that they are not there
            raise AttributeError(name)
        return _SPECIAL.get(name, self)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_package":
            super().__setattr__(name, value)

    def __getitem__(self, index: Any) -> StandIn:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        return

    def __iter__(self) -> Iterator[Any]:
        """As many as are unpacked here (`fig, ax = plt.subplots()`), else none."""
        frame = sys._getframe(1)
        code, at = frame.f_code.co_code, frame.f_lasti
        return iter([self] * code[at + 1] if code[at] == _UNPACK else [])

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *error: object) -> None:
        return

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        first = next(base for base in bases if isinstance(base, StandIn))
        return (Base,) if first is self else ()

    def __instancecheck__(self, instance: object) -> bool:
        return False


class Loop(StandIn):
    """A loop behind a progress bar, as tqdm has it; `with tqdm(total=5) as bar` has no loop."""

    def __init__(self, items: Any = (), *args: Any, **kwargs: Any) -> None:
        super().__init__("tqdm")
        self.__dict__["_items"] = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


_SPECIAL: dict[str, Any] = {"tqdm": Loop, "tqdm_notebook": Loop, "trange": lambda *args, **kwargs: Loop(range(*args))}


class StandInModule(ModuleType):
    """A module of a package that is not here."""

    def __getattr__(self, name: str) -> Any:
        return getattr(StandIn(self.__name__.partition(".")[0]), name)
