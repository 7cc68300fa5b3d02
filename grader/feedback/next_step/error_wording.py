"""What to try next where a function raised an exception: one thing to do, by its type and what its message says.

takes: a criterion's rule, the finding that is told, and what could not be made when the definitions were run.
gives: one sentence or two, in which names stand in backticks.
must not know: HTML, arrays, points, how a verdict was reached.

Of a hidden case the message is not known, so a step by the type alone must be true of every message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.answer_key import CriterionRule
from grader.feedback.next_step.message_wording import NO_EXCEPTION, by_message
from grader.feedback.next_step.names_wording import after_slip
from grader.judge import Finding
from grader.wire import NO_FUNCTION, NOT_MADE, Trouble


@dataclass(frozen=True)
class Absent:
    """What was not there when a function was called: modules that could not be imported, and names.

    `modules` have the line that imports each beside them. `names` are those whose line did not run, each with where
    that line is and the type of its error. `raising` are the places where the hand-in raises an exception by itself,
    `demands` the text of an assert by its place. `given` are names beside the file that came with the exercise which
    has them. `unfound` are names that were to come from a file which is there and has none of that name, each with that
    file. `is_all` tells that no graded function stands in the hand-in, so that `import *` was to bring them.
    `defined` are all names that it defines.
    """

    modules: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str, str], ...] = ()
    raising: tuple[tuple[int, int], ...] = ()
    demands: tuple[tuple[tuple[int, int], str], ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    unfound: tuple[tuple[str, str], ...] = ()
    is_all: bool = True
    defined: tuple[str, ...] = ()


NOTHING_ABSENT = Absent()

_NO_FILES = "That file is not there when it is graded: put what it holds into the code, or take that line out."
_NO_NETWORK = "There is no network when it is graded: put what is fetched into the code, or take that line out."
_ENDS = "Take that line out: it ends the whole program, where a function ends with return."

_RAISED = {
    "NotImplementedError": "Take the line that raises NotImplementedError out once your code is in.",
    "ModuleNotFoundError": "Hand that file in beside this one, if it is yours; if it is a package, use numpy alone.",
    "ImportError": "Use numpy alone: that cannot be imported when it is graded.",
    "NameError": "See how that name is spelt, capitals too, and whether it is set before that line: in this function, "
    "or in this notebook outside of all functions. Restart the kernel and run all cells to see.",
    "UnboundLocalError": "Give that name a value on every way through the function, before it is read.",
    "MemoryError": "See what grows without end there: an array far larger than the inputs, or a loop that never stops.",
    "RecursionError": "The function calls itself without end: see what should stop it.",
    "OverflowError": "A number is too large for its type there: use numpy's functions, not those of math, and "
    "float64 where a type is named.",
    "ZeroDivisionError": "See what is divided by, and when it is zero: a length, a count, an index from 0.",
    "IndexError": "Print the shape of what is indexed there: the index runs past its end, or it has fewer axes.",
    "AxisError": "Axes are counted from 0, so that an array of two dimensions has the axes 0 and 1 alone: see which is "
    "named on that line.",
    "KeyError": "Print what is in the dictionary there: the key is spelt otherwise, or was never put in.",
    "AttributeError": "Look up how that is spelt, and print what it is asked of: it may be None or of another type.",
    "ValueError": "Print the values and shapes just before that line, and see why it is reached with these.",
    "TypeError": "Print the type of each thing on that line, just before it: one of them is not what it should be.",
    "AssertionError": "Print what that `assert` compares, just before it: it does not hold for these inputs.",
    "EOFError": "Nobody answers `input` when it is graded: put the value into the code, or take that line out.",
    "BdbQuit": "Take `breakpoint()` or `pdb.set_trace()` out: nobody answers a debugger when it is graded.",
    "FileNotFoundError": _NO_FILES,
    "OSError": "That cannot be had when it is graded: take that line out. A file can be written beside the notebook, "
    "by a name without a folder.",
    "PermissionError": "That is not allowed when it is graded: take that line out, or put what it reads into the code.",
    "URLError": _NO_NETWORK,
    "gaierror": _NO_NETWORK,
    "ConnectionError": _NO_NETWORK,
    "ConnectionRefusedError": _NO_NETWORK,
    "SystemExit": _ENDS,
}
"""By the type of the exception, where it alone tells what to look at."""

_WHOLE = "What stands there must be a whole number: `/` always gives a float, so write `//`, or put `int` around it."
_INDEX = (
    (
        "only integers, slices",
        "Between an array's brackets stand whole numbers, slices and masks: a word in quotes finds something in a dict "
        "alone, and `/` always gives a float, so write `//`.",
    ),
    (
        "arrays used as indices",
        "Print the dtype of the array between the brackets: whole numbers find entries, and so do true and false. Rows "
        "of zeros and a one, where labels are meant, become these by argmax(axis=1).",
    ),
    (
        "invalid index to scalar",
        "What stands before the brackets is a single number and has no parts: take the brackets away, or see what "
        "should make an array of it.",
    ),
)
"""Where an index is wrong by its kind, and no place is too far."""
_SHAPES = "Print the shapes and lengths of what stands on that line, just before it: they do not fit."
_SAID = (
    (
        "truth value of an array",
        "`if`, `and` and Python's own `max` ask for one answer, and an array has one for each entry (so has `x[i, j]` "
        "of an x with more than two dimensions): use np.where, np.maximum or a mask.",
    ),
    (
        "arrays can be converted to Python scalars",
        "The functions of math, float and int take one number: use numpy's, such as np.exp, which take whole arrays.",
    ),
    (
        "values to unpack",
        "Print what is unpacked there: it has another number of parts than names stand on the left. An array "
        "has its rows for parts.",
    ),
    ("shape", _SHAPES),
    ("dimension", _SHAPES),
    ("broadcast", _SHAPES),
    (
        "Cannot cast ufunc",
        "Write `a = a * b` in the place of `a *= b`: an array that is changed in place keeps its type.",
    ),
    (
        "object is not callable",
        "What is called there is a value and no function: another line gives its name to something else, a `*` is "
        "missing before the bracket, or a constant such as np.e stands where np.exp is meant.",
    ),
    *((f"{kind}' object cannot be interpreted as an integer", _WHOLE) for kind in ("float", "float64", "float32")),
    ("slice indices must be integers", _WHOLE),
    ("must be integers or slices, not float", _WHOLE),
    ("name 'quit'", _ENDS),
    ("name 'exit'", _ENDS),
)
"""By a part of the message, where it tells more than the type."""


def after_error(rule: CriterionRule, finding: Finding, trouble: Trouble, absent: Absent = NOTHING_ABSENT) -> str:
    """What to try after an exception that a function raised, or that its call did."""
    is_its_own = (trouble.cell, trouble.line) in absent.raising and NO_EXCEPTION not in trouble.message
    if is_its_own and trouble.type_name not in _MEANT:
        return _after_own(finding)
    if trouble.type_name == "AssertionError" and (demand := dict(absent.demands).get((trouble.cell, trouble.line))):
        which = "which of the two is not as it is due: what a line before it makes, or what it asks for"
        step = f"`{demand}` does not hold there: print what it compares, and see {which}."
        return f"{_on_own(rule, finding)}. {step}" if finding.visibility != "public" else step
    if trouble.type_name == "NameError" and (to_try := after_name(trouble.message, absent)):
        return to_try
    if trouble.type_name == "TypeError" and (to_try := _after_call(rule, trouble)):
        return to_try
    if to_try := by_message(rule, trouble) or _by_part(trouble) or after_slip(trouble, absent.defined, rule.name):
        return to_try
    is_hidden, on_own = finding.visibility != "public", _on_own(rule, finding)
    if trouble.type_name in _RAISED:
        step = _RAISED[trouble.type_name]
        # What stands there with hidden inputs nobody can print.
        return f"{on_own}. {step}" if is_hidden and step.startswith("Print ") else step
    if is_hidden:
        return f"{on_own} in a fresh kernel, and read the last line of the error."
    return f"Call {rule.name} on the inputs of '{finding.case}', and print what stands on that line, just before it."


def _by_part(trouble: Trouble) -> str:
    of_values = trouble.type_name.endswith(("ValueError", "TypeError", "NameError"))
    known: Sequence[tuple[str, str]] = _SAID if of_values else _INDEX if trouble.type_name == "IndexError" else ()
    return next((to_try for part, to_try in known if part in trouble.message), "")


def _on_own(rule: CriterionRule, finding: Finding) -> str:
    return f"Call {rule.name} on inputs of your own like those of the hidden case '{finding.case}'"


def is_of_no_cache(trouble: Trouble | None) -> bool:
    """Whether no cache would change what was raised: which names there are, in a module too, what the call takes."""
    if trouble is None:
        return False
    if trouble.type_name == "AttributeError":
        return trouble.message.startswith("module '")
    return trouble.type_name == "NameError" or (trouble.type_name == "TypeError" and not trouble.line)


_MEANT = ("NotImplementedError", "SystemExit")  # what raises these by itself is told by the type


def _after_own(finding: Finding) -> str:
    """What to try where the hand-in has the words of the message: they may be those of any other error."""
    which = f"those of the hidden case '{finding.case}'" if finding.visibility != "public" else f"'{finding.case}'"
    like = "inputs like " if finding.visibility != "public" else "the inputs of "
    return f"The code raises this itself: see why that line is reached with {like}{which}, and whether it should be."


def after_name(message: str, absent: Absent) -> str:
    """What to try where a name was not there since the line that makes it could not run."""
    for name, where, error in absent.names:
        if f"name '{name}' " in message:
            return (
                f"Mend {where} first: it makes `{name}`, and could not run when it was graded ({error})."
                f"{_WHY.get(error.partition(':')[0], '')}"
            )
    for name, of in absent.unfound:
        if f"name '{name}' " in message:
            return f"{of} has no `{name}` when it is graded: see how it is spelt there, or write it yourself."
    named = [module for module, line in absent.modules if "*" not in line and may_bind(line, message)]
    modules = dict.fromkeys(named or [module for module, line in absent.modules if "*" in line])
    missed = f"the module{'s' * (len(modules) > 1)} {', '.join(modules)} could not be imported when it was graded"
    for name, file in absent.given if modules else ():
        if f"name '{name}' " in message:
            return f"Import `{name}` from {file}, which came with the exercise: {missed}."
    if modules:
        own = "if that is a file of yours, hand it in beside this one; if it is a package, use numpy alone."
        return f"T{missed[1:]}: {own}"
    return ""


_WHY = {
    "FileNotFoundError": " No file but code is there then: put what it holds into the notebook, or use what the "
    "function is given.",
    "ModuleNotFoundError": " Use numpy alone there, or what the function is given.",
}


def may_bind(line: str, message: str) -> bool:
    """Whether a line that imports something would give the name that is missing: a slip of the pen is none of it."""
    return "*" in line or any(f"name '{word}' " in message for word in re.findall(r"\w+", line))


def _after_call(rule: CriterionRule, trouble: Trouble) -> str:
    """What to try where not a line of the function failed but the call of it; nothing where a line did."""
    owner, _, name = rule.name.rpartition(".")
    if NOT_MADE in trouble.message and rule.made:
        return f"Let `__init__` take what the object is made with, in this order: `{rule.made}`."
    if NOT_MADE in trouble.message:
        return f"Give every parameter of `__init__` a default value: the object is made as `{owner}()`."
    if NO_FUNCTION in trouble.message:
        return "Let it return the function that is defined within it, by its name and without brackets: `return df`."
    if trouble.message.startswith("Can't instantiate abstract class"):
        return "Give the class each method that its base class declares as abstract."
    if trouble.line:
        return ""
    if trouble.message.startswith("unhashable type"):
        return "What looks a result up by a hash, as @lru_cache and @cache do, can take no array: take that out."
    if ".<locals>." in trouble.message:
        return "The function that it gives takes other arguments than it is called with: see the hand-out for those."
    if more := [one for one in _missing(trouble.message) if not re.search(rf"\b{one}\b", rule.takes)]:
        listed = " and ".join(f"`{one}`" for one in more)
        return f"It is called with `{rule.takes}` alone: take {listed} out of its parameters, or give a default value."
    step = f"It is called with what `def {name}{rule.takes}` takes: compare the parameters of yours with that"
    without = ", and take out a decorator such as @staticmethod, @property or @np.vectorize, which takes `self` away"
    return f"{step}{without if owner else ''}."


def _missing(message: str) -> list[str]:
    """The parameters that got nothing when the function was called."""
    _, is_there, names = message.partition("required positional argument")
    return re.findall(r"'(\w+)'", names) if is_there else []


_IN_SCRIPTS = (
    ("in this notebook", "in this file"),
    ("Restart the kernel and run all cells to see", "Run all of it afresh to see"),
    ("restart the kernel, run all cells from the top, and save", "run the whole file afresh, and save"),
    ("run the cell in a fresh kernel, and save", "run the file afresh, and save"),
    ("in a fresh kernel", "in a fresh Python"),
)


def without_cells(step: str) -> str:
    """Say the same for a Python file, which has no cells and no kernel."""
    for of_notebook, of_script in _IN_SCRIPTS:
        step = step.replace(of_notebook, of_script)
    return step
