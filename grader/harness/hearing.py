"""The warnings of a program's calls, heard one call at a time.

takes: what the program has set to be raised.
gives: `Hearing`: what was warned of since the call began; `Strictness`.
must not know: what was called.

Warnings are caught once for many calls, as catching costs as much as a short call does; before each call it is seen
whether the program has left that changed, and then it is set up anew.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.harness.surroundings.old_ways import used
from grader.harness.texts import show
from grader.wire.outcomes import MOST_WARNINGS

_LOOKED_AT = 1000
# Overflow, division by zero and invalid values are told as warnings, whatever the program set.
_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
# Which version of a library warns of these is no concern of who wants numbers that overflow to be raised.
_NEVER_RAISED = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)

Filter = tuple[Any, ...]
"""One of the warnings module's: action, message, category, module, line."""


@dataclass(frozen=True)
class Strictness:
    """What a program has set at its top level that raises: numpy's modes that do, and filters of warnings.

    Code that catches what is raised is right only where it is.
    """

    modes: Mapping[str, str] = field(default_factory=dict)
    filters: Sequence[Filter] = ()

    @staticmethod
    def found(before: Sequence[Filter]) -> Strictness:
        """What is set now, when these filters were there before the program."""
        own = [one for one in warnings.filters if all(one is not other for other in before)]
        modes = {kind: mode for kind, mode in np.geterr().items() if mode == "raise" or (mode == "call" and _is_set())}
        if not any(one[0] == "error" for one in own):
            return Strictness(modes)
        # What is not raised is heard all the same: in the order that the program gave them.
        raised = [one if one[0] == "error" else ("always", *one[1:]) for one in own]
        return Strictness(modes, [*(("always", None, kind, None, 0) for kind in _NEVER_RAISED), *raised])


class Hearing:
    """A context manager; within it, `begin` before each call, `end` right after it, and then `messages`."""

    def __init__(self, strictness: Strictness | None = None) -> None:
        self._own = list(strictness.filters) if strictness else []
        self._errors = {**_ERRORS, **(strictness.modes if strictness else {})}
        self.is_strict = bool(self._own) or self._errors != _ERRORS

    def __enter__(self) -> Hearing:
        self._numpy = np.geterr()
        self._modes: object = None
        self._set_up()
        return self

    def __exit__(self, *_: object) -> None:
        self._catching.__exit__(None, None, None)
        np.seterr(**self._numpy)

    def begin(self, strict: bool = True) -> None:
        """Forget what was heard; hear everything, whatever the program has set since.

        Not `strict`, nothing is raised, as `end` has left it.
        """
        if self._heard:
            self._heard.clear()
        used.clear()
        if not strict:
            return
        if _MODES is None or _MODES.get(_AS_NUMPY) is not self._modes:  # first, as a look at the modes takes longer
            if np.geterr() != self._errors:
                np.seterr(**self._errors)  # type: ignore[arg-type]
            self._modes = _MODES.get(_AS_NUMPY) if _MODES else None
        if not self._is_as_set():
            self._catching.__exit__(None, None, None)
            self._set_up()

    def end(self) -> None:
        """Raise nothing any more: what is done with the results is not the program's."""
        if self.is_strict:
            np.seterr(**_ERRORS)  # type: ignore[arg-type]
            if self._is_as_set():
                del warnings.filters[: len(self._own)]  # type: ignore[attr-defined]

    def messages(self) -> tuple[str, ...]:
        """What was done in an old way between `begin` and `end`, and the first few warnings, each once."""
        if not self._heard and not used:
            return ()
        heard = (show(warning.message) for warning in self._heard[:_LOOKED_AT])
        return tuple(dict.fromkeys([*sorted(used), *heard]))[:MOST_WARNINGS]

    def _set_up(self) -> None:
        self._catching = warnings.catch_warnings(record=True)
        self._heard: list[warnings.WarningMessage] = self._catching.__enter__()
        warnings.simplefilter("always")
        warnings.filters[:0] = self._own  # type: ignore[index]
        self._how = _how()

    def _is_as_set(self) -> bool:
        """Whether a warning is heard as it was to be: item by item, as this is asked before each call."""
        filters, (own, first, many, shows, shown) = warnings.filters, self._how
        is_same = filters is own and len(filters) == many and (not many or filters[0] is first)
        return is_same and warnings.showwarning is shows and getattr(warnings, "_showwarnmsg_impl", None) is shown


def _variable_of_modes() -> ContextVar[object] | None:
    """Where numpy keeps its modes in the context, another thing each time that they are set; before numpy 2 nowhere.

    It alone is looked at: what a program keeps in a context may do anything where it is compared.
    """
    before = copy_context()
    with np.errstate(divide="call"):
        return next((one for one, modes in copy_context().items() if before.get(one) is not modes), None)


_MODES = _variable_of_modes()
_AS_NUMPY = object()  # of nobody's setting


def _is_set() -> bool:
    return callable(np.geterrcall())


def _how() -> tuple[Any, ...]:
    """What decides whether and where a warning is heard: the list of filters, its first entry, and the two hooks."""
    filters = warnings.filters
    shown = getattr(warnings, "_showwarnmsg_impl", None)
    return filters, next(iter(filters), None), len(filters), warnings.showwarning, shown
