"""What a function is called with and never reads: `config['lr']` of a dict of settings, where it has another name, a
function that it was to call, or any other argument.

takes: what is told of a function, the key with its criterion's public cases, and the cells.
gives: the same, with a note on them; which keys the calls of a criterion have, which functions, and what else.
must not know: how a verdict was reached, points, what stands under a key.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from grader.answer_key import AnswerKey
from grader.assignment import PUBLIC
from grader.feedback.in_the_code.unused import Function, function_at
from grader.feedback.next_step.names_wording import near
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord
from grader.wire import Built

_OFF = ("partly", "wrong")
_WORDS = re.compile(r"""["'](\w+)["']""")
_ALL_NAMES = {"locals", "vars", "eval", "exec"}
Keys = Mapping[str, frozenset[int | str]]
"""Each key, and at which places the function is called with what holds it: its parameters may have any names, but for
what is handed over by name."""


def told_by_unread(told: CriterionRecord, key: AnswerKey, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Note whatever it is called with and does not read."""
    told = told_by_keys(told, keys_given(key).get(told.name, {}), cells)
    told = told_by_functions(told, functions_given(key).get(told.name, frozenset()), cells)
    return told_by_others(told, others_given(key).get(told.name, frozenset()), cells)


@lru_cache(maxsize=4)
def keys_given(key: AnswerKey) -> Mapping[str, Keys]:
    """By criterion: the keys of all dicts that its function is called with in public cases."""
    found: dict[str, dict[str, set[int | str]]] = {}
    for criterion, place, given in _given_to(key):
        held = given.put_together(str) if isinstance(given, Built) else None
        keys = found.setdefault(criterion, {})
        for name in held if isinstance(held, dict) else ():
            if isinstance(name, str):
                keys.setdefault(name, set()).add(place)
    return {criterion: {name: frozenset(at) for name, at in keys.items()} for criterion, keys in found.items()}


def _given_to(key: AnswerKey) -> Iterator[tuple[str, int | str, object]]:
    """What each criterion's function is called with in public cases, and at which place, or by which name.

    Not what the reference's function never reads, either: that nobody need read.
    """
    for entry in key.plan.entries:
        steps = [step for step in entry.question.steps if step.function == entry.criterion]
        for step in steps if entry.visibility == PUBLIC else ():
            at = (*range(len(step.takes) - len(step.named)), *step.named)
            placed = zip(at, step.takes, strict=True)
            unread = key.rubric.unread.get(entry.criterion, ())
            yield from ((entry.criterion, place, given) for place, given in placed if place not in unread)


def told_by_keys(told: CriterionRecord, keys: Keys, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Note the first key that stands nowhere in the hand-in, and the word that may be meant for it."""
    if told.verdict not in _OFF or not told.cell or told.mistake or not keys:
        return told
    words = {word for cell in cells for word in _WORDS.findall(cell.source)}
    missing = next((name for name in keys if name not in words), "")
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    function = function_at(source, told.line) if missing else None
    holders = [name for place, name in _named_by(told, function) if place in keys[missing]] if function else []
    if function is None or not holders or any(_may_read_all(function, name) for name in holders):
        return told
    lines = "\n".join(line.partition("#")[0] for _, line in body(source, told.line))
    meant = near(missing, set(_WORDS.findall(lines)) - keys.keys())
    instead = f": is `'{meant}'` meant for it?" if meant else "."
    note = f"Nothing reads `{holders[-1]}['{missing}']`, which it is called with{instead}"
    return replace(told, notes=(*told.notes, note))


def _named_by(told: CriterionRecord, function: Function) -> list[tuple[int | str, str]]:
    """Its parameters by the hand-in's own names, with the place of each in a call, and each by its name."""
    takes = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    names = [*takes, *(one.arg for one in function.args.kwonlyargs)]
    return [*enumerate(takes[1:] if "." in told.name else takes), *((name, name) for name in names)]


def _may_read_all(function: Function, name: str) -> bool:
    """Whether a parameter is used other than by a key that stands there: gone through, handed on, kept, read by a name.

    Of a vocabulary each word is looked up, as in `stoi[c]` or `map(stoi.get, words)`, and of gradients each one.
    """
    by_key = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Subscript) and _is_word(node.slice)}
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name() as value, attr="get"), args=[word, *_]) if _is_word(word):
                by_key.add(id(value))
    uses = [node for part in function.body for node in ast.walk(part) if isinstance(node, ast.Name)]
    return any(node.id == name and id(node) not in by_key for node in uses)


def _is_word(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@lru_cache(maxsize=4)
def functions_given(key: AnswerKey) -> Mapping[str, frozenset[int | str]]:
    """By criterion: at which places its function is called with another one, in public cases."""
    found: dict[str, set[int | str]] = {}
    for criterion, place, given in _given_to(key):
        found.setdefault(criterion, set()).update([place] if isinstance(given, Built) and given.is_given else [])
    return {name: frozenset(places) for name, places in found.items()}


@lru_cache(maxsize=4)
def others_given(key: AnswerKey) -> Mapping[str, frozenset[int | str]]:
    """By criterion: at which places its function is called with what is no function and has no keys, in public cases.

    Not what an earlier call has kept for it: that may be found elsewhere too, as on the object.
    """
    found: dict[str, set[int | str]] = {}
    for criterion, place, given in _given_to(key):
        if isinstance(given, Built):
            is_other = not given.is_given and not isinstance(given.put_together(str), dict)
        else:
            is_other = isinstance(given, str) and not given.startswith("=")
        found.setdefault(criterion, set()).update([place] if is_other else [])
    return {name: frozenset(places) for name, places in found.items()}


def told_by_functions(
    told: CriterionRecord, places: frozenset[int | str], cells: Sequence[CellRecord]
) -> CriterionRecord:
    """Note a function that it is called with and never reads: as a rule it calls another one, whatever it is given."""
    unread = _unread(told, places, cells)
    note = f"Nothing in it reads `{unread[0]}`, a function that it is called with." if unread else ""
    return replace(told, notes=(*told.notes, note)) if note else told


def told_by_others(told: CriterionRecord, places: frozenset[int | str], cells: Sequence[CellRecord]) -> CriterionRecord:
    """Note what else it is called with and never reads: a bias, a rate or a padding that does not come in."""
    listed = " and ".join(f"`{name}`" for name in _unread(told, places, cells))
    note = f"Nothing in it reads {listed}, which it is called with." if listed else ""
    return replace(told, notes=(*told.notes, note)) if note else told


def _unread(told: CriterionRecord, places: frozenset[int | str], cells: Sequence[CellRecord]) -> list[str]:
    """Its parameters at these places that occur nowhere in it, unless it may read all of them by their names."""
    if told.verdict not in _OFF or not told.cell or told.mistake or not places:
        return []
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    function = function_at(source, told.line)
    if function is None:
        return []
    read = {node.id for part in function.body for node in ast.walk(part) if isinstance(node, ast.Name)}
    unread = [name for n, name in _named_by(told, function) if n in places and name not in read]
    return unread if read.isdisjoint(_ALL_NAMES) else []
