"""What we say about one case: what happened, and the first thing wrong.

takes: a criterion's rule and a finding.
gives: one sentence.
must not know: HTML, arrays, points, other cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from grader.answer_key import CriterionRule
from grader.feedback.due_wording import say_another, say_nothing_raised
from grader.feedback.off_wording import say_index, say_off
from grader.feedback.text_wording import say_text, say_unspelt
from grader.judge import MOST_COUNTED, Finding, Flaw, Problem
from grader.wire import RAISES, TOO_LARGE, WITH_KEYS, WITHIN, Status, Trouble

Place = Callable[[int, int], str]
"""Cell and line -> "cell 7, line 3", or "line 3" in a Python file."""


# ---- one case ------------------------------------------------------------------------------------------------


def say_case(rule: CriterionRule, finding: Finding, place: Place) -> str:
    """What happened in one case; numbers and messages stand in it only where the finding still has them."""
    if finding.right:
        return "Right."
    match finding.status:
        case Status.RETURNED:
            return _returned(rule, finding, finding.problem, place) if finding.problem is not None else ""
        case Status.RAISED:
            return say_another(finding, _raised(finding, place))
        case Status.TIMED_OUT:
            return f"It did not finish: {finding.reason or 'the time limit was hit'} (case '{finding.case}')."
        case Status.KILLED:
            how = finding.reason.removeprefix("the process ended: ") or "killed"
            return f"It ended the whole process: {how} (case '{finding.case}')."
        case Status.MISSING:
            return f"{rule.name} is not defined."
        case Status.NOT_REACHED:
            why = finding.reason or (f"{finding.earlier} did not return" if finding.earlier else "")
            return f"Not reached{f': {why}' if why else ''}."
        case Status.UNREADABLE:
            return "What it returned could not be read as numbers."
        case Status.FAULT:
            return "The grader failed here; this is no fault of the function."


def _returned(rule: CriterionRule, finding: Finding, problem: Problem, place: Place) -> str:
    """What is wrong with what came back, behind what a function raised that was called before."""
    before = f"{finding.earlier}, called before, {_told(finding.before, place)}. " if finding.before else ""
    counted = f" That is counted once, in '{finding.elsewhere}'." if finding.elsewhere else ""
    return before + _problem(rule, problem) + counted


def _told(trouble: Trouble, place: Place) -> str:
    where = place(trouble.cell, trouble.line)
    told = (trouble.type_name or "an exception") + (f": {trouble.message.rstrip()}" if trouble.message else "")
    return f"raised {told}{f' ({where})' if where else ''}"


def _raised(finding: Finding, place: Place) -> str:
    trouble = finding.trouble or Trouble("an exception", "")
    raised = f"{_told(trouble, place)}."
    if finding.before is not None:
        return f"{finding.earlier}, called before, {_told(finding.before, place)}."
    if finding.earlier and "NoneType" in trouble.message:  # that it lacks a cache is all that it says
        return f"{finding.earlier} left nothing here that this could work on."
    if finding.earlier:
        return f"{finding.earlier} left nothing here that this could work on; called all the same, it {raised}"
    return f"It {raised}"


def _not_left(place: str, name: str, there: str) -> str:
    """That nothing is in a place; where something else than a dict with that key was given, or one with others."""
    if there.startswith(RAISES):
        return f"`{place}` raises {there.removeprefix(RAISES)} when it is read, where {name} is due."
    there, _, way = there.rpartition(WITHIN) if WITHIN in there else (there, "", "")
    root, keys = re.split(r"\W", place, maxsplit=1)[0] + way, there.removeprefix(WITH_KEYS)
    what = f"`{root}`" if way else f"What it returned as `{root}`"
    if there == "missing":
        return f"`{root}` is not among what was returned, so there is no `{place}`, where {name} is due."
    if keys != there and place.endswith(tuple(f"[{key}]" for key in keys.split(", "))):
        return f"`{place}` is None."
    if keys != there:
        return f"{what} has the keys {keys}, and nothing in `{place}`, where {name} is due."
    if there not in ("", "dict") and place == root:
        return f"{what} is {_of_type(there)}, which holds nothing of which {name} could be told."
    if there in _OF_NUMPY:  # an array has a `data` of its own
        return f"{what} is {_of_type(there)}, and keeps nothing in `{place}`, where {name} is due."
    if way or there not in ("", "dict"):
        return f"{what} is {_of_type(there)}, so there is no `{place}`, where {name} is due."
    return f"Nothing is left in `{place}`, where {name} is due."


_OF_NUMPY = ("ndarray", "float64", "float32", "int64")


_ITEM = re.compile(r"len\(.*\)|.*\[-?\d+\]")


def _named(rule: CriterionRule, output: str) -> str:
    """A result as it is called; of an item, or how many there are, nobody knows by a name which that is."""
    place = rule.left.get(output, "")
    return f"`{output}` (`{place}`)" if _ITEM.fullmatch(place) else f"`{output}`"


def _problem(rule: CriterionRule, problem: Problem) -> str:
    facts, name = problem.facts, f"`{problem.output}`"
    match problem.flaw:
        case Flaw.COUNT:
            return _count(rule, facts)
        case Flaw.NONE if problem.output in rule.left:
            return _not_left(rule.place_of(problem.output), name, str(facts.get("type", "")))
        case Flaw.NONE:
            return f"{name} is None." if problem.output else f"It returned nothing (None), where {rule.gives} is due."
        case Flaw.TYPE if rule.is_text(problem.output):
            return say_unspelt(name, rule.place_of(problem.output))
        case Flaw.TYPE:
            kind = str(facts.get("type", ""))
            if kind == "list" and "due" not in facts:  # of numbers, it would have been read as an array
                return f"{name} is a list of which no array of numbers can be made: {_UNMADE}."
            if kind == "ndarray":  # of what is not told
                return f"{name} is an array, and does not hold numbers."
            return f"{name} is {_of_type(kind)}, where {facts.get('due', 'an array of numbers')} is due."
        case Flaw.SHAPE if is_packed(problem):
            return _packed(name, problem)
        case Flaw.SHAPE:
            got = (
                f"shape {_shape(facts['got_shape'])}"
                if facts["got_shape"] is not None
                else "a shape that no input explains"
            )
            return f"{name} has {got}, where {_shape(facts['want_shape'])} is due."
        case Flaw.DTYPE:
            return f"{name} has dtype {facts['got_dtype']}, where numbers ({facts['want_dtype']}) are due."
        case Flaw.NOT_FINITE if not facts["place"]:
            return f"{name} is {'nan' if facts['nan'] else 'infinite'}."
        case Flaw.NOT_FINITE:
            found = " and ".join(f"{facts[k]} {k}" for k in ("nan", "inf") if facts[k])
            return f"{name} holds {found} among its {facts['size']} entries, first at {say_index(facts['place'])}."
        case Flaw.VALUES:
            return say_off(_named(rule, problem.output), facts)
        case Flaw.TEXT:
            return say_text(name, facts)
        case Flaw.ERROR:
            return say_nothing_raised(str(facts["due"]))


_UNMADE = "something in it is no number, or its rows differ in length"


def is_packed(problem: Problem) -> bool:
    """Whether a tuple came back in the place of an array, or a list of arrays as they are due."""
    kind = problem.facts.get("type")
    return problem.flaw is Flaw.SHAPE and (kind == "tuple" or (kind == "list" and holds_due(problem)))


def holds_due(problem: Problem) -> bool:
    """Whether its parts have the shape that is due of the whole: a comma or a bracket too many makes that."""
    got = problem.facts["got_shape"]
    return got is not None and got[1:] == problem.facts["want_shape"]


def _packed(name: str, problem: Problem) -> str:
    got, want, kind = (problem.facts[fact] for fact in ("got_shape", "want_shape", "type"))
    if holds_due(problem):
        what, shape, such = ("array", f" of shape {_shape(want)}", "one such array") if want else ("value", "", "one")
        parts = f"one {what}" if got[0] == 1 else f"{got[0]} {what}s"
        return f"{name} is a {kind} of {parts}{shape}, where {such} is due."
    return f"{name} is a {kind}, where an array of shape {_shape(want)} is due."


_GOT = {
    "-1": "one value",
    "1": "a tuple or list of one value",
    str(MOST_COUNTED + 1): f"more than {MOST_COUNTED} values",
}


def _count(rule: CriterionRule, facts: Mapping[str, object]) -> str:
    got = _GOT.get(str(facts["got"]), f"{facts['got']} values")
    return f"It returned {got}, where {rule.gives} is due."


def _of_type(name: str) -> str:
    """A type as it is said: its own name where it is one of many."""
    if name.startswith("ndarray of "):
        held = name.removeprefix("ndarray of ").rstrip("0123456789")
        return f"an array of {_HELD.get(held, name.removeprefix('ndarray of '))}"
    if name.startswith(TOO_LARGE):
        return name
    if (counted := _HOLDS.fullmatch(name)) is not None:
        return f"a {counted[1]} of {counted[2]}" if int(counted[2]) else _EMPTY[counted[1]]
    return _TYPES.get(name, f"of type {name}" if name else "something of another type")


_HELD = {"object": "Python objects", "str": "texts (str)", "bytes": "bytes"}  # numpy counts the bits of a text's places
_HOLDS = re.compile(r"(list|tuple|iterator) of (\d+)")
_EMPTY = {"list": "an empty list", "tuple": "an empty tuple", "iterator": "an iterator that gives nothing"}
_TYPES = {
    "nothing": "nothing (None)", "iterator": "an iterator", "missing": "not among what was returned",
    "ndarray": "an array", "list": "a list", "tuple": "a tuple", "dict": "a dict", "set": "a set",
    "str": "a text (str)", "bool": "a bool", "complex": "a complex number",
    "function": "a function (is a call without its brackets?)",
    "builtin_function_or_method": "a built-in function (is a call without its brackets?)",
    "ufunc": "a function of numpy's (is a call without its brackets?)",
    "method": "a method (is a call without its brackets?)", "type": "a class", "module": "a module",
}  # fmt: skip


def _shape(shape: Sequence[int]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
