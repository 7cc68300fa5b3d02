"""Functions that are right but in one kind of case: what an exam without that case would let through.

takes: a graded function's calls, and the public inputs.
gives: `BlindSpot` values: Python to run behind the reference.
must not know: any assignment; these are the ways in which any function of arrays can be narrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.assignment.errors_due import OF_NUMPY
from grader.plan import CallPlan, Purpose
from grader.selftest.spoiling import WRAP, spoiled, wrapped
from grader.wire import Built, Step

CONDITIONS = {
    "one dimension": "f.ndim == 1",
    "two dimensions": "f.ndim == 2",
    "three dimensions": "any(x.ndim == 3 for x in a)",
    "four dimensions": "any(x.ndim == 4 for x in a)",
    "a batch of one": "f.ndim > 1 and f.shape[0] == 1",
    "a batch of one and more than two dimensions": "any(x.ndim > 2 and x.shape[0] == 1 for x in a)",
    "a last axis of one": "f.ndim > 1 and f.shape[-1] == 1",
    "a second array with a first axis of one": "len(a) > 1 and any(x.ndim == 2 and x.shape[0] == 1 for x in a[1:])",
    "a second array with a last axis of one": "len(a) > 1 and any(x.ndim == 2 and x.shape[1] == 1 for x in a[1:])",
    "a square": "f.ndim == 2 and f.shape[0] == f.shape[1]",
    "arrays of one square shape": "sum(x.ndim == 2 and x.shape[0] == x.shape[1] for x in a) > 1",
    "square images": "any(x.ndim == 3 and len(set(x.shape)) == 1 for x in a)",
    "more columns than rows": "f.ndim == 2 and f.shape[0] < f.shape[1]",
    "more rows than columns": "f.ndim == 2 and f.shape[0] > f.shape[1] > 1",
    "more than four rows": "f.shape[:1] > (4,)",
    "float32": "any(x.dtype == _n.float32 for x in a)",
    "integers": "any(x.dtype.kind == 'i' for x in a)",
    "column order": "any(x.ndim > 1 and x.flags.f_contiguous and not x.flags.c_contiguous for x in a)",
    "gaps in memory": "any(not x.flags.f_contiguous and not x.flags.c_contiguous for x in a)",
    "an exact zero": "any((x == 0).any() for x in a if x.dtype.kind == 'f')",
    "no positive entry": "any(x.size > 1 and (x < 0).all() for x in a)",
    "only tiny values": "any(x.size > 1 and 0 < abs(x).max() < 1e-2 for x in a)",
    "a value from 5 to 50": "any(((abs(x) > 5) & (abs(x) < 50)).any() for x in a if x.dtype.kind == 'f')",
    "a value from 50 to 600": "any(((abs(x) > 50) & (abs(x) < 600)).any() for x in a)",
    "a value above 600": "any((abs(x) > 600).any() for x in a)",
    "only large negatives": "any(x.size > 1 and (x < -50).all() for x in a)",
    "images in column order": "any(x.ndim > 2 and x.flags.f_contiguous and not x.flags.c_contiguous for x in a)",
    "a negative first entry": "f.size > 0 and f.flat[0] < 0",
    "a positive first entry": "f.size > 0 and f.flat[0] > 0",
    "a first array above 60": "f.size > 1 and abs(f).max() > 60",
    "a first array of tiny values": "f.size > 1 and 0 < abs(f).max() < 1e-2",
    "two equal arrays": "any(x is not y and x.size > 1 and _n.array_equal(x, y) for x in a for y in a)",
    "a second call of one object": "calls > 1",
}


OF_TWO = ("a second array", "arrays of one", "two equal")  # conditions that a function of one array cannot meet
OF_CALLS = "a second call of one object"  # one that a function without any array can


@dataclass(frozen=True)
class BlindSpot:
    """One narrow function: `source` is run behind the reference's."""

    function: str
    name: str
    source: str


def blind_spots(plan: CallPlan) -> list[BlindSpot]:
    """All narrow forms of every graded function of a plan."""
    spots = (
        spot
        for function in plan.functions
        for spot in (
            *_narrow(function, plan),
            *_hard_coded(function, plan),
            *_leaky(function, plan),
            *_raising(function, plan),
        )
    )
    return list(spots)


def _steps(function: str, plan: CallPlan) -> list[tuple[Step, tuple[Step, ...]]]:
    """Every step that calls a function in a case, with the steps before it."""
    return [
        (step, e.question.steps[:n])
        for e in plan.entries
        if e.purpose is Purpose.CASE
        for n, step in enumerate(e.question.steps)
        if step.function == function
    ]


def _narrow(function: str, plan: CallPlan) -> Iterator[BlindSpot]:
    steps = [step for step, _ in _steps(function, plan)]
    ways, sees = spoiled(steps), max(map(_arrays_taken, steps)) if _has_arrays(function, plan) else 0
    for name, condition in CONDITIONS.items():
        if not sees and name != OF_CALLS:
            continue
        if (sees == 1 and name.startswith(OF_TWO)) or ("." not in function and name.endswith("object")):
            continue
        for result, how in ways.items():
            shown = f"{function}: wrong for {name}" + (f", {result}" if len(ways) > 1 else "")
            yield BlindSpot(function, shown, wrapped(function, condition, how))


def _hard_coded(function: str, plan: CallPlan) -> Iterator[BlindSpot]:
    """Right for the public cases only, known by the shapes or by the values of all their inputs."""
    public = [
        e.question.inputs.values()
        for e in plan.entries
        if e.visibility == "public" and e.purpose is Purpose.CASE and e.question.steps[-1].function == function
    ]
    steps = [step for step, _ in _steps(function, plan)]
    if not any(map(_arrays_taken, steps)) or not _has_arrays(function, plan):
        return
    shapes = sorted({array.shape for arrays in public for array in arrays}, key=repr)
    how = next(iter(spoiled(steps).values()), 0)
    sums = sorted({round(float(array.sum()), 4) for arrays in public for array in arrays})
    yield BlindSpot(
        function,
        f"{function}: wrong for shapes that the public cases do not have",
        wrapped(function, f"any(x.shape not in {shapes!r} for x in a)", how),
    )
    yield BlindSpot(
        function,
        f"{function}: wrong for values that the public cases do not have",
        wrapped(function, f"round(float(f.sum()), 4) not in {sums!r}", how),
    )


_REMEMBER = """
def _remember(function, seen):
    def wrapped(*given, **named):
        a = _arrays((*given, *named.values()))
        key = (KEY, a[0].shape) if a else None
        if key not in seen:
            seen[key] = (given, function(*given, **named))
        return seen[key][1]
    return wrapped
NAME = _remember(NAME, {})
"""
_LAST = """
_last = []
def _keep(function):
    def wrapped(*given, **named):
        results = function(*given, **named)
        _last[:] = [results[-1]]
        return results
    return wrapped
def _use(function):
    def wrapped(*given, **named):
        return function(*given[:-1], _last[0] if _last else given[-1], **named)
    return wrapped
FORWARD = _keep(FORWARD)
NAME = _use(NAME)
"""


def _leaky(function: str, plan: CallPlan) -> Iterator[BlindSpot]:
    """State that outlives a call: an answer remembered by shape, a cache that the last forward wrote over."""
    # Each object remembers for itself; objects are kept alive, so that no new one gets an old one's id.
    memory = _REMEMBER.replace("KEY", "id(given[0])" if "." in function else "None").replace("NAME", function)
    yield BlindSpot(function, f"{function}: remembers answers by shape", WRAP + memory)
    forward = next(
        (step.function for last, before in _steps(function, plan) if _takes_own(last) for step in before), ""
    )
    if forward:
        source = _LAST.replace("FORWARD", forward).replace("NAME", function)
        yield BlindSpot(function, f"{function}: takes the cache of whichever forward was last", source)


_RAISING = """
def _otherwise(function):
    def wrapped(*given, **named):
        BODY
    return wrapped
NAME = _otherwise(NAME)
"""
_OTHERWISE = {
    "raises nothing": "try: return function(*given, **named)\n        except Exception: return 0.0",
    "raises another error": "try: return function(*given, **named)\n        except Exception: raise SystemError",
    "raises always": "raise DUE",
}


def _raising(function: str, plan: CallPlan) -> Iterator[BlindSpot]:
    """Where an error is due: none, another one, or that and nothing else."""
    due = next((entry.raises for entry in plan.entries if entry.criterion == function and entry.raises), "")
    due = f"__import__('numpy').linalg.{due}" if due == OF_NUMPY else due
    for name, body in _OTHERWISE.items() if due else ():
        source = _RAISING.replace("BODY", body).replace("NAME", function).replace("DUE", due)
        yield BlindSpot(function, f"{function}: {name}", source)


def _has_arrays(function: str, plan: CallPlan) -> bool:
    """Whether arrays are drawn where it is called: else what it takes of the hand-in's own is an object of numbers."""
    called = (e.question for e in plan.entries if any(step.function == function for step in e.question.steps))
    return any(question.inputs for question in called)


def _arrays_taken(step: Step) -> int:
    """How many things that a call takes may be an array, or hold some where the wrapper looks: not in an object."""
    return sum(not isinstance(taken, Built) or bool(taken.arrays) for taken in step.takes)


def _takes_own(step: Step) -> bool:
    return any(isinstance(name, str) and name.startswith("=") for name in step.takes)
