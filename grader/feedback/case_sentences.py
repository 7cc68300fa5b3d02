"""One sentence for one case: what happened, the first thing that is wrong, and how it differs from what is expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.extract import Facts
from grader.feedback.numbers import show_count, show_list, show_value
from grader.judge.model import Difference, Finding, Flaw, Problem
from grader.key import CriterionRule
from grader.outcomes import Status, Trouble

MOST_SHOWN = 300  # characters of an exception's message
LEFT_OUT = "this statement was left out: "
ENDED = {
    Status.TIMED_OUT: "It did not finish",
    Status.KILLED: "It ended the whole process",
    Status.NOT_REACHED: "Not reached",
    Status.MISSING: "`{name}` is not there",
    Status.FAULT: "The grader failed here, not this function",
}
DIFFERENCES = {
    "zero": ("{result} is zero everywhere.",
             "Check that the result is assigned to the name that is returned, and not overwritten with zeros."),
    "constant": ("{result} is the same number everywhere.",
                 "Check that the result depends on the inputs: is a number returned where an array is meant?"),
    "echo": ("{result} is `{name}` unchanged.",
             "Check that the result of your computation is what is returned, not the input."),
    "sign": ("{result} has the opposite sign.", "Look for a minus sign that is missing, or one too many."),
    "factor": ("{result} is {factor} times the expected value.",
               "Look for a factor of {factor} that is missing, or one too many."),
    "transposed": ("{result} is the transpose of the expected array.",
                   "Look at the order of the factors in the matrix product, and at each `.T`."),
    "reshaped": ("{result} has the right numbers in another shape.",
                 "Give the result the shape that the hand-out names, with reshape."),
    "summed": ("{result} is summed over {axis} where it should not be.", "Look for a sum over {axis}."),
    "averaged": ("{result} is averaged over {axis} where it should not be.",
                 "Look for a mean or a division over {axis}."),
    "only_where": ("{result} is off only where `{name}` is {sign}.",
                   "Look at the condition or mask for entries where `{name}` is {sign}."),
    "swapped": ("{result} is what `{name}` should be.", "Return the results in the order of the hand-out."),
    "nearly": ("{result} is close to the expected values, but not within the tolerance.",
               "Look for a small constant that is added, a rounding, or a type with few digits such as float16."),
}  # fmt: skip
"""What is said of a difference of the judge's, which was checked on all cases, and what to try."""

Place = Callable[..., str]
"""Cell, line and module -> "cell 7, line 3", or "line 3 of helper.py"; "" where it is not known."""


def place_in(facts: Facts) -> Place:
    """How places of one submission are written: notebooks by cell and line, Python files by line."""

    def place(cell: int, line: int, module: str = "") -> str:
        ways = [f"/{module.replace('.', '/')}{end}" for end in (".py", "/__init__.py", ".ipynb")]
        files = [name for name in facts.files.values() if any(map(f"/{name}".endswith, ways))]
        if file := (files or [module])[0] if module else facts.files.get(cell):
            return f"line {line} of {file}" if line else ""
        in_cell = "" if facts.is_script or not cell else f"cell {cell}, "
        return f"{in_cell}line {line}" if line else ""

    return place


def say_case(rule: CriterionRule, finding: Finding, place: Place) -> str:
    """What happened in one case; "Right." where nothing is wrong."""
    if finding.problem is None:
        return "Right."
    if finding.blocked_by:
        return f"Not reached: `{finding.blocked_by}` failed before it."
    if finding.problem.flaw is not Flaw.STATUS:
        return _say_problem(rule, finding.problem, finding.is_public)
    if finding.trouble is not None:
        return f"It raised {say_trouble(finding.trouble, place, finding.is_public)}."
    # Why a process ended may be the student's to choose, so it is not known of hidden cases.
    reason = finding.reason.removeprefix("the process ended").removeprefix(": ")
    said = ENDED.get(finding.status, "It failed").format(name=rule.name)
    return f"{said}: {reason}." if reason and finding.status is not Status.MISSING else f"{said}."


def say_trouble(trouble: Trouble, place: Place, with_message: bool = True) -> str:
    """An exception with its place; messages of hidden cases could hold hidden numbers, so they are left out."""
    message = " ".join(trouble.message.split())
    message = f": {message[:MOST_SHOWN]}" if message and with_message else ""
    where = place(trouble.cell, trouble.line, trouble.file)
    return f"{trouble.type_name}{message}{f' ({where})' if where else ''}"


def say_statement(trouble: Trouble, place: Place, more: str = "") -> str:
    """What became of a statement outside of all functions: it failed, or it ended or hung the program."""
    if not trouble.message.startswith(LEFT_OUT):
        return f"a statement failed{more}: {say_trouble(trouble, place)}"
    where = place(trouble.cell, trouble.line, trouble.file)
    return f"a statement was left out{f' ({where})' if where else ''}: {trouble.message.removeprefix(LEFT_OUT)}"


def say_difference(difference: Difference) -> str:
    """How a result differs in all cases in which it is wrong."""
    return DIFFERENCES[difference.name][0].format(result=f"`{difference.result}`", **difference.facts)


def returns(rule: CriterionRule) -> str:
    """What a function returns: "(out, cache)", or "`dx` alone"."""
    names = rule.signature.partition(" -> ")[2]
    return names if names.startswith("(") or not names else f"`{names}` alone"


def _say_problem(rule: CriterionRule, problem: Problem, is_public: bool) -> str:
    """The first check that failed for one result."""
    facts, result = problem.facts, f"`{problem.result}`"
    match problem.flaw:
        case Flaw.COUNT:
            count = "one value" if facts["got"] in (-1, 1) else show_count(facts["got"], "value")
            kind = facts.get("type", "tuple")
            count += f" ({with_article(kind)})" if kind != "tuple" else ""
            return f"It returned {count}; expected {returns(rule)}."
        case Flaw.NONE:
            return f"{result} is None." if problem.result else "It returned None."
        case Flaw.TYPE:
            kind = with_article(facts.get("type", "value of another type"))
            return f"{result} is {kind}; expected {facts.get('expected') or 'an array of numbers'}."
        case Flaw.SHAPE if facts["got_shape"] is None:  # of a hidden case, and not one that an honest slip gives
            return f"{result} has the wrong shape."
        case Flaw.SHAPE:
            got, want = tuple(facts["got_shape"]), tuple(facts["want_shape"])
            said = f"has shape {got}; expected" if got else "is a single number; expected shape"
            return f"{result} {said} {want or 'a single number'}."
        case Flaw.NOT_FINITE:
            at = f", first at {[*map(int, facts['index'])]}" if facts.get("index") else ""
            return f"{result} contains nan or inf{at}."
        case _:
            return _say_values(result, facts, is_public)


def with_article(kind: str) -> str:
    """`a numpy array`, `an int`."""
    kind = kind.replace("ndarray", "numpy array")
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _say_values(result: str, facts: Mapping[str, Any], is_public: bool) -> str:
    size, wrong, index = facts["size"], facts["wrong"], facts.get("index")
    many = f"All {size} entries" if wrong == size else f"{wrong} of {size} entries"
    said = f"{result} is off" if size == 1 else f"{many} of {result} {'is' if wrong == 1 else 'are'} off"
    if not is_public or "got" not in facts:
        return f"{said}."
    where = f"{'; the worst is' if wrong > 1 else ', at'} {[*map(int, index)]}" if index and size > 1 else ""
    inputs = show_list([f"`{name}` is {show_value(value)}" for name, value in facts.get("inputs", {}).items()])
    there = f" There {inputs}." if inputs else ""
    return f"{said}{where}: got {show_value(facts['got'])}, expected {show_value(facts['want'])}.{there}"
