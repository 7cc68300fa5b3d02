"""What to try next: one thing to do, from what failed and how the difference reads.

takes: a criterion's rule, the finding that is told, and a reading of its difference, where there is one.
gives: one sentence or two, in which names stand in backticks.
must not know: HTML, arrays, points, how a verdict was reached.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.answer_key import CriterionRule
from grader.feedback.case_wording import holds_due, is_packed
from grader.feedback.error_wording import NOTHING_ABSENT, Absent, after_error
from grader.feedback.reading_wording import is_number, named, region_of
from grader.judge import OF_ANOTHER_CALL, RESHAPED, SIZE, Finding, Flaw, Pattern, Problem, Reading
from grader.wire import WITHIN, Status

NOT_ATTEMPTED = "Write its body, run the cell and save; `grader check` then tells at once what is right."


def try_next(
    rule: CriterionRule, finding: Finding, reading: Reading | None = None, alone: str = "",
    absent: Absent = NOTHING_ABSENT,
) -> str:  # fmt: skip
    """What to try after one failing case; `alone` is the one behaviour that fails where all others hold."""
    if finding.status is not Status.RETURNED:
        return _after_status(rule, finding, absent)
    if finding.problem is None:
        return ""
    if finding.before is not None:
        return f"Mend first what {finding.earlier} raised: {rule.name} works on what that leaves."
    if finding.problem.flaw in (Flaw.VALUES, Flaw.SHAPE) and reading is not None:
        return _after_reading(rule, finding, finding.problem, reading)
    if finding.problem.flaw is Flaw.VALUES:
        return _after_values(rule, finding, alone)
    return _after_flaw(rule, finding.problem)


def _after_flaw(rule: CriterionRule, problem: Problem) -> str:
    due = rule.gives
    match problem.flaw:
        case Flaw.COUNT:
            packed = " A comma at the end of that line packs all of it once more." if problem.facts["got"] == 1 else ""
            if problem.facts["got"] == -1 and len(rule.results) > 1:
                packed = " A dict that holds them is one value."
            return f"Return {due}, in this order.{packed}"
        case Flaw.NONE if problem.output in rule.left and (
            not problem.facts.get("type", "dict").startswith("dict") or WITHIN in problem.facts.get("type", "")
        ):
            return _several(rule.place_of(problem.output))
        case Flaw.NONE if problem.output in rule.left:
            return f"Put it there, by this very name: `{rule.place_of(problem.output)} = ...`."
        case Flaw.NONE if problem.output and "," in due:  # there is a return line, or none of them would be told
            return f"See whether `{problem.output}` is given its value before the return line, under this very name."
        case Flaw.NONE:
            return "Is there a return line, and is the result assigned to the name that it returns?"
        case Flaw.TYPE:
            if problem.facts.get("type") == "ndarray of object":
                return (
                    f"Entries of `{problem.output}` are no numbers: a function that returns nothing gives None (a "
                    "helper that is not written, one under np.vectorize), and rows of uneven length make no table. "
                    "Let each be a number."
                )
            if "due" in problem.facts:
                return f"Let `{problem.output}` be {problem.facts['due']}."
            # A case with a call of its own, as of another mode, may ask for a result that the others have not.
            is_one_of_them = problem.output in rule.results and (len(rule.results) > 1 or "," in due)
            in_order = f", and all results in the order {due}" if is_one_of_them else ""
            return f"Return `{problem.output}` as a numpy array of numbers{in_order}."
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
            return "Look there for exp of a large number, log of zero, a division by zero, or inf - inf."
        case Flaw.VALUES:
            return ""


def _after_shape(got: Sequence[int] | None, want: Sequence[int]) -> str:
    """What to look for where one axis is gone, or one too many; of a hidden case the shape may not be known."""
    gone, more = (_one_axis(want, got), _one_axis(got, want)) if got is not None else (None, None)
    if gone is not None:
        told = "a sum, mean or maximum over an axis takes it away, and so does one number as an index"
        return f"Look for the step that takes an axis of size {gone} away: {told}."
    if more is not None:
        told = "keepdims, np.newaxis and np.stack do, and so does what gives several arrays at once"
        return f"Look for the step that adds an axis of size {more}: {told}."
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


# ---- values --------------------------------------------------------------------------------------------------

_READ = {
    Pattern.ZERO: "Is what you compute assigned to {it}, or does {it} still hold the zeros that it was made with?",
    Pattern.CONSTANT: "See which step makes all entries alike: a sum or mean without an axis, or one entry for all.",
    Pattern.WHOLE: "See where results are made whole: by .astype(int), by //, or by an array of integers they go into.",
    Pattern.ECHO: "See whether what you compute is also what the return line gives back.",
    Pattern.OTHER_OUTPUT: "Return {due}, in this order.",
    Pattern.SIGN: "Look for a minus that is missing, or one too many.",
    Pattern.FACTOR: "Look for a number in the formula that has no place there, or for one that is applied twice.",
    Pattern.FACTOR_EACH: "Look for what all entries are multiplied or divided by, and is not the same in each call: "
    "a sum, a mean, a largest, a norm, or a number of entries.",
    Pattern.FACTOR_INPUT: "See where {of} comes into the formula, and whether it comes in twice.",
    Pattern.MISSING_INPUT: "Multiply by {of} where the formula has it.",
    Pattern.ADDED_INPUT: "See where {of} is added or subtracted, and whether the formula does so.",
    Pattern.OFFSET: "Look for a number that is added everywhere, or one that should be.",
    Pattern.TRANSPOSED: "See in what order a product has its factors, or an entry its indices, or where a .T is due.",
    Pattern.RESHAPED: "Reshape the result to the shape that is due, as the last step; or leave out what changes it.",
    Pattern.ONE_NUMBER: "See which step leaves a single number: a sum or mean without an axis does.",
    Pattern.REDUCED: "Take the sum or mean over that axis away.",
    Pattern.NOT_REDUCED: "Sum or average over that axis, as the last step.",
    Pattern.SIGNS_LOST: "Look for abs, a square, or a maximum where the sign should stay.",
    Pattern.PERMUTED: "Look for a reshape where a transpose is due, or for an order of axes that is mixed up.",
    Pattern.WHERE: "Try one such entry by hand, and follow which branch of your code it takes.",
    Pattern.PLACE: "See which rows and columns the loops, slices and indices of your code reach, and which not.",
    Pattern.PART: "See what stands in that {0}, as one gate of several, and how your code works that out: the other "
    "{1} are right.",
    Pattern.CUT: "Look for a clip, a minimum or a maximum with a number, and leave it out.",
    Pattern.FUNCTION: "Compare that with the formula of the lecture, term by term.",
    Pattern.OF_RIGHT: "Look for a step too many at the end, or for one that is applied twice.",
    Pattern.DIVIDED: "Multiply there in the place of dividing.",
    Pattern.LINE_FACTORS: "See what each {0} is multiplied or divided by, and whether the formula has it.",
    Pattern.LINE_OFFSETS: "See what is added to each {0}, and whether the formula has it there.",
    Pattern.OTHERS_COUNT: "Let each entry depend on its own {of} alone: look for a mean, sum, maximum or sort over "
    "several of them, a loop that does not reach all, or something that is kept from another call.",
    Pattern.TURNED: "Look for a minus first, and then for a factor or a power.",
    Pattern.SKEWED: "See how {of} comes into the formula: what it is multiplied with, and with which sign.",
    Pattern.SIZES: "Look for a factor or a power that is missing, or for one too many.",
    Pattern.BELOW_ZERO: "Look for a minus, a logarithm or a subtraction where the formula has none.",
    Pattern.ONLY_ROWS: "See what the loop runs over, if there is one, and whether each {1} has numbers of its own.",
    Pattern.ALL_BUT: "See where the loop begins and ends: `range(n)` runs from 0 to n - 1.",
    Pattern.ONE_LINE: "See whether each turn of the loop writes into a row of its own, and `return` comes behind it.",
    Pattern.SAME: "See whether the function works with its parameters, or with names from outside of it.",
    Pattern.STEP: "Look at what that step is multiplied with or divided by, and at its sign.",
    Pattern.AS_IF: "See what becomes of {of} on its way into the formula, and where.",
    Pattern.LEFT_OUT: "See where a loop or a slice over {of} begins and ends: `range(n)` runs from 0 to n - 1.",
    Pattern.ADDED_UP: "Let each call begin anew: look for `+=` on what outlives it (self, a name from outside, a "
    "default in the head of the function), or for what an earlier call left there.",
    Pattern.NEARLY: "Compare your formula with the lecture's, term by term; keep to float64, and see when it may end.",
}
"""By pattern; `{it}` is the result, `{due}` are all of them, `{0}` is the first name of the reading, `{of}` that of an
input as it is said."""

_NO_ZERO = "Is what you compute assigned to {it}, or does {it} still hold the 0 that it began with?"


def _after_reading(rule: CriterionRule, finding: Finding, problem: Problem, reading: Reading) -> str:
    if reading.pattern is Pattern.WHERE and reading.names[1].endswith((" number", " numbers")):
        return f"See what your code compares {named(reading.names[0])} with, and where it cuts off or rounds."
    if reading.pattern is Pattern.WHERE and finding.visibility != "public":
        where = f"where {named(reading.names[0])} is {region_of(reading)}"
        return f"{_of_your_own(rule, finding)}, and follow an entry {where} through your code by hand."
    sizes = (
        re.findall(rf"[A-Za-z]\w*|{SIZE}", reading.names[0])
        if reading.pattern is Pattern.FACTOR and reading.names
        else []
    )
    if sizes and "-1)" in reading.names[0]:
        return f"See what is divided by `{sizes[0]} - 1` (np.cov and ddof=1 do so), and by `{sizes[0]}`: one is due."
    if sizes:
        listed = " and ".join(f"`{problem.output}.size`" if size == SIZE else f"`{size}`" for size in sizes)
        return f"See where the formula divides or multiplies by {listed}, and whether it does so once, as is due."
    due = rule.gives
    if reading == Reading(Pattern.WHOLE, ("rounded",)):
        return "Look for np.round or np.rint, or for a comparison (true or false) where numbers in between are due."
    if OF_ANOTHER_CALL in reading.names:
        return f"Another call comes in between: let {rule.forward or rule.name} hand on what belongs to each one."
    if reading.pattern is Pattern.AS_IF and (step := _after_substitute(*reading.names[:2])):
        return step
    if reading.pattern is Pattern.FUNCTION and "axis=" in reading.names[0]:
        return f"See over which axis, and by what, `{problem.output}` is to be made one axis smaller."
    if reading.pattern is Pattern.ZERO:
        asked = (_NO_ZERO if is_number(problem) else _READ[Pattern.ZERO]).format(it=f"`{problem.output}`")
        return asked + (" `//` and int make a zero of all below 1, too." if _lies_below_one(problem) else "")
    if reading.pattern is Pattern.OTHER_OUTPUT and not rule.left.keys().isdisjoint((problem.output, *reading.names)):
        return (
            f"See what is put into `{rule.left.get(problem.output, problem.output)}`, and whether that is changed "
            "afterwards, as by `-=`: what is kept needs a copy then."
        )
    if reading.pattern is Pattern.ECHO and problem.output in rule.left:
        return f"See whether what you compute goes into `{rule.place_of(problem.output)}` itself, or only into a copy."
    of = named(reading.names[0]) if reading.names else ""
    return _READ[reading.pattern].format(*reading.names, *[""] * 2, it=f"`{problem.output}`", due=due, of=of)


def _after_substitute(of: str, text: str) -> str:
    """What to look for where what stands in the place of an input says more than that something does."""
    if text == RESHAPED:
        return f"Look for a reshape of {named(of)} where a transpose is due, or for one too many."
    if text.startswith("np.roll"):
        return f"There each line of {named(of)} is moved by one place: see by which index it is read, `i` or `i - 1`."
    if text.startswith("np.log"):
        base = re.findall(r"\d+", text)[0]
        return f"{base} to the power of {named(of)} is e to the power of that: use np.exp, whose base is e."
    return ""


def _several(place: str) -> str:
    """What is to be given back where a result is looked for in something that has no parts, or none of that name."""
    root, way = re.fullmatch(r"(\w*)(.*)", place).groups()  # type: ignore[union-attr]  # it fits any place
    if not way or re.search(r"\[-?\d+\]$", way):
        return f"Let `{root}` be a list or an array of all that is due{f', so that it has `{place}`' if way else ''}."
    return f"Give back one thing that has `{place}`: a dict, by itself, with that key."


def _lies_below_one(problem: Problem) -> bool:
    """Whether all that is due does: where zeros came back, the entry that is most off is the largest."""
    want = problem.facts.get("want")
    return isinstance(want, float) and 0 < abs(want) < 1


def _after_values(rule: CriterionRule, finding: Finding, alone: str) -> str:
    if finding.visibility != "public":
        return f"{_of_your_own(rule, finding)}, and work one entry out by hand, to compare."
    by_hand = (
        "Work the entry that is most off out by hand, step by step from what goes in, and see which step of yours "
        "gives something else."
    )
    if alone:
        return (
            f"All else holds: see what your code does otherwise where '{alone}' is checked ({finding.case}). {by_hand}"
        )
    return by_hand


def _of_your_own(rule: CriterionRule, finding: Finding) -> str:
    """What can be done about inputs that nobody shows: make such ones."""
    return f"Call {rule.name} on inputs of your own like those of the hidden case '{finding.case}'"


# ---- other ends ----------------------------------------------------------------------------------------------


def _after_status(rule: CriterionRule, finding: Finding, absent: Absent) -> str:
    if finding.earlier:  # it was called without what that should have given, which nobody does by hand
        return f"Mend {finding.earlier} first; this is tried again after it."
    if finding.status is Status.RAISED and finding.trouble is not None:
        return after_error(rule, finding, finding.trouble, absent)
    if finding.status is Status.TIMED_OUT:
        return "Look for a loop whose condition never becomes false, or one that does far more than the inputs need."
    if finding.status is Status.KILLED:
        return "Take out whatever ends the process (exit, quit, os._exit) or asks for more memory than there is."
    if finding.status in (Status.NOT_REACHED, Status.MISSING):
        return "Mend what is called before it first; this is tried again after it."
    if finding.status is Status.UNREADABLE:
        return f"Return {rule.gives} as plain numpy arrays of numbers."
    return ""
