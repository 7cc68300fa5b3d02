"""The wire: what honest sides write is read back the same; whatever else arrives is refused, with one exception only.

takes: frames made here, and the same frames spoiled.
gives: one promise a test, said in its docstring.
must not know: the sandbox, any assignment.
"""

from __future__ import annotations

import io
import json
import string
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.sandbox.output import STEP_CAP
from grader.wire import (
    Built,
    Loaded,
    Outcome,
    Piece,
    Question,
    Status,
    Step,
    Trouble,
    Value,
    WireError,
    build,
    decode,
    decode_loaded,
    decode_outcome,
    decode_program,
    decode_questions,
    encode,
    encode_loaded,
    encode_outcome,
    encode_program,
    encode_questions,
    pack_outcomes,
    plain_text,
    read_frame,
    step_from_json,
    step_to_json,
    unpack_outcomes,
)
from grader.wire.frames import (
    ARRAY_CAP,
    FRAME_CAP,
    HEADER_CAP,
    MAGIC,
    PREFIX,
    REMEMBERED,
    REQUEST_HEADER_CAP,
    TEXT_CAP,
    frame_length,
)

DTYPES = st.sampled_from(["?", "i1", "<i4", "<i8", "<u2", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"]).map(np.dtype)
ARRAYS = DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_side=4)))
WORDS = st.text(string.ascii_letters + string.digits + " _=.", max_size=12)
TROUBLES = st.builds(Trouble, WORDS, WORDS, st.integers(0, 1000), st.integers(0, 1000))
VALUES = st.one_of(
    st.builds(Value, st.just("array"), WORDS, ARRAYS),
    st.builds(Value, st.sampled_from(["none", "other"]), WORDS),
)
TEXTS = st.lists(WORDS, max_size=4).map(tuple)
OUTCOMES = st.builds(
    Outcome,
    st.sampled_from(Status),
    st.dictionaries(WORDS, VALUES, max_size=4),
    st.integers(-1, 1 << 20),
    TEXTS,
    st.none() | TROUBLES,
    TEXTS,
    WORDS,
    WORDS,
    kinds=TEXTS,
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
GIVEN = st.recursive(
    PLAIN | ARRAYS,
    lambda part: st.lists(part, max_size=3) | st.lists(part, max_size=3).map(tuple) | st.dictionaries(WORDS, part),
)
STEPS = st.builds(
    Step,
    WORDS,
    st.lists(
        WORDS | st.lists(WORDS, max_size=3).map(tuple) | GIVEN.map(lambda given: build("given", given)[0]), max_size=3
    ).map(tuple),
    st.lists(WORDS, max_size=3).map(tuple),
    WORDS,
    st.lists(st.tuples(WORDS, WORDS), max_size=2).map(tuple),
    st.lists(WORDS | GIVEN.map(lambda given: build("given", given)[0]), max_size=2).map(tuple),
    st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=2).map(tuple),
    st.lists(st.tuples(WORDS, WORDS | GIVEN.map(lambda given: build("given", given)[0])), max_size=2).map(tuple),
    st.lists(WORDS | GIVEN.map(lambda given: build("given", given)[0]), max_size=2).map(tuple),
)
READERS: list[Callable[[bytes], object]] = [
    decode,
    lambda data: decode_outcome(decode(data)),
    lambda data: decode_outcome(decode(data), inside=False),
    lambda data: decode_loaded(decode(data)),
    unpack_outcomes,
]


def same(one: object, other: object) -> bool:
    """Equal in every field, arrays by dtype, shape and bytes (so that NaN equals itself)."""
    return _plain(one) == _plain(other)


def _plain(thing: object) -> object:
    if isinstance(thing, (np.ndarray, np.generic)):
        return type(thing).__name__, thing.dtype.str, thing.shape, thing.tobytes()
    if isinstance(thing, (list, tuple)):
        return type(thing).__name__, [_plain(part) for part in thing]
    if isinstance(thing, dict):
        return {name: _plain(part) for name, part in thing.items()}
    told = getattr(thing, "__dataclass_fields__", None)
    return {name: _plain(getattr(thing, name)) for name in told} if told else thing


def frame(header: object, data: bytes = b"") -> bytes:
    """A frame by hand, so that it can say what an honest one never says."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return PREFIX.pack(MAGIC, len(text)) + text + data


def outcome_header(**changes: object) -> dict[str, object]:
    header: dict[str, object] = {
        "status": "returned", "values": [["out", "array", "ndarray"]], "count": 1, "changed": [], "trouble": None,
        "warnings": [], "reason": "", "printed": "", "arrays": [["<f8", [2]]],
    }  # fmt: skip
    return header | changes


# ---- what honest sides write -------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(
    st.dictionaries(WORDS.filter(lambda name: name != "arrays"), WORDS | st.integers()), st.lists(ARRAYS, max_size=4)
)
def test_a_frame_is_read_back_as_it_was_written(header: dict[str, object], sent: list[np.ndarray]) -> None:
    """Header and arrays keep every value, dtype, shape and bit, whatever numbers they hold."""
    read = decode(encode(header, sent))
    assert read.header == header
    assert same(list(read.arrays), sent)


def test_how_long_a_frame_is_is_known_once_its_header_is_there() -> None:
    """Wherever it begins, and whatever follows; before that, nothing is known."""
    for data in HONEST[:-1]:  # the last is several
        _, length = PREFIX.unpack_from(data)
        known = PREFIX.size + length
        for there in range(len(data) + 1):
            got = frame_length(bytearray(b"before" + data[:there]), 6)
            assert got == (len(data) if there >= known else None)
        assert frame_length(bytearray(data + b"behind")) == len(data)


def test_a_frame_that_is_none_is_refused_by_its_first_bytes() -> None:
    """Nothing more of it is waited for, of a header as large as may be all is."""
    longest = PREFIX.pack(MAGIC, HEADER_CAP)
    assert frame_length(bytearray(longest)) is None
    for first in (PREFIX.pack(MAGIC, HEADER_CAP + 1), PREFIX.pack(b"GRD2", 2)):
        with pytest.raises(WireError):
            frame_length(bytearray(first))
        stream = io.BytesIO(first + bytes(64))
        with pytest.raises(WireError):
            read_frame(stream.read)
        assert stream.tell() == PREFIX.size


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda a: a[::2, ::-1], np.transpose], ids=["F", "gaps", "T"])
def test_an_array_of_any_layout_keeps_its_values(layout: Callable[[np.ndarray], np.ndarray]) -> None:
    """How an array lies in memory is no part of what is sent."""
    array = layout(np.arange(12.0).reshape(4, 3))
    assert np.array_equal(decode(encode({}, [array])).arrays[0], array)


@settings(max_examples=100)
@given(OUTCOMES)
def test_an_outcome_is_read_back_as_it_was_written(outcome: Outcome) -> None:
    """Every field of an outcome survives the way through the wall and back."""
    assert same(decode_outcome(decode(encode_outcome(outcome)), inside=False), outcome)


@settings(max_examples=50)
@given(st.lists(st.lists(OUTCOMES, max_size=3).map(tuple), max_size=4))
def test_saved_outcomes_are_read_back_as_they_were(outcomes: list[tuple[Outcome, ...]]) -> None:
    """The evidence of a whole hand-in can be judged again, entry by entry."""
    read = [
        tuple(replace(outcome, shared=False) for outcome in steps) for steps in unpack_outcomes(pack_outcomes(outcomes))
    ]
    assert same(read, outcomes)


@pytest.mark.parametrize("letter", ["\x7f", "\u20ac", "\U0001f600", "e"])
def test_whatever_was_taken_from_inside_is_read_back_when_it_is_saved(letter: str) -> None:
    """A header as large as may come, and what may be printed beside it: written anew it takes six times the room."""
    most = (HEADER_CAP - 1000) // (TEXT_CAP * len(letter.encode()))
    header = outcome_header(changed=[letter * TEXT_CAP] * most)  # the one list of texts that is not cut
    sent = frame(json.dumps(header, ensure_ascii=False).encode(), bytes(16))
    taken = replace(decode_outcome(decode(sent)), printed="\ufffd" * STEP_CAP)
    (read,) = unpack_outcomes(pack_outcomes([(taken,)]))
    assert same(read, (taken,))


def test_of_many_warnings_the_first_are_kept() -> None:
    """An honest program sends no more; a thousand of another would fill the gradebook."""
    data = frame(outcome_header(warnings=[str(n) for n in range(1000)]), bytes(16))
    assert decode_outcome(decode(data)).warnings == tuple("01234")


def test_saved_outcomes_that_are_the_same_are_one_object() -> None:
    """What a class answered alike is judged again once, too; what is large is nobody else's, and is not remembered."""
    few, many = (Outcome(Status.RETURNED, {"y": Value("array", "ndarray", np.ones(n))}, printed="hm") for n in (3, 999))
    (one,), (large,) = unpack_outcomes(pack_outcomes([(few,), (many,)]))
    (other,), (again,) = unpack_outcomes(pack_outcomes([(few,), (many,)]))
    assert (one is other, one.shared, one.printed) == (True, True, "hm")
    assert (large is again, large.shared) == (False, False)


@settings(max_examples=50)
@given(st.builds(Loaded, TEXTS, st.lists(TROUBLES, max_size=4).map(tuple)))
def test_a_load_report_is_read_back_as_it_was_written(loaded: Loaded) -> None:
    """Which names are defined and what failed arrives as it was said."""
    assert decode_loaded(decode(encode_loaded(loaded))) == loaded


@pytest.mark.parametrize(("letter", "least"), [("x", 60), ("é", 10), ("\U0001f600", 5)])
def test_a_report_of_many_long_troubles_can_be_read(letter: str, least: int) -> None:
    """A notebook may fail in two hundred lines at length: the first of them are told, and its functions are there."""
    troubles = tuple(Trouble("ValueError", letter * 500, 1, line) for line in range(200))
    told = decode_loaded(decode(encode_loaded(Loaded(("f",), troubles))))
    assert told.defined == ("f",)
    assert least <= len(told.troubles) < 200
    assert told.troubles == troubles[: len(told.troubles)]


@settings(max_examples=50)
@given(
    st.lists(st.builds(Piece, st.integers(0, 99), st.integers(1, 99), st.text(), WORDS, WORDS)), TEXTS, st.booleans()
)
def test_a_program_is_read_back_as_it_was_written(pieces: list[Piece], wanted: tuple[str, ...], careful: bool) -> None:
    """Cells, lines, any source text and the graded names reach the inside unchanged."""
    header = decode(encode_program(pieces, wanted, careful)).header
    assert decode_program(header) == (pieces, list(wanted), careful)


@settings(max_examples=50)
@given(
    st.lists(
        st.builds(
            Question,
            st.dictionaries(WORDS, ARRAYS, max_size=3),
            st.lists(STEPS, max_size=3).map(tuple),
        ),
        max_size=3,
    )
)
def test_questions_are_read_back_as_they_were_written(questions: list[Question]) -> None:
    """Inputs and calls reach the inside unchanged, also a cache handed as a tuple."""
    assert same(list(decode_questions(decode(encode_questions(questions)))), questions)


def test_inputs_are_aligned_and_may_be_more_than_one_array_holds() -> None:
    """Numbers lie where the processor likes them, whatever stands before; and an exam of any size goes through."""
    step = (Step("f", ("x",), ("y",)),)
    odd = [np.ones(3, bool), np.ones(3, "f4"), np.ones((), "f8"), np.ones(5, "i1"), np.ones(2, "c16"), np.ones(0)]
    large = [np.full(n << 20, n, np.uint8) for n in (9, 8, 16, 1)]
    questions = [Question({f"x{n}": array for n, array in enumerate(arrays)}, step) for arrays in (odd, large, odd)]
    read = list(decode_questions(decode(encode_questions(questions), REQUEST_HEADER_CAP)))
    assert same(read, questions)
    assert all(array.flags.aligned for question in read for array in question.inputs.values())


def test_the_layout_of_an_input_is_told() -> None:
    """An input that does not lie in C order is described as such, and only such a one."""
    asked = Question({"x": np.ones(2), "w": np.ones(3)}, (Step("f", ("x", "w"), ("y",)),), {"w": "strided"})
    assert next(decode_questions(decode(encode_questions([asked])))).layouts == {"w": "strided"}


@settings(max_examples=50)
@given(STEPS)
def test_a_step_survives_json(step: Step) -> None:
    """The key keeps steps as JSON."""
    assert step_from_json(json.loads(json.dumps(step_to_json(step)))) == step


@settings(max_examples=100)
@given(GIVEN)
def test_what_is_no_array_is_put_together_again(given: object) -> None:
    """Numbers, words, tuples, lists and dicts cross as text and come out as they were, arrays among the inputs."""
    built, found = build("given", given)
    read = step_from_json(json.loads(json.dumps(step_to_json(Step("f", (built,), ("y",)))))).built[0]
    assert isinstance(read, Built)
    assert same(read.put_together(found.__getitem__), given)
    assert set(read.arrays) == set(found)
    assert read.is_plain == (not isinstance(given, (tuple, list, dict, np.ndarray)))


@pytest.mark.parametrize("given", ["average", {"average": 1}, ["average"]], ids=repr)
def test_a_word_is_the_one_that_stands_in_a_program(given: object) -> None:
    """So that `kind is "average"` is true of it, as it is in a notebook."""
    built, _ = build("given", given)
    made: Any = Built(*json.loads(json.dumps([built.name, built.form]))).put_together(lambda _: None)
    assert (made if isinstance(made, str) else next(iter(made))) is sys.intern("average")


@pytest.mark.parametrize("given", [[print], {None: 2}, {"a": {print}}, np.nan, (np.inf,), print], ids=repr)
def test_what_nobody_could_write_down_is_refused(given: object) -> None:
    """There is no form for it, and what it is is said."""
    with pytest.raises(TypeError, match="'given"):
        build("given", given)


def test_what_is_built_is_written_as_python() -> None:
    """As it would stand in a notebook, with its arrays by name."""
    built, _ = build("bn", {"mode": "train", "eps": 1e-5, "mean": np.zeros(2), "size": (3, 3), "last": [None]})
    written = built.written(lambda name: {"bn['mean']": "bn_mean"}[name])
    assert written == "{'mode': 'train', 'eps': 1e-05, 'mean': bn_mean, 'size': (3, 3), 'last': [None]}"


# ---- what is refused ----------------------------------------------------------------------------------------------

REFUSED = {
    "nothing": b"",
    "half a prefix": b"GRD1\0",
    "another magic": b"PK\3\4" + frame({"arrays": []})[4:],
    "a header over the cap": PREFIX.pack(MAGIC, HEADER_CAP + 1) + b" " * (HEADER_CAP + 1),
    "a header cut short": PREFIX.pack(MAGIC, 10) + b"{}",
    "no JSON": frame(b"{"),
    "no UTF-8": frame(b"\xff\xfe\xfa"),
    "no object": frame([]),
    "no list of arrays": frame({}),
    "nested too deeply": frame(b"[" * 50_000),
    "bytes left over": frame({"arrays": []}, b"x"),
    "an array cut short": frame({"arrays": [["<f8", [2]]]}, bytes(15)),
    "an array that is no pair": frame({"arrays": [["<f8"]]}),
    "a negative length": frame({"arrays": [["<f8", [-1]]]}),
    "a length that is true": frame({"arrays": [["<f8", [True]]]}, bytes(8)),
    "a length that is a float": frame({"arrays": [["<f8", [1.0]]]}, bytes(8)),
    "33 dimensions": frame({"arrays": [["<f8", [1] * 33]]}, bytes(8)),
    "objects": frame({"arrays": [["|O", [1]]]}, bytes(8)),
    "text": frame({"arrays": [["<U4", [1]]]}, bytes(16)),
    "raw bytes": frame({"arrays": [["|V8", [1]]]}, bytes(8)),
    "dates": frame({"arrays": [["<M8", [1]]]}, bytes(8)),
    "a structure": frame({"arrays": [["i4,i4", [1]]]}, bytes(8)),
    "an array within an entry": frame({"arrays": [["(2,)f", [1]]]}, bytes(8)),
    "an unknown dtype": frame({"arrays": [["<x9", [1]]]}, bytes(8)),
    "a long dtype": frame({"arrays": [["float64", [1]]]}, bytes(8)),
    "an array over the cap": frame({"arrays": [["|i1", [ARRAY_CAP + 1]]]}),
    "a product over the cap": frame({"arrays": [["<f8", [1 << 20, 1 << 20, 1 << 20]]]}),
    "no bytes, and more than numpy counts": frame({"arrays": [["|i1", [0, 1 << 24, 1 << 24, 1 << 24]]]}),
    "no bytes, the nought last": frame({"arrays": [["<f8", [1 << 24, 1 << 24, 1 << 11, 0]]]}),
    "arrays over the cap together": frame({"arrays": [["|i1", [ARRAY_CAP]]] * (FRAME_CAP // ARRAY_CAP + 1)}),
}  # fmt: skip


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    """Malformed, oversized and non-numeric frames raise `WireError`; sizes are refused before they are read."""
    with pytest.raises(WireError):
        decode(data)


def test_an_empty_array_may_have_long_axes() -> None:
    """As many as numpy can count, in whatever type they are looked at later."""
    [array] = decode(frame({"arrays": [["|i1", [0, 1 << 24, 1 << 24, 1 << 9]]]})).arrays
    assert array.astype(complex).shape == (0, 1 << 24, 1 << 24, 1 << 9)


@pytest.mark.parametrize(
    "arrays_listed",
    [
        [["|i1", [ARRAY_CAP + 1]]],
        [["|i1", [2, ARRAY_CAP]]],
        [["<f8", [1 << 40]]],
        [["|i1", [ARRAY_CAP]]] * (FRAME_CAP // ARRAY_CAP + 1),
    ],
    ids=["one byte over", "two times over", "a million times over", "over together"],
)
def test_sizes_are_refused_before_they_are_read(arrays_listed: list[object]) -> None:
    """What is too large is known from the header: not one byte of an array is asked for."""
    header = json.dumps({"arrays": arrays_listed}).encode()
    stream = io.BytesIO(PREFIX.pack(MAGIC, len(header)) + header + bytes(64))
    with pytest.raises(WireError):
        read_frame(stream.read)
    assert stream.tell() == PREFIX.size + len(header)


@pytest.mark.parametrize("dtype", ["a", "a8", "1f", "1i4", "", "f,", "O", "<c32", "=f8", ">f8", "p", "M", "S0"])
def test_any_dtype_name_is_numbers_or_refused(dtype: str) -> None:
    """A name from the inside makes numpy neither fail nor warn: it is plain numbers, or a `WireError`."""
    try:
        read = decode(frame({"arrays": [[dtype, [0]]]}))
    except WireError:
        return
    assert read.arrays[0].dtype.kind in "biufc"


def test_a_bool_is_false_or_true() -> None:
    """A bool's byte may be anything; it is read as numpy's own true, so that it compares one way only."""
    array = decode(frame({"arrays": [["|b1", [3]]]}, b"\0\2\xff")).arrays[0]
    assert array.tolist() == [False, True, True]
    assert array.view(np.uint8).tolist() == [0, 1, 1]


NOT_OUTCOMES = {
    "an unknown status": {"status": "splendid"},
    "a status that is no text": {"status": 3},
    "no values": {"values": None},
    "too many values": {"values": [["a", "none", ""]] * 65},
    "a value of two parts": {"values": [["out", "array"]]},
    "an unknown kind": {"values": [["out", "pickle", ""]]},
    "one name twice": {"values": [["a", "none", ""], ["a", "none", ""], ["out", "array", ""]]},
    "more values than arrays": {"values": [["a", "array", ""], ["b", "array", ""]]},
    "more arrays than values": {"values": []},
    "a count that is no number": {"count": "1"},
    "a count that is true": {"count": True},
    "a count below -1": {"count": -2},
    "a count without end": {"count": 10**30},
    "changed is a text": {"changed": "x"},
    "changed holds numbers": {"changed": [1]},
    "a trouble of three": {"trouble": ["E", "m", 1]},
    "a trouble in cell -1": {"trouble": ["E", "m", -1, 1]},
    "a trouble in a line that no file has": {"trouble": ["E", "m", 1, 1 << 31]},
    "a trouble in line true": {"trouble": ["E", "m", 1, True]},
    "a trouble without a text": {"trouble": [None, "m", 1, 1]},
    "too many warnings": {"warnings": ["w"] * 1001},
    "no reason": {"reason": None},
    "printed is a number": {"printed": 1},
}  # fmt: skip


@pytest.mark.parametrize("changes", NOT_OUTCOMES.values(), ids=NOT_OUTCOMES.keys())
def test_what_is_no_outcome_is_refused(changes: dict[str, object]) -> None:
    """Each field is checked for its kind and size; a whole frame is not yet an outcome."""
    with pytest.raises(WireError):
        decode_outcome(decode(frame(outcome_header(**changes), bytes(16))))


def test_an_outcome_as_it_should_be_is_taken() -> None:
    """The table above fails by what it changes, not by what it leaves."""
    assert decode_outcome(decode(frame(outcome_header(), bytes(16)))).values["out"].array is not None


@pytest.mark.parametrize("length", [1, 2 * REMEMBERED], ids=["a little", "much"])
def test_what_the_inside_says_was_printed_is_not_taken(length: int) -> None:
    """The pipe is asked instead; what we have saved ourselves is read again."""
    data = decode(encode_outcome(Outcome(Status.RETURNED, printed="p" * length)))
    assert (decode_outcome(data).printed, decode_outcome(data, inside=False).printed) == ("", "p" * length)


@pytest.mark.parametrize("status", Status)
def test_the_inside_cannot_say_what_only_we_know(status: Status) -> None:
    """That a call was timed out, killed, unreadable, not reached or our fault is never taken from inside."""
    data = decode(encode_outcome(Outcome(status)))
    assert decode_outcome(decode(encode_outcome(Outcome(status))), inside=False).status is status
    if status in (Status.RETURNED, Status.RAISED, Status.MISSING):
        assert decode_outcome(data).status is status
    else:
        with pytest.raises(WireError):
            decode_outcome(data)


@pytest.mark.parametrize("troubles", [None, [1], [["E", "m", 1]], [["E", "m", 1, 1]] * 1001])
def test_what_is_no_load_report_is_refused(troubles: object) -> None:
    """A load report lists troubles of four parts, and not more than a thousand."""
    with pytest.raises(WireError):
        decode_loaded(decode(frame({"arrays": [], "defined": [], "troubles": troubles})))


HONEST = [
    encode({}, [np.arange(3.0)]),
    encode_outcome(Outcome(Status.RETURNED, {"out": Value("array", "ndarray", np.eye(2))}, 1)),
    encode_outcome(Outcome(Status.RAISED, {}, -1, ("x",), Trouble("E", "m", 1, 2), ("w",), "r", "p")),
    encode_loaded(Loaded(("f",), (Trouble("E", "m", 1, 2),))),
    pack_outcomes([(Outcome(Status.RETURNED, {"a": Value("none", "NoneType")}),), ()]),
]
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=4)


def decodes_or_refuses(data: bytes) -> None:
    for reader in READERS:
        with suppress(WireError):
            reader(data)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(HONEST), CHANGES)
def test_spoiled_frames_decode_or_are_refused(data: bytes, changes: list[tuple[int, bytes, int]]) -> None:
    """Bytes changed, put in or taken out anywhere: a value or `WireError`, and nothing else."""
    for at, put, drop in changes:
        at %= len(data) + 1
        data = data[:at] + put + data[at + drop :]
    decodes_or_refuses(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_decode_or_are_refused(data: bytes, framed: bool) -> None:
    """Bytes of any kind: a value or `WireError`, and nothing else."""
    decodes_or_refuses(frame(data) if framed else data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["array", "<f8"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=600, deadline=None)
@given(st.dictionaries(st.sampled_from([*outcome_header(), "defined", "troubles"]), JSON, max_size=3), st.booleans())
def test_any_header_decodes_or_is_refused(changes: dict[str, object], bare: bool) -> None:
    """Whatever JSON stands in a field: a value or `WireError`, and nothing else."""
    base: dict[str, object] = {"arrays": [], "defined": [], "troubles": []} if bare else outcome_header()
    decodes_or_refuses(frame(base | changes, b"" if bare else bytes(16)))


@settings(max_examples=100, deadline=None)
@given(st.text("abBifugOSUVMmc?<>=|0123456789,() ", max_size=5), st.lists(st.integers(0, 3), max_size=2))
def test_any_dtype_decodes_or_is_refused(dtype: str, shape: list[int]) -> None:
    """numpy's grammar of dtypes is wide; all of it but plain numbers is refused, without a warning."""
    decodes_or_refuses(frame({"arrays": [[dtype, shape]]}, bytes(8)))


@pytest.mark.parametrize("count", [1, 5, 1 << 31])
def test_saved_outcomes_that_end_early_are_refused(count: int) -> None:
    """A gradebook cut short is noticed: promised outcomes that are not there raise `WireError`."""
    with pytest.raises(WireError):
        unpack_outcomes(count.to_bytes(4, "big"))


# ---- text -----------------------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(st.text(st.characters()))
def test_text_is_made_fit_to_show(text: str) -> None:
    """No control character but newline and tab, no mark that turns text round, no lone surrogate; never too long."""
    shown = plain_text(text)
    assert len(shown) <= TEXT_CAP + 1
    assert shown.encode("utf-8").decode() == shown
    assert not set(shown) & {chr(c) for c in (*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F))}


def test_plain_text_is_left_alone() -> None:
    """What is fit to show is not touched, a long text is cut and says so."""
    assert plain_text("Größe:\t1\n数") == "Größe:\t1\n数"
    assert plain_text("x" * 600) == "x" * TEXT_CAP + "…"
    assert plain_text("a\ud800b\u202ec\x1b[31m") == "a�b�c�[31m"


def test_text_from_inside_is_cleaned_and_cut_as_it_is_read() -> None:
    """Messages and type names come from student code: they are made plain at the wall."""
    outcome = Outcome(Status.RAISED, trouble=Trouble("E\x1b", "m" * 5000, 1, 1), warnings=("\u202ew",))
    read = decode_outcome(decode(encode_outcome(outcome)))
    assert read.trouble == Trouble("E�", "m" * TEXT_CAP + "…", 1, 1)
    assert read.warnings == ("�w",)
