"""One sentence for one case: what happened, and the first thing that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.extract import Facts
from grader.feedback.numbers import show_count, show_index, show_names, show_shape, show_value
from grader.judge.model import Finding, Flaw, Problem
from grader.key import CriterionRule
from grader.outcomes import Status, Trouble

Place = Callable[[int, int], str]
"""Cell and line -> "cell 7, line 3", or "line 3" in a Python file; "" where it is not known."""


def place_in(facts: Facts) -> Place:
    """How places of one submission are written: notebooks by cell and line, Python files by line."""

    def place(cell: int, line: int) -> str:
        if not line:
            return ""
        if cell in facts.files:
            return f"line {line} of {facts.files[cell]}"
        return f"line {line}" if facts.is_script or not cell else f"cell {cell}, line {line}"

    return place


def say_case(rule: CriterionRule, finding: Finding, place: Place) -> str:
    """What happened in one case; "Right." where nothing is wrong."""
    if finding.right:
        return "Right."
    if finding.blocked_by:
        return f"Not reached: `{finding.blocked_by}` failed before it."
    problem = finding.problem
    if problem is None or problem.flaw is Flaw.STATUS:
        return say_status(rule, finding, place)
    return say_problem(rule, problem, finding.visibility == "public")


def say_status(rule: CriterionRule, finding: Finding, place: Place) -> str:
    """What happened where nothing came back."""
    match finding.status:
        case Status.RAISED:
            return f"It raised {say_trouble(finding.trouble, place, finding.visibility == 'public')}."
        case Status.TIMED_OUT:
            return f"It did not finish: {finding.reason or 'it reached its time limit'}."
        case Status.KILLED:
            return f"It ended the whole process: {finding.reason or 'no reason is known'}."
        case Status.MISSING:
            return f"`{rule.name}` is not there."
        case Status.NOT_REACHED:
            return f"Not reached: {finding.reason or 'an earlier step failed'}."
        case Status.FAULT:
            return "The grader failed here, not this function."
        case Status.RETURNED:
            return "It is not right."


def say_trouble(trouble: Trouble | None, place: Place, with_message: bool = True) -> str:
    """An exception with its place; messages of hidden cases could hold hidden numbers, so they are left out."""
    if trouble is None:
        return "an exception"
    message = f": {trouble.message}" if trouble.message and with_message else ""
    where = f"line {trouble.line} of {trouble.file}" if trouble.file else place(trouble.cell, trouble.line)
    return f"{trouble.type_name}{message}{f' ({where})' if where else ''}"


def say_problem(rule: CriterionRule, problem: Problem, is_public: bool) -> str:
    """The first check that failed for one result."""
    facts, result = problem.facts, f"`{problem.result}`"
    match problem.flaw:
        case Flaw.COUNT:
            return _say_count(rule, facts)
        case Flaw.NONE:
            return f"{result} is None." if problem.result else "It returned None."
        case Flaw.TYPE:
            expected = facts.get("expected") or "an array of numbers"
            return f"{result} is a {facts.get('type', 'value of another type')}; expected {expected}."
        case Flaw.SHAPE:
            got, want = facts.get("got_shape"), facts.get("want_shape")
            if got is None or want is None:
                return f"{result} has the wrong shape."
            return f"{result} has shape {show_shape(got)}; expected {show_shape(want)}."
        case Flaw.NOT_FINITE:
            at = f", first at {show_index(facts['index'])}" if facts.get("index") else ""
            return f"{result} contains nan or inf{at}."
        case Flaw.VALUES:
            return _say_values(result, facts, is_public)
        case Flaw.STATUS:
            return "It is not right."


def _say_count(rule: CriterionRule, facts: Mapping[str, Any]) -> str:
    gives = rule.signature.partition(" -> ")[2] or "a result"
    got = facts.get("got", -1)
    came = "one value" if got == -1 else show_count(got, "value")
    kind = f" (a {facts['type']})" if facts.get("type") and facts["type"] != "tuple" else ""
    return f"It returned {came}{kind}; expected {gives}."


def _say_values(result: str, facts: Mapping[str, Any], is_public: bool) -> str:
    size, wrong = facts.get("size", 1), facts.get("wrong", 1)
    if "path" in facts:
        result = f"{result}{facts['path']}"
    if size == 1:
        said = f"{result} is off"
    elif wrong == size:
        said = f"All {size} entries of {result} are off"
    else:
        said = f"{wrong} of {size} entries of {result} are off"
    index = facts.get("index")
    where = f", most at {show_index(index)}" if index and size > 1 else ""
    if not is_public or "got" not in facts:
        return f"{said}{where}."
    inputs = facts.get("inputs") or {}
    told = " and ".join(f"`{name}` is {show_value(value)}" for name, value in inputs.items())
    there = f" There {told}." if told else ""
    return f"{said}{where}: got {show_value(facts['got'])}, expected {show_value(facts['want'])}.{there}"


def advise_problem(rule: CriterionRule, problem: Problem) -> str:
    """What to try after a result of the wrong form; "" where only its numbers are off."""
    gives, facts = rule.signature.partition(" -> ")[2], problem.facts
    match problem.flaw:
        case Flaw.COUNT:
            return f"Return {gives}, in this order."
        case Flaw.NONE:
            if problem.result and len(rule.results) > 1:
                return f"Check that `{problem.result}` is set before the return line, under this very name."
            return "Check that there is a return line, and that the result is assigned to the name that it returns."
        case Flaw.TYPE:
            return f"Return `{problem.result}` as {facts.get('expected') or 'a numpy array of numbers'}."
        case Flaw.SHAPE:
            return _advise_shape(facts.get("got_shape"), facts.get("want_shape"))
        case Flaw.NOT_FINITE:
            return "Look for exp of a large number, log of zero, a division by zero, or inf - inf."
        case Flaw.VALUES | Flaw.STATUS:
            return ""


def _advise_shape(got: Any, want: Any) -> str:
    if got is not None and want is not None and len(got) == len(want) + 1:
        return "There is one axis too many: look for keepdims, np.newaxis, or a column that meets a row."
    if got is not None and want is not None and len(got) + 1 == len(want):
        return "One axis is gone: a sum, a mean or a single index takes one away; reshape brings it back."
    return "Print the shape at each step, and see where it stops being what you expect."


def say_names(names: tuple[str, ...]) -> str:
    """Names of results as a list, with the verb that fits: "`dx` is", "`dw` and `db` are"."""
    return f"{show_names(names)} {'is' if len(names) == 1 else 'are'}"
