"""What to try next where a result has another form than is due: its number, type, shape or dtype.

takes: a criterion's rule, and the problem of one result.
gives: one sentence or two, in which names stand in backticks; "" for numbers that are off.
must not know: HTML, arrays, points, how a verdict was reached.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.answer_key import CriterionRule
from grader.feedback.case_wording import holds_due, is_packed
from grader.feedback.text_wording import after_text
from grader.judge import Flaw, Problem
from grader.wire import RAISES, WITHIN

_IN_TURN = ("map", "filter", "zip", "generator")


def say_put(places: Sequence[str], of_values: bool) -> str:
    """That the object holds what the check has put there; sizes may be wrong where it has another shape."""
    how = "there" if of_values else "there, with the shapes that the hand-out gives them"
    listed = ", ".join(f"`{place}`" for place in places)
    return f"The check puts values of its own into {listed}: see that your code reads them from {how}. "


def _alone(rule: CriterionRule, output: str) -> str:
    """What to return where one result is, and several things came; where the others are to be left."""
    places = ", ".join(f"`{rule.place_of(name)}`" for name in rule.results if name in rule.left)
    return f"Return `{output}` alone" + (f": what else is due goes into {places}." if places else ".")


def after_count(place: str) -> str:
    """What to try where there are too many or too few of something."""
    return (
        f"Count by hand what is to be in `{place}`: what it holds before a loop begins, what each turn adds, and what "
        "the last one does."
    )


def after_flaw(rule: CriterionRule, problem: Problem) -> str:
    """What to try after a result that is no array of numbers as it is due."""
    due = rule.gives
    match problem.flaw:
        case Flaw.ERROR:
            return f"Write `raise {problem.facts['due']}(...)` where that is due."
        case Flaw.COUNT:
            packed = " A comma at the end of that line packs all of it once more." if problem.facts["got"] == 1 else ""
            if problem.facts["got"] == -1 and len(rule.results) > 1:
                packed = " A dict that holds them is one value."
            return f"Return {due}, in this order.{packed}"
        case Flaw.NONE if problem.facts.get("type") == "missing":
            return f"Return {due}, in this order."
        case Flaw.NONE if problem.facts.get("type", "").startswith(RAISES):
            return f"Read `{rule.place_of(problem.output)}` yourself behind such a call, and mend what raises there."
        case Flaw.NONE if problem.output in rule.left and (
            not problem.facts.get("type", "dict").startswith("dict") or WITHIN in problem.facts.get("type", "")
        ):
            return _several(rule.place_of(problem.output))
        case Flaw.NONE if problem.output in rule.left:
            return _put_there(rule, rule.place_of(problem.output))
        case Flaw.NONE if problem.output and "," in due:  # there is a return line, or none of them would be told
            return f"See whether `{problem.output}` is given its value before the return line, under this very name."
        case Flaw.NONE:
            return "Is there a return line, and is the result assigned to the name that it returns?"
        case Flaw.TYPE if rule.is_text(problem.output):
            return f"Print `{rule.place_of(problem.output)}`, and see what is in it beside words and whole numbers."
        case Flaw.TYPE:
            kind, is_array = problem.facts.get("type"), "due" not in problem.facts
            if kind == "list" and is_array:
                return (
                    f"Let each entry of `{problem.output}` be a number, and each row be as long as the others: what "
                    "comes of a function without a return line is None."
                )
            if kind in _IN_TURN and is_array:
                return f"A {kind} gives its parts in turn, and holds none: put `list(...)` around it."
            if kind == "ndarray of object":
                return (
                    f"Entries of `{problem.output}` are no numbers: a function that returns nothing gives None (a "
                    "helper that is not written, one under np.vectorize), and rows of uneven length make no table. "
                    "Let each be a number."
                )
            form = problem.facts.get("due", "a numpy array of numbers")
            if problem.output in rule.left:
                what = "an array of numbers" if is_array else form
                return f"Let `{rule.place_of(problem.output)}` be {what}."
            returned = [name for name in rule.results if name not in rule.left]
            if kind == "tuple" and returned == [problem.output] and "," not in due:
                return _alone(rule, problem.output)
            # A case with a call of its own, as of another mode, may ask for a result that the others have not.
            is_one_of_them = problem.output in returned and (len(returned) > 1 or "," in due)
            in_order = f", and all results in the order {due}" if is_one_of_them else ""
            return f"Return `{problem.output}` as {form}{in_order}."
        case Flaw.SHAPE if is_packed(problem) and problem.facts["type"] == "list" and problem.facts["got_shape"][0] > 1:
            return (
                f"One is due for `{problem.output}`, and not the list of all: see which of them is meant, such as the "
                "last, or what is to be made of them all, such as their sum or mean."
            )
        case Flaw.SHAPE if is_packed(problem):
            by_where = " np.where gives a tuple, too, if it is given a condition alone."
            return (
                f"Let `{problem.output}` be the array itself: look for a comma or a bracket too many where it is made "
                f"and on the return line.{'' if holds_due(problem) else by_where}"
            )
        case Flaw.SHAPE:
            return _after_shape(problem.facts["got_shape"], problem.facts["want_shape"])
        case Flaw.DTYPE:
            return _after_dtype(problem, rule.gives)
        case Flaw.NOT_FINITE:
            zero = "log of zero, a division by zero, a mean of no numbers"
            return f"Look there for exp of a large number, {zero}, or inf - inf."
        case Flaw.VALUES:
            return ""
        case Flaw.TEXT:
            return after_text(problem.output, problem.facts)


def _after_shape(got: Sequence[int] | None, want: Sequence[int]) -> str:
    """What to look for where one axis is gone, or one too many; of a hidden case the shape may not be known."""
    gone, more = (_one_axis(want, got), _one_axis(got, want)) if got is not None else (None, None)
    if gone is not None:
        told = "a sum, mean or maximum over an axis takes it away, and so does one number as an index"
        return f"Look for the step that takes an axis of size {gone} away: {told}."
    if more is not None:
        met = f" or a column ({more}, 1) that meets a row ({more},)" if list(want[-1:]) == [more] else ""
        told = f"keepdims, np.newaxis and np.stack do, and so does what gives several arrays at once{met}"
        return f"Look for the step that adds an axis of size {more}: {told}."
    if not want:
        return "One number is due: see which step should make one of all entries, as a sum, a mean or np.all does."
    return "Print the shape at each step, and see where it stops being what you expect."


def _one_axis(longer: Sequence[int], shorter: Sequence[int]) -> int | None:
    """The size of the one axis that the longer shape has more than the other, if that is all."""
    without = ((size, [*longer[:n], *longer[n + 1 :]]) for n, size in enumerate(longer))
    return next((size for size, rest in without if rest == list(shorter)), None)


def _after_dtype(problem: Problem, due: str) -> str:
    dtype = str(problem.facts.get("got_dtype", ""))
    if dtype == "bool":
        in_order = f" Or does a mask stand in its place: are the results in the order {due}?" if "," in due else ""
        return (
            f"Return numbers as `{problem.output}`, not true and false: a mask is multiplied with what is to pass; of "
            f"ones and zeros that are due, `1 * mask` makes numbers.{in_order}"
        )
    if dtype.startswith("complex"):
        return "See which step brings in complex numbers, and calculate with real ones there."
    return f"Return `{problem.output}` as an array of numbers."


def _put_there(rule: CriterionRule, place: str) -> str:
    """What to do about a place in which nothing is: a method does not know by name what its object was made with."""
    root = re.split(r"\W", place, maxsplit=1)[0]
    if rule.made and root != "self" and re.search(rf"\b{root}\b", rule.made) and root not in rule.takes:
        return f"`{root}` is what the object is made with: put it there through what `__init__` has kept of that."
    return f"Put it there, by this very name: `{place} = ...`."


def _several(place: str) -> str:
    """What is to be given back where a result is looked for in something that has no parts, or none of that name."""
    root, way = re.fullmatch(r"(\w*)(.*)", place).groups()  # type: ignore[union-attr]  # it fits any place
    if not way or re.search(r"\[-?\d+\]$", way):
        return f"Let `{root}` be a list or an array of all that is due{f', so that it has `{place}`' if way else ''}."
    return f"Give back one thing that has `{place}`: a dict, by itself, with that key."
