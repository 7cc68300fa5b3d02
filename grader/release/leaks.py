"""Does anything that students must not have stand in what they get? Searched for in the bytes.

takes: the files of a release as bytes, the lines taken out of the master, and the full key.
gives: one sentence a leak, naming the file and what was found; nothing where there is none.
must not know: how the files were made.

Every file is searched as it lies, and archives (an `.npz` is one) member by member. A solution line is looked for
without its white space; a hidden array as bytes, in both widths of a float, and as numbers, however they are printed.
"""

from __future__ import annotations

import io
import json
import re
import tokenize
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey
from grader.release.markers import Secret
from grader.wire import Outcome

_Part = TypeVar("_Part")

LEAST_TOKENS = 5  # of a line of code that tells a solution: `dx = dout * mask`; `out = None` stands anywhere
LEAST_WORDS = 5  # of a line of text
LEAST_BYTES = 24  # of a hidden array that is looked for: three floats. Fewer occur by chance
LEAST_WHOLE = 8  # whole numbers in a row that do not occur by chance
LEAST_DISTINCT = 3  # different values that make an array one of its own, and no table of zeros
DIGITS = 8  # that make one printed number a certain one
RUN_DIGITS = 10  # digits that make numbers in a row an array's, and no shape or list of places
LONGEST_RUN = 12  # numbers in a row that are looked at for that
SHORTEST_TEXT = 16  # bytes in a row that are text; printed numbers are not looked for in binary data
DEEPEST = 3  # archives within archives
_OPERATORS = set("+-*/@%<>&|~^([") | {"**", "//", ">=", "<=", "==", "!="}
_TEXT = re.compile(rb"[\t\n\r -~]{%d,}" % SHORTEST_TEXT)
_NUMBER = re.compile(rb"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


def find_leaks(files: Mapping[str, bytes], secrets: Sequence[Secret], key: AnswerKey) -> list[str]:
    """Search a release; `key` is the full one."""
    members = [member for name, data in files.items() for member in _members(name, data)]
    return [*_leaked_lines(members, secrets), *_leaked_numbers(members, key)]


# ---- what is searched -------------------------------------------------------------------------------------------


def _members(name: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if depth < DEEPEST and data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from _members(f"{name}, member {member}", archive.read(member), depth + 1)


def _texts(data: bytes) -> Iterator[bytes]:
    """A file as it lies; and the text of its strings, where it is JSON (a notebook splits lines into many)."""
    yield data
    start = data.find(b"{")
    if start >= 0:
        try:
            strings = list(_strings(json.loads(data[start:])))
        except (ValueError, RecursionError):
            return
        yield "\n".join(strings).encode("utf-8", "replace")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        else:
            for item in value:
                yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)


# ---- solution lines ---------------------------------------------------------------------------------------------


def _leaked_lines(members: Sequence[tuple[str, bytes]], secrets: Sequence[Secret]) -> Iterator[str]:
    looked_for = {line: secret for secret in secrets if (line := _telling(secret))}
    for name, data in members:
        for text in dict.fromkeys(re.sub(rb"\s+", b"", text) for text in _texts(data)):
            found = [secret for line, secret in looked_for.items() if line in text]
            for secret in found:
                del looked_for[_telling(secret)]
                place = f"line {secret.line} of the master's cell {secret.cell}"
                yield f"{name} holds {place}, which is taken out: {secret.text[:80]}"


def _telling(secret: Secret) -> bytes:
    """A secret line without white space and comment; empty where it is a line that anybody writes."""
    if not secret.is_code:
        words = secret.text.split()
        return "".join(words).encode() if len(words) >= LEAST_WORDS else b""
    tokens = _tokens(secret.text)
    if len(tokens) < LEAST_TOKENS or not _OPERATORS.intersection(tokens):
        return b""
    return "".join("".join(tokens).split()).encode()


def _tokens(line: str) -> list[str]:
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.type not in skipped:
                tokens.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass  # a line of a statement over several lines: what was read of it is what it holds
    return tokens


# ---- hidden numbers ---------------------------------------------------------------------------------------------


def _leaked_numbers(members: Sequence[tuple[str, bytes]], key: AnswerKey) -> Iterator[str]:
    hidden: dict[tuple[str, tuple[int, ...], bytes], tuple[str, np.ndarray]] = {}
    # Each once, by its first label: most answers of a variant are those of the reference.
    for label, array in _own_arrays(key):
        hidden.setdefault(_identity(array), (label, array))
    public = {_identity(array): array for array in _public_arrays(key)}.values()
    patterns = _by_part(hidden.values(), _patterns)
    runs = _by_part(hidden.values(), _runs)
    singles = _by_part(hidden.values(), _singles)
    for array in public:  # whose parts may be a hidden array's by chance, and are no secret
        _drop(patterns, _patterns(array))
        _drop(runs, _runs(array))
        _drop(singles, _singles(array))
    for name, data in members:
        found = [label for pattern, label in patterns.items() if pattern in data]
        for text in _texts(data):
            printed = [number for piece in _TEXT.findall(text) for number in _NUMBER.findall(piece)]
            values = np.array([float(number) for number in printed])
            found.extend(runs[run] for run in _runs(values) if run in runs)
            certain = [v for v, n in zip(values, printed, strict=True) if _digits(n) >= DIGITS]
            found.extend(singles[s] for s in _singles(np.array(certain)) if s in singles)
        for label in dict.fromkeys(found):
            yield f"{name} holds numbers of {label}, which is hidden"


def _by_part(
    hidden: Iterable[tuple[str, np.ndarray]], parts: Callable[[np.ndarray], Iterable[_Part]]
) -> dict[_Part, str]:
    """By each part of an array the first label of such an array."""
    known: dict[_Part, str] = {}
    for label, array in hidden:
        for part in parts(array):
            known.setdefault(part, label)
    return known


def _drop(known: dict[_Part, str], parts: Iterable[_Part]) -> None:
    for part in parts:
        known.pop(part, None)


def _own_arrays(key: AnswerKey) -> Iterator[tuple[str, np.ndarray]]:
    """Every array of hidden cases, with a label; those that stand in public cases too are no secret."""
    public = {array.tobytes() for array in _public_arrays(key)}
    for visibility, label, array in _all_arrays(key):
        if visibility != "public" and array.tobytes() not in public and len(np.unique(array)) >= LEAST_DISTINCT:
            yield label, array


def _identity(array: np.ndarray) -> tuple[str, tuple[int, ...], bytes]:
    return array.dtype.str, array.shape, array.tobytes()


def _public_arrays(key: AnswerKey) -> Iterator[np.ndarray]:
    return (array for visibility, _, array in _all_arrays(key) if visibility == "public")


def _all_arrays(key: AnswerKey) -> Iterator[tuple[str, str, np.ndarray]]:
    # What the reference gives is called its answer, whichever variant gives the same.
    answers = sorted(key.answers.items(), key=lambda of: of[0] != REFERENCE)
    for n, entry in enumerate(key.plan.entries):
        where = f"{entry.criterion}, {entry.purpose} '{entry.name}'"
        for name, array in entry.question.inputs.items():
            yield entry.visibility, f"the input '{name}' of {where} ({n})", array
        for variant, given in answers:
            if n in given:
                for name, array in _values(given[n]):
                    yield entry.visibility, f"the answer '{name}' of {where} by {variant} ({n})", array


def _values(outcome: Outcome) -> Iterable[tuple[str, np.ndarray]]:
    return [(name, value.array) for name, value in outcome.values.items() if value.array is not None]


def _patterns(array: np.ndarray) -> set[bytes]:
    """The bytes of an array and of each of its rows, in both widths of a float."""
    forms = [array]
    if array.dtype.kind == "f":
        with np.errstate(over="ignore"):
            forms.extend(array.astype(width) for width in (np.float32, np.float64))
    parts = [part for form in forms for part in (form, *(form if form.ndim > 1 else ()))]
    return {part.tobytes() for part in parts if _is_telling(part)}


def _is_telling(array: np.ndarray) -> bool:
    if array.nbytes < LEAST_BYTES or len(np.unique(array)) < LEAST_DISTINCT:
        return False
    with np.errstate(invalid="ignore"):
        whole = bool((array == np.rint(array)).all())
    return array.size >= LEAST_WHOLE or not whole


def _runs(values: np.ndarray) -> Iterator[tuple[float, ...]]:
    """Numbers in a row, to four digits, as an array is printed row by row: from each place as many as are telling."""
    if values.dtype.kind not in "fiu":
        return
    rounded = [float(f"{value:.4g}") for value in values.ravel().tolist()]
    weights = [0 if value in (0.0, 1.0) else _digits(f"{value:g}".encode()) for value in rounded]
    for start in range(len(rounded)):
        digits = 0
        for end in range(start, min(start + LONGEST_RUN, len(rounded))):
            digits += weights[end]
            if digits >= RUN_DIGITS:
                run = tuple(rounded[start : end + 1])
                if len(set(run)) >= LEAST_DISTINCT:
                    yield run
                break


def _singles(values: np.ndarray) -> set[str]:
    """Numbers with so many digits that one of them is enough."""
    if values.dtype.kind != "f":
        return set()
    texts = (repr(float(value)) for value in values.ravel().tolist())
    return {f"{float(text):.{DIGITS}g}" for text in texts if _digits(text.encode()) >= DIGITS}


def _digits(number: bytes) -> int:
    """Significant digits that a printed number has."""
    return len(re.sub(rb"[eE].*|\D", b"", number).lstrip(b"0"))
