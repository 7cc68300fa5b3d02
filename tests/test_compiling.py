"""A small assignment becomes a key that grades fairly, and whatever would make it unfair is refused with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
from command import notebook

from grader.compiling import compile_key
from grader.errors import AuthorError
from grader.key import Basis, Key, needed_by, public_cut, stub_answerer
from grader.sandbox import Sandbox

REFERENCE = """import numpy as np


def scale(x, w):
    return x * w, (x, w)


def scale_backward(dout, cache):
    x, w = cache
    return dout * w, (dout * x).sum(axis=0) / len(x)


def squash(z):
    return np.tanh(z)


def model(x, w, steps=2, verbose=False, start=None):
    costs = []
    for _ in range(steps):
        x = squash(scale(x, w)[0])
        costs.append(float(x.sum()))
    if verbose:
        print(costs)
    return {"x": x, "costs": costs}
"""
QUESTIONS = '''"""What is asked."""


def layer(student, x, w, dout):
    out, cache = student.scale(x, w)
    yield "scale", {"out": out}
    dx, dw = student.scale_backward(dout, cache)
    yield "scale_backward", {"dx": dx, "dw": dw}


def backward(student, dout, cache):
    dx, dw = student.scale_backward(dout, cache)
    yield "scale_backward", {"dx": dx, "dw": dw}


def squash(student, z):
    yield "squash", {"a": student.squash(z)}


def model(student, x, w):
    found = student.model(x, w)
    yield "model", {"x": found["x"], "costs": found["costs"]}
'''
VARIANTS = """from .reference import scale


def sums(dout, cache):
    x, w = cache
    return dout * w, (dout * x).sum(axis=0)


def forgets(x, w):
    return x + w, (x, w)


def doubles(x, w):
    out, cache = scale(x, w)
    return 2 * out, cache


def no_dout(dout, cache):
    x, w = cache
    return w + 0 * dout, x.sum(axis=0) / len(x)
"""
ASSIGNMENT = """from dataclasses import replace
from fractions import Fraction

from grader.assignment import *
from grader.assignment.cases import arrays, negatives, plus, with_cache

from . import questions, reference, variants

LAYER = arrays(x=(3, 2), w=2, dout=(3, 2))
ONE = arrays(x=(1, 4), w=4, dout=(1, 4))
RIGHT = ("right", "one row")
SPLIT = {"right": 2, "one row": Behaviour(1, needs=("right",))}
LAYERS = (Case("rows", LAYER, "right", PUBLIC), Case("more rows", LAYER, "right"), Case("one row", ONE, "one row"))
CACHES = tuple(replace(case, inputs=with_cache(case.inputs, reference.scale, ("x", "w"))) for case in LAYERS)
SQUASH = (Case("some", arrays(z=4), "right", PUBLIC), Case("others", arrays(z=(2, 3)), "right"))
MODEL = (Case("two steps", arrays(x=(3, 2), w=2), "right", PUBLIC), Case("again", arrays(x=(4, 3), w=3), "right"))
ASSIGNMENT = Assignment(
    name="toy", title="A toy", handout="toy.ipynb", reference=reference,
    criteria=(
        Criterion("scale", 3, ("out",), SPLIT),
        Criterion("scale_backward", 3, ("dx", "dw"), SPLIT),
        Criterion("squash", 1, ("a",), {"right": 1}, elementwise=True),
        Criterion("model", 2, ("x", "costs"), {"right": 2}),
    ),
    questions=(
        Question(questions.layer, LAYERS),
        Question(questions.squash, SQUASH),
        Question(questions.model, MODEL),
        Given(questions.backward, CACHES),
        Given(questions.model, MODEL, stubs=("scale", "squash")),
        Gradient(questions.layer, "scale_backward", "out", "dout", {"dx": "x", "dw": "w"}, LAYER, ("dw",), "x"),
    ),
    alternatives=(Alternative("summed", "scale_backward", {"scale_backward": variants.sums}, "Summed is right too."),),
    mistakes=(
        Mistake("added", "scale", {"scale": variants.forgets}, "It is added.", also=({"scale": variants.doubles},)),
        Mistake("no dout", "scale_backward", {"scale_backward": variants.no_dout}, "dout is not there."),
    ),
    settings=Settings(seed=4),
)
"""
HANDOUT = """def scale(x, w):
    # TODO
    return None, None


def scale_backward(dout, cache):
    pass


def squash(z):
    pass


def model(x, w, steps=2, verbose=False, start=None):
    pass
"""
FILES = {
    "reference.py": REFERENCE, "questions.py": QUESTIONS, "variants.py": VARIANTS, "assignment.py": ASSIGNMENT,
    "toy.ipynb": HANDOUT,
}  # fmt: skip


def folder_with(folder: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    """The toy's folder, with one text changed in each of some files; the hand-out is written as a notebook."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        old, new = changes.get(name, ("", ""))
        assert old in text, f"{name} has no {old!r}"
        text = text.replace(old, new, 1) if old else text
        if name.endswith(".ipynb"):
            text = notebook(text)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Key:
    return compile_key(folder_with(tmp_path_factory.mktemp("toy"), {}), sandbox, 7)


def numbers(key: Key, driver: str, basis: Basis) -> list[int]:
    return [n for n, entry in enumerate(key.entries) if (entry.driver, entry.basis) == (driver, basis)]


def test_a_key_holds_questions_answers_and_rubric(key: Key) -> None:
    assert [rule.signature for rule in key.rubric.criteria] == [
        "(x, w) -> (out, cache)", "(dout, cache) -> (dx, dw)", "(z) -> a",
        "(x, w, steps=2, verbose=False, start=None) -> (x, costs)",
    ]  # fmt: skip
    assert key.questions == QUESTIONS
    assert [*key.answers] == ["reference", "summed", "added", "added (2)", "no dout"]
    assert set(key.rubric.handout.untouched) == {"scale", "scale_backward", "squash", "model"}
    assert key.entries[0].stages == ("scale", "scale_backward")
    assert key.entries[0].behaviours == {"scale": "right", "scale_backward": "right"}


def test_given_entries_know_what_must_be_wrong_before_they_count(key: Key) -> None:
    """For a cache that is the function whose results come before; for stubs those called, but not what is asked."""
    assert {needed_by(key, n) for n in numbers(key, "backward", Basis.GIVEN)} == {frozenset({"scale"})}
    assert {needed_by(key, n) for n in numbers(key, "model", Basis.GIVEN)} == {frozenset({"scale", "squash"})}
    entries = tuple(msgspec.structs.replace(one, stages=("squash",)) for one in key.entries)
    assert needed_by(msgspec.structs.replace(key, entries=entries), numbers(key, "model", Basis.GIVEN)[0]) == {"scale"}


def test_calls_are_recorded_and_answered(key: Key) -> None:
    """Each call of a stubbed function with its result, also within another one; other arguments are not found."""
    number = numbers(key, "model", Basis.GIVEN)[0]
    calls, inputs = key.recordings[number], key.entries[number].inputs
    assert [call.function for call in calls] == ["scale", "squash", "scale", "squash"]
    answer = stub_answerer(key)
    found, (out, _) = answer(number, "scale", (inputs["x"], inputs["w"]), {})
    assert found
    assert np.allclose(out, inputs["x"] * inputs["w"])
    assert answer(number, "squash", (out.ravel()[:2],), {})[0]
    assert not answer(number, "scale", (inputs["x"] + 1, inputs["w"]), {})[0]


def test_a_gradient_check_has_a_base_and_two_steps_of_each_input(key: Key) -> None:
    """Both steps are as far from the base as they may be at most, and ask the forward only."""
    (rule,) = key.rubric.gradients
    base = key.entries[rule.base]
    assert base.basis is Basis.RELATIVE
    nudges = [(entry.nudge, entry.inputs) for entry in key.entries if entry.nudge]
    assert [(one.wrt, one.sign) for one, _ in nudges] == [(wrt, sign) for wrt in ("x", "w") for sign in (1, -1)]
    for one, inputs in nudges:
        moved = np.abs(inputs[one.wrt] - base.inputs[one.wrt])
        assert (moved > 0.49 * rule.step).all()
        assert (moved < 1.01 * rule.step).all()
    assert {len(entry.stages) for entry in key.entries if entry.nudge} == {1}
    assert not any(n in found for found in key.answers.values() for n in numbers(key, "layer", Basis.RELATIVE))


def test_a_gradient_check_that_earns_points_is_hidden(sandbox: Sandbox, tmp_path: Path) -> None:
    worth = {"assignment.py": ('LAYER, ("dw",), "x")', 'LAYER, ("dw",), "x", Fraction(1, 2))')}
    key = compile_key(folder_with(tmp_path, worth), sandbox, 7)
    assert {entry.visibility for entry in key.entries if entry.basis is Basis.RELATIVE} == {"hidden"}
    assert not public_cut(key).rubric.gradients


def test_hidden_numbers_come_from_a_secret_and_public_ones_from_the_author(
    key: Key, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The same seed gives the same key; without one nobody can know it."""
    folder = folder_with(tmp_path, {})
    again, secret = compile_key(folder, sandbox, key.seed), compile_key(folder, sandbox)
    assert (again.digest, again.sources) == (key.digest, key.sources)
    assert public_cut(secret).digest == public_cut(key).digest
    assert len(secret.seed) == 32
    for one, other in zip(key.entries, secret.entries, strict=True):
        same = all(np.array_equal(one.inputs[name], other.inputs[name]) for name in one.inputs if name != "cache")
        assert same is one.is_public


A, R, Q, V, H = "assignment.py", "reference.py", "questions.py", "variants.py", "toy.ipynb"
SQUASH, SOME = "        Question(questions.squash, SQUASH),\n", 'Case("some", arrays(z=4), "right", PUBLIC)'
SQUASHES = 'Case("some", arrays(z=4), "right", PUBLIC), Case("others", arrays(z=(2, 3)), "right")'
ALIKE = '*(Case(seen, lambda _: {"z": reference.np.arange(4.0)}, "right", seen) for seen in (PUBLIC, HIDDEN)),'
FIXED = 'lambda rng: {"x": reference.np.arange(6.0).reshape(3, 2) + 0.5, "w": reference.np.ones(2)}'
LEAK = 'Case("f", lambda _: {"z": reference.np.arange(5.0)}, "right"), Case("l", lambda _: {"z": reference.np.tanh('
NO_DOUT = 'Mistake("no dout", "scale_backward", {"scale_backward": variants.no_dout}, "dout is not there."),'
REFUSED: list[tuple[dict[str, tuple[str, str]], str]] = [
    ({A: (SQUASH, "")}, "squash, behaviour 'right': no case of a Question"),
    ({A: ('z=(2, 3)), "right")', 'z=(2, 3)), "right", PUBLIC)')}, "squash, behaviour 'right': all its own cases"),
    ({A: (SQUASHES, ALIKE)}, "squash, behaviour 'right': all its own cases are public, or ask the same as public ones"),
    ({A: ("backward, CACHES)", "backward, CACHES[:1])")}, "scale_backward, behaviour 'right': all its given cases"),
    ({A: (SOME, SOME.replace("right", "wrong"))}, "squash has no behaviour 'wrong'"),
    ({A: (SOME, SOME.replace('"right"', '{"squish": "right"}'))}, "squish has no behaviour 'right'"),
    ({A: ("arrays(x=(3, 2), w=2), \"right\"", f"{FIXED}, \"right\"")}, "two steps': its inputs are used in model, own"),
    ({A: ("Given(questions.backward, CACHES)", "Given(questions.squash, SQUASH)")}, "not clear which function"),
    ({A: ('stubs=("scale", "squash")', 'stubs=("scale", "model")')}, "not clear which function is graded"),
    ({A: ('stubs=("scale", "squash")', 'stubs=("scale_backward",)')}, "the reference calls none of scale_backward"),
    ({A: ("arrays(z=4)", 'negatives(arrays(z=4), "y")')}, "'squash', Case 'some': its inputs cannot be drawn.*'y'"),
    ({A: ("arrays(z=4)", "plus(arrays(z=4), more=object())")}, "its inputs are not plain values"),
    ({A: ('"dout", {"dx"', '"up", {"dx"')}, "'up' is no array of floats"),
    ({Q: ('"squash", {"a"', '"squish", {"a"')}, "the driver yields squish"),
    ({Q: ('    yield "squash", {"a"', '    if False:\n        yield "squash", {"a"')}, "the driver yields nothing"),
    ({Q: ("student.squash(z)}", 'student.squash(z), "b": 1}')}, "yields {'b'} for squash"),
    ({Q: ("student.squash(z)}", "iter(student.squash(z))}")}, "gives 'a' with a iterator"),
    ({Q: ('"""What is asked."""', "import click")}, "questions.py imports click, which is not there"),
    ({R: ("np.tanh(z)", "np.tanh(z) + missing")}, r"NameError: .*\(reference.py, line 14\)"),
    ({R: ("np.tanh(z)", "np.tanh(z) + np.nan")}, "gives 'a' with nan or inf"),
    (
        {R: ('    return {"x"', '    while True:\n        0\n    return {"x"'),
         A: ("d=4", "d=4, limits=Limits(call_seconds=0.2)")},
        "does not return .timed out.",
    ),
    ({R: ("np.tanh(z)", "z + next(COUNT)\n\n\nCOUNT = iter(range(99))")}, "the reference gives two answers in two"),
    ({R: ("np.tanh(z)", "z"), Q: ("squash(z)}", "squash(z).ravel()}")}, "in all its cases the answer is an input"),
    ({A: (SOME, f"{SOME}, {LEAK}reference.np.arange(5.0))}}, \"right\")")}, "own case 'f': an answer is among"),
    ({R: ("steps=2", "steps=101")}, "202 calls of scale, squash are recorded"),
    ({A: ('LAYER, ("dw",), "x")', "LAYER)")}, "not the gradient of its own forward"),
    ({V: ("sum(axis=0)", "sum(axis=0) / len(x)")}, "Alternative 'summed': no case tells it from the reference"),
    ({V: ("(dout * x).sum", "(dout * missing).sum")}, "Alternative 'summed', .*does not return .raised.: NameError"),
    ({A: ("variants.sums", "lambda dout, cache: 0")}, "'<lambda>' has no name of its own"),
    ({V: ("x + w", "x * w")}, "Mistake 'added': no own case tells it from a right answer"),
    ({V: ("w + 0 * dout", "missing")}, "Mistake 'no dout': it is not recognised; it raises NameError"),
    ({A: (NO_DOUT, NO_DOUT + NO_DOUT.replace('"no dout"', '"again"'))}, "Mistake '.*': it is taken for '"),
    (
        {A: ('SPLIT = {"right": 2, "one row": Behaviour(1', 'SPLIT = {"right": 3, "one row": Behaviour(0'),
         V: ("return x + w,", "return x * w + (len(x) == 1),")},
        "Mistake 'added': it earns all points",
    ),
    ({H: ("z):\n    pass", "z):\n    import numpy as np\n    return np.tanh(z)")}, "squash earns 1 points"),
    ({H: ("def scale(x, w)", "def scale(w, x)")}, r"scale takes \(w, x\), and in the reference \(x, w\)"),
    ({A: ("toy.ipynb", "none.ipynb")}, "There is no none.ipynb"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_an_unfair_key_is_refused_with_what_to_do(
    changes: dict[str, tuple[str, str]], says: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(AuthorError, match=says) as refused:
        compile_key(folder_with(tmp_path, changes), sandbox, 7)
    assert refused.value.hint


NOTES = [
    ({H: ("steps=2", "steps=3")}, "model: steps=3 in the hand-out, steps=2 in the reference"),
    ({H: ("def squash(z):\n    pass", "")}, "squash(z) -> a is not in the hand-out"),
    (
        {A: ("        Given(questions.model, MODEL, stubs=", "        # (")},
        "model calls scale, whose errors cost points",
    ),
    ({A: (SOME, SOME.replace(", PUBLIC", ""))}, "squash has no public case"),
    ({A: ("LAYERS)\nSQUASH", "LAYERS[:2])\nSQUASH")}, "scale_backward, behaviour 'one row': no Given case shows it"),
]


@pytest.mark.parametrize(("changes", "says"), NOTES)
def test_an_author_is_told_what_is_worth_a_look(
    changes: dict[str, tuple[str, str]], says: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    notes: list[str] = []
    compile_key(folder_with(tmp_path, {}), sandbox, 7, notes.append)
    assert notes == []
    compile_key(folder_with(tmp_path, changes), sandbox, 7, notes.append)
    assert [note for note in notes if note.startswith(says)], notes
