"""Stubs: find the call that the reference made with the same arguments, and give its result.

A stub is in the place of a graded function while a caller of it is graded (see the design of fairness). Arguments are
bound by the reference's signature, and compared with some tolerance, since a float32 program is right too.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from grader.key.model import Key, Recorded
from grader.wire.codec import build, flatten
from grader.wire.program import Other, Tree

NEAR = 1e-5  # of the largest number: float32 through some layers, and a hundredth of what any mistake changes
MOST_PAIRS = 1 << 22  # of entries that are compared, where a call is looked up entry by entry
Arguments = Mapping[str, Tree]


def stub_answerer(key: Key) -> Callable[[int, str, tuple[Tree, ...], Arguments], tuple[bool, Tree]]:
    """What answers a stub's call in an entry: whether the reference made that call, and its result."""
    rules = {rule.name: rule for rule in key.rubric.criteria}

    def answer(number: int, function: str, args: tuple[Tree, ...], kwargs: Arguments) -> tuple[bool, Tree]:
        recorded = [one for one in key.recordings.get(number, ()) if one.function == function]
        bound = bind(rules[function].signature, args, kwargs) if recorded else None
        if bound is None:
            return False, None
        found = next((one for one in recorded if _are_same(bound, one)), None)
        if found is None and rules[function].elementwise:
            return _entry_by_entry(recorded, bound)
        return found is not None, found and found.result

    return answer


def bind(signature: str, args: Sequence[Tree], kwargs: Arguments) -> dict[str, Tree] | None:
    """Arguments by parameter, with defaults; None where the call does not fit the signature.

    `signature` is a rule's, `(self, x, train=True) -> out`; the arguments are those behind `self`. A default that is no
    literal (`f=...`) is left out.
    """
    function = ast.parse(f"def f{signature.partition(' -> ')[0]}: pass").body[0]
    parameters = parameters_of(function.args)  # type: ignore[attr-defined]
    parameters.pop("self", None)
    bound = dict(zip(parameters, args, strict=False))
    if len(args) > len(parameters) or not kwargs.keys() <= parameters.keys() - bound.keys():
        return None
    bound |= kwargs
    rest = {name: default for name, default in parameters.items() if name not in bound}
    if None in rest.values():
        return None
    for name, default in rest.items():
        with contextlib.suppress(ValueError):
            value = ast.literal_eval(default or "None")
            bound |= {} if value is ... else {name: value}
    return bound


def parameters_of(args: ast.arguments) -> dict[str, ast.expr | None]:
    """The parameters of a function, each with its default."""
    by_place = [*args.posonlyargs, *args.args]
    defaults = [*[None] * (len(by_place) - len(args.defaults)), *args.defaults, *args.kw_defaults]
    return {one.arg: default for one, default in zip([*by_place, *args.kwonlyargs], defaults, strict=True)}


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
        room = NEAR * float(abs(other[np.isfinite(other)]).max(initial=0.0))
        # Axes of length one may be added: (3,) is the same as (1, 3), but (1, 3) is not the same as (3, 1).
        bare = [[size for size in array.shape if size != 1] for array in (one, other)]
        is_shaped = one.shape == other.shape if one.ndim == other.ndim else bare[0] == bare[1]
        return is_shaped and np.allclose(one.ravel(), other.ravel(), rtol=0, atol=room, equal_nan=True)
    if isinstance(known, (list, tuple)):
        is_list = isinstance(value, (list, tuple)) and len(value) == len(known)
        return is_list and all(map(is_same, value, known))
    if isinstance(known, Other):
        return isinstance(value, Other)  # a function, an object: only its kind is known
    return type(value) is type(known) is not np.ndarray and bool(value == known)


def _as_array(value: Tree) -> np.ndarray | None:
    """A number, an array of numbers, or a list of numbers, as an array of one of two types."""
    if isinstance(value, (list, tuple)) and not all(isinstance(one, (int, float)) for one in value):
        return None
    array = np.asarray(value) if isinstance(value, (int, float, complex, list, tuple, np.ndarray)) else np.array("")
    kind = array.dtype.kind if array.size <= MOST_PAIRS else "too large"
    return array.astype("c16" if kind == "c" else "f8") if kind in "biufc" else None


def _entry_by_entry(recorded: Sequence[Recorded], bound: Arguments) -> tuple[bool, Tree]:
    """The result of an element-wise function for entries that the reference asked for, in whatever array they are."""
    columns = _columns(recorded[0].arguments)
    asked = _arrays(bound, columns)
    if not columns or len(asked) < len(columns) or len({one.shape for one in asked}) > 1:
        return False, None
    calls = [one for one in recorded if _columns(one.arguments) == columns and _are_same(bound, one, columns)]
    given, results = [_arrays(one.arguments, columns) for one in calls], [flatten(one.result) for one in calls]
    sizes = [({array.size for array in of}, {array.size for array in given[n]}) for n, (_, of) in enumerate(results)]
    whole = [n for n, (plain, _) in enumerate(results) if plain == results[0][0] and sizes[n][0] == sizes[n][1]]
    places = _places(_rows(asked), np.concatenate([_rows(given[n]) for n in whole])) if whole else None
    if places is None:
        return False, None
    table = [np.concatenate([results[n][1][part].ravel() for n in whole]) for part in range(len(results[0][1]))]
    return True, build(results[0][0], [entries[places].reshape(asked[0].shape) for entries in table])


def _columns(arguments: Arguments) -> tuple[str, ...]:
    """The arguments that are arrays with as many entries as any."""
    sizes = {name: array.size for name, value in arguments.items() if (array := _as_array(value)) is not None}
    return tuple(name for name, size in sizes.items() if size == max(sizes.values()))


def _arrays(arguments: Arguments, names: Sequence[str]) -> list[np.ndarray]:
    return [array for name in names if (array := _as_array(arguments.get(name))) is not None]


def _rows(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack([array.ravel() for array in arrays], axis=1)


def _places(wanted: np.ndarray, rows: np.ndarray) -> np.ndarray | None:
    """For each wanted row the place of the nearest one; None where one has none that is near."""
    if len(wanted) * len(rows) > MOST_PAIRS:
        return None
    scale = np.maximum(abs(rows).max(axis=0), np.finfo(float).tiny)
    distances = (abs(wanted[:, None] - rows[None]) / scale).max(axis=2)
    return distances.argmin(axis=1) if (distances.min(axis=1) <= NEAR).all() else None
