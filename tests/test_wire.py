"""What crosses the wall arrives as it was, and bytes of any other kind are refused as what they are."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from msgspec.structs import astuple, replace

from grader.wire import codec
from grader.wire.codec import FrameReader, WireError, build, decode_frame, encode_frame, flatten, plain_text
from grader.wire.messages import (
    Answer,
    At,
    CallOut,
    CallResult,
    Done,
    Load,
    LoadReport,
    Raised,
    Report,
    Stage,
    decode_inside,
    decode_outside,
    encode,
)
from grader.wire.program import Ask, Binding, Other, Program, Unit, compiled

WHOLE = st.integers(-(1 << 63), (1 << 64) - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ARRAYS = hnp.arrays(
    st.sampled_from(["?", "i1", "u2", "<i4", ">i8", "f2", "f4", ">f8", "c8", "c16"]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
)
LEAVES = st.none() | st.booleans() | WHOLE | st.floats() | TEXT | ARRAYS | st.builds(Other, st.just("generator"))
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(TEXT | WHOLE, inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.dictionaries(TEXT, TREES, max_size=3)
CALLS = st.lists(st.tuples(TEXT, TEXT, st.integers(-1, 1 << 40)), max_size=3).map(tuple)
PLAIN = st.text("abc_.", max_size=8)
TROUBLE = st.tuples(PLAIN, PLAIN, st.integers(0, 99), st.integers(0, 999), PLAIN)
REPORTS: st.SearchStrategy[Report] = st.one_of(
    st.builds(LoadReport, st.lists(PLAIN).map(tuple), st.lists(TROUBLE, max_size=3).map(tuple), st.just(())),
    st.builds(At, st.integers(0, 99), st.integers(0, 999)),
    st.builds(Stage, st.integers(0, 99), PLAIN, NAMES),
    st.builds(Raised, st.integers(0, 99), TROUBLE, PLAIN),
    st.builds(Done, st.integers(0, 99)),
    st.builds(CallOut, st.integers(0, 99), PLAIN, st.lists(TREES, max_size=3).map(tuple), NAMES),
    st.builds(CallResult, st.integers(0, 99), TREES),
)


def same(one: Any, other: Any) -> bool:
    """Whether two trees are the same, kinds and all; a nan is a nan."""
    if isinstance(one, np.ndarray):
        same_kind = isinstance(other, np.ndarray) and one.dtype.newbyteorder("=") == other.dtype.newbyteorder("=")
        is_near = same_kind and one.shape == other.shape
        return is_near and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other or (one != one and other != other))


@given(TREES)
def test_a_tree_arrives_as_it_was(tree: Any) -> None:
    """Arrays of all plain dtypes, numbers, strings, None, lists, tuples and dicts, through the bytes of a frame."""
    plain, arrays = flatten(tree)
    header, decoded = decode_frame(encode_frame({"tree": plain}, arrays))
    assert same(tree, build(header["tree"], decoded))


@given(REPORTS)
def test_a_report_arrives_as_it_was(report: Report) -> None:
    """Every kind of message from inside, with all its fields."""
    arrived = decode_inside(encode(report, codec.describe))
    assert type(arrived) is type(report)
    assert same(astuple(arrived), astuple(report))


def test_requests_arrive_as_they_were() -> None:
    """A program with its files, an ask with inputs of all kinds, an answer."""
    units, files = (Unit(3, "x = 'ü\ud800'"),), {"data/a.bin": bytes(range(256)), "b": b""}
    program = Program(units, {"layer": "y = 1"}, (Binding("Relu.forward", "relu"),), files)
    load = Load(program, compiled("def f(student): ..."), ("Relu.forward",), True, ((3, 1),))
    arrived = decode_outside(encode(load))
    assert isinstance(arrived, Load)
    assert (arrived.drivers, arrived.program.files) == (load.drivers, files)
    assert arrived.program.units[0].source.startswith("x = 'ü")
    assert (arrived.program.bindings, arrived.names, arrived.left_out) == (program.bindings, load.names, load.left_out)
    ask = Ask(7, "f", {"x": [1, (2.0, {"k": "v"})], "flag": None}, ("g",), record=True, until="g")
    assert decode_outside(encode(ask)) == ask
    assert decode_outside(encode(Answer(True, {"w": 1.5}))) == Answer(True, {"w": 1.5})


def framed(header: str, body: bytes = b"") -> bytes:
    return struct.pack(">4sII", codec.MAGIC, len(header), len(body)) + header.encode() + body


@pytest.mark.parametrize(
    "frame",
    [
        framed("[" * 100_000), framed("[{},[]" + "]" * 3), framed("[[],[]]"), b"", b"GRD2",
        framed('[{"n":' + "9" * 5000 + "},[]]"),
        framed('[{},[["<f8",[1099511627776]]]]'),
        framed('[{},[["<f8",[16777216,16777216]]]]'),
        framed('[{},[["<f8",[0,16777216,16777216]]]]'),
        framed(f'[{{}},[["<f8",{[1] * 33}]]]', bytes(8)),
        framed('[{},[["|O",[1]]]]', bytes(8)),
        framed('[{},[["<f8",[true]]]]', bytes(8)),
        framed('[{},[["<f8",[1.0]]]]', bytes(8)),
        framed('[{},[["<f8",[-1]]]]'),
        framed('[{},[["<f8",[2]]]]', bytes(8)),
        framed('[{},[["<f8",[1]]]]', bytes(16)),
        struct.pack(">4sII", codec.MAGIC, 1 << 31, 0),
        struct.pack(">4sII", codec.MAGIC, 2, 1 << 31) + b"{}",
        struct.pack(">4sII", b"GRD1", 2, 0) + b"{}",
    ],
)  # fmt: skip
def test_hostile_frames_are_refused(frame: bytes) -> None:
    """Depth, digits, sizes and dtypes, each before anything of that size is made."""
    with pytest.raises(WireError):
        decode_frame(frame)


@pytest.mark.parametrize(
    "plain",
    [
        ["a", 1], ["a", -1], ["a", True], ["z", 0], ["d", [["k"]]], ["d", [[None, 1]]], ["d", [[1.5, 1]]], ["o", 3], [],
        {}, 1 << 64, ["l", [0] * (1 << 17)],
    ],
)  # fmt: skip
def test_hostile_trees_are_refused(plain: Any) -> None:
    """Arrays that are not there, unknown tags, keys of other kinds, numbers and trees that are too large."""
    with pytest.raises(WireError):
        build(plain, [np.ones(1)])


def test_a_deep_or_wide_tree_is_named_by_one_side_and_refused_by_the_other() -> None:
    """A list that holds itself ends at the greatest depth."""
    cycle: list[Any] = []
    cycle.append(cycle)
    plain, _ = flatten(cycle)
    assert '["o", "list, far too large"]' in json.dumps(plain)
    assert isinstance(build(plain, []), list)
    with pytest.raises(WireError):
        build(json.loads('["l",[' * 40 + "]]" * 40), [])
    with pytest.raises(WireError):
        decode_frame(framed("[{},[" + '["|i1",[0]],' * codec.MAX_NODES + '["|i1",[0]]]]'))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", -2), ("number", True), ("number", 1.0), ("number", 1 << 62), ("name", 3), ("values", [1]),
        ("values", {1: 2}), ("calls", (("f", "tuple"),)), ("calls", ["f"]), ("calls", (("f", "tuple", "2"),)),
        ("changed", ("x",) * 2000), ("warnings", "text"),
    ],
)  # fmt: skip
def test_each_field_has_its_type(field: str, value: Any) -> None:
    """A message with a field of another type is no message; nor is one with a field more or less."""
    stage = Stage(1, "f", {})
    fields = ["Stage", *astuple(stage)]
    for hostile in (
        encode(replace(stage, **{field: value}), codec.describe),
        *map(encode_frame, ([*fields, 1], fields[:2])),
    ):
        with pytest.raises(WireError):
            decode_inside(hostile)


def test_what_is_too_large_is_named_and_not_copied() -> None:
    """A view of eighty gigabytes, more than one stage may hold, a long list, a long string; small things stay."""
    giant, tenth = np.broadcast_to(0.0, (10**5, 10**5)), np.zeros(1_500_000)
    values = {"giant": giant, "many": [tenth] * 7, "list": [0] * 10**6, "text": "x" * 10**7, "x": 1.5}
    stage = decode_inside(encode(Stage(1, "f", values), codec.describe))
    assert isinstance(stage, Stage)
    assert stage.values["giant"] == Other("ndarray, far too large")
    kept = [isinstance(one, np.ndarray) for one in stage.values["many"]]
    assert kept == [True] * 5 + [False] * 2
    assert (stage.values["list"], stage.values["text"]) == (Other("list, far too large"), Other("str, far too large"))
    assert stage.values["x"] == 1.5


@pytest.mark.parametrize("value", [np.broadcast_to(0.0, 10**9), [object()], {"x": {1, 2}}, 1 << 70])
def test_what_we_send_is_never_cut(value: Any) -> None:
    """An input that cannot cross is refused, not replaced by its name."""
    with pytest.raises(WireError, match="cannot cross the wall"):
        encode(Ask(1, "f", {"x": value}))


def test_values_of_other_kinds_are_named_whatever_they_say() -> None:
    """Also classes that lie; subclasses of lists, tuples and dicts are plain, and numpy's scalars are arrays."""

    class Liar(list[int]):
        __class__ = int  # type: ignore[assignment]
        __len__ = __iter__ = property(lambda self: 1 / 0)

    class Odd(type):
        __name__ = property(lambda cls: 1 / 0)

    numpys = [np.float32(2), np.str_("a"), 2j]
    tree = build(*flatten([Liar([1, 2]), Odd("Thing", (), {})(), *numpys, 1 << 70, {(1, 2): 3}, {np.int64(1): 2}]))
    assert tree[:2] == [[1, 2], Other("Thing")]
    assert (tree[2].dtype, tree[2].shape, tree[4].dtype) == (np.float32, (), np.complex128)
    assert (tree[3], *tree[5:]) == ("a", Other("int"), Other("dict"), {1: 2})


def test_text_of_a_program_is_fit_to_show() -> None:
    """No escapes, bidi marks or lone surrogates; umlauts, tabs and lines stay; what is long is cut."""
    assert plain_text("\x1b[2J\u202eab\ud800\x85", 99) == "\ufffd[2J\ufffdab\ufffd\ufffd"
    assert plain_text("ä\t\n…", 99) == "ä\t\n…"
    assert plain_text("x" * 100, 10) == "x" * 10 + "…"
    arrived = decode_inside(encode(Stage(1, "f", {"text": "\ud800\x1b"}), codec.describe))
    assert isinstance(arrived, Stage)
    assert arrived.values["text"] == "\ufffd\x1b"


@given(st.text(max_size=40), st.text("a\u202e", min_size=500, max_size=510))
def test_every_text_of_a_report_is_fit_to_show(short: str, long: str) -> None:
    """Whatever a program writes into names, messages and warnings arrives cleaned and cut, in reports of any length."""
    for one in (short, long):
        text, fit = codec._SURROGATES.sub("?", one), plain_text(codec._SURROGATES.sub("?", one), 500)
        told = Raised(1, (text, text, 1, 2, text), text, ((text, text, 1),))
        assert decode_inside(encode(told)) == Raised(1, (fit, fit, 1, 2, fit), fit, ((fit, fit, 1),))
        assert decode_inside(encode(Stage(1, text, {}, (), (text,), (text,)))) == Stage(1, fit, {}, (), (fit,), (fit,))


def test_a_bool_is_one_of_two() -> None:
    """Bytes other than 0 and 1 are true, and nothing in between."""
    _, (array,) = decode_frame(framed('[{},[["|b1",[3]]]]', b"\x00\x01\x07"))
    assert array.tobytes() == b"\x00\x01\x01"


@given(st.lists(st.binary(max_size=60), max_size=5), st.integers(1, 30))
def test_a_stream_is_cut_into_its_frames(bodies: list[bytes], step: int) -> None:
    """However the bytes arrive; what is no frame is refused as soon as its prefix is there."""
    sent = [encode_frame({"n": n}, [np.frombuffer(body, np.uint8)]) for n, body in enumerate(bodies)]
    stream, reader, found = b"".join(sent), FrameReader(), []
    for start in range(0, len(stream), step):
        reader.feed(stream[start : start + step])
        while (frame := reader.next()) is not None:
            found.append(frame)
    assert found == sent
    for prefix in (b"GRD9 is none", struct.pack(">4sII", codec.MAGIC, 1 << 31, 0)):
        reader = FrameReader()
        reader.feed(prefix)
        with pytest.raises(WireError):
            reader.next()
