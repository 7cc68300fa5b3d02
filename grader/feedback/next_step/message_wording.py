"""What to try next where the message of an exception tells more than its type: what was missing, or did not fit.

takes: a criterion's rule, and the trouble that a function raised.
gives: one sentence or two, in which names stand in backticks; "" where the message tells no more.
must not know: HTML, arrays, points, hidden cases, whose messages nobody hands on.
"""

from __future__ import annotations

import re

import numpy as np

from grader.answer_key import CriterionRule
from grader.feedback.next_step.names_wording import instead_of, near, of_others
from grader.feedback.next_step.shape_wording import after_shapes
from grader.wire import CACHE_KEYS, CACHE_NONE, KEEPS_NOTHING, PUTS, Trouble

_NAME = re.compile(r"name '(\w+)'")
_NOT_IN_NUMPY = re.compile(r"module 'numpy' has no attribute '(\w+)'")
_NO_ATTRIBUTE = re.compile(r"'([\w.]+)' object has no attribute '(\w+)'")
_QUOTED = re.compile(r"'([\w.]+)'")
_FREE = re.compile(r"free variable '(\w+)'")
_TAKES = re.compile(r"(?<![\w.<>])([\w.<>]++)\(\) (?:takes|missing|got)\b")
_TAKES_NOT = re.compile(r"invalid keyword argument for ([\w.]+)\(\)")
# From 3.13 on; numpy's functions of these names take an axis.
_TAKES_NO_AXIS = re.compile(r"\b(sum|max|min|any|all|sorted|round)\(\) got an unexpected keyword argument 'axis'")
_MODULES = ("math", "copy", "random", "itertools", "functools", "time")  # of Python's own, that are often used
_OPERANDS = ("unsupported operand type", "not supported between instances", "bad operand type")


def by_message(rule: CriterionRule, trouble: Trouble) -> str:
    """What to try after an exception, by what its message says."""
    match trouble.type_name:
        case "NameError":
            return _after_name(rule, trouble.message)
        case "AttributeError":
            return _after_attribute(rule, trouble.message)
        case "TypeError":
            return _after_type(rule, trouble.message)
        case "IndexError" if "boolean index" in trouble.message:
            return "The mask has another shape than what it picks from: print both shapes just before that line."
        case "IndexError" if trouble.message == "tuple index out of range":
            return (
                "The tuple there has fewer parts than are asked for: print it. A shape has one number for each axis, "
                "and `()` is that of a single number, as np.vectorize hands over."
            )
        case "ValueError":
            return after_shapes(trouble.message)
        case "KeyError":
            return _after_key(rule, trouble.message)
        case _:
            return ""


# ---- names -----------------------------------------------------------------------------------------------------


def _after_name(rule: CriterionRule, message: str) -> str:
    if found := _FREE.search(message):
        return f"Give `{found[1]}` its value before the inner function that reads it is called."
    found = _NAME.search(message)
    if not found:
        return ""
    name = found[1]
    if name == "self":
        return "`self` is there in a method that has it as its first parameter, and nowhere else: use the parameters."
    if name in _methods(rule):
        return f"A method is called on its object: write `self.{name}(...)`."
    if name in _of_forward(rule):
        return (
            f"`{name}` is known in {rule.forward} alone: take it out of what that keeps for {rule.name}, by the name "
            "that it has there, or let it be kept."
        )
    if (alike := near(name, _words(rule))) and not name.isascii():
        return f"Type `{alike}` anew there: a letter of it is of another alphabet, and only looks like the right one."
    if alike:
        return f"Is `{alike}` meant? Nothing is called `{name}` there."
    if size := next((size for size in rule.sizes if size.lower() == name.lower()), ""):
        of, axis = rule.sizes[size]
        return f"Nothing is called `{name}` there: if the size `{size}` is meant, that is `{of}.shape[{axis}]`."
    if name in _MODULES:
        return f"If the module is meant, write `import {name}` above; {_OR_OWN}"
    if callable(getattr(np, name, None)):
        return f"If numpy's `{name}` is meant, write `np.{name}`; {_OR_OWN}"
    return ""


_OR_OWN = "if it is a value of your own, set it before that line."


def _methods(rule: CriterionRule) -> set[str]:
    """The methods that a method may want to call; none of a plain function."""
    names = (rule.name, rule.forward)
    return {name.rpartition(".")[2] for name in names if "." in name}


def _of_forward(rule: CriterionRule) -> set[str]:
    """What forward is given and gives, and backward has only where forward keeps it."""
    if rule.follow_through is None:
        return set()
    return {*rule.follow_through.output, *rule.follow_through.gradients.values()} - set(_words(rule))


def _words(rule: CriterionRule) -> list[str]:
    """The parameters and the results of the function that is graded."""
    return re.findall(r"\w+", rule.signature)


def _after_key(rule: CriterionRule, message: str) -> str:
    """The keys that there are, where these are told, and the one among them that may be meant."""
    asked, _, keys = message.partition(CACHE_KEYS)
    if not keys:
        return ""
    alike = near(asked.strip("'"), [key.strip("'") for key in keys.split(", ")])
    meant = f"Is `{alike}` meant? " if alike else ""
    kept = f"What {rule.forward or 'the call before'} keeps has the keys {keys}"
    return f"{meant}{kept}: take one of these, or let it keep that too."


# ---- attributes ------------------------------------------------------------------------------------------------


def _after_attribute(rule: CriterionRule, message: str) -> str:
    if CACHE_NONE in message:
        return _after_none(rule)
    if found := _NOT_IN_NUMPY.search(message):
        return f"There is no `np.{found[1]}`: {instead_of(found[1], rule.name)}"
    if PUTS in message:
        return "Let `__init__`, or what is called before, make what the hand-out names, in the order that it names."
    found = _NO_ATTRIBUTE.search(message)
    if not found:
        return ""
    kind, name = found.groups()
    owner = rule.name.rpartition(".")[0]
    if kind == owner and name not in _methods(rule):
        return (
            f"Nothing has put `self.{name}` there when that line is reached: see how it is spelt, or set it before; if "
            f"`{name}` is a parameter, or a function outside of the class, write it without `self.`"
        )
    if kind == "numpy.ndarray" and (alike := near(name, dir(np.ndarray))):
        return f"An array has no `.{name}`: is `.{alike}` meant?"
    if kind == "numpy.ndarray" and callable(getattr(np, name, None)):
        return f"An array has no `.{name}`: numpy's function is `np.{name}(...)`."
    if kind == "numpy.ndarray" and (to_do := of_others(name, rule.name)):
        return f"An array has no `.{name}`, and numpy no such function: {to_do}."
    if kind == "numpy.ndarray":
        kept = f" If the cache is meant: what {rule.forward} keeps is an array, and has no parts with names."
        told = f"What stands before `.{name}` is of type numpy.ndarray, and an array has no such part."
        return f"{told}{kept if rule.forward else ''}"
    if kind in ("int", "float") and hasattr(np.ndarray, name):
        return f"What stands before `.{name}` is a single number, and only an array has that: is it handed in as one?"
    if kind in ("int", "float") and callable(getattr(np, name, None)):
        return f"What stands before `.{name}` is a single number: does another line give numpy's name to it?"
    if kind == "dict" and name in _OF_PYTHON_2:
        return f"Python 3's dicts have no `.{name}`: write {_OF_PYTHON_2[name]}."
    if kind in _PARTS:
        return f"What stands before `.{name}` is {_PARTS[kind]}"
    return f"What stands before `.{name}` is of type {kind}: see how it is spelt there, or what should put it there."


# ---- types -----------------------------------------------------------------------------------------------------

_PARTS = {
    "NoneType": "None: an argument that may be left out, or what should have got a value from a function without a "
    "return line.",
    "tuple": "a tuple: take out of it what you mean, as `out, _ = ...` does.",
    "list": "a list: make it an array first, with np.array.",
    "dict": "a dict: take out of it what you mean, by its key.",
    "str": "a text.",
    "float": "a single number, and no array.",
    "int": "a single number, and no array.",
    "numpy.ufunc": "a function of numpy's: does its call lack the brackets, as in `np.exp(x)`?",
    "function": "a function: is a call without its brackets?",
    "method": "a method: is a call without its brackets?",
    "builtin_function_or_method": "a function: is a call without its brackets?",
}
"""By the type of what stands where something else is due; of numbers nothing is said where they may be right."""

_OF_PYTHON_2 = {
    "has_key": "`key in d`",
    **{f"iter{part}": f"`.{part}()`" for part in ("items", "keys", "values")},
}
_IN_TURN = {
    **{name: f"`{name}(...)`" for name in ("zip", "map", "filter", "enumerate", "range", "reversed")},
    **{f"dict_{part}": f"`.{part}()`" for part in ("keys", "values", "items")},
    "generator": "what has a `for` in round brackets",
}
"""What was a list in Python 2, or looks like one; by the name of its type, and how it is written."""
_AS_OF_A_LIST = ("not reversible", "not subscriptable", "has no len()", "item assignment", "type(s) for +")
_OR_NAMED = "or does another line give a function's name to it?"
_CALLED = {
    "tuple": f"a tuple, as a shape is one: write `x.shape[0]`, with square brackets; {_OR_NAMED}",
    "numpy.ndarray": f"an array: its entries stand in square brackets; or is a `*` or a comma missing, {_OR_NAMED}",
}
_MASKS = "`&` and `|` put masks together: with numbers use `*`, or np.where."
NO_EXCEPTION = "exceptions must derive"
_SAID = (
    ("bitwise_xor", "`^` is no power in Python: write `**`."),
    ("bitwise_and", _MASKS),
    ("bitwise_or", _MASKS),
    ("type(s) for ^", "`^` is no power in Python: write `**`."),
    (
        "only integer scalar arrays",
        "An array stands where one whole number is due: an axis, a size, the index of a list. What comes second in "
        "np.max, np.sum or np.concatenate is an axis: two arrays are compared by np.maximum, and put together as one "
        "list, np.concatenate([a, b]).",
    ),
    (
        "has no len()",
        "What is handed to `len` there is a single number: is it handed in as one? If not, see what should be an array "
        "there. A function under np.vectorize gets one number at a time, and so does one that a loop over a vector "
        "calls.",
    ),
    (
        "tuple indices must be integers or slices, not str",
        "What stands before the square brackets is a tuple, which has no keys: unpack it, as `a, b = cache` does, or "
        "take a part by its number.",
    ),
    (
        "list indices must be integers or slices, not str",
        "What stands before the square brackets is a list, which has no keys: take a part by its number.",
    ),
    (
        "boolean array indexing assignment",
        "What is put where a mask is true is to have as many entries: pick them there too, as `a[mask] = b[mask]`.",
    ),
    (NO_EXCEPTION, "What stands behind `raise` there is no exception: let that line give the result instead."),
    ("__round__", "Python's `round` takes one number; leave it out, since results are due with all their digits."),
    ("order must be", "Hand np.reshape the new shape as one thing: np.reshape(x, (3, 4))."),
    (
        "as a data type",
        "A shape is one thing, np.zeros((3, 4)), and so are entries, np.array([3, 4]): what comes second is a type.",
    ),
)


def _after_none(rule: CriterionRule) -> str:
    return f"What {rule.forward or 'the call before'} gives for it is None: see which name it returns there, and fills."


def _after_type(rule: CriterionRule, message: str) -> str:
    if CACHE_NONE in message:
        return _after_none(rule)
    if message.endswith(KEEPS_NOTHING):
        return f"Mend {message.removesuffix(KEEPS_NOTHING)} first: on that line this looks into what it keeps."
    kinds = _QUOTED.findall(message)
    made = next((_IN_TURN[kind] for kind in kinds if kind in _IN_TURN), "")
    if made and any(part in message for part in _AS_OF_A_LIST):
        return f"{made[0].upper()}{made[1:]} gives its parts in turn and is no list: put `list(...)` around it there."
    if to_try := next((to_try for part, to_try in _SAID if part in message), ""):
        return to_try
    if any(part in message for part in _OPERANDS):
        kind = next((kind for kind in _PARTS if kind in kinds and kind not in ("float", "int")), "")
        return f"One of the things on that line is {_PARTS[kind]}" if kind else ""
    if "not callable" in message and kinds and kinds[0] in _CALLED:
        return f"What is called there is {_CALLED[kinds[0]]}"
    if "NoneType" in message and any(part in message for part in ("not subscriptable", "non-iterable", "not iterable")):
        return f"What is taken apart there is {_PARTS['NoneType']}"
    found = _TAKES_NOT.search(message) or _TAKES_NO_AXIS.search(message)
    if found and callable(getattr(np, found[1], None)):
        return f"Python's own `{found[1]}` is called there: numpy's is `np.{found[1]}`."
    found = found or _TAKES.search(message)
    method = found[1].rpartition(".")[2] if found else ""
    if "positional argument" in message and method in _methods(rule):
        return f"Count what is handed over there: a method is called on its object, as in `self.{method}(...)`."
    if found:
        return f"Look up what `{found[1]}` takes: on that line it is handed something else."
    if ("item assignment" in message or "not subscriptable" in message) and kinds and "function" in kinds[0]:
        return f"What stands before the square brackets is {_PARTS['function']}"
    return ""
