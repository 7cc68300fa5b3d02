"""Which errors may be due in a case, and which that are raised count as one.

takes: names of classes.
gives: `AuthorError` for a name that cannot be due; whether what was raised is what is due.
must not know: cases, calls, outcomes.

A subclass is as good as the class, and what numpy raises as good as a `raise` of one's own: whoever catches the error
sees no difference. What an unfinished function raises is never due.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from grader.assignment.policies import demand

OF_NUMPY = "LinAlgError"
UNFINISHED = frozenset(
    {"NameError", "NotImplementedError", "RecursionError", "SyntaxError", "ImportError", "MemoryError"}
)
"""What a slip or a template raises; some are subclasses of what may be due."""
_ANY = frozenset({"Exception", "BaseException"})


def kinds_of(name: str) -> tuple[str, ...]:
    """A built-in class of errors and all that it is a kind of, by name; none of what is no such class."""
    found = vars(builtins).get(name)
    if not isinstance(found, type) or not issubclass(found, BaseException):
        return ()
    return tuple(one.__name__ for one in found.__mro__[:-1])


def demand_error(name: str, label: str) -> None:
    """Refuse a class that is not known, that any error is a kind of, or that an unfinished function raises."""
    kinds = ("ValueError", "Exception") if name == OF_NUMPY else kinds_of(name)
    demand(
        "Exception" in kinds and name not in _ANY and not UNFINISHED.intersection(kinds),
        f"{label}: raises='{name}' is no error that can be due",
        'name one of Python, such as "ValueError" or "KeyError", or numpy\'s "LinAlgError"; none that any slip raises, '
        "as Exception, NameError and NotImplementedError are",
    )


def is_due(due: str, kinds: Sequence[str]) -> bool:
    """Whether an error that is of these kinds is the one that is due."""
    return due in kinds and UNFINISHED.isdisjoint(kinds)
