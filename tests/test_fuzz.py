"""Bytes nobody meant: mutated frames, notebooks and archives come out as values or as one clean kind of error.

Bounded and seeded. GRADER_FUZZ_SEED names another seed; GRADER_FUZZ=n makes n times as many rounds, which is what
`make fuzz` does.
"""

from __future__ import annotations

import copy
import io
import json
import os
import random
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.answer_key import LentCall
from grader.errors import SubmissionError
from grader.extract import choose
from grader.extract.definitions import extract
from grader.intake import submissions_in
from grader.lending import Ledger
from grader.wire import (
    Asked,
    Frame,
    Gave,
    Loaded,
    Outcome,
    Question,
    Status,
    Step,
    Trouble,
    Value,
    WireError,
    decode,
    decode_loaded,
    decode_outcome,
    encode,
    encode_asked,
    encode_gave,
    encode_lent,
    encode_loaded,
    encode_outcome,
    pack_outcomes,
    read_lent,
    read_message,
    unpack_outcomes,
)

SEED = int(os.environ.get("GRADER_FUZZ_SEED", "20240501"))
TIMES = int(os.environ.get("GRADER_FUZZ", "1"))
PARTS = 4  # each an own test, so that two cores share them
FRAMES = 250_000 * TIMES // PARTS
NOTEBOOKS = 24_000 * TIMES // PARTS
ARCHIVES = 3_000 * TIMES // PARTS

TOKENS = [
    *(b"null", b"true", b"NaN", b"-1", b"1e999", b"9" * 50, b"[]", b"{}", b'""', b"[[]]", b'"|O"', b'"<f8"', b'"<c32"'),
    *(b'"V8"', b'"f8,f8"', b'"M8[s]"', b"[4294967296]", b"[2305843009213693951]", b"[0]", b"[-1]", b"[1.0]", b"[true]"),
    *(
        b'"arrays"',
        b'"status"',
        b'"values"',
        b'"returned"',
        b'"fault"',
        b"\\ud800",
        b"\\u0000",
        b"GRD1",
        b"\xff",
        b"\0",
    ),
    *(
        b'"cells"',
        b'"source"',
        b'"nbformat"',
        b'"cell_type"',
        b'"worksheets"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b'"',
    ),
    *(
        b"def f(",
        b"class A:\n",
        b"    ",
        b"\n",
        b"%%bash",
        b"!ls",
        b"'''",
        b"\\",
        b"async ",
        b"lambda:",
        b"\r",
        b"\x0c",
        b"@",
    ),
]


def mutate(data: bytes, draw: random.Random) -> bytes:
    """One to four changes: bytes flipped, dropped, doubled, replaced by a token, cut off or moved."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(changed) + 1)
        until = min(len(changed), at + draw.choice((1, 1, 2, 4, 8, 40)))
        kind = draw.randrange(7)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del changed[at:until]
        elif kind == 2:
            changed[at:at] = changed[at:until]
        elif kind == 3:
            changed[at:until] = draw.choice(TOKENS)
        elif kind == 4:
            changed[at:at] = draw.choice(TOKENS)
        elif kind == 5:
            changed[at:until] = draw.randbytes(until - at)
        else:
            other = draw.randrange(len(changed) + 1)
            changed[at:at] = changed[other : other + draw.randrange(30)]
    return bytes(changed)


def mutate_header(frame: bytes, draw: random.Random) -> bytes:
    """Change the header alone and say its length rightly, so that what is below the first check is reached."""
    length = int.from_bytes(frame[4:8], "big")
    header = mutate(frame[8 : 8 + length], draw)
    return frame[:4] + len(header).to_bytes(4, "big") + header + frame[8 + length :]


ODD: list[object] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1 << 40,
        1.5,
        1e300,
        "",
        "x" * 600,
        "\ud800\0\x1b",
        [],
        {},
        [[]],
        [1, 2],
        ["x"],
        {"a": 1},
    ),
    *(
        "array",
        "none",
        "other",
        "returned",
        "raised",
        "missing",
        "fault",
        "timed out",
        "<f8",
        "|O",
        "<f4",
        "|b1",
        "y",
        "x",
    ),
    *([["<f8", [2, 3]]], [["<f8", []]], [["|b1", [6]]], [["y", "array", "ndarray"]], ["E", "m", 1, 2]),
]


def mutate_values(frame: bytes, draw: random.Random) -> bytes:
    """Change what the header says and leave it JSON: values replaced, dropped and doubled at any depth."""
    length = int.from_bytes(frame[4:8], "big")
    header = json.loads(frame[8 : 8 + length])
    for _ in range(draw.randint(1, 2)):
        place: Any = header
        while True:
            keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw.choice(keys)
            if isinstance(place[key], (list, dict)) and place[key] and draw.random() < 0.7:
                place = place[key]
                continue
            kind = draw.randrange(4)
            if kind == 0:
                del place[key]
            elif kind == 1 and isinstance(place, list):
                place.append(copy.deepcopy(place[key]))
            else:
                place[key] = copy.deepcopy(draw.choice(ODD))
            break
    text = json.dumps(header).encode()
    return frame[:4] + len(text).to_bytes(4, "big") + text + frame[8 + length :]


MUTATIONS = (mutate, mutate_header, mutate_values, mutate_values)
X = np.linspace(0.0, 1.0, 6).reshape(2, 3)
HONEST = [
    encode_outcome(Outcome(Status.RETURNED, {"y": Value("array", "ndarray", X)}, warnings=("w",), changed=("x",))),
    encode_outcome(Outcome(Status.RETURNED, {"a": Value("none", "NoneType"), "b": Value("array", "list", X > 0)}, 2)),
    encode_outcome(Outcome(Status.RAISED, trouble=Trouble("ValueError", "no", 3, 4), printed="text")),
    encode_outcome(Outcome(Status.MISSING, reason="nothing there")),
    encode_loaded(Loaded(("f", "A.g"), (Trouble("NameError", "x", 1, 2),))),
    encode({"at": [1, 2]}, [X.astype(np.complex64), np.array(3)]),
    encode_asked(Asked(0, (X, "relu", (0, 1), np.array(2)))),
    encode_gave(Gave((X, X > 0))),
]
LENT = {0: (LentCall("f", (X, "relu", (0,), np.array(2)), (X,)), LentCall("f", (X, "relu", (1,)), (X,)))}
LENDING = Question({}, (), lends=(Step("f", ("x",), ("y",)),))


def answer_asked(frame: Frame) -> None:
    """Read what is asked in the midst of a call, and answer it."""
    message = read_message(frame, 1)
    if isinstance(message, Asked):
        read_lent(decode(encode_lent(Ledger([LENDING], LENT, [0]).asked(0, message))))
    if message is None:
        raise WireError("another kind of frame")


def read_all(frame: bytes) -> int:
    """Decode as our side does; give how far it came."""
    try:
        decoded = decode(frame)
    except WireError:
        return 0
    came = 1
    for read in (decode_outcome, decode_loaded, answer_asked):
        try:
            read(decoded)  # type: ignore[operator]
            came = 2
        except WireError:
            continue
    return came


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_frames_are_read_or_refused(part: int) -> None:
    """Any bytes in place of a frame give a value or a `WireError`, nothing else, and every depth is reached."""
    draw = random.Random(SEED + part)
    reached = [0, 0, 0]
    for number in range(FRAMES):
        frame = HONEST[number % len(HONEST)]
        mutated = MUTATIONS[number % len(MUTATIONS)](frame, draw)
        try:
            reached[read_all(mutated)] += 1
        except BaseException as error:
            pytest.fail(ascii(f"{type(error).__name__}: {error} for {mutated!r}"))
    assert min(reached) > FRAMES // 20


def test_mutated_outcomes_of_a_gradebook_are_read_or_refused() -> None:
    """Saved outcomes that were damaged give a `WireError`, so that they are told and not believed."""
    draw = random.Random(SEED)
    saved = pack_outcomes(
        [[Outcome(Status.RETURNED, {"y": Value("array", "ndarray", X)})], [Outcome(Status.KILLED)] * 2]
    )
    for _ in range(3_000 * TIMES):
        try:
            unpack_outcomes(mutate(saved, draw))
        except WireError:
            continue


def cell(source: object, kind: str = "code") -> dict[str, object]:
    return {"cell_type": kind, "metadata": {}, "source": source} | (
        {"outputs": [], "execution_count": None} if kind == "code" else {}
    )


SOURCE = (
    "class A:\n    def f(self, x):\n        return x + 1, x\n\n\ndef g(x, *, y=3):\n    '''text'''\n    return x @ y\n"
)
OLD = {"cell_type": "code", "language": "python", "metadata": {}, "input": [SOURCE], "outputs": [], "collapsed": False}
NOTEBOOK = [
    json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell("# T", "markdown"), cell(SOURCE)]}),
    json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell(SOURCE.splitlines(True)), cell("%ls\n!x")]}
    ),
    json.dumps(
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"metadata": {}, "cells": [OLD]}]}
    ),
]
FILES = [
    *((text.encode(), "a.ipynb") for text in NOTEBOOK[:2]),
    (SOURCE.encode(), "a.py"),
    (SOURCE.encode("utf-16"), "a.py"),
]


def tame(read: Callable[[], object], data: bytes) -> bool:
    """Whether it was read; anything but our own error fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the code that is parsed
            read()
    except SubmissionError:
        return False
    except BaseException as error:
        pytest.fail(ascii(f"{type(error).__name__}: {error} for {data!r}"))
    return True


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_notebooks_are_read_or_refused(part: int) -> None:
    """Any bytes in place of a notebook or a program give cells or a `SubmissionError` with a sentence."""
    draw = random.Random(SEED + part)
    read = 0
    for number in range(NOTEBOOKS):
        # The reader of old notebooks is fifty times as slow: it gets a fiftieth.
        data, name = (NOTEBOOK[2].encode(), "a.ipynb") if number % 50 == 0 else FILES[number % len(FILES)]
        mutated = mutate(data, draw)
        read += tame(partial(extract, mutated, name, ("A.f", "g")), mutated)
    assert NOTEBOOKS // 20 < read < NOTEBOOKS


def zip_of(*entries: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_archives_are_read_or_refused(tmp_path: Path, part: int) -> None:
    """Any bytes in place of a zip, of one hand-in or of a class, give rows, and each row a file or a sentence."""
    draw = random.Random(SEED + part)
    inner = zip_of(("layer.py", SOURCE.encode()), ("data/x.csv", b"1,2"))
    whole = [zip_of(("a.ipynb", NOTEBOOK[0].encode())), zip_of(("ada/n.py", SOURCE.encode()), ("bob/x.zip", inner))]
    folder = tmp_path / "class" / "ada"
    folder.mkdir(parents=True)
    places = (folder / "a.zip", tmp_path / "class.zip")
    for number in range(ARCHIVES):
        mutated = mutate(whole[number % 2], draw)
        place = places[number % 2]
        place.write_bytes(mutated)

        def read(place: Path = place) -> None:
            for submission in submissions_in(
                place if place.suffix == ".zip" and place.parent == tmp_path else place.parent.parent
            ):
                if submission.problem:
                    assert submission.next_step
                tame(partial(choose, submission, ("A.f", "g")), b"")

        tame(read, mutated)
