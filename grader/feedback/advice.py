"""What to try next: after an exception, after a result of the wrong form, and by how a result differs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.feedback.case_sentences import DIFFERENCES, returns
from grader.judge.model import Difference, Flaw, Problem
from grader.key import CriterionRule
from grader.outcomes import Status, Trouble

LOOK = "Work out one entry by hand with the lecture's formula, and compare it with yours term by term."
BY_STATUS = {
    Status.TIMED_OUT: "Look for a loop that never ends, and replace loops over entries by whole-array operations.",
    Status.NOT_REACHED: "Fix what failed, or took too long, before it.",
    Status.KILLED: "Remove calls that end the program (exit, os._exit), and look for arrays that are far too large.",
}
_ENDS = "Remove that line: it ends the whole program. A function ends with `return`."
_TOO_LARGE = "Look for an array far larger than the inputs, or a loop that never stops."

BY_MESSAGE = (
    ("truth value of an array", "`if`, `and` and `max` need one answer: use `np.where`, `np.maximum` or a mask."),
    (r"converted to (Python )?scalar", "`math`, `float` and `int` take one number: use numpy's functions instead."),
    ("values to unpack", "Print what is unpacked there: it has a different number of parts than there are names."),
    ("matmul|not aligned|core dimension", "`A @ B` needs as many columns in A as rows in B."
     " Print both shapes just before that line; one factor may need `.T` or a reshape."),
    ("could not be broadcast", "numpy compares shapes from the end: two sizes must be equal, or one of them 1."
     " Print both; a matrix product is `@`, not `*`."),
    ("cannot reshape", "A reshape keeps the number of entries: print the array's `shape` just before it."),
    ("Cannot cast ufunc", "Write `a = a * b` instead of `a *= b`: an array that is changed in place keeps its type."),
    ("object is not callable", "That is no function: is a name used twice, or a `*` missing before a bracket?"),
    ("interpreted as an integer|slice indices must be|not float", "A whole number is needed there: use `//` or int()."),
    ("only integers, slices", "Inside an array's brackets only whole numbers, slices and masks are allowed."),
    (r"takes \d+ positional arguments? but|missing \d+ required positional|unexpected keyword",
     "Compare the call with the function's parameters: number, order, names. Those of yours are in the hand-out."),
    (r"name '(quit|exit)'", _ENDS),
    ("'NoneType' object", "Something is None there: a function without `return`, or a value that was never set."),
    ("Unable to allocate", _TOO_LARGE),
    (r"module '[\w.]+' has no attribute", "Look up that function's name: the module has none with this spelling."),
    ("shape|dimension", "Print the shapes of everything on that line, just before it: they do not fit together."),
)  # fmt: skip
"""A part of a message -> what to try."""

BY_TYPE = {
    "NotImplementedError": "Remove the line that raises NotImplementedError once your code is in.",
    "ModuleNotFoundError": "If it is your own file, hand it in beside this one; if it is a package, use numpy instead.",
    "ImportError": "Use numpy alone: that import is not available when the submission is graded.",
    "NameError": "Check how that name is spelled, and where it is set: restart the kernel and run all cells to see it.",
    "UnboundLocalError": "Set that name on every path through the function before it is read.",
    "MemoryError": _TOO_LARGE,
    "RecursionError": "The function calls itself without end: check what should stop it.",
    "OverflowError": "A number is too large for its type: use numpy's functions with float64, not those of `math`.",
    "ZeroDivisionError": "Check what you divide by, and when it is zero: a length, a count, an index from 0.",
    "IndexError": "Print the shape of what is indexed there: the index is past its end, or it has fewer axes.",
    "AxisError": "Axes count from 0: an array with two dimensions has axes 0 and 1.",
    "KeyError": "Print the keys of that dictionary: the key is spelled differently, or was never stored.",
    "AttributeError": "Check how that attribute is spelled, that it was set, and what the object is.",
    "ValueError": "Print the values and shapes just before that line.",
    "TypeError": "Print the type of everything on that line, just before it: one of them is not what you expect.",
    "AssertionError": "Print what that `assert` compares: it does not hold for these inputs.",
    "FileNotFoundError": "That file is not there when the submission is graded:"
    " put what it holds into the code, or remove the line.",
    "PermissionError": "That is not allowed when the submission is graded: remove the line.",
    "OSError": "That is not available when the submission is graded: remove the line.",
    **dict.fromkeys(
        ("URLError", "gaierror", "ConnectionError", "ConnectionRefusedError"),
        "There is no network when the submission is graded: put what is fetched into the code, or remove the line.",
    ),
    "SystemExit": _ENDS,
    "ProcessEnded": "Remove that statement: it ended the whole program.",
    "TimeoutError": "Remove that statement, or the loop or the training in it: it did not finish in time.",
    "SyntaxError": "Fix that line first: Python could not read this part of the file.",
    "IndentationError": "Fix the indentation of that line: use four spaces for each level, and no tabs.",
}


def advise(trouble: Trouble, case: str = "", is_public: bool = True) -> str:
    """One thing to try after an exception, in a case or (`case` is "") outside of all functions.

    Messages of hidden cases are not known; then the type decides.
    """
    by_message = next((step for pattern, step in BY_MESSAGE if re.search(pattern, trouble.message)), "")
    if step := by_message or BY_TYPE.get(trouble.type_name, ""):
        return step
    if not case:
        return "Run all cells in a fresh kernel, and read the last line of the error."
    if is_public:
        return f"Run the inputs of '{case}' yourself and read the last line of the error."
    return f"Try inputs of your own like those of the hidden case '{case}' in a fresh kernel."


def advise_result(rule: CriterionRule, problem: Problem, differences: Sequence[Difference]) -> str:
    """One thing to try after a wrong result; "" where only its numbers are off, and nothing is known of how."""
    facts = problem.facts
    if problem.flaw is Flaw.COUNT:
        expected = returns(rule)
        return f"Return {expected}{', in this order' if expected.startswith('(') else ''}."
    if problem.flaw is Flaw.NONE and problem.result and len(rule.results) > 1:
        return f"Check that `{problem.result}` is set before the return line, under this very name."
    if problem.flaw is Flaw.NONE:
        return "Check that there is a return line, and that the result is assigned to the name that it returns."
    if problem.flaw is Flaw.TYPE:
        return f"Return `{problem.result}` as {facts.get('expected') or 'a numpy array of numbers'}."
    if problem.flaw is Flaw.NOT_FINITE:
        return "Look for exp of a large number, log of zero, a division by zero, or inf - inf."
    for one in differences:
        if problem.flaw is Flaw.VALUES or one.name != "reshaped":
            return DIFFERENCES[one.name][1].format(**one.facts)
    return _advise_shape(facts["got_shape"], facts["want_shape"]) if problem.flaw is Flaw.SHAPE else ""


def _advise_shape(got: Sequence[int] | None, want: Sequence[int]) -> str:
    more = 0 if got is None else len(got) - len(want)
    if more == 1:
        return "There is one axis too many: look for keepdims, np.newaxis, or a column that meets a row."
    if more == -1:
        return "One axis is gone: a sum, a mean or a single index takes one away; reshape brings it back."
    return "Print the shape at each step, and see where it stops being what you expect."
