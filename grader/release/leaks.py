"""Search what students get for what they must not have: solutions, and numbers of hidden cases.

Every file is searched as it is, and archives (a key is one) member by member. A solution is looked for without its
white space; a hidden array as bytes, in both widths of a float, and as numbers, however they are printed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from grader.judge.compare import leaves
from grader.key.model import REFERENCE, Key
from grader.release.handout import Secret
from grader.wire.program import Tree

LEAST_PARTS = 5  # words of a sentence, or tokens of a line of code, that give a solution away: `out = None` is anywhere
LEAST_BYTES, LEAST_WHOLE, LEAST_DISTINCT = 24, 8, 3  # of an array that does not occur by chance: whole numbers are few
RUN, DIGITS = 4, 8  # numbers in a row, to as many digits, that are an array's; digits of one number that is enough
DEEPEST = 3  # archives within archives
_PARTS = re.compile(r"[\w.]+|[=!<>]=|[^\w\s]")
_OPERATORS = {*"+-*/@%<>&|~^([", ">=", "<=", "==", "!="}
_TEXT = re.compile(rb"[\t\n\r -~]{16,}")  # printed numbers are not looked for in binary data
_BETWEEN = re.compile(rb"""\\+[nt]|[\s"',\\]+""")  # lines and words: a notebook's JSON has quotes round each line
_NUMBER = re.compile(rb"(?:(?<![\w.])|(?<=\\n))[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


def find_leaks(files: Mapping[str, bytes], secrets: Sequence[Secret], key: Key) -> list[str]:
    """One sentence for each leak in the files of a release; `key` is the full one."""
    lines, forms = {code: one for one in secrets if (code := _code_of(one))}, dict[object, str]()
    for label, array in _arrays(key):
        for form in _forms(array):
            forms.setdefault(form, label)
    hidden, found = {form: label for form, label in forms.items() if label}, dict[str, None]()
    patterns = [(form, label) for form, label in hidden.items() if isinstance(form, bytes)]
    for place, data in (one for file in files.items() for one in _members(*file)):
        text = _BETWEEN.sub(b"", data)
        for one in [lines.pop(code) for code in list(lines) if code in text]:
            found[f"{place} holds line {one.line} of the master's cell {one.cell}: {one.text[:80]}"] = None
        printed = [float(number) for piece in _TEXT.findall(data) for number in _NUMBER.findall(piece)]
        labels = [label for form, label in patterns if form in data]
        labels += [hidden[form] for form in _printed(printed) if form in hidden]
        found |= dict.fromkeys(f"{place} holds numbers of {label}, which is hidden" for label in labels)
    return list(found)


def _code_of(secret: Secret) -> bytes:
    """A secret line without white space and comment; empty where anybody writes such a line."""
    parts = _PARTS.findall(secret.text.partition("#")[0]) if secret.is_code else secret.text.split()
    is_telling = len(parts) >= LEAST_PARTS and not (secret.is_code and _OPERATORS.isdisjoint(parts))
    return _BETWEEN.sub(b"", " ".join(parts).encode()) if is_telling else b""


def _arrays(key: Key) -> Iterator[tuple[str, np.ndarray]]:
    """Every array of inputs and answers, each with where it is from: public ones first, and with no place."""
    for n, entry in sorted(enumerate(key.entries), key=lambda one: not one[1].is_public):
        trees: list[tuple[str, Tree]] = [("an input", dict(entry.inputs))]
        trees += [("a call", [dict(one.arguments), one.result]) for one in key.recordings.get(n, ())]
        for variant in sorted(key.answers, key=lambda name: name != REFERENCE):
            trees += [(f"the answer by {variant}", dict(one.values)) for one in key.answers[variant].get(n, ())]
        where = f"{entry.driver}, {entry.basis} case '{entry.case}'"
        for what, tree in trees:
            yield from (("" if entry.is_public else f"{what} of {where}", array) for _, array in leaves(tree))


def _forms(array: np.ndarray) -> Iterator[object]:
    """What an array is known by: its bytes and those of its rows, and its numbers as they are printed."""
    if array.dtype.kind not in "fiu":
        return
    yield from _printed(array.ravel().tolist())
    with np.errstate(all="ignore"):
        widths = [array, *(array.astype(width) for width in (np.float32, np.float64) if array.dtype.kind == "f")]
    for part in (part for one in widths for part in (one, *(one if one.ndim > 1 else ()))):
        is_short = part.size < LEAST_WHOLE and bool((part == np.rint(part)).all())
        if part.nbytes >= LEAST_BYTES and len(np.unique(part)) >= LEAST_DISTINCT and not is_short:
            yield part.tobytes()


def _printed(numbers: Sequence[float]) -> Iterator[object]:
    """Some numbers in a row to a few digits, or one with many."""
    rounded = [float(f"{number:.{RUN}g}") for number in numbers]
    for start in range(len(rounded) - RUN + 1):
        run = tuple(rounded[start : start + RUN])
        if len(set(run)) >= LEAST_DISTINCT and any(number % 1 for number in run):
            yield run
    for number in numbers:
        if len(re.sub(r"e.*|\D", "", repr(number)).lstrip("0")) >= DIGITS:
            yield float(f"{number:.{DIGITS}g}")


def _members(place: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """A file, and the members of an archive."""
    yield place, data
    if depth < DEEPEST and data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from _members(f"{place}, member {name}", archive.read(name), depth + 1)
