"""What is meant where a name is not there: the one that it may be a slip of the pen for, and what numpy has instead.

takes: a name, and those that are there; the function that is graded.
gives: a name, a part of a sentence, or what to try.
must not know: HTML, arrays, points.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Container, Iterable

import numpy as np

from grader.wire import Trouble

_NO_NAME = re.compile(r"name '(\w+)' is not defined")
FEW = 5  # that are looked at, the nearest first
SHORT = 4  # letters of a name in which one more or less makes another name
NEAR = 0.76  # how alike two names are before one is taken for a slip of the pen


def near(name: str, names: Iterable[str]) -> str:
    """The name that this one may be a slip of the pen for, if there is one."""
    known = [one for one in names if one != name]
    same = [one for one in known if sorted(one.lower()) == sorted(name.lower())]
    return next(iter([*same, *difflib.get_close_matches(name, known, n=1, cutoff=NEAR)]), "")


def after_slip(trouble: Trouble, defined: Collection[str], graded: str) -> str:
    """What to try where a name is not there, and the hand-in defines one that is all but the same.

    Not the class of the method itself that is graded: nobody means to make one more of it.
    """
    found = _NO_NAME.match(trouble.message) if trouble.type_name == "NameError" else None
    others = [one for one in defined if one != graded.partition(".")[0]]
    meant = _slip_of(found[1], others) if found and found[1] not in defined else ""
    return f"Is `{meant}` meant? You have defined that, and nothing is called `{found[1]}`." if found and meant else ""


def _slip_of(name: str, names: Iterable[str]) -> str:
    """The only other name that a letter tells from this one, if there is one: a helper that is missing is no slip."""
    found = {one for one in names if len(name) > SHORT and _is_slip(_plain(one), _plain(name))} - {name}
    return found.pop() if len(found) == 1 else ""


def _is_slip(one: str, other: str) -> bool:
    """Whether one has a letter more, or two in the other order; a number is no slip, as `layer1` beside `layer`."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == len(longer):
        apart = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        return len(apart) in (0, 2) and all(one[n] == other[m] for n, m in zip(apart, reversed(apart), strict=True))
    return any(shorter == longer[:n] + longer[n + 1 :] and not longer[n].isdigit() for n in range(len(longer)))


def near_miss(name: str, there: Iterable[str], spelt: Container[str]) -> str:
    """A name that may be a slip of the pen for a graded one; never one that is `spelt` as it should be."""
    others = [one for one in there if one not in spelt]
    same = [one for one in others if _plain(one) == _plain(name)]
    close = difflib.get_close_matches(name, others, n=FEW, cutoff=NEAR)
    return next((one for one in (*same, *close) if _is_alike_by_part(one, name)), "")


def is_that_it(name: str, there: Collection[str], spelt: Container[str]) -> str:
    """What else the file has that may be meant by a graded name that it has not."""
    owner, _, method = name.rpartition(".")
    if close := near_miss(name, there, spelt):
        return f" The file has `{close}`: is that it?"
    if owner and method in there:
        return f" The file has `{method}` outside of all classes: is that it?"
    if owner in there:
        return _in_its_class(owner, method, there, spelt)
    alike = next((one for one in there if owner and one not in spelt and _plain(one) == _plain(owner)), "")
    return f" The file has `{alike}`, and no `class {owner}`: is that it?" if alike else ""


def _in_its_class(owner: str, method: str, there: Collection[str], spelt: Container[str]) -> str:
    """What a class has in the place of a method, under names that nobody else is to have."""
    inner = [one.rpartition(".")[2] for one in there if one.rpartition(".")[0] == owner]
    others = [f"`{one}`" for one in inner if f"{owner}.{one}" not in spelt and not one.startswith("__")]
    if others:
        listed = ", ".join(others[:MOST_LISTED]) + (" and more" if len(others) > MOST_LISTED else "")
        return f" `{owner}` is there, and has {listed}: is {'one of these' if others[1:] else 'that'} it?"
    return "" if inner else f" `{owner}` is there, and has nothing called `{method}` in it."


MOST_LISTED = 3


def _is_alike_by_part(one: str, name: str) -> bool:
    """Whether class and method are alike, each by itself: two methods of one long name of a class need not be."""
    its, due = one.split("."), name.split(".")
    return len(its) != len(due) or all(map(_is_alike, its, due))


def _is_alike(one: str, name: str) -> bool:
    one, name = _plain(one), _plain(name)
    return one in name or name in one or difflib.SequenceMatcher(None, one, name).ratio() >= NEAR


def _plain(name: str) -> str:
    """A name without what is often written otherwise: `RMSProp` and `rms_prop` are one."""
    return name.replace("_", "").casefold()


_OF_OTHERS = {
    **dict.fromkeys(("expit", "logistic", "silu", "swish"), "write its formula, with np.exp"),
    "elu": "write its formula, with np.exp and np.where",
    **dict.fromkeys(("softmax", "log_softmax", "logsumexp"), "write its formula, with np.exp and np.sum"),
    "softplus": "write its formula, with np.log1p and np.exp",
    **dict.fromkeys(("linear", "dense", "fc", "addmm"), "write the product, with `@`, and the sum"),
    **dict.fromkeys(("mm", "bmm", "mv"), "a matrix product is `@`"),
    **dict.fromkeys(("mul", "times", "product"), "entry by entry that is `*`, and a matrix product is `@`"),
    "ln": "the natural logarithm is np.log",
    **dict.fromkeys(("sqr", "pow2"), "a square is `**2`"),
    **dict.fromkeys(("len", "length"), "Python's own `len(x)` counts the rows, and `x.size` all entries"),
    **dict.fromkeys(("cat", "vcat"), "arrays are put together by np.concatenate"),
    **dict.fromkeys(("view", "permute", "unsqueeze"), "that is of another package: numpy has reshape and transpose"),
    **dict.fromkeys(("detach", "cpu", "numpy"), "it is an array already: take that out"),
    "clone": "a copy is made by `.copy()`",
    "numel": "how many entries there are is `.size`",
    "derivative": "derive it by hand, and write what comes of that",
}  # fmt: skip
"""What other packages have, or students expect, and what to write with numpy."""


def of_others(name: str, graded: str) -> str:
    """What to write in the place of what other packages have; of what is graded that nobody has it ready."""
    if name.lower() in re.split(r"[._]", graded.lower()):
        return "that is what is to be written here, of numpy's plain functions"
    return _OF_OTHERS.get(name, "")


def instead_of(name: str, graded: str) -> str:
    """What to write in the place of a function that numpy has not."""
    if to_do := of_others(name, graded):
        return f"{to_do}."
    alike = near(name, vars(np)) or _longer(name) or _shorter(name)
    return f"is `np.{alike}` meant?" if alike else "write it with what numpy has."


def _longer(name: str) -> str:
    """The shortest function that a name is the beginning of: `mult` is that of `multiply`."""
    found = (one for one in vars(np) if len(name) > 3 and one.startswith(name) and callable(getattr(np, one, None)))
    return min(found, key=len, default="")


def _shorter(name: str) -> str:
    """The longest function that begins a name: `exp` begins `exponential`."""
    found = (one for one in vars(np) if len(one) > 2 and name.startswith(one) and callable(getattr(np, one, None)))
    return max(found, key=len, default="") if len(name) > 3 else ""
