"""The key's file comes back as it was, a damaged one is refused, and students hold nothing hidden."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.assignment import LatePolicy, Limits
from grader.errors import KeyFileError
from grader.key import Basis, CriterionRule, Entry, Key, Rubric, digest_of, public_cut
from grader.key.model import AlternativeRule, BehaviourRule, GradientRule, Handout, MistakeRule, Nudge, Recorded
from grader.key.store import key_bytes, load_key, pack_outcomes, save_key, unpack_outcomes
from grader.outcomes import Call, Outcome, Status, Trouble
from grader.wire.program import Other

QUESTIONS = '''"""Drivers."""

def f(student, x):
    """Ask f."""
    yield "f", {"out": student.f(x)}
'''
X = np.linspace(0.1, 1.7, 6).reshape(2, 3)


def outcome(value: object) -> Outcome:
    return Outcome(Status.RETURNED, {"out": value}, (Call("f", "ndarray"),), ("x",), ("overflow",))


def entry(case: str, visibility: str, inputs: dict[str, Any], **more: Any) -> Entry:
    return Entry("f", case, visibility, more.pop("basis", Basis.OWN), ("f",), {"f": "right"}, inputs, **more)


RULE = CriterionRule(
    "f", "(x, train=True) -> out", ("out",), (BehaviourRule("right", Fraction(7, 3)),),
    alternatives=(AlternativeRule("other", "also right", True),),
    mistakes=(MistakeRule("sign", "It is negated.", "Drop the minus.", Fraction(1, 2), ("sign", "sign (2)")),),
    sizes={"N": ("x", 0)},
)  # fmt: skip
GRADIENTS = tuple(GradientRule("f", "out", "dout", {"dx": "x"}, (), "", Fraction(0), base, 1e-4) for base in (2, 5))
LATE = LatePolicy(Fraction(1, 10), due=datetime(2026, 1, 1, tzinfo=UTC), grace=timedelta(hours=1))
KEY = Key(
    Rubric(
        "toy", "A toy", (RULE,), Handout("toy.ipynb", {"f": ("abc",)}, {"data.csv": "1,2"}), GRADIENTS,
        Limits(call_seconds=2.5), LATE,
    ),
    (
        entry("plain", "public", {"x": X, "deep": [(1, 2.5), {"k": None, 3: "word"}], "flag": True}),
        entry("hidden one", "hidden", {"x": X * 7}),
        entry("g", "hidden", {"x": X * 9, "dout": X}, basis=Basis.RELATIVE),
        entry("g", "hidden", {"x": X * 9 + 1, "dout": X}, basis=Basis.RELATIVE, nudge=Nudge(0, "x", -1)),
        entry("stubbed", "public", {"x": X * 11}, basis=Basis.GIVEN, needs=("f",), stubs=("f",)),
        entry("g", "public", {"x": X * 13, "dout": X}, basis=Basis.RELATIVE),
        entry("g", "public", {"x": X * 13 + 1, "dout": X}, basis=Basis.RELATIVE, nudge=Nudge(1, "x", 1)),
    ),
    QUESTIONS,
    {
        "reference": {0: (outcome(X),), 1: (outcome({"W": [X * 77, 2**60]}),), 4: (outcome((X, "text")),)},
        "sign": {0: (outcome(-X),), 1: (Outcome(Status.RAISED, trouble=Trouble("ValueError", "no", 3, 2)),)},
    },
    {4: (Recorded("f", {"x": X, "train": True}, {1: X, "b": Other("function")}, ("train",)),)},
    digest="d", sources="s", seed="1234567",
)  # fmt: skip


def shown(value: object) -> str:
    """All of a value with its types; two that are shown alike are the same."""
    with np.printoptions(precision=17, threshold=10**6):
        return repr(value)


def test_a_key_comes_back_as_it_was(tmp_path: Path) -> None:
    """Every field and every kind of value; equal keys are equal files."""
    path = tmp_path / "toy.key.npz"
    save_key(KEY, path)
    assert shown(load_key(path)) == shown(KEY)
    assert key_bytes(load_key(path)) == path.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["toy.key.npz"]


def test_saved_outcomes_come_back_as_they_were() -> None:
    outcomes = KEY.answers["reference"]
    assert shown(unpack_outcomes(pack_outcomes(outcomes))) == shown(outcomes)
    for damaged in (pack_outcomes(outcomes)[:-9], b"no zlib"):
        with pytest.raises(KeyFileError, match="damaged"):
            unpack_outcomes(damaged)


def other_member(frame: bytes) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, key=np.frombuffer(frame, np.uint8))
    return buffer.getvalue()


def rewritten(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Change the header of the frame within the file, by as many bytes."""

    def change(data: bytes) -> bytes:
        frame = np.load(io.BytesIO(data))["key"].tobytes()
        assert frame.count(old) == 1
        assert len(old) == len(new)
        return other_member(frame.replace(old, new))

    return change


def pickled(data: bytes) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, key=np.array([{"a": 1}], dtype=object))
    return buffer.getvalue()


def bomb(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("key.npy", bytes(2 << 20))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: b"", "not a key"),
        (lambda data: data[: len(data) // 2], "not a key"),
        (lambda data: data[:200] + b"\0\0\0" + data[203:], "not a key"),
        (pickled, "not a key"),
        (bomb, "not a key"),
        (lambda data: other_member(b"x" * 100), "damaged"),
        (rewritten(b'"schema":10', b'"schema":99'), "format 99, and this grader reads 10"),
        (rewritten(b'"title":"A toy"', b'"title":[1,2,3]'), "damaged .*title"),
        (rewritten(b'"7/3"', b'"7/0"'), "damaged"),
        (rewritten(b'"per_day":"1/10"', b'"per_day":"99/1"'), "damaged .*per_day"),
        (rewritten(b'"basis":"given"', b'"basis":"gifts"'), "damaged .*basis"),
        (rewritten(b'"rubric":{', b'"rubrix":{'), "damaged .*rubric"),
        (rewritten(b'"flag":[true,1,0]', b'"flag":[true,"1"]'), "damaged"),
    ],
)
def test_a_damaged_key_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[bytes], bytes], says: str
) -> None:
    """Whatever is wrong with the file is a `KeyFileError` with a next step; nothing is unpickled."""
    monkeypatch.setattr("grader.key.store.CAP", 1 << 20)
    path = tmp_path / "toy.key.npz"
    path.write_bytes(change(key_bytes(KEY)))
    with pytest.raises(KeyFileError, match=says) as refused:
        load_key(path)
    assert refused.value.hint


def test_the_public_key_has_public_cases_only() -> None:
    """Numbers, names and the seed of hidden ones are gone; what refers to entries refers to the same ones."""
    cut = public_cut(KEY)
    assert [one.case for one in cut.entries] == ["plain", "stubbed", "g", "g"]
    assert cut.is_public
    assert not cut.seed
    assert {variant: list(found) for variant, found in cut.answers.items()} == {"reference": [0, 1], "sign": [0]}
    assert shown(cut.answers["reference"][1]) == shown(KEY.answers["reference"][4])
    assert shown(cut.recordings) == shown({1: KEY.recordings[4]})
    assert [one.base for one in cut.rubric.gradients] == [2]
    assert cut.entries[3].nudge == Nudge(0, "x", 1)
    assert cut.questions == QUESTIONS
    held = key_bytes(cut)
    frame = np.load(io.BytesIO(held))["key"].tobytes()
    for secret in (b"hidden one", b"1234567", (X * 7).tobytes(), (X * 77).tobytes(), (X * 9).tobytes()):
        assert secret not in frame
    assert public_cut(cut).digest == cut.digest


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"questions": QUESTIONS.replace("Ask f.", "Ask it.").replace("\n\n", "\n\n# A comment\n\n")}, True),
        ({"questions": QUESTIONS.replace("student.f(x)", "student.f(x.copy())")}, False),
        ({"rubric": msgspec.structs.replace(KEY.rubric, title="Another", criteria=())}, True),
        ({"rubric": msgspec.structs.replace(KEY.rubric, limits=Limits(call_seconds=3))}, False),
        ({"rubric": msgspec.structs.replace(KEY.rubric, handout=Handout("toy.ipynb", files={"data.csv": "3"}))}, False),
        ({"entries": (entry("renamed", "public", KEY.entries[0].inputs), *KEY.entries[1:])}, True),
        ({"entries": (entry("plain", "public", {"x": X + 1e-9}), *KEY.entries[1:])}, False),
        ({"answers": {}, "sources": "other", "seed": ""}, True),
    ],
)
def test_the_digest_names_what_is_asked(change: dict[str, Any], same: bool) -> None:
    """Drivers, inputs, limits and given files; not docstrings, names, points and answers."""
    assert (digest_of(msgspec.structs.replace(KEY, **change)) == digest_of(KEY)) is same
