"""Grade student notebooks of numpy courses: safely, fairly, and with the reason why.

A notebook asks for `%load_ext grader`, then `%check`; or for `grader.check()`. Nothing is imported before that.
"""

from __future__ import annotations

from typing import Any


def load_ipython_extension(ipython: Any) -> None:
    """Add `%check` to a notebook; called by `%load_ext grader`."""
    from grader.magics.kernel import add_magic

    add_magic(ipython)


def check(*names: object, key: str = "") -> None:
    """Check this notebook's functions, as `%check` does: `grader.check()`, `grader.check("Sigmoid.backward")`.

    `names` are functions or classes, by name or themselves; `key` is the public key's file if it is not beside the
    notebook. Shows a card and returns nothing.
    """
    from grader.magics.kernel import check_kernel

    check_kernel([str(getattr(name, "__qualname__", name)) for name in names], key)
