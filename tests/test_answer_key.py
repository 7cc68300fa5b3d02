"""The key's file: the same bytes for the same key, read back whole, and refused where one byte is another.

takes: a small key made here, and its file, whole and spoiled; the compiled keys of the exercise.
gives: one promise a test, said in its docstring.
must not know: how answers are computed.
"""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.answer_key import (
    REFERENCE,
    SCHEMA,
    SCHEMA_BEFORE,
    AlternativeRule,
    AnswerKey,
    BehaviourRule,
    CriterionRule,
    FollowThroughRule,
    LentCall,
    MistakeRule,
    Rubric,
    load_key,
    plan_digest,
    save_key,
)
from grader.answer_key.lent import FORM
from grader.answer_key.rubric import signature, write_rubric
from grader.answer_key.store import KEY_CAP
from grader.assignment import Call, Limits, Own, Tolerance, own
from grader.errors import KeyFileError
from grader.plan import CallPlan, Entry, Purpose
from grader.wire import Outcome, Question, Status, Step, Trouble, Value
from reference.exercise_05.assignment import ASSIGNMENT

STEP = Step("back", ("dy", ("cache 0", "cache 1"), "=own"), ("dx", "=rest"), "second")
RULE = CriterionRule(
    "back", "(dy, cache) -> dx", ("dx",),
    (BehaviourRule("right", Fraction(7, 3)), BehaviourRule("far", Fraction(1), ("right",))),
    Tolerance(1e-4, 1e-5, 1e-8, 3.0), (AlternativeRule("sum", "A sum.", True),),
    (MistakeRule("halves", "It halves.", "Double it.", Fraction(1, 3)),),
    FollowThroughRule("ahead", ("y",), ("dy",), {"dx": "x"}, Fraction(1, 2), ("dx",), "x"), {"N": ("x", 0)},
    {"dx": "self.dx"}, "Layer(w)", ("self.w",), ("ahead",), ("rate",), ("dy",),
)  # fmt: skip


def entry(name: str, visibility: str, number: float, purpose: Purpose = Purpose.CASE) -> Entry:
    inputs = {"dy": np.full((2, 3), number), "x": np.arange(6, dtype=np.float32), "n": np.array(3)}
    question = Question(inputs, (STEP,), {"x": "strided"})
    return Entry("back", name, visibility, purpose, ("dx",), question, "right", "an echo", "x", -1)


def returned(number: float) -> Outcome:
    return Outcome(Status.RETURNED, {"dx": Value("array", "ndarray", np.full((2, 3), number))}, 1)


ENTRIES = (
    entry("small", "public", 0.25), entry("secret", "hidden", 0.125), entry("last", "public", 0.5, Purpose.NUDGED),
)  # fmt: skip
RAISED = Outcome(Status.RAISED, {}, -1, ("x",), Trouble("E", "m", 1, 2), ("w",), "r", "p")
KEY = AnswerKey(
    CallPlan(ENTRIES),
    Rubric("tiny", "Tiny ü", (RULE,), Limits(call_seconds=0.5), {"back": ("ab", "cd")}, given=("Base",)),
    {REFERENCE: {0: returned(3.5), 1: returned(4.5)}, "halves": {0: RAISED, 1: returned(5.5)}, "sum": {}},
    sources="0f" * 32,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tiny.key.npz"


def same_key(one: AnswerKey, other: AnswerKey) -> bool:
    """Equal in every field; arrays by dtype, shape and bytes."""
    return plain(one) == plain(other)


def plain(thing: object) -> object:
    if isinstance(thing, (np.ndarray, np.generic)):
        return thing.dtype.str, thing.shape, thing.tobytes()
    if isinstance(thing, Mapping):
        return {name: plain(part) for name, part in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(part) for part in thing]
    if is_dataclass(thing):  # its fields, and not what a property of it has worked out once
        return {field.name: plain(getattr(thing, field.name)) for field in fields(thing)}
    return thing


def test_what_a_case_draws_is_known_apart_from_what_a_hand_in_keeps() -> None:
    """Of a forward all that it takes; of a backward with a cache, what comes from above."""
    drawn = {rule.name: rule.drawn for rule in write_rubric(ASSIGNMENT, {}).criteria}
    assert drawn["affine_forward"] == ("x", "w", "b")
    assert drawn["affine_backward"] == ("dout",)


def members(path: Path) -> tuple[dict[str, object], bytes]:
    with np.load(path) as file:
        return json.loads(file["header"].tobytes()), file["data"].tobytes()


def write(path: Path, header: object, data: bytes) -> None:
    text = json.dumps(header).encode()
    np.savez(path, header=np.frombuffer(text, np.uint8), data=np.frombuffer(data, np.uint8))


def test_a_key_is_read_back_as_it_was_saved(path: Path) -> None:
    """Plan, rubric, answers, sources: every field, every bit, exact fractions."""
    unsaid = [field.name for field in fields(RULE) if getattr(RULE, field.name) in (field.default, {})]
    assert not unsaid, "what a rule has by default is read back without being there"
    saved = save_key(KEY, path)
    assert saved.digest
    assert same_key(replace(saved, digest=""), KEY)
    assert same_key(load_key(path), saved)
    assert load_key(path).rubric.points == Fraction(10, 3)


def test_the_same_key_is_the_same_file(tmp_path: Path) -> None:
    """A key can be compared and kept under version control: equal content, equal bytes."""
    save_key(KEY, tmp_path / "a.npz")
    save_key(load_key(tmp_path / "a.npz"), tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, sources="1f" * 32),
        replace(KEY, rubric=replace(KEY.rubric, title="Other")),
        replace(KEY, answers={REFERENCE: {0: returned(3.25), 1: returned(4.5)}}),
        replace(KEY, plan=CallPlan((*ENTRIES[:2], entry("last", "public", 0.75, Purpose.NUDGED)))),
        KEY.public(),
    ],
    ids=["sources", "rubric", "answers", "plan", "public"],
)
def test_the_digest_names_the_content(tmp_path: Path, other: AnswerKey) -> None:
    """Any other content has another digest."""
    assert save_key(KEY, tmp_path / "a.npz").digest != save_key(other, tmp_path / "b.npz").digest


def test_the_digest_of_the_plan_names_the_questions_alone() -> None:
    """Points, words and answers may change and saved outcomes still fit; a question may not."""
    changed = replace(KEY, rubric=replace(KEY.rubric, title="Other"), answers={}, sources="")
    assert plan_digest(changed) == plan_digest(KEY)
    assert plan_digest(KEY.public()) != plan_digest(KEY)
    moved = replace(KEY, plan=CallPlan((entry("small", "public", 0.26), *ENTRIES[1:])))
    assert plan_digest(moved) != plan_digest(KEY)
    given = [replace(KEY, rubric=replace(KEY.rubric, files={"helper.py": text})) for text in ("A = 1", "A = 2")]
    assert len({plan_digest(key) for key in (KEY, *given)}) == 3  # a hand-in that imports it answers otherwise


def test_a_key_asks_the_same_questions_after_it_was_saved(path: Path) -> None:
    """Saved outcomes are judged again by the key as it is read from its file, though they were first judged by the
    key as it was compiled: both have one digest of the plan, in whatever order inputs were drawn."""
    save_key(KEY, path)
    assert plan_digest(load_key(path)) == plan_digest(KEY)
    swapped = replace(
        ENTRIES[0], question=replace(ENTRIES[0].question, inputs=dict(reversed(ENTRIES[0].question.inputs.items())))
    )
    assert plan_digest(replace(KEY, plan=CallPlan((swapped, *ENTRIES[1:])))) == plan_digest(KEY)


# ---- the public cut ---------------------------------------------------------------------------------------------


def test_the_public_cut_holds_nothing_hidden(path: Path) -> None:
    """No hidden case's name, inputs or answers of any variant are in the file that students hold."""
    save_key(KEY.public(), path)
    public = load_key(path)
    assert public.visibility == "public"
    header, data = members(path)
    assert "secret" not in json.dumps(header)
    for number in (0.125, 4.5, 5.5):
        assert np.full(6, number).tobytes() not in data
    for number in (0.25, 0.5, 3.5):
        assert np.full(6, number).tobytes() in data


def test_the_public_cut_keeps_answers_with_their_questions() -> None:
    """What is left is numbered anew: each answer is still that of its own question."""
    public = KEY.public()
    assert [e.name for e in public.plan.entries] == ["small", "last"]
    assert list(public.answers[REFERENCE]) == [0]
    assert list(public.answers["halves"]) == [0]
    assert same_key(public.public(), public)


def test_a_public_key_cut_again_is_the_same_key(path: Path) -> None:
    """Its digest stays, so that a student's page can name the key it was made with; a cut of a whole key has none."""
    saved = save_key(KEY.public(), path)
    assert load_key(path).public().digest == saved.digest != ""
    assert replace(KEY, digest="d").public().digest == ""
    assert replace(KEY, digest="d", visibility="public").public().digest == ""


def test_the_keys_of_the_exercise_are_cut_the_same_way(key: Path) -> None:
    """The public key of Exercise 5 is a cut of its full key, and holds no array of a hidden question or answer."""
    full, public = (load_key(key / f"exercise_05.{kind}npz") for kind in ("key.", "public.key."))
    assert same_key(replace(full.public(), digest=public.digest), public)
    data = members(key / "exercise_05.public.key.npz")[1]
    for place, asked in enumerate(full.plan.entries):
        if asked.visibility == "hidden":
            answer = full.answers[REFERENCE].get(place)
            arrays = [*asked.question.inputs.values(), *(v.array for v in (answer.values if answer else {}).values())]
            for array in arrays:
                assert array is None or array.nbytes < 32 or not array.any() or array.tobytes() not in data, asked.name


def test_a_key_holds_no_code(key: Path) -> None:
    """Neither source of the reference nor a pickle: two members, JSON and plain bytes."""
    for file in key.glob("*.npz"):
        with zipfile.ZipFile(file) as archive:
            assert sorted(archive.namelist()) == ["data.npy", "header.npy"]
        header, data = members(file)
        for text in (json.dumps(header).encode(), data):
            assert b"def " not in text.replace(b"`def ", b"")
            assert b"lambda" not in text.replace(b"`lambda", b"")


# ---- what is refused --------------------------------------------------------------------------------------------


def test_every_flipped_byte_is_noticed(path: Path) -> None:
    """A byte changed anywhere: the same key, or `KeyFileError`; never another key, never another exception."""
    saved = save_key(KEY, path)
    data = path.read_bytes()
    noticed = 0
    for at in range(0, len(data), 3):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        noticed += 1
        with suppress(KeyFileError):
            assert same_key(load_key(path), saved), at
            noticed -= 1
    assert noticed > len(data) / 3 * 0.8  # the rest are dates and the like, which say nothing


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=4), st.integers(0, 5)), min_size=1, max_size=3))
def test_a_spoiled_key_is_refused(path: Path, changes: list[tuple[int, bytes, int]]) -> None:
    """Bytes changed, put in or taken out: the same key, or `KeyFileError`, and nothing else."""
    saved = save_key(KEY, path)
    data = path.read_bytes()
    for at, put, drop in changes:
        at %= len(data) + 1
        data = data[:at] + put + data[at + drop :]
    path.write_bytes(data)
    with suppress(KeyFileError):
        assert same_key(load_key(path), saved)


def npz(**arrays: object) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


FOREIGN = {
    "empty": b"",
    "text": b"a key",
    "a zip of something": npz(a=np.ones(3)),
    "a header that is no JSON": npz(header=np.frombuffer(b"{", np.uint8), data=np.ones(1)),
    "a header that is a list": npz(header=np.frombuffer(b"[1]", np.uint8), data=np.ones(1)),
    "a header that is a text": npz(header=np.frombuffer(b'"ab"', np.uint8), data=np.ones(1)),
    "a header that is a number": npz(header=np.frombuffer(b"1", np.uint8), data=np.ones(1)),
    "a deep header": npz(header=np.frombuffer(b"[" * 100_000, np.uint8), data=np.ones(1)),
    "one array": (lambda buffer: (np.save(buffer, np.ones(3)), buffer.getvalue())[1])(io.BytesIO()),
    "a pickle": pickle.dumps({"a": 1}),
    "pickled members": npz(header=np.array([{"a": 1}], dtype=object), data=np.array([{}], dtype=object)),
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_file_is_refused(path: Path, data: bytes) -> None:
    """What is no key is named, with what to do, for students too, who cannot make one; nothing in it is ever run."""
    path.write_bytes(data)
    with pytest.raises(KeyFileError, match=r"tiny\.key\.npz") as refused:
        load_key(path)
    assert "get the file again" in refused.value.hint


@pytest.mark.parametrize("form", [FORM - 1, FORM + 1, None])
def test_a_key_that_lends_in_another_form_is_refused(path: Path, form: int | None) -> None:
    """Nothing of it would be found, and right functions would lose points; a key that lends nothing is as it was."""
    lends = replace(KEY, lent={0: (LentCall("f", (np.ones(2), '"mode"'), (np.zeros(2),)),)})
    save_key(lends, path)
    assert load_key(path).lent.keys() == {0}
    header, data = members(path)
    write(path, {**header, "lent_form": form}, data)
    with pytest.raises(KeyFileError, match="another grader") as refused:
        load_key(path)
    assert "compiles the key again" in refused.value.hint
    save_key(KEY, path)
    assert "lent_form" not in members(path)[0]


def test_a_key_that_is_not_there_is_named(path: Path) -> None:
    """With the command that makes one, and where students have theirs from."""
    with pytest.raises(KeyFileError, match="no answer key") as refused:
        load_key(path)
    assert "grader compile" in refused.value.hint
    assert "hand-out" in refused.value.hint
    with pytest.raises(KeyFileError):
        load_key(path.parent)


@pytest.mark.parametrize("schema", [SCHEMA + 1, 0, None, "1"])
def test_a_key_of_another_format_is_refused_by_name(path: Path, schema: object) -> None:
    """It says which format it has and which is read, so that the right version can be had."""
    save_key(KEY, path)
    header, data = members(path)
    write(path, {**header, "schema": schema}, data)
    with pytest.raises(KeyFileError, match=f"format {schema}.*format {SCHEMA}") as refused:
        load_key(path)
    assert "get today's key" in refused.value.hint


def test_a_key_is_of_the_format_that_it_needs(path: Path) -> None:
    """An older grader reads what it reads rightly, and refuses by name where it would call otherwise."""
    save_key(KEY, path)
    assert members(path)[0]["schema"] == SCHEMA_BEFORE
    first, *rest = KEY.plan.entries
    named = replace(first.question.steps[-1], named=("x",))
    entry = replace(first, question=replace(first.question, steps=(*first.question.steps[:-1], named)))
    save_key(replace(KEY, plan=CallPlan((replace(first, raises="ValueError"), *rest))), path)
    assert members(path)[0]["schema"] == SCHEMA
    assert [one.raises for one in load_key(path).plan.entries] == ["ValueError", "", ""]
    save_key(replace(KEY, plan=CallPlan((entry, *rest))), path)
    assert members(path)[0]["schema"] == SCHEMA
    assert load_key(path).plan.entries[0].question.steps[-1] == named


def test_a_key_over_the_cap_is_not_read(path: Path) -> None:
    """A file far too large is refused by its size."""
    with path.open("wb") as file:
        file.truncate(KEY_CAP + 1)
    with pytest.raises(KeyFileError, match="too large") as refused:
        load_key(path)
    assert refused.value.hint


def test_a_key_that_was_changed_on_purpose_is_damaged(path: Path) -> None:
    """Points that were raised by hand are noticed: the digest is of all that the key says."""
    save_key(KEY, path)
    header, data = members(path)
    header["rubric"]["criteria"][0]["behaviours"][0]["points"] = "99"
    write(path, header, data)
    with pytest.raises(KeyFileError, match="damaged"):
        load_key(path)


OUTSIDE = {
    "behind the end": lambda kind, size, begins: [kind, size, begins + 10**6],
    "before the beginning": lambda kind, size, begins: [kind, size, -8],
    "of no length": lambda kind, size, begins: [kind, [-8], begins],
    "of another kind": lambda kind, size, begins: ["<f8", size, begins],
    "of two axes": lambda kind, size, begins: [kind, [*size, 1], begins],
}


@pytest.mark.parametrize("where", OUTSIDE)
def test_an_answer_that_lies_outside_the_file_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Though answers are read when they are first asked for, a key that has not all of them is refused at once."""
    save_key(KEY, path)
    header, data = members(path)
    header["answers"][REFERENCE]["0"] = OUTSIDE[where](*header["answers"][REFERENCE]["0"])  # type: ignore[index,no-untyped-call]
    monkeypatch.setattr("grader.answer_key.store._digest", lambda header, data: "its own")
    write(path, {**header, "digest": "its own"}, data)
    with pytest.raises(KeyFileError, match="not a whole answer key"):
        load_key(path)


def test_a_key_is_written_whole_or_not_at_all(path: Path) -> None:
    """No half-written file takes the place of a key, and none is left beside it."""
    save_key(KEY, path)
    before = path.read_bytes()
    with pytest.raises((TypeError, ValueError)):
        save_key(replace(KEY, sources=object()), path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


WRITTEN = [
    (("x",), [], "(self, x) -> y"),
    (("x",), [("x", "mask")], "(self, x, mask=...) -> y"),
    (("x", "y"), [("x",), ("x", "y", own("z"))], "(self, x, y=..., z=...) -> y"),
    (("x",), [("other_x", "mask")], "(self, x) -> y"),
]


@pytest.mark.parametrize(("takes", "others", "written"), WRITTEN)
def test_what_is_not_always_given_is_written_so(
    takes: tuple[str, ...], others: list[tuple[str | Own, ...]], written: str
) -> None:
    """A student who defines it by what the page says must not leave out what some cases give."""
    calls = [Call("Layer.forward", other, ("y",)) for other in (takes, *others)]
    assert signature(calls[0], calls[1:]) == written
