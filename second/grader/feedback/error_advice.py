"""What to try after an exception: one step, by a part of its message where that says more, else by its type."""

from __future__ import annotations

import re

from grader.outcomes import Trouble

_NOT_THERE = "That file is not there when the submission is graded: put what it holds into the code, or remove the line."
_NO_NETWORK = "There is no network when the submission is graded: put what is fetched into the code, or remove the line."
_ENDS = "Remove that line: it ends the whole program. A function ends with `return`."
_WHOLE = "A whole number is needed there: `/` always gives a float, so write `//` or `int(...)`."
_SHAPES = "Print the shapes of everything on that line, just before it: they do not fit together."

BY_MESSAGE: tuple[tuple[str, str], ...] = (
    (r"truth value of an array", "`if`, `and` and Python's `max` need one answer; an array has one for each entry. Use"
     " `np.where`, `np.maximum` or a mask."),
    (r"converted to (Python )?scalar", "Functions of `math`, `float` and `int` take one number: use numpy's, such as"
     " `np.exp`, which take whole arrays."),
    (r"values to unpack", "Print what is unpacked there: it has a different number of parts than there are names."),
    (r"matmul|not aligned|core dimension", "`A @ B` needs as many columns in A as rows in B. Print both shapes just"
     " before that line; one factor may need `.T` or a reshape."),
    (r"could not be broadcast", "numpy compares shapes from the end: two sizes must be equal, or one of them 1. Print both"
     " shapes; for a matrix product write `@`, not `*`."),
    (r"cannot reshape", "The number of entries must stay the same in a reshape. Take the sizes from the array's own"
     " `shape`; -1 stands for whatever is left."),
    (r"Cannot cast ufunc", "Write `a = a * b` instead of `a *= b`: an array that is changed in place keeps its type."),
    (r"object is not callable", "What is called there is a value, not a function: look for a name that is used twice, or a"
     " missing `*` before a bracket."),
    (r"cannot be interpreted as an integer|slice indices must be|not float", _WHOLE),
    (r"only integers, slices", "Inside an array's brackets only whole numbers, slices and masks are allowed."),
    (r"takes \d+ positional arguments? but|missing \d+ required positional|unexpected keyword", "Compare the parameters of"
     " the function with the signature in the hand-out: number, order and names."),
    (r"name '(quit|exit)'", _ENDS),
    (r"'NoneType' object", "Something is None there: a function without `return`, or a value that was never set."),
    (r"shape|dimension", _SHAPES),
)  # fmt: skip

BY_TYPE = {
    "NotImplementedError": "Remove the line that raises NotImplementedError once your code is in.",
    "ModuleNotFoundError": "If it is your own file, hand it in beside this one; if it is a package, use numpy instead.",
    "ImportError": "Use numpy alone: that import is not available when the submission is graded.",
    "NameError": "Check the spelling of that name, and that it is set in this function or at the top level of the notebook."
    " Restart the kernel and run all cells to see it.",
    "UnboundLocalError": "Set that name on every path through the function before it is read.",
    "MemoryError": "Look for an array far larger than the inputs, or a loop that never stops.",
    "RecursionError": "The function calls itself without end: check what should stop it.",
    "OverflowError": "A number is too large for its type: use numpy's functions with float64, not those of `math`.",
    "ZeroDivisionError": "Check what you divide by, and when it is zero: a length, a count, an index from 0.",
    "IndexError": "Print the shape of the array that is indexed there: the index is past its end, or it has fewer axes.",
    "AxisError": "Axes count from 0: an array with two dimensions has axes 0 and 1.",
    "KeyError": "Print the keys of that dictionary: the key is spelled differently, or was never stored.",
    "AttributeError": "Check how that attribute is spelled, and print the object: it may be None or of another type.",
    "ValueError": "Print the values and shapes just before that line.",
    "TypeError": "Print the type of everything on that line, just before it: one of them is not what you expect.",
    "AssertionError": "Print what that `assert` compares: it does not hold for these inputs.",
    "EOFError": "Nobody answers `input()` when the submission is graded: put the value into the code.",
    "BdbQuit": "Remove `breakpoint()` or `pdb.set_trace()`.",
    "FileNotFoundError": _NOT_THERE,
    "PermissionError": "That is not allowed when the submission is graded: remove the line.",
    "OSError": "That is not available when the submission is graded: remove the line.",
    "URLError": _NO_NETWORK,
    "gaierror": _NO_NETWORK,
    "ConnectionError": _NO_NETWORK,
    "ConnectionRefusedError": _NO_NETWORK,
    "SystemExit": _ENDS,
    "SyntaxError": "Fix that line first: Python could not read this part of the notebook.",
    "IndentationError": "Fix the indentation of that line: use four spaces for each level, and no tabs.",
}


def advise(trouble: Trouble, case: str, is_public: bool) -> str:
    """One thing to try after an exception in a case. Messages of hidden cases are not known, so the type decides."""
    if trouble.message:
        for pattern, step in BY_MESSAGE:
            if re.search(pattern, trouble.message):
                return step
    if trouble.type_name in BY_TYPE:
        return BY_TYPE[trouble.type_name]
    if is_public:
        return f"Run the inputs of '{case}' yourself and read the last line of the error."
    return f"Try inputs of your own like those of the hidden case '{case}' in a fresh kernel."
