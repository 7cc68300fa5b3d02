"""What a function is called with and never reads: `config['lr']` of a dict of settings, where it has another name, or a
function that it was to call.

takes: what is told of a function, its criterion's public cases, and the cells.
gives: the same, with a note on them; which keys the calls of a criterion have, and which functions.
must not know: how a verdict was reached, points, what stands under a key.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from grader.answer_key import AnswerKey
from grader.assignment import PUBLIC
from grader.gradebook import CellRecord, CriterionRecord
from grader.report.names_wording import near
from grader.report.reshaping import body
from grader.report.unused import function_at
from grader.wire import Built

_OFF = ("partly", "wrong")
_TAKES_ALL = r"\*\*\s*{0}\b|\b{0}\.(?:items|values|keys)\b|\bin\s+{0}\b"
_BY_WHAT_IT_FINDS = r"\b{0}(?:\[(?!\s*[\"'])|\.get\b(?!\s*\(\s*[\"']))"
"""Keys that stand in no literal: of a vocabulary each word is looked up, as in `stoi[c]` or `map(stoi.get, words)`."""
_WORDS = re.compile(r"""["'](\w+)["']""")
_ALL_NAMES = {"locals", "vars", "eval", "exec"}
Keys = Mapping[str, str]
"""Each key, and the parameter that holds it."""


@lru_cache(maxsize=4)
def keys_given(key: AnswerKey) -> Mapping[str, Keys]:
    """By criterion: the keys of all dicts that its function is called with in public cases."""
    found: dict[str, dict[str, str]] = {}
    takes = {r.name: [name for name in re.findall(r"\w+", r.takes) if name != "self"] for r in key.rubric.criteria}
    for entry in key.plan.entries:
        steps = [step for step in entry.question.steps if step.function == entry.criterion]
        for step in steps if entry.visibility == PUBLIC else ():
            for name, given in zip(takes[entry.criterion], step.takes, strict=False):
                held = given.put_together(str) if isinstance(given, Built) else None
                found.setdefault(entry.criterion, {}).update(
                    {one: name for one in held if isinstance(one, str)} if isinstance(held, dict) else {}
                )
    return found


def told_by_keys(told: CriterionRecord, keys: Keys, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Note the first key that stands nowhere in the hand-in, and the word that may be meant for it."""
    if told.verdict not in _OFF or not told.cell or told.mistake or not keys:
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    lines = "\n".join(line.partition("#")[0] for _, line in body(source, told.line))
    words = {word for cell in cells for word in _WORDS.findall(cell.source)}
    missing = next((name for name in keys if name not in words), "")
    if not missing or re.search(f"{_TAKES_ALL}|{_BY_WHAT_IT_FINDS}".format(keys[missing]), lines):
        return told
    meant = near(missing, set(_WORDS.findall(lines)) - keys.keys())
    instead = f": is `'{meant}'` meant for it?" if meant else "."
    note = f"Nothing reads `{keys[missing]}['{missing}']`, which it is called with{instead}"
    return replace(told, notes=(*told.notes, note))


@lru_cache(maxsize=4)
def functions_given(key: AnswerKey) -> Mapping[str, frozenset[int]]:
    """By criterion: at which places its function is called with another one, in public cases."""
    found: dict[str, set[int]] = {}
    for entry in key.plan.entries:
        steps = [step for step in entry.question.steps if step.function == entry.criterion]
        for step in steps if entry.visibility == PUBLIC else ():
            given = (n for n, taken in enumerate(step.takes) if isinstance(taken, Built) and taken.is_given)
            found.setdefault(entry.criterion, set()).update(given)
    return {name: frozenset(places) for name, places in found.items()}


def told_by_functions(told: CriterionRecord, places: frozenset[int], cells: Sequence[CellRecord]) -> CriterionRecord:
    """Note a function that it is called with and never reads: as a rule it calls another one, whatever it is given."""
    if told.verdict not in _OFF or not told.cell or told.mistake or not places:
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    function = function_at(source, told.line)
    if function is None:
        return told
    takes = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    read = {node.id for part in function.body for node in ast.walk(part) if isinstance(node, ast.Name)}
    named = takes[1:] if "." in told.name else takes
    unread = [name for n, name in enumerate(named) if n in places and name not in read]
    if not unread or not read.isdisjoint(_ALL_NAMES):
        return told
    return replace(told, notes=(*told.notes, f"Nothing in it reads `{unread[0]}`, a function that it is called with."))
