"""Functions that are right but on one kind of input, and guesses of those who know nothing.

They are not run: the reference's results are made wrong in the cases in which such a function is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

import msgspec
import numpy as np

from grader.judge.compare import leaves
from grader.judge.findings import stages
from grader.key.model import REFERENCE, Basis, CriterionRule, Key, Stage
from grader.outcomes import Outcome, Outcomes
from grader.wire.program import Tree

Arrays = Sequence[np.ndarray]
"""What a function takes, in order."""
Condition = Callable[[Arrays], bool]
CONDITIONS: tuple[tuple[Condition, Mapping[str, Condition]], ...] = (
    (lambda a: True, {
        "one dimension": lambda a: a[0].ndim == 1,
        "two dimensions": lambda a: a[0].ndim == 2,
        "three dimensions": lambda a: any(x.ndim == 3 for x in a),
        "four dimensions": lambda a: any(x.ndim == 4 for x in a),
        "more than four rows": lambda a: a[0].shape[:1] > (4,),
        "an exact zero": lambda a: any((x == 0).any() for x in a),
        "no positive entry": lambda a: any(x.size > 1 and (x < 0).all() for x in a),
        "only tiny values": lambda a: any(x.size > 1 and 0 < abs(x).max() < 1e-2 for x in a),
        "a value from 5 to 50": lambda a: any(((abs(x) > 5) & (abs(x) < 50)).any() for x in a),
        "a value from 50 to 600": lambda a: any(((abs(x) > 50) & (abs(x) < 600)).any() for x in a),
        "a value above 600": lambda a: any((abs(x) > 600).any() for x in a),
        "a negative first entry": lambda a: a[0].size > 0 and a[0].flat[0] < 0,
        "a positive first entry": lambda a: a[0].size > 0 and a[0].flat[0] > 0,
    }),
    (lambda a: a[0].ndim > 1, {
        "a batch of one": lambda a: a[0].ndim > 1 and a[0].shape[0] == 1,
        "a last axis of one": lambda a: a[0].ndim > 1 and a[0].shape[-1] == 1,
        "a square": lambda a: a[0].ndim == 2 and a[0].shape[0] == a[0].shape[1],
        "more columns than rows": lambda a: a[0].ndim == 2 and a[0].shape[0] < a[0].shape[1],
        "more rows than columns": lambda a: a[0].ndim == 2 and a[0].shape[0] > a[0].shape[1] > 1,
    }),
    (lambda a: a[0].ndim > 1 and len({x.shape for x in a}) > 1, {
        "a second array with a first axis of one": lambda a: any(x.ndim == 2 and x.shape[0] == 1 for x in a[1:]),
        "a second array with a last axis of one": lambda a: any(x.ndim == 2 and x.shape[1] == 1 for x in a[1:]),
        "arrays of one square shape": lambda a: sum(x.ndim == 2 and x.shape[0] == x.shape[1] for x in a) > 1,
    }),
)  # fmt: skip
"""Kinds of input by name, each group for functions of which some case is of a kind: others cannot meet them."""
TABLE = "a table of the public answers"
GUESSES: Mapping[str, Callable[[np.ndarray], Tree]] = {
    "zeros in the shape of array {}": lambda x: x * 0,
    "array {} as it is": lambda x: x,
    "array {} summed over its first axis": lambda x: np.atleast_1d(x).sum(axis=0),
    "array {} averaged over its first axis": lambda x: np.atleast_1d(x).mean(axis=0),
}


def blind_spots(key: Key, rule: CriterionRule) -> Iterator[tuple[str, Outcomes]]:
    """Each narrow form of one function: its name, and its outcomes in all own cases."""
    asked = _asked(key, rule)
    for name, wrong in _narrow(rule, asked):
        for result in rule.results:
            shown = f"{rule.name}: wrong for {name}" + (f", {result}" if len(rule.results) > 1 else "")
            spoiled = {one.number: _with(one, {result: _spoiled(one.outcome.values.get(result))}) for one in wrong}
            yield shown, {stage.number: stage.outcomes for stage, _ in asked} | spoiled


def _narrow(rule: CriterionRule, asked: Sequence[tuple[Stage, Arrays]]) -> Iterator[tuple[str, list[Stage]]]:
    """Each kind of input, and the cases that have it."""
    shapes = [[x.shape for x in arrays] for stage, arrays in asked if stage.entry.is_public]
    if all(arrays for _, arrays in asked):
        for applies, conditions in CONDITIONS:
            for name, condition in conditions.items() if any(applies(arrays) for _, arrays in asked) else ():
                yield name, [stage for stage, arrays in asked if condition(arrays)]
        yield "other shapes than in public", [one for one, arrays in asked if [x.shape for x in arrays] not in shapes]
    yield "other numbers than in public", [stage for stage, _ in asked if not stage.entry.is_public]
    # An object may keep what an earlier call left on it, and a backward the cache of whichever forward was last.
    for name in sorted({stage.entry.stages[0] for stage, _ in asked if stage.place or "." in rule.name}):
        calls = [(stage, [call.function for one in stage.outcomes for call in one.calls]) for stage, _ in asked]
        yield f"a second call of {name}", [stage for stage, called in calls if called.count(name) > 1]


def guesses(key: Key, rule: CriterionRule) -> Iterator[tuple[str, Outcomes]]:
    """What somebody returns who knows all public answers by heart, own and given, and nothing else.

    The first returns nothing else.
    """
    asked = [*_asked(key, rule), *_asked(key, rule, Basis.GIVEN)]
    most = max((len(arrays) for _, arrays in asked), default=0)
    public, hidden = ([one for one in asked if one[0].entry.is_public is shown] for shown in (True, False))
    for n, (name, make) in [(most, (TABLE, abs)), *product(range(most), GUESSES.items())]:
        made = [(stage, make(arrays[n]) if n < len(arrays) else None) for stage, arrays in hidden]
        guessed = {stage.number: _with(stage, dict.fromkeys(rule.results, guess)) for stage, guess in made}
        yield f"{rule.name}: {name.format(n + 1)}", {stage.number: stage.outcomes for stage, _ in public} | guessed


def _asked(key: Key, rule: CriterionRule, basis: Basis = Basis.OWN) -> Sequence[tuple[Stage, Arrays]]:
    """The cases of a function, each with the arrays of its signature; later in a case with the others too."""
    found, words = [], re.findall(r"\w+", rule.signature)
    for stage in stages(key, key.answers[REFERENCE], rule.name, basis):
        inputs = stage.entry.inputs
        own = [name for name in words if name in inputs]
        names = [*own, *(name for name in inputs if name not in own)] if stage.place or not own else own
        arrays = [array for name in names for _, array in leaves(inputs[name]) if array.dtype.kind in "biuf"]
        found.append((stage, [array for array in arrays if array.ndim] or arrays))
    return found


def _with(stage: Stage, values: Mapping[str, Tree]) -> tuple[Outcome, ...]:
    """The outcomes of a case with other values for some results of one stage."""
    values = {name: values.get(name, value) for name, value in stage.outcome.values.items()}
    changed = msgspec.structs.replace(stage.outcome, values=values)
    return (*stage.outcomes[: stage.place], changed, *stage.outcomes[stage.place + 1 :])


def _spoiled(tree: Tree) -> Tree:
    """A wrong value of the same kind."""
    if isinstance(tree, dict):
        return {name: _spoiled(one) for name, one in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(map(_spoiled, tree))
    if isinstance(tree, str) or tree is None:
        return "another word"
    return np.logical_not(tree) if np.asarray(tree).dtype.kind == "b" else np.multiply(tree, 1.5) + 0.25
