"""What is graded again of a class: the students and the functions that were named, as sheets name them.

takes: names from the command line, and those that there are.
gives: the names meant; `SelectionError` where one is nobody's, with who may be meant.
must not know: hand-ins, keys.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from grader.errors import SelectionError


def with_methods(named: Sequence[str], there: Iterable[str]) -> tuple[str, ...]:
    """The same, with the methods of each class that was named in its place."""
    found: list[str] = []
    for name in named:
        found += [one for one in there if one.lower().startswith(f"{name.lower()}.")] or [name]
    return tuple(found)


def known(what: str, named: Sequence[str], there: Sequence[str]) -> frozenset[str]:
    """The names that were asked for, all of which must be there; they are found as in sheets, in any case."""
    from grader.intake.calling import Called

    called = Called((name, name) for name in there)
    found = {name: called.find(name) for name in named}
    for name in (name for name, one in found.items() if one is None):
        raise SelectionError(f"there is no {what} '{name}' here", _near(what, name, there))
    return frozenset(one for one in found.values() if one is not None)


def _near(what: str, name: str, there: Sequence[str]) -> str:
    """Who may be meant: accents and case left aside, the nearest first."""
    from grader.intake.calling import bare

    by_call: dict[str, list[str]] = {}
    for one in sorted(there):
        by_call.setdefault(bare(one), []).append(one)
    near = [one for call in difflib.get_close_matches(bare(name), by_call, cutoff=0.5) for one in by_call[call]]
    return f"is it --{what} '{near[0]}'?" if near else f"there is, for instance: {', '.join(sorted(there)[:5])}"
