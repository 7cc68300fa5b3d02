"""Whatever reads a stranger's bytes outside the wall ends in a value or in its own error: soon, and in little memory.

Samples are spoilt in a few places: bytes, cuts, pieces of other samples, long runs, other numbers. In the gate they are
the same ones each time; `make night` tries others, GRADER_FUZZ times as many.
"""

from __future__ import annotations

import random
import resource
import struct
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from conftest import TIMES
from test_extract import BACKWARD, FENCES, FORWARD, SOURCE, WANTED, notebook
from test_gradebook import record
from test_judge import EXAM, RIGHT, raising
from test_key import KEY, other_member

from grader.errors import KeyFileError, SheetError, SubmissionError
from grader.extract import Facts, read_data
from grader.gradebook import pack as pack_record
from grader.gradebook import unpack as unpack_record
from grader.intake.exports import read_metadata
from grader.intake.files import Submission
from grader.intake.people import with_lateness, with_roster
from grader.judge import judge
from grader.key.store import SCHEMA, load_key, pack_outcomes, unpack_outcomes
from grader.key.store import pack as pack_key
from grader.key.stubs import stub_answerer
from grader.outcomes import Outcome, Status
from grader.wire import codec
from grader.wire.codec import FrameReader, WireError
from grader.wire.messages import At, CallOut, CallResult, Done, LoadReport, Raised, Stage, decode_inside, encode

SECONDS, MEGABYTES = 2, 300  # of one reading; of all that one test reads
PIECES = [b"[", b"]]", b"{", b'"', b",", b":", b"-1", b"1e999", b"NaN", b"null", b"true", b"9" * 5_000, b"\\ud800"]
PIECES += [b"\0", b"\xff", b"\n", b"```python\n", b"---\n", b"# Relu\n", b"(", b"\\", b'["a",0]', b'["l",', b"0"]


def spoilt(samples: Sequence[bytes], count: int) -> Iterator[bytes]:
    """So many samples, each changed in one place to four."""
    chance = random.Random(0 if TIMES == 1 else None)
    for _ in range(count * TIMES):
        data = bytearray(chance.choice(samples))
        for _ in range(chance.randint(1, 4)):
            at, other = chance.randrange(len(data) + 1), chance.choice(samples)
            begin = chance.randrange(len(other))
            run = data[at : at + chance.randint(1, 30)] * chance.choice((2, 3, 300))
            puts = (chance.randbytes(chance.randint(1, 3)), chance.choice(PIECES), other[begin : begin + 60], run, b"")
            data[at : at + chance.choice((0, 1, 1, 2, 9, 200))] = chance.choice(puts)
        yield bytes(data)


def framed(data: bytes) -> bytes:
    """A frame of these bytes: its header ends where the last brackets do, so that what is in it is read at all."""
    end = max(data.rfind(b"]]") + 2, 2)
    data += b" " * (end - len(data))
    return struct.pack(">4sII", codec.MAGIC, end, len(data) - end) + data


def read_stream(data: bytes) -> None:
    reader = FrameReader()
    reader.feed(data)
    while frame := reader.next():
        decode_inside(frame)


def compare_result(data: bytes) -> None:
    """A result from inside is held against each answer of an exam, and against the calls that a stub knows."""
    tree = getattr(decode_inside(framed(data)), "values", {}).get("y")
    for number, entry in enumerate(EXAM.key.entries):
        outcome = Outcome(Status.RETURNED, dict.fromkeys(("out", "dx", "dw", "db"), tree))
        judge(EXAM.key, {number: (outcome,) * len(entry.stages)}, Facts())
    stub_answerer(KEY)(4, "f", (tree, tree), {})


def judge_saved(data: bytes) -> None:
    judge(EXAM.key, unpack_outcomes(framed(data)[::-1]), Facts())


def read_key(data: bytes) -> None:
    Path("a.key.npz").write_bytes(data)
    load_key(Path("a.key.npz"))


def read_sheet(data: bytes) -> None:
    """A sheet as a roster, and as the lateness of a class."""
    Path("a.csv").write_bytes(data)
    found = with_roster([Submission("ada", "Ada", ())], Path("a.csv"))
    with_lateness(found, Path("a.csv"))


def reading(name: str) -> Callable[[bytes], object]:
    return lambda data: read_data(data, name, WANTED)


X = np.linspace(-2.0, 2.0, 12).reshape(3, 4)
TREE = {"y": [X, 2.5, None, True, "text", (X > 0, {3: X.astype("c16"), "k": "ü"}), X.astype("f4"), 2**60]}
REPORTS = (
    Stage(2, "f", TREE, (("f", "tuple", 2),), ("x",), ("overflow",)), Stage(2, "f", {"y": X}), Done(2), At(1, 2),
    Raised(2, ("ValueError", "no", 3, 2, ""), "f"), CallOut(2, "f", (X, 3), {"train": True}), CallResult(2, TREE),
    LoadReport(("f",), (("NameError", "no", 1, 1, ""),), ("torch",)),
)  # fmt: skip
FRAMES = [encode(one, codec.describe) for one in REPORTS]
HEADERS = [frame[12:] for frame in FRAMES]
SAVED = [pack_outcomes(EXAM.ask(RIGHT | one))[::-1][12:] for one in ({}, {"kink": raising})]
ROWS = [zlib.decompress(pack_record(record()))]
OLD = b'{"worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": ["Relu"]}, {"input": "x"}]}]}'
NOTEBOOKS = [notebook("# Sigmoid", FORWARD, f"%matplotlib inline\n{SOURCE}print(f'{{x}}')\n", "## Relu", BACKWARD), OLD]
TEXTS = [FENCES.format(f"```{one}").encode() for one in ("python", "{code-cell}\n:a: b", "{code-cell}\n---\na: 1\n---")]
SCRIPTS = [f"# Sigmoid\n{FORWARD}\nclass Relu:\n  {BACKWARD}\nimport a.b\n{SOURCE}".encode(), SOURCE.encode("utf-16")]
METADATA_LINES = (
    b"submission_7:\n  :submitters:\n  - :name: 'Ada'\n    :sid: \"7\"\n  :created_at: 2026-11-20\n  :a: b\n"
)
SHEETS = [
    b'\xef\xbb\xbfid,Name,Late\r\nada,"A, ""B""",1:30:00\r\nbob,="01",\r\n',
    "id;late_hours\nada;2\n".encode("utf-16"),
]
KEY_FRAME = pack_key(KEY, schema=SCHEMA)
DAMAGED = (msgspec.MsgspecError, zlib.error, ValueError, TypeError, ArithmeticError)  # what a gradebook says is damaged

Read = Callable[[bytes], object]
READERS: dict[str, tuple[Read, Sequence[bytes], tuple[type[Exception], ...], int]] = {
    "a stream from inside": (read_stream, FRAMES, (WireError,), 2_500),
    "messages from inside": (lambda data: decode_inside(framed(data)), HEADERS, (WireError,), 11_000),
    "results, compared": (compare_result, HEADERS[:2], (WireError,), 1_000),
    "saved outcomes": (unpack_outcomes, [pack_outcomes(EXAM.ask(RIGHT))], (KeyFileError,), 1_000),
    "saved outcomes, judged": (judge_saved, SAVED, (KeyFileError,), 1_000),
    "rows of a gradebook": (lambda data: unpack_record(zlib.compress(data, 0)), ROWS, DAMAGED, 4_000),
    "what is in a key": (lambda data: read_key(other_member(framed(data))), [KEY_FRAME[12:]], (KeyFileError,), 150),
    "sheets of people": (read_sheet, SHEETS, (SheetError,), 1_000),
    "metadata of an export": (read_metadata, [METADATA_LINES], (), 1_000),
    "notebooks": (reading("a.ipynb"), NOTEBOOKS, (SubmissionError,), 600),
    "scripts": (reading("a.py"), SCRIPTS, (SubmissionError,), 60),
    "notebooks in Markdown": (reading("a.md"), TEXTS, (SubmissionError,), 100),
}


@pytest.mark.parametrize("what", READERS)
def test_spoilt_bytes_end_in_a_value_or_in_the_error_that_is_documented(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is raised, no reading takes more than two seconds, and all take less than 300 MB."""
    read, samples, errors, count = READERS[what]
    monkeypatch.chdir(tmp_path)
    held, whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
    for data in spoilt(samples, count):
        began = time.thread_time()
        try:
            read(data)
            whole += 1
        except errors:
            pass
        except BaseException as error:
            error.add_note(f"{what}: {data!r}")
            raise
        assert time.thread_time() - began < SECONDS, data
    assert whole > 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < MEGABYTES << 10
