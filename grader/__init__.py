"""What a notebook can ask of this package: `%load_ext grader`, then `%check`; or `grader.check()`.

takes: the names of functions to be checked; none: all of them.
gives: a card in the cell.
must not know: how anything is checked. Nothing is imported until it is asked for: `import grader` costs nothing, and
behind the wall there stands an empty file in this one's place.
"""

from __future__ import annotations

from typing import Any


def load_ipython_extension(ipython: Any) -> None:
    """Add `%check` to a notebook; called by `%load_ext grader`."""
    from grader.magics.kernel import add_magic

    add_magic(ipython)


def check(*names: object, key: str = "") -> None:
    """Check this notebook's functions, as `%check` does: `grader.check()`, `grader.check("Sigmoid.backward")`.

    `names` are functions or classes, by name or themselves; `key` is the public key's file if it does not lie beside
    the notebook. Shows a card and returns nothing.
    """
    from grader.magics.kernel import check_kernel

    check_kernel([str(getattr(name, "__qualname__", name)) for name in names], key)
