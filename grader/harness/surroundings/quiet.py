"""Packages that only show something, where they are not installed: whatever is asked of them is done silently.

takes: nothing.
gives: an importer that comes last, so that what is installed is itself; a debugger that stops nowhere.
must not know: what is shown.

A plot, a progress bar or a breakpoint that was left in a function is no part of its answer, and must not cost it.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

import numpy as np

from grader.wire.showing import SHOWING

_MEASURING = ("time", "timeit", "capture", "prun")


class Quiet:
    """Anything at all: it can be called, looked into, written to, entered and gone through, and nothing comes of it."""

    def __call__(self, *given: Any, **named: Any) -> Quiet:
        """Give the same again."""
        return self

    def __getattr__(self, name: str) -> Quiet:
        if name.startswith("__"):  # numpy and pickle ask for these, and must hear that they are not there
            raise AttributeError(name)
        return _DRAWING.get(name) or self

    def __getitem__(self, index: Any) -> Quiet:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        return

    def __iter__(self) -> Iterator[Quiet]:
        return iter(())

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *error: object) -> None:
        return


class _Shell(Quiet):
    """IPython itself, as a notebook that was exported to Python asks for it: a cell that is only measured is run."""

    def run_cell_magic(self, name: Any, line: Any, cell: Any) -> None:
        """Do what `%%time` above a cell does."""
        if name in _MEASURING:
            partial(exec, compile(cell, f"%%{name}", "exec"), vars(sys.modules["__main__"]))()


class _Several(Quiet):
    """Several of them, to be unpacked: `line, = plt.plot(x)`, `n, bins, patches = plt.hist(x)`."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __iter__(self) -> Iterator[Quiet]:
        return iter([Quiet() for _ in range(self._count)])


class _Loops(type):
    """What is asked of tqdm itself, as `tqdm.write("...")` is, is done as silently."""

    def __getattr__(cls, name: str) -> Any:
        return Quiet().__getattr__(name)


class _Loop(Quiet, metaclass=_Loops):
    """A loop behind a bar, as tqdm has it; `with tqdm(total=5) as bar` is one without."""

    def __init__(self, items: Any = (), *given: Any, **named: Any) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _count(*given: Any, **named: Any) -> _Loop:
    return _Loop(range(*given))


def _display(*given: Any, **named: Any) -> None:
    return


def _pair(nrows: Any = 1, ncols: Any = 1, *given: Any, **named: Any) -> tuple[Quiet, Any]:
    """Give a figure and its axes, as many as are asked for: `fig, (left, right) = plt.subplots(1, 2)`."""
    axes = np.empty((nrows, ncols), object)
    axes.fill(Quiet())
    return Quiet(), axes.item() if axes.size == 1 else axes.squeeze()


def _same(*given: Any) -> Any:
    """Give back what was to be shown, as `y = ic(x)` does."""
    return given[0] if len(given) == 1 else given or None


_DRAWING: dict[str, Any] = {"plot": lambda *given, **named: _Several(1), "hist": lambda *given, **named: _Several(3)}
_SPECIAL: dict[str, Any] = {
    **_DRAWING,
    "tqdm": _Loop,
    "tqdm_notebook": _Loop,
    "trange": _count,
    "tnrange": _count,
    "subplots": _pair,
    "display": _display,
    "ic": _same,
}


_MODULES = ("pyplot", "pylab")  # whose functions are special, also after `from matplotlib import pyplot`


# pylab is numpy and a plot's functions in one: what it shows is quiet, and what it computes is numpy's.
_PYLAB = (np, np.linalg, np.random, np.fft)
_PLOTS = (
    "axis", "bar", "cla", "clf", "close", "cm", "colorbar", "contour", "contourf", "draw", "errorbar", "figure", "gca",
    "gcf", "gray", "grid", "hist", "imshow", "ioff", "ion", "legend", "loglog", "pause", "plot", "savefig", "scatter",
    "semilogx", "semilogy", "show", "subplot", "subplots", "suptitle", "tight_layout", "title", "xlabel", "xlim",
    "xticks", "ylabel", "ylim", "yticks",
)  # fmt: skip


def _is_pylab(module: ModuleType) -> bool:
    return module.__name__.rpartition(".")[2] == "pylab"


def _of_numpy(name: str) -> Any:
    """What pylab has from numpy under a name; nothing where that is no name of numpy's."""
    return np if name in ("np", "numpy") else next((vars(part)[name] for part in _PYLAB if name in vars(part)), _ABSENT)


_ABSENT = Quiet()


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if _is_pylab(self) and name not in _PLOTS and (found := _of_numpy(name)) is not _ABSENT:
            return found
        if _is_pylab(self) and name == "plt":
            return import_module("matplotlib.pyplot")
        if name in _MODULES and not _is_pylab(self):
            return import_module(f"{self.__name__}.{name}")
        return _SPECIAL.get(name) or Quiet()


class QuietImporter:
    """Finds and makes such modules, and those within them."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Find it, if it is one of them."""
        return ModuleSpec(name, self, is_package=True) if name.split(".")[0] in SHOWING else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make it."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is in it but what pylab has of numpy."""
        computed = {name for part in _PYLAB for name in part.__all__ if name[0] != "_"}
        vars(module)["__all__"] = (*_PLOTS, "np", "plt", *computed) if _is_pylab(module) else ()


class _Undebugged:
    """Comes first, for pdb alone, which is here: it is itself, but stops nowhere, as nobody is there to go on."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Find it where it is, and nothing else."""
        found = PathFinder.find_spec(name, path) if name == "pdb" else None
        if found is not None and found.loader is not None:
            found.loader.exec_module = partial(_undebugged, found.loader.exec_module)  # type: ignore[method-assign]
        return found


def _undebugged(run: Callable[[ModuleType], None], pdb: ModuleType) -> None:
    run(pdb)
    vars(pdb)["set_trace"] = _display


def fall_quiet() -> None:
    """Serve them, the two names that IPython puts among the builtins, and `grader.check`, which may be left in."""
    sys.meta_path.append(QuietImporter())
    sys.meta_path.insert(0, _Undebugged())
    sys.breakpointhook = _display
    for name, value in (("display", _display), ("get_ipython", _Shell())):
        if not hasattr(builtins, name):
            setattr(builtins, name, value)
    sys.modules[__name__.partition(".")[0]].check = _display  # type: ignore[attr-defined]
