"""A function that is to build on another one, and never comes to call it: then nothing that is wrong comes from there.

takes: what is told of a function, the cells, and the key.
gives: the same, with that in the place of the note on the other one.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.answer_key import AnswerKey
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord

_BUILDS_ON = re.compile(r"It builds on (.+), which (?:is|are) not right yet\. .*")
_LENT = re.compile(r"It was tried with right results in the place of what (.+) gives, since .*")
_DEF = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_LOOP = re.compile(r"\b(?:for|while)\b")
_WORD = re.compile(r"[^\W\d]\w*")
_MOST = 200  # functions of a hand-in that are looked at
_SIGNS = {
    "+": "add radd iadd pos", "-": "sub rsub isub neg", "*": "mul rmul imul pow rpow ipow", "@": "matmul rmatmul",
    "/": "truediv rtruediv itruediv floordiv rfloordiv", "%": "mod rmod imod", "<": "lt le lshift", ">": "gt ge rshift",
    "=": "eq ne", "&": "and rand iand", "|": "or ror ior", "^": "xor rxor ixor", "~": "invert", "(": "call init",
    "[": "getitem setitem delitem", "sum": "add radd", "for": "iter next len getitem", " in ": "contains iter",
}  # fmt: skip
"""What Python calls where a sign or a word stands: `__add__` for `+`, whose name is written nowhere."""


def told_by_uncalled(
    told: CriterionRecord, cells: Sequence[CellRecord], key: AnswerKey | None = None
) -> CriterionRecord:
    """Say so where no word of it, or of what it names in turn, is the name of what it is to build on.

    Not of what is called before it: it works on what that has left, and is not to call it once more, nor what that one
    calls. Nothing is said of a function that it would call behind the line where it fails.
    """
    found = {note: match[1] for note in told.notes if (match := _BUILDS_ON.fullmatch(note) or _LENT.fullmatch(note))}
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    if not found or not source:
        return told
    words, before = _words(source, told.line), _called_before(told.name, key)
    named = _named_from(words | _last_parts(before), cells)
    names_of = {note: [name for name in names.split(", ") if name not in before] for note, names in found.items()}
    absent = {note: ", ".join(of) for note, of in names_of.items() if of and named.isdisjoint(_last_parts(of))}
    said = (_say(told.name, absent[note], key) if note in absent else note for note in told.notes)
    early = _named_from(_words_before(told, source), cells)
    fails_first = early and [note for note, of in names_of.items() if of and early.isdisjoint(_last_parts(of))]
    return replace(told, notes=tuple(note for note in said if note and note not in (fails_first or ())))


def _words_before(told: CriterionRecord, source: str) -> set[str]:
    """The names up to the line at which it fails in every case, and which no loop comes to again; else none."""
    at = {case.detail.rpartition(" (")[2] for case in told.cases if case.outcome == "raised"}
    if told.trouble_cell != told.cell or len(at) != 1 or any(case.outcome != "raised" for case in told.cases):
        return set()
    lines = [text.partition("#")[0] for n, text in body(source, told.line) if n <= told.trouble_line]
    looped = any(_LOOP.search(text) for text in lines)
    return set() if looped else _named_in(lines)


def _called_before(name: str, key: AnswerKey | None) -> set[str]:
    """The functions that the checks of one call beside it."""
    entries = [entry for entry in key.plan.entries if entry.criterion == name] if key else []
    return {step.function for entry in entries for step in entry.question.steps} - {name}


def _say(name: str, names: str, key: AnswerKey | None) -> str:
    """Nothing of what its forward alone is to call."""
    calls = {one for rule in key.rubric.criteria if rule.name == name for one in rule.calls} if key else set()
    if key and calls.isdisjoint(names.split(", ")):
        return ""
    return f"{name} is to build on {names}, and does not call {'them' if ',' in names else 'it'}."


def _last_parts(names: Iterable[str]) -> set[str]:
    return {name.rpartition(".")[2] for name in names}


def _words(source: str, line: int) -> set[str]:
    """The names in the function that begins there, without its own and what is commented out."""
    return _named_in([text.partition("#")[0] for _, text in body(source, line)])


def _named_in(lines: Sequence[str]) -> set[str]:
    """The names in these lines of a function, and what their signs call."""
    text = _DEF.sub("", "\n".join(lines), count=1)
    by_sign = {f"__{name}__" for sign, names in _SIGNS.items() if sign in text for name in names.split()}
    words = _WORD.findall(text)
    return {*words, *(f"__{word}__" for word in words), *by_sign}


def _named_from(words: set[str], cells: Sequence[CellRecord]) -> set[str]:
    """These, and all that the functions among them name in turn."""
    texts: dict[str, set[str]] = {}
    for cell in cells:
        for match in _DEF.finditer(cell.source) if len(texts) < _MOST else ():
            line = cell.source.count("\n", 0, match.start()) + 1
            texts.setdefault(match[1], set()).update(_words(cell.source, line))
    while more := {word for name in words & texts.keys() for word in texts[name]} - words:
        words = words | more
    return words
