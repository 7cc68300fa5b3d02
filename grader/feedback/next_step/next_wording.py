"""What to try next: one thing to do, from what failed and how the difference reads.

takes: a criterion's rule, the finding that is told, and a reading of its difference, where there is one.
gives: one sentence or two, in which names stand in backticks.
must not know: HTML, arrays, points, how a verdict was reached.
"""

from __future__ import annotations

import re

from grader.answer_key import CriterionRule
from grader.feedback.due_wording import after_due
from grader.feedback.next_step.error_wording import NOTHING_ABSENT, Absent, after_error
from grader.feedback.next_step.factor_wording import after_factor
from grader.feedback.next_step.form_wording import after_count, after_flaw
from grader.feedback.next_step.last_steps import after_last_step
from grader.feedback.reading_wording import LENGTH, is_number, named, region_of
from grader.judge import A_NUMBER, OF_ANOTHER_CALL, RESHAPED, Finding, Flaw, Pattern, Problem, Reading
from grader.wire import Status

NOT_ATTEMPTED = "Write its body, run the cell and save; `grader check` then tells at once what is right."


def try_next(
    rule: CriterionRule, finding: Finding, reading: Reading | None = None, alone: str = "",
    absent: Absent = NOTHING_ABSENT,
) -> str:  # fmt: skip
    """What to try after one failing case; `alone` is the one behaviour that fails where all others hold."""
    if finding.raises and not finding.earlier and (step := after_due(finding)):
        return step
    if finding.status is not Status.RETURNED:
        return _after_status(rule, finding, absent)
    if finding.problem is None:
        return ""
    if finding.before is not None:
        return f"Mend first what {finding.earlier} raised: {rule.name} works on what that leaves."
    if finding.problem.flaw is Flaw.VALUES and rule.is_count(finding.problem.output):
        return after_count(rule.place_of(finding.problem.output))
    if finding.problem.flaw in (Flaw.VALUES, Flaw.SHAPE) and reading is not None:
        return _after_reading(rule, finding, finding.problem, reading)
    if finding.problem.flaw is Flaw.VALUES and _is_no_truth(finding.problem):
        each = "" if is_number(finding.problem) else "each entry of "
        return f"Let {each}`{finding.problem.output}` be True or False, as a comparison is."
    if finding.problem.flaw is Flaw.VALUES:
        return _after_values(rule, finding, finding.problem, alone)
    if finding.problem.flaw is Flaw.NOT_FINITE and reading is not None and (step := _after_zero(reading)):
        return step
    return after_flaw(rule, finding.problem)


def _after_zero(reading: Reading) -> str:
    """What to look for where there is no number wherever an input is 0, and else a right one."""
    if reading.pattern is not Pattern.WHERE or region_of(reading) != "0":
        return ""
    of = named(reading.names[0])
    return f"Look for a division by {of}, or by what is 0 with it, and for its logarithm: 0 / 0 is nan."


def _is_no_truth(problem: Problem) -> bool:
    """Whether a number is told that is neither, where True or False is due."""
    return "truth" in problem.facts and problem.facts.get("got", 0.0) not in (0.0, 1.0)


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
    Pattern.OFFSET: "Look for a term that is added everywhere and should not be, or for one that is missing.",
    Pattern.TRANSPOSED: "See in what order a product has its factors, or an entry its indices, or where a .T is due.",
    Pattern.RESHAPED: "Reshape the result to the shape that is due, before more is worked out of it; or leave out "
    "what changes it.",
    Pattern.ONE_NUMBER: "See which step leaves a single number: a sum or mean without an axis does, and so does "
    "an index such as `[-1]`.",
    Pattern.REDUCED: "Take the sum or mean over that axis away.",
    Pattern.NOT_REDUCED: "Sum or average over that axis, as the last step.",
    Pattern.SIGNS_LOST: "Look for abs, a square, or a maximum where the sign should stay, or for a term with a wrong "
    "sign.",
    Pattern.PERMUTED: "Look for a reshape where a transpose is due, or for an order of axes that is mixed up.",
    Pattern.SHIFTED: "See at which index your code begins, 0 or 1, and whether an `i` stands where `i - 1` or `i + 1` "
    "is due.",
    Pattern.WHERE: "Try one such entry by hand, and follow which branch of your code it takes.",
    Pattern.PLACE: "See which rows and columns the loops, slices and indices of your code reach, and which not.",
    Pattern.AT_LABELS: "See what your code does with the entry that {of} names in each row, and with that alone.",
    Pattern.AT_NAMED: "See what your code does with the {1} that {of} names, and with that alone.",
    Pattern.REPEATED: "See how your code adds up what belongs to one {1}: `a[i] += b` with an array `i` adds only one "
    "of those for which `i` is the same, and `a[i] = b` keeps only one. `np.add.at(a, i, b)` adds them all.",
    Pattern.PART: "See what stands in that {0}, as one gate of several, and how your code works that out: the other "
    "{1} are right.",
    Pattern.CUT: "Look for a clip, a minimum or a maximum with a number, and leave it out.",
    Pattern.FUNCTION: "Compare that with the formula of the lecture, term by term.",
    Pattern.DIVIDED: "Multiply there in the place of dividing.",
    Pattern.LINE_FACTORS: "See what each {0} is multiplied or divided by, and whether the formula has it.",
    Pattern.LINE_OFFSETS: "See what is added to each {0}, and whether the formula has it there.",
    Pattern.OTHERS_COUNT: "Let each entry depend on its own {of} alone: look for a mean, sum, maximum or sort over "
    "several of them, a loop that does not reach all, or something that is kept from another call.",
    Pattern.TURNED: "Look for a minus first, and then for a factor or a power.",
    Pattern.SKEWED: "See how {of} comes into the formula: what it is multiplied with, and with which sign.",
    Pattern.SIZES: "Look for a factor or a power that is missing, or for one too many.",
    Pattern.BELOW_ZERO: "Look for a minus, a logarithm or a subtraction where the formula has none.",
    Pattern.NOT_CUT: "Cut it off there: `np.clip`, `np.minimum` or `np.maximum`, behind all else.",
    Pattern.NOT_SYMMETRIC: "Look for a `.T` that is missing, or for one that stands at the wrong factor.",
    Pattern.LACKING: "See whether what the loop begins with, or ends with, is kept as well.",
    Pattern.TOO_MANY: "See whether what the loop begins with, or ends with, is to be among the result.",
    Pattern.ONLY_ROWS: "See what the loop runs over, if there is one, and whether each {1} has numbers of its own.",
    Pattern.ALL_BUT: "See where the loop begins and ends: `range(n)` runs from 0 to n - 1.",
    Pattern.ONE_LINE: "See whether each turn of the loop writes into a row of its own, and `return` comes behind it.",
    Pattern.SAME: "See whether the function works with its parameters, or with names from outside of it.",
    Pattern.STEP: "Look at what that step is multiplied with or divided by, and at its sign.",
    Pattern.AS_IF: "See what becomes of {of} on its way into the formula, and where.",
    Pattern.LEFT_OUT: "See where a loop or a slice over {of} begins and ends: `range(n)` runs from 0 to n - 1.",
    Pattern.ADDED_UP: "Let each call begin anew: look for `+=` on what outlives it (self, a name from outside, a "
    "default in the head of the function), or for what an earlier call left there.",
    Pattern.TOTALS: "Look for a sum, a mean or a maximum along another axis, or for one that is missing: {0} is to add "
    "up to {1}.",
    Pattern.LAID_OUT: "`reshape(-1)` and `ravel()` give a copy there, and what is written into that is lost: write "
    "into the array itself. And order='A' or 'K' goes by memory: leave it out.",
    Pattern.NEARLY: "Compare your formula with the lecture's, term by term; keep to float64, and see when it may end.",
}
"""By pattern; `{it}` is the result, `{due}` are all of them, `{0}` is the first name of the reading, `{of}` that of an
input as it is said."""

_NO_SUCH_SIGN = (
    "If it can never be negative, as a loss, look for a minus, a logarithm or a subtraction where the formula has "
    "none; if it can, work it out by hand."
)
_NO_ZERO = "Is what you compute assigned to {it}, or does {it} still hold the 0 that it began with?"


def _after_reading(rule: CriterionRule, finding: Finding, problem: Problem, reading: Reading) -> str:
    if reading.pattern is Pattern.WHERE and reading.names[1].endswith((" number", " numbers")):
        return f"See what your code compares {named(reading.names[0])} with, and where it cuts off or rounds."
    if reading.pattern is Pattern.WHERE and finding.visibility != "public":
        where = f"where {named(reading.names[0])} is {region_of(reading)}"
        return f"{_of_your_own(rule, finding)}, and follow an entry {where} through your code by hand."
    if reading.pattern is Pattern.ADDED_INPUT and LENGTH.fullmatch(reading.names[0]):
        return "See whether the formula has a number there that is added to each entry, such as a 1 in each bracket."
    if reading.pattern is Pattern.ADDED_INPUT and A_NUMBER in reading.names:
        of = named(reading.names[0])
        return (
            f"See where {of} is added or subtracted: whether the formula does so, and what it multiplies it with there."
        )
    if reading.pattern is Pattern.FACTOR and (step := after_factor(reading, problem.output)):
        return step
    if reading.pattern is Pattern.PERMUTED and (step := _after_order(reading, problem)):
        return step
    due = rule.gives
    if reading.pattern is Pattern.BELOW_ZERO and is_number(problem):  # a few may all be positive by chance
        return _NO_SUCH_SIGN
    if reading.pattern is Pattern.OF_RIGHT:
        return after_last_step(reading.names[0])
    if reading == Reading(Pattern.WHOLE, ("rounded",)):
        return "Look for np.round or np.rint, or for a comparison (true or false) where numbers in between are due."
    if OF_ANOTHER_CALL in reading.names and not rule.forward:
        return f"Another call came before: let each call of {rule.name} work with what it is given itself."
    if OF_ANOTHER_CALL in reading.names:
        return f"Another call comes in between: let {rule.forward} hand on what belongs to each one."
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
    if reading.pattern is Pattern.ECHO and (axis := _axis_made_one(problem)) is not None:
        return f"See what is to make one of all that lies along axis {axis}: a sum or a mean over it, or another step."
    if reading.pattern is Pattern.ECHO and problem.output in rule.left:
        place = rule.place_of(problem.output)
        return f"See whether what you compute goes into `{place}` itself, or only into a copy, and is not all zeros."
    if reading.pattern is Pattern.FUNCTION and (absent := _not_in(rule, reading.names[0])):
        return f"`{absent}` is not in it, and the chain rule multiplies by that. {_READ[Pattern.FUNCTION]}"
    of = named(reading.names[0]) if reading.names else ""
    return _READ[reading.pattern].format(*reading.names, *[""] * 2, it=f"`{problem.output}`", due=due, of=of)


def _axis_made_one(problem: Problem) -> int | None:
    """The one axis along which more than one number came where one is due, if that is all that differs."""
    got, want = problem.facts.get("got_shape"), problem.facts.get("want_shape")
    if problem.flaw is not Flaw.SHAPE or not got or not want or len(got) != len(want):
        return None
    axes = [n for n, (some, one) in enumerate(zip(got, want, strict=True)) if some != one]
    return axes[0] if len(axes) == 1 and want[axes[0]] == 1 else None


def _after_order(reading: Reading, problem: Problem) -> str:
    """What to look for where right numbers stand in other places, if more is known of them than that."""
    if reading.names[:1] == ("reversed",):
        return (
            "See at which end your code begins: look for a sort, a `[::-1]`, or a first and a last that are exchanged."
        )
    if reading.names[:1] == ("within",):
        return f"See by which index or slice each number comes to its place in its {reading.names[1]}."
    is_flat = len(problem.facts.get("place", ())) == 1
    return "See by which index, and in which order, each entry comes to its place." if is_flat else ""


def _not_in(rule: CriterionRule, text: str) -> str:
    """What comes from above to a backward, and does not come into a function."""
    above = rule.follow_through.upstream if rule.follow_through else ()
    return next((name for name in above if not re.search(rf"\b{re.escape(name)}\b", text)), "")


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


def _lies_below_one(problem: Problem) -> bool:
    """Whether all that is due does: where zeros came back, the entry that is most off is the largest."""
    want = problem.facts.get("want")
    return isinstance(want, float) and 0 < abs(want) < 1


def _after_values(rule: CriterionRule, finding: Finding, problem: Problem, alone: str) -> str:
    one = f"`{problem.output}`" if is_number(problem) else ""
    if finding.visibility != "public":
        return f"{_of_your_own(rule, finding)}, and work {one or 'one entry'} out by hand, to compare."
    by_hand = (
        f"Work {one or 'the entry that is most off'} out by hand, step by step from what goes in, and see which step "
        "of yours gives something else."
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
    if finding.status is Status.NOT_REACHED and finding.reason:  # as where all the time went into other functions
        return "Find what that comes from, here or elsewhere in the file, and mend it; this is tried again after it."
    if finding.status in (Status.NOT_REACHED, Status.MISSING):
        return "Mend what is called before it first; this is tried again after it."
    if finding.status is Status.UNREADABLE:
        return f"Return {rule.gives} as plain numpy arrays of numbers."
    return ""
