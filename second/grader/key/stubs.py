"""Stubs: find the call that the reference made with the same arguments, and give its result.

A stub is in the place of a graded function while a caller of it is graded (see the design of fairness). Arguments are
bound by the reference's signature, and compared with some tolerance, since a float32 program is right too.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from grader.key.model import CriterionRule, Key, Recorded
from grader.wire.program import Other, Tree
from grader.wire.trees import build, flatten

NEAR = 1e-5  # of the largest number: float32 through some layers, and a hundredth of what any mistake changes
MOST_ENTRIES = 1 << 12  # of one argument that is looked up entry by entry
MOST_PAIRS = 1 << 20  # entries compared at once
Arguments = Mapping[str, Tree]


def stub_answerer(key: Key) -> Callable[[int, str, tuple[Tree, ...], Mapping[str, Tree]], tuple[bool, Tree]]:
    """What answers a stub's call in an entry: whether the reference made that call, and its result."""
    rules = {rule.name: rule for rule in key.rubric.criteria}

    def answer(number: int, function: str, args: tuple[Tree, ...], kwargs: Mapping[str, Tree]) -> tuple[bool, Tree]:
        recorded = [one for one in key.recordings.get(number, ()) if one.function == function]
        bound = bind(rules[function].signature, args, kwargs) if recorded else None
        return (False, None) if bound is None else look_up(rules[function], recorded, bound)

    return answer


def look_up(rule: CriterionRule, recorded: Sequence[Recorded], bound: Arguments) -> tuple[bool, Tree]:
    """Whether one of the recorded calls has these arguments, and its result."""
    for one in recorded:
        if _are_same(bound, one):
            return True, one.result
    return _entry_by_entry(recorded, bound) if rule.elementwise else (False, None)


def bind(signature: str, args: Sequence[Tree], kwargs: Mapping[str, Tree]) -> dict[str, Tree] | None:
    """Arguments by parameter, with defaults; None where the call does not fit the signature.

    `signature` is a rule's, `(self, x, train=True) -> out`; the arguments are those behind `self`. A default that is no
    literal (`f=...`) is left out.
    """
    try:
        bound = inspect.Signature([one for one in _parameters(signature) if one.name != "self"]).bind(*args, **kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    return {name: value for name, value in bound.arguments.items() if value is not ...}


def _parameters(signature: str) -> Iterator[inspect.Parameter]:
    """The parameters of a signature that is written down."""
    function = ast.parse(f"def f{signature.partition(' -> ')[0]}: pass").body[0]
    args: ast.arguments = function.args  # type: ignore[attr-defined]
    by_place = [*args.posonlyargs, *args.args]
    no_default: list[ast.expr | None] = [None] * (len(by_place) - len(args.defaults))
    for several, kind, defaults in (
        (by_place, inspect.Parameter.POSITIONAL_OR_KEYWORD, [*no_default, *args.defaults]),
        ([args.vararg], inspect.Parameter.VAR_POSITIONAL, [None]),
        (args.kwonlyargs, inspect.Parameter.KEYWORD_ONLY, args.kw_defaults),
        ([args.kwarg], inspect.Parameter.VAR_KEYWORD, [None]),
    ):
        for one, default in zip(several, defaults, strict=True):
            value = ast.literal_eval(default) if default else inspect.Parameter.empty
            if one is not None:
                yield inspect.Parameter(one.arg, kind, default=value)


# ---- the same arguments ----------------------------------------------------------------------------------------------


def _are_same(bound: Arguments, call: Recorded, without: Sequence[str] = ()) -> bool:
    """Whether all arguments that make a difference are the same, `without` some of them."""
    names = {*bound, *call.arguments} - {*call.ignored, *without}
    return all(n in bound and n in call.arguments and is_same(bound[n], call.arguments[n]) for n in names)


def is_same(value: Tree, known: Tree) -> bool:
    """Whether two trees hold the same, up to rounding and axes of one. A dict may hold more than the known one."""
    if isinstance(known, Mapping):
        return isinstance(value, Mapping) and all(name in value and is_same(value[name], known[name]) for name in known)
    one, other = _as_array(value), _as_array(known)
    if one is not None and other is not None:
        return _have_same_shape(one.shape, other.shape) and _are_near(one.ravel(), other.ravel())
    if isinstance(known, (list, tuple)):
        is_list = isinstance(value, (list, tuple)) and len(value) == len(known)
        return is_list and all(map(is_same, value, known))
    if isinstance(known, Other):
        return isinstance(value, Other)  # a function, an object: only its kind is known
    return type(value) is type(known) and bool(value == known)


def _as_array(value: Tree) -> np.ndarray | None:
    """A number, an array of numbers, or a list of numbers, as an array of one of two types."""
    if isinstance(value, (list, tuple)) and not all(isinstance(one, (int, float)) for one in value):
        return None
    array = np.asarray(value) if isinstance(value, (int, float, complex, list, tuple, np.ndarray)) else np.array("")
    return array.astype("c16" if array.dtype.kind == "c" else "f8") if array.dtype.kind in "biufc" else None


def _have_same_shape(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether one shape is the other with more axes of length one: (3,) and (1, 3), but not (1, 3) and (3, 1)."""
    small, large = sorted((one, other), key=len)
    if len(small) == len(large):
        return small == large
    rest = list(small)
    for size in large:
        if rest and rest[0] == size:
            del rest[0]
        elif size != 1:
            return False
    return not rest


def _are_near(values: np.ndarray, known: np.ndarray) -> bool:
    room = NEAR * float(abs(known[np.isfinite(known)]).max(initial=0.0))
    with np.errstate(all="ignore"):
        near = (abs(values - known) <= room) | (values == known) | (np.isnan(values) & np.isnan(known))
    return bool(near.all())


# ---- entry by entry --------------------------------------------------------------------------------------------------


def _entry_by_entry(recorded: Sequence[Recorded], bound: Arguments) -> tuple[bool, Tree]:
    """The result of an element-wise function for entries that the reference asked for, in whatever array they are."""
    columns = _columns(recorded[0].arguments)
    asked = [_as_array(bound.get(name)) for name in columns]
    arrays = [array for array in asked if array is not None and array.size <= MOST_ENTRIES]
    if not arrays or len(arrays) < len(columns) or len({array.shape for array in arrays}) > 1:
        return False, None
    calls = [one for one in recorded if _columns(one.arguments) == columns and _are_same(bound, one, columns)]
    results = [flatten(one.result) for one in calls]
    whole = [n for n, (plain, of) in enumerate(results) if plain == results[0][0] and _are_alike(calls[n], columns, of)]
    if not whole:
        return False, None
    places = _places(_rows(arrays), np.concatenate([_rows(_given(calls[n], columns)) for n in whole]))
    if places is None:
        return False, None
    table = [np.concatenate([results[n][1][part].ravel() for n in whole]) for part in range(len(results[0][1]))]
    return True, build(results[0][0], [entries[places].reshape(arrays[0].shape) for entries in table])


def _columns(arguments: Arguments) -> tuple[str, ...]:
    """The arguments that are arrays with as many entries as any."""
    sizes = {name: array.size for name, value in arguments.items() if (array := _as_array(value)) is not None}
    return tuple(name for name, size in sizes.items() if size == max(sizes.values()))


def _given(call: Recorded, columns: Sequence[str]) -> list[np.ndarray]:
    return [array for name in columns if (array := _as_array(call.arguments[name])) is not None]


def _are_alike(call: Recorded, columns: Sequence[str], results: Sequence[np.ndarray]) -> bool:
    """Whether the results have an entry for each entry of the arguments."""
    sizes = {array.size for array in _given(call, columns)}
    return bool(results) and {array.size for array in results} == sizes


def _rows(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack([array.ravel() for array in arrays], axis=1)


def _places(wanted: np.ndarray, rows: np.ndarray) -> np.ndarray | None:
    """For each wanted row the place of the nearest one; None where one has none that is near."""
    scale = np.maximum(abs(rows).max(axis=0), np.finfo(float).tiny)
    step = max(1, MOST_PAIRS // len(rows))
    found = []
    for part in (wanted[first : first + step] for first in range(0, len(wanted), step)):
        distances = (abs(part[:, None] - rows[None]) / scale).max(axis=2)
        if not (distances.min(axis=1) <= NEAR).all():
            return None
        found.append(distances.argmin(axis=1))
    return np.concatenate(found) if found else None
