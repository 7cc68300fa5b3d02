"""The warnings of a program's calls, heard one call at a time.

takes: nothing.
gives: `Hearing`: what was warned of since the call began.
must not know: what was called.

Warnings are caught once for many calls, as catching costs as much as a short call does; before each call it is seen
whether the program has left that changed, and then it is set up anew.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from grader.harness.old_ways import used
from grader.harness.texts import show

_WARNINGS_CAP = 5
_LOOKED_AT = 1000
# Overflow, division by zero and invalid values are told as warnings, whatever the program set.
_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


class Hearing:
    """A context manager; within it, `begin` before each call and `messages` after it."""

    def __enter__(self) -> Hearing:
        self._numpy = np.geterr()
        self._set_up()
        return self

    def __exit__(self, *_: object) -> None:
        self._catching.__exit__(None, None, None)
        np.seterr(**self._numpy)

    def begin(self) -> None:
        """Forget what was heard; hear everything, whatever the program has set since."""
        if self._heard:
            self._heard.clear()
        used.clear()
        if np.geterr() != _ERRORS:
            np.seterr(**_ERRORS)  # type: ignore[arg-type]
        if _how() != self._how:
            self._catching.__exit__(None, None, None)
            self._set_up()

    def messages(self) -> tuple[str, ...]:
        """What was done in an old way since `begin`, and the first few warnings, each once."""
        if not self._heard and not used:
            return ()
        heard = (show(warning.message) for warning in self._heard[:_LOOKED_AT])
        return tuple(dict.fromkeys([*sorted(used), *heard]))[:_WARNINGS_CAP]

    def _set_up(self) -> None:
        self._catching = warnings.catch_warnings(record=True)
        self._heard: list[warnings.WarningMessage] = self._catching.__enter__()
        warnings.simplefilter("always")
        self._how = _how()


def _how() -> tuple[Any, ...]:
    """What decides whether and where a warning is heard: the list of filters, its first entry, and the two hooks."""
    filters = warnings.filters
    shown = getattr(warnings, "_showwarnmsg_impl", None)
    return id(filters), *map(id, filters[:1]), len(filters), id(warnings.showwarning), id(shown)
