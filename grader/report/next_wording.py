"""What to try next: one thing to do, from what failed and how the difference reads.

takes: a criterion's rule, the finding that is told, and a reading of its difference, where there is one.
gives: one sentence or two, in which names stand in backticks.
must not know: HTML, arrays, points, how a verdict was reached.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.answer_key import CriterionRule
from grader.judge import Finding, Flaw, Pattern, Problem, Reading
from grader.wire import NOT_MADE, Status, Trouble

NOT_ATTEMPTED = "Write its body, run the cell and save; `grader check` then tells at once what is right."


def try_next(
    rule: CriterionRule, finding: Finding, reading: Reading | None = None, alone: str = "",
    failed_imports: Sequence[str] = (),
) -> str:  # fmt: skip
    """What to try after one failing case; `alone` is the one behaviour that fails where all others hold."""
    if finding.status is not Status.RETURNED:
        return _after_status(rule, finding, failed_imports)
    if finding.problem is None:
        return ""
    if finding.problem.flaw is Flaw.VALUES:
        return _after_values(finding, finding.problem, reading, alone)
    return _after_flaw(rule, finding.problem)


def _after_flaw(rule: CriterionRule, problem: Problem) -> str:
    due = rule.signature.split(" -> ")[1]
    match problem.flaw:
        case Flaw.COUNT:
            return f"Return {due}, in this order."
        case Flaw.NONE:
            return "Is there a return line, and is the result assigned to the name that it returns?"
        case Flaw.TYPE:
            return f"Return {due} as numpy arrays."
        case Flaw.SHAPE:
            return "Print the shape at each step, and see where it stops being what you expect."
        case Flaw.DTYPE:
            return "Multiply a mask with numbers, or use np.where: true and false are not a gradient."
        case Flaw.NOT_FINITE:
            return "Look for exp of a large number, 0/0 or inf - inf in what is computed there."
        case Flaw.VALUES:
            return ""


# ---- values --------------------------------------------------------------------------------------------------

_READ = {
    Pattern.ZERO: "Is what you compute assigned to {it}, or does {it} still hold the zeros that it was made with?",
    Pattern.CONSTANT: "See which step makes all entries alike: a sum or mean without an axis, or one entry for all.",
    Pattern.ECHO: "See whether what you compute is also what the return line gives back.",
    Pattern.SIGN: "Look for a minus that is missing, or one too many.",
    Pattern.FACTOR: "Look for a number in the formula that has no place there, or for one that is applied twice.",
    Pattern.FACTOR_INPUT: "See where `{0}` comes into the formula, and whether it comes in twice.",
    Pattern.MISSING_INPUT: "Multiply by `{0}` where the formula has it.",
    Pattern.ADDED_INPUT: "See where `{0}` is added or subtracted, and whether the formula does so.",
    Pattern.OFFSET: "Look for a number that is added everywhere, or one that should be.",
    Pattern.TRANSPOSED: "See in what order the product takes its factors, or whether a .T is missing or too many.",
    Pattern.RESHAPED: "Reshape the result to the shape that is due, as the last step.",
    Pattern.REDUCED: "Take the sum or mean away: each entry has a result of its own.",
    Pattern.NOT_REDUCED: "Sum or average over that axis, as the last step.",
    Pattern.SIGNS_LOST: "Look for abs, a square, or a maximum where the sign should stay.",
    Pattern.PERMUTED: "Look for a reshape where a transpose is due, or for an order of axes that is mixed up.",
    Pattern.WHERE: "Try one such entry by hand, and follow which branch of your code it takes.",
    Pattern.ONLY_ROWS: "See what the loop runs over, and whether each turn writes into a row of its own.",
    Pattern.NEARLY: "Compare your formula with the one of the lecture, term by term; keep to float64 in between.",
}
"""By pattern; `{it}` is the result, `{0}` the first name of the reading. Where results are mixed up, the sentence
that says so asks already."""


def _after_values(finding: Finding, problem: Problem, reading: Reading | None, alone: str) -> str:
    if reading is not None and reading.pattern in _READ:
        return _READ[reading.pattern].format(*reading.names, *[""] * 2, it=f"`{problem.output}`")
    if finding.visibility != "public":
        return f"Try inputs of your own of this kind: {finding.behaviour} ({finding.case})."
    by_hand = "Work the entry named above out by hand on the inputs of this case, and compare."
    if alone:
        return (
            f"All else holds: see what your code does otherwise where '{alone}' is checked ({finding.case}). {by_hand}"
        )
    return by_hand


# ---- errors --------------------------------------------------------------------------------------------------

_RAISED = {
    "NotImplementedError": "Take the line that raises NotImplementedError out once your code is in.",
    "ModuleNotFoundError": "Use numpy alone: that package is not there when it is graded.",
    "ImportError": "Use numpy alone: that cannot be imported when it is graded.",
    "NameError": "Is that name defined in this notebook? Restart the kernel and run all cells to see.",
    "UnboundLocalError": "Give that name a value on every way through the function, before it is read.",
    "MemoryError": "Print the shapes on the way: some step makes an array far larger than its inputs.",
    "RecursionError": "The function calls itself without end: see what should stop it.",
    "OverflowError": "Python's own numbers overflow where numpy's do not: use numpy's functions, not those of math.",
    "ZeroDivisionError": "See what is divided by, and when it is zero: a length, a count, an index from 0.",
    "IndexError": "Print the shape of what is indexed there: the index runs past its end, or it has fewer axes.",
    "KeyError": "Print what is in the dictionary there: the key is spelt otherwise, or was never put in.",
    "AttributeError": "Look up how that is spelt, and print what it is asked of: it may be None or of another type.",
    "ValueError": "Print the shapes and lengths of what stands on that line, just before it: they do not fit.",
    "TypeError": "Print the type of each thing on that line, just before it: one of them is not what it should be.",
}
"""By the type of the exception, where it alone tells what to look at."""


def _after_status(rule: CriterionRule, finding: Finding, failed_imports: Sequence[str]) -> str:
    if finding.earlier:  # it was called without what that should have given, which nobody does by hand
        return f"Mend {finding.earlier} first; this is tried again after it."
    if finding.status is Status.RAISED and finding.trouble is not None:
        return _after_error(rule, finding, finding.trouble, failed_imports)
    if finding.status is Status.TIMED_OUT:
        return "Look for a loop whose condition never becomes false, or one that does far more than the inputs need."
    if finding.status is Status.KILLED:
        return "Take out whatever ends the process (exit, quit, os._exit) or asks for more memory than there is."
    if finding.status in (Status.NOT_REACHED, Status.MISSING):
        return "Mend what is called before it first; this is tried again after it."
    if finding.status is Status.UNREADABLE:
        return f"Return {rule.signature.split(' -> ')[1]} as plain numpy arrays of numbers."
    return ""


def _after_error(rule: CriterionRule, finding: Finding, trouble: Trouble, failed_imports: Sequence[str]) -> str:
    if trouble.type_name == "NameError" and failed_imports:
        modules = ", ".join(failed_imports)
        return f"Not everything can be imported when it is graded: {modules} could not be. Use numpy alone."
    if trouble.type_name == "TypeError" and (to_try := _after_call(rule, trouble)):
        return to_try
    if trouble.type_name in _RAISED:
        return _RAISED[trouble.type_name]
    if finding.visibility != "public":
        kind = f"inputs of your own of this kind ({finding.behaviour})"
        return f"Call {rule.name} on {kind} in a fresh kernel, and read the last line of the error."
    return f"Call {rule.name} on a small example in a fresh kernel, and read the last line of the error."


def _after_call(rule: CriterionRule, trouble: Trouble) -> str:
    """What to try where not a line of the function failed but the call of it; nothing where a line did."""
    owner, _, name = rule.name.rpartition(".")
    if NOT_MADE in trouble.message:
        return f"Give every parameter of `__init__` a default value: the object is made as `{owner}()`."
    if trouble.message.startswith("Can't instantiate abstract class"):
        return "Give the class each method that its base class declares as abstract."
    if trouble.line:
        return ""
    parameters = rule.signature.split(" -> ")[0]
    return f"It is called with what `def {name}{parameters}` takes: compare the parameters of yours with that."
