"""How a difference reads: one sentence on what fits all failing cases at once.

takes: a reading, the name of the result that it is of, and whether that is one number.
gives: the sentence, in which names stand in backticks; how a region is called.
must not know: HTML, arrays, points, cases.
"""

from __future__ import annotations

import re

from grader.feedback.reshaping import ONLY_ITS_SHAPE
from grader.judge import A_NUMBER, RESHAPED, SIZE, Flaw, Pattern, Problem, Reading

_REGIONS = {"= 0": "0", "< 0": "negative", "> 0": "positive", "<= 0": "negative or 0", ">= 0": "positive or 0"}


def region_of(reading: Reading) -> str:
    """Where something is wrong, as it is said after "is"."""
    return _REGIONS.get(reading.names[1], reading.names[1])


_MADE = re.compile(r"(.+)\((?:=(\w+)|(\d+))\)")
_MADE_WITHIN = re.compile(r"(?<![\w.\]])[A-Za-z_]\w*(?:\[\d+\])*\((?:=\w+|\d+)\)")
LENGTH = re.compile(r"[A-Za-z_][^/*]*\.(?:shape\[\d\]|size)")
"""The length of an axis, or a number of entries, in the text of a factor."""
_IS_CODE = re.compile(rf"^(?!.*`).*(?:{LENGTH.pattern}|np\.)")


def named(name: str) -> str:
    """An input as it is said: of what an object was made with, whose object and which of its arguments."""
    made = _MADE.fullmatch(name)
    if made is None:
        return f"`{name}`"
    return f"`{made[2]}` of `{made[1]}`" if made[2] else f"argument {int(made[3]) + 1} of `{made[1]}`"


def _is_within(left: str, name: str) -> bool:
    """Whether a place is on the very object that something was made into: `model.W`, and an argument of `model`."""
    made = _MADE.fullmatch(name)
    return made is not None and left.startswith((f"{made[1]}.", f"{made[1]}["))


def _without_made(text: str) -> tuple[str, list[str]]:
    """A formula with letters for what objects were made with, as `node(0)`, and what each of them is."""
    where: list[str] = []
    for name in dict.fromkeys(found[0] for found in _MADE_WITHIN.finditer(text)):
        letter = next((one for one in "xyzuvwabc" if not re.search(rf"\b{one}\b", text)), "")
        if not letter:
            break  # a formula of so many names is no plainer for one letter more
        text = re.sub(rf"(?<![\w.\]]){re.escape(name)}", letter, text)
        where.append(f"{'and' if where else 'where'} `{letter}` is {named(name)}")
    return text, where


def is_number(problem: Problem) -> bool:
    """Whether a result is one number, such as a loss, which has no entries."""
    return problem.flaw is Flaw.VALUES and not problem.facts["place"]


_OF_A_NUMBER = {
    Pattern.ZERO: "{it} is 0 in each case that fails.",
    Pattern.SIGN: "Only the sign of {it} is wrong.",
    Pattern.SIGNS_LOST: "{it} is right in size, and wrong in its sign.",
    Pattern.WHOLE: "{it} is a whole number: the right value without what stands behind the point.",
    Pattern.TURNED: "The sign of {it} is wrong, and its size is off as well.",
    Pattern.SIZES: "The sign of {it} is right; it is too {0} in size.",
    Pattern.BELOW_ZERO: "In a case that fails {it} is negative, and in none is it to be.",
}
"""What is said otherwise of one number than of the entries of an array."""


def say_reading(reading: Reading, output: str, of_a_number: bool = False, left: str = "") -> str:
    """What fits all failing cases at once, in one sentence. Names are in backticks.

    `left` is the place in which the result is to be left, if any.
    """
    names, it = reading.names, f"`{output}`"
    if of_a_number and reading.pattern in _OF_A_NUMBER and names != ("rounded",):
        return _OF_A_NUMBER[reading.pattern].format(*names, it=it)
    match reading.pattern:
        case Pattern.LAID_OUT:
            return (
                f"{it} is wrong only where what comes in lies in memory in another order, as `x.T` or `x[:, ::2]` does."
            )
        case Pattern.TOTALS:
            due, total, *came = names
            if not came:
                return f"{due.capitalize()} of {it} is to add up to {total}, and does not."
            return f"{came[0].capitalize()} of {it} adds up to {total}, where {due} is to."
        case Pattern.ADDED_UP:
            return f"{it} is what this call should give, added to what an earlier call gave."
        case Pattern.ZERO:
            return f"{it} is zero everywhere."
        case Pattern.CONSTANT:
            return f"All entries of {it} are the same."
        case Pattern.ECHO if left == names[0] or _is_within(left, names[0]):
            return f"{it} is as it was before the call."
        case Pattern.ECHO:
            return f"{it} is {'' if _MADE.fullmatch(names[0]) else 'the input '}{named(names[0])}, handed back."
        case Pattern.OTHER_OUTPUT:
            return f"What stands there as {it} are the right values of `{names[0]}`: is one in the place of the other?"
        case Pattern.SIGN:
            return f"Only the sign of {it} is wrong, wherever it is not 0."
        case Pattern.FACTOR:
            times = names[0].replace(SIZE, f"`{output}.size`") if names else ""
            times = f"`{times}`" if _IS_CODE.search(times) else times
            but_for = f"But for `{names[1]}`, {it}" if names[1:] else it
            return f"{but_for} is {times} times what is right." if names else f"{it} is off by one constant factor."
        case Pattern.FACTOR_EACH:
            return f"In each case {it} is off by one factor, and by another one in the next."
        case Pattern.FACTOR_INPUT:
            return f"{it} has a factor {named(names[0])} too many."
        case Pattern.MISSING_INPUT:
            return f"In {it} a factor {named(names[0])} is missing."
        case Pattern.ADDED_INPUT:
            much = (
                f"{named(names[0])} {A_NUMBER}" if A_NUMBER in names else " times ".join((*names[1:], named(names[0])))
            )
            return f"{it} differs from what is right by {much}, added or subtracted."
        case Pattern.OFFSET if names:
            whole = it if of_a_number else f"all of {it}"
            return f"In each case that fails {whole} is {names[0]} too {names[1]}."
        case Pattern.OFFSET:
            return f"{it} is off by the same amount everywhere."
        case Pattern.TRANSPOSED:
            return f"{it} is transposed."
        case Pattern.RESHAPED:
            return f"The values of {it} are right, {ONLY_ITS_SHAPE}."
        case Pattern.WHOLE if names == ("rounded",) and of_a_number:
            return f"{it} is a whole number: the right value, rounded."
        case Pattern.WHOLE if names == ("rounded",):
            return f"{it} holds whole numbers: the right values, each rounded to the nearest one."
        case Pattern.WHOLE:
            return f"{it} holds whole numbers: the right values without what stands behind the point."
        case Pattern.ONE_NUMBER:
            of = ", the sum or mean of all entries that are due" if names else ""
            return f"{it} is a single number{of}."
        case Pattern.REDUCED:
            return f"{it} is what is right, summed or averaged over axis {names[0]}, which must stay."
        case Pattern.NOT_REDUCED:
            return f"{it} must still be summed or averaged over axis {names[0]}."
        case Pattern.SIGNS_LOST:
            return f"The sizes in {it} are right, some signs are not."
        case Pattern.SHIFTED if names[0] == "late":
            return f"{it} is one {names[1]} late: what is due at one {names[1]} stands at the next."
        case Pattern.SHIFTED:
            return f"{it} is one {names[1]} early: what is due at one {names[1]} stands at the one before."
        case Pattern.PERMUTED if names[:1] == ("reversed",):
            return f"{it} is right in the reverse order: what is due at the first {names[1]} stands at the last."
        case Pattern.PERMUTED if names[:1] == ("within",):
            return f"Each {names[1]} of {it} holds its right numbers, in the wrong places."
        case Pattern.PERMUTED:
            return f"{it} holds the right numbers in the wrong places."
        case Pattern.WHERE:
            return f"It is wrong only where {named(names[0])} is {region_of(reading)}."
        case Pattern.PLACE:
            return f"{it} is wrong only {names[0]}."
        case Pattern.AT_LABELS:
            return f"{it} is wrong only at `[i, {names[0]}[i]]`, in each row `i`."
        case Pattern.AT_NAMED:
            return f"{it} is wrong only at `[{names[0]}]`."
        case Pattern.REPEATED:
            each = "entries" if names[1] == "entry" else "rows"
            return f"{it} is wrong only in {each} that {named(names[0])} names more than once."
        case Pattern.PART:
            return f"{it} is wrong only in the {names[0]} of its {names[1]}."
        case Pattern.CUT:
            beyond = {"below": "smaller", "above": "larger"}.get(names[0], "smaller, or larger,")
            return f"{it} is cut off {names[0]}: all that is to be {beyond} is one and the same number."
        case Pattern.FUNCTION:
            text, where = _without_made(names[0])
            return f"{it} is `{text}`{''.join(f', {more}' for more in (*names[1:], *where))}."
        case Pattern.OF_RIGHT:
            part = ", and `part` some number" if "part *" in names[0] else ""
            return f"{it} is `{names[0]}`, where `right` is what is due{part}."
        case Pattern.DIVIDED:
            return f"{it} is `{names[0]}` divided by what it is to be multiplied with."
        case Pattern.LINE_FACTORS:
            return f"Each {names[0]} of {it} is off by a factor of its own."
        case Pattern.LINE_OFFSETS:
            return f"In each {names[0]} {it} is off by the same amount, and by another one in the next."
        case Pattern.OTHERS_COUNT:
            return (
                f"Equal entries of {named(names[0])} give different ones of {it}, as they never do where it is right."
            )
        case Pattern.TURNED:
            return f"All signs of {it} are wrong, and sizes are off as well."
        case Pattern.SKEWED:
            other = "negative" if names[1] == "positive" else "positive"
            return f"{it} is too large where {named(names[0])} is {names[1]}, and too small where it is {other}."
        case Pattern.SIZES:
            return f"No sign of {it} is wrong; its entries are too {names[0]} in size."
        case Pattern.BELOW_ZERO:
            return f"Entries of {it} are negative, where none that is right is."
        case Pattern.NOT_CUT:
            return f"{it} goes on where what is right stops, at its largest or its smallest number."
        case Pattern.NOT_SYMMETRIC:
            return f"{it} is not symmetric, and what is right is: the same when it is transposed."
        case Pattern.LACKING:
            return f"In {it} the {names[0]} {names[1]} of what is due is not there; all others are right."
        case Pattern.TOO_MANY:
            return f"{it} has one {names[1]} too many, the {names[0]}; all others are right."
        case Pattern.ONLY_ROWS:
            why = f"does a loop end early, or one {names[1]} stand for all?"
            other = "behind" if names[0] == "last" else "before"
            of = f"If each is made of the one {other} it, that step is wrong."
            return f"Only the {names[0]} {names[1]} of {it} is right: {why} {of}"
        case Pattern.ALL_BUT:
            return f"In {it} only the {names[0]} {names[1]} is not right: does a loop end early, or begin late?"
        case Pattern.ONE_LINE:
            return f"{it} is the {names[0]} {names[1]} alone of what is due."
        case Pattern.SAME:
            return f"{it} is the same whatever the function is given."
        case Pattern.STEP if names[1:] == ("-1",):
            return f"{it} goes from {named(names[0])} just the other way."
        case Pattern.STEP:
            times = f"`{names[1]}`" if names[1:] and _IS_CODE.search(names[1]) else "".join(names[1:])
            much = f"{times} times as far as it is to go" if times else "too far, or not far enough, by one factor"
            return f"{it} goes {much}, from {named(names[0])}."
        case Pattern.AS_IF if names[1] == RESHAPED:
            return f"{it} is what comes out where a reshape puts the entries of {named(names[0])} into other places."
        case Pattern.AS_IF:
            in_place = f"`{names[1]}`{''.join(f', {more},' for more in names[2:])} in the place of {named(names[0])}"
            return f"{it} is what comes out with {in_place}."
        case Pattern.LEFT_OUT if names[1].startswith("rest "):
            kept = names[1].rpartition(" the ")[2]
            return f"{it} is what comes out where all of {named(names[0])} but its {kept} is left out."
        case Pattern.LEFT_OUT:
            return f"{it} is what comes out where the {names[1]} of {named(names[0])} is left out."
        case Pattern.NEARLY:
            return (
                f"{it} is nearly right: the formula may be an approximation, something small is added, digits are "
                "lost, or it ends too early."
            )
