"""Arguments that are handed over by name, also to a function that has another name for them.

takes: a function of a hand-in, what it is called with, and by which names.
gives: the same by place and by name, as the function takes it.
must not know: what the function is for, what is asked.

What a parameter is called is the student's own: by place nobody sees it. So what is handed over by a name that the
function has not goes to the parameter that stands in its place, or else to the next one that the hand-out has not.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def call(function: Any, given: Sequence[Any], names: Sequence[str], head: Sequence[str]) -> Any:
    """Call a function, the last of what it is given by these names; `head` is all that the hand-out has there."""
    if not names:  # as nearly all are called
        return function(*given)
    places, named = as_taken(function, given, names, head)
    return function(*places, **named)


def as_taken(
    function: Any, given: Sequence[Any], names: Sequence[str], head: Sequence[str]
) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """What is handed over by place, and what by name; by the names that there are, where nobody can tell others."""
    if not names:
        return given, {}
    places = len(given) - len(names)
    named = dict(zip(names, given[places:], strict=True))
    try:
        taken = list(inspect.signature(function).parameters.values())
    except Exception:  # what a hand-in has made of it may raise anything
        return given[:places], named
    other = others_for(taken, places, names, head)
    by_place = [named.pop(name) for name, one in other.items() if one.kind not in _BY_NAME]
    return [*given[:places], *by_place], {other[n].name if n in other else n: value for n, value in named.items()}


def others_for(
    taken: Sequence[inspect.Parameter], places: int, names: Sequence[str], head: Sequence[str]
) -> dict[str, inspect.Parameter]:
    """Names that none of these parameters has, each with the one that gets it; none where one gets nothing.

    `places` are the first of them, which are given by place. Who takes any names takes these.
    """
    if any(one.kind is one.VAR_KEYWORD for one in taken):
        return {}
    known = {one.name for one in taken if one.kind in _BY_NAME}
    all_of = [one for one in taken if one.kind is not one.VAR_POSITIONAL]
    filled = [one for one in all_of if one.kind in _BY_PLACE][:places]
    free = [one for one in all_of if one not in filled and (one.name not in head or one.kind not in _BY_NAME)]
    found: dict[str, inspect.Parameter] = {}
    for name in names:
        if name not in known:
            at = head.index(name) if name in head else len(all_of)
            fitting = [one for one in (*all_of[at : at + 1], *free) if one in free and one not in found.values()]
            if not fitting:
                return {}
            found[name] = fitting[0]
    return found
