"""What the reference gives when it is called here, in our own process, and what of that is handed to its backward.

takes: an assignment, calls of its reference, what a case draws.
gives: results and attributes by name, and what stands for them in a question; `AuthorError` where there is none.
must not know: which question is asked, what is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np

from grader.assignment import Assignment, Call, Own
from grader.errors import AuthorError
from grader.plan.deadline import deadline
from grader.plan.drawn import Arrays, Drawn, itself
from grader.plan.raised_at import told
from grader.wire import Built, build, follow, parted, put

_DEEPEST = 4  # objects within objects: a stack of blocks of layers
_MOST_LEFT = 128  # things on all of them
PATIENCE = 10.0  # seconds on top of those of a call: on a busy machine a call waits, here as in a sandbox

Handed = str | tuple[str, ...] | Built
"""What a call takes of what the reference kept: an array, a tuple of arrays, or what stands for anything else."""


def handed_to(back: Call, given: Mapping[str | Own, object], label: str) -> tuple[dict[str, Handed], Arrays]:
    """What stands for each own value that backward takes, from what a forward of the reference gave; and the arrays.

    Each is found by its name, among forward's results and what it keeps. If backward takes just one, it may be called
    otherwise: then it is the first that forward keeps.
    """
    by_name = {name.name if isinstance(name, Own) else name: value for name, value in given.items()}
    kept = [value for name, value in given.items() if isinstance(name, Own)]
    wanted = [name.name for name in back.takes if isinstance(name, Own)]
    handed: dict[str, Handed] = {}
    arrays: Arrays = {}
    for number, name in enumerate(wanted):
        value = by_name.get(name, kept[0] if kept and len(wanted) == 1 else None)
        if value is None:
            raise AuthorError(
                f"{label}: forward gives no own value '{name}' to hand to {back.function}",
                f"it gives {', '.join(by_name)}",
            )
        handed[name], more = _handed("cache" if not number else f"right {name}", value, label)
        arrays.update(more)
    return handed, arrays


def _handed(place: str, value: object, label: str) -> tuple[Handed, Arrays]:
    """One such value: one array, a tuple of arrays, or a tuple, list or dict of arrays, settings and more of them."""
    parts = value if isinstance(value, tuple) else (value,)
    inputs = {f"{place} {n}": part for n, part in enumerate(parts) if isinstance(part, np.ndarray)}
    if len(inputs) == len(parts):
        return (tuple(inputs) if isinstance(value, tuple) else f"{place} 0"), inputs
    try:
        return build(place, value)
    except (TypeError, ValueError) as error:
        raise AuthorError(
            f"{label}: {error}: the reference's cache must be an array, or a tuple, list or dict of arrays",
            "numbers, words, and further tuples, lists and dicts may stand in it too",
        ) from error


def handed_state(left: Mapping[str, object], label: str) -> tuple[dict[str, str | Built], Arrays]:
    """What stands for each attribute that a forward of the reference left, and the arrays; not for other objects."""
    state: dict[str, str | Built] = {}
    arrays: Arrays = {}
    for name, value in left.items():
        with suppress(AuthorError):
            found, more = _handed(f"right {name}", value, label)
            if isinstance(found, tuple):  # as a call takes it; on an object it stands whole
                found, more = build(f"right {name}", value)
            state[name] = found
            arrays.update(more)
    return state, arrays


def reference_results(
    assignment: Assignment, calls: Sequence[Call], drawn: Drawn, label: str
) -> dict[str | Own, object]:
    """What the last of these calls of the reference gives, by name; those before it prepare its object."""
    return _run(assignment, calls, drawn, label)[0]


def reference_state(assignment: Assignment, calls: Sequence[Call], drawn: Drawn, label: str) -> dict[str, object]:
    """What these calls leave on the reference's object, by attribute, and on objects that it holds, by the way there:
    `fc.x`, `layers[0].x`.
    """
    asked = _run(assignment, calls, drawn, label)[1]
    package = getattr(assignment.solution, "__name__", "").partition(".")[0]
    return dict(islice(_left_on(asked, package, (asked,)), _MOST_LEFT))


def _left_on(thing: object, package: str, within: tuple[object, ...], way: str = "") -> Iterator[tuple[str, object]]:
    """What stands on an object, and behind that on those of the author's classes that it holds."""
    there = {f"{way}{name}": value for name, value in vars(thing).items()}
    yield from there.items()
    held = [(f"{name}{place}.", part) for name, value in there.items() for place, part in _parts(value)]
    for place, part in held if len(within) <= _DEEPEST else ():
        is_own = type(part).__module__.partition(".")[0] == package and hasattr(part, "__dict__")
        if is_own and not any(part is one for one in within):
            yield from _left_on(part, package, (*within, part), place)


def _parts(value: object) -> Iterator[tuple[str, object]]:
    """It itself, or what is in a list, a tuple or a dict, each with its place."""
    if isinstance(value, list | tuple):
        yield from ((f"[{n}]", part) for n, part in enumerate(value))
    elif isinstance(value, dict):
        yield from ((f"['{key}']", part) for key, part in value.items() if isinstance(key, str))
    else:
        yield "", value


def _run(
    assignment: Assignment, calls: Sequence[Call], drawn: Drawn, label: str
) -> tuple[dict[str | Own, object], object]:
    """What the last of some calls of the reference gives, and leaves in that or on its object; and that object."""
    objects: dict[str, object] = {}
    kept: dict[str, object] = {}
    made_with: dict[str, object] = {}
    results: dict[str | Own, object] = {}
    for call in calls:
        never = f"{label}: the reference's {call.function} has not returned"
        try:
            with deadline(assignment.limits.call_seconds + PATIENCE, never, "look for a loop without end in it"):
                returned = _called(assignment.solution, call, drawn, objects, kept, made_with)
        except AuthorError:
            raise
        except Exception as error:
            raise AuthorError(
                f"{label}: the reference's {call.function} gives no cache: {told(error, None)}",
                "look at what the case draws, and at the line that raises in the reference",
            ) from error
        asked = objects[call.function.rpartition(".")[0]]
        given: dict[str | Own, object] = dict(zip(call.gives, _results_in(returned, call, label), strict=True))
        there = {"self": asked} | {name.name: value for name, value in given.items() if isinstance(name, Own)}
        results = {name: follow(there[root], way) for name, (root, way) in call.places.items() if root in there}
        results |= given
        kept.update({name.name: value for name, value in results.items() if isinstance(name, Own)})
    return results, objects[calls[-1].function.rpartition(".")[0]]


def _called(
    solution: object, call: Call, drawn: Drawn, objects: dict[str, object], kept: Mapping[str, object],
    made_with: dict[str, object],
) -> Any:  # fmt: skip
    """Call the reference, on the object that an earlier call has prepared, if any has."""
    owner, _, method = call.function.rpartition(".")
    given, behind = _given_to(call.takes, drawn, kept), _given_to(call.then, drawn, kept)
    if owner not in objects:
        made_with.update({name: itself(drawn.values[name]) for name in call.new})
        new, new_named = _apart([made_with[name] for name in call.new], call.new_named)
        objects[owner] = getattr(solution, owner)(*new, **new_named) if owner else solution
    for place, name in call.sets.items():
        root, way = parted(place)
        put((made_with | given).get(root, objects[owner]), way, itself(drawn.values[name]))
    by_place, named = _apart(list(given.values()), call.named)
    found = getattr(objects[owner], method)(*by_place, **named)
    return found(*behind.values()) if call.then else found


def _apart(given: list[object], named: Sequence[str]) -> tuple[list[object], dict[str, object]]:
    """What is handed over by place, and what by name."""
    places = len(given) - len(named)
    return given[:places], dict(zip(named, given[places:], strict=True))


def _given_to(takes: Sequence[str | Own], drawn: Drawn, kept: Mapping[str, object]) -> dict[str, object]:
    """What a call takes, by name: what is drawn, and what an earlier call has kept."""
    given: dict[str, object] = {}
    for name in takes:
        if isinstance(name, str):
            given[name] = itself(drawn.values[name])
        elif name.name in kept:
            given[name.name] = kept[name.name]
    return given


def _results_in(returned: Any, call: Call, label: str) -> Sequence[object]:
    """Take apart what a call returned as `a, b = f(x)` does."""
    due = len(call.gives)
    if due == 1:
        return (returned,)
    if isinstance(returned, (tuple, list)) and len(returned) == due:
        return returned
    several = isinstance(returned, (tuple, list))
    what = f"{len(returned)} results" if several else f"one result, of type {type(returned).__name__}"
    raise AuthorError(
        f"{label}: the reference's {call.function} returns {what}, and gives= of its call names {due}",
        "gives= names all that the function returns, in order",
    )
