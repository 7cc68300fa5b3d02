"""What an author is told of a key that is not refused, and what never comes back: said, with what to write.

takes: the folder of a small assignment, changed in one place each time.
gives: one promise a test, said in its docstring.
must not know: submissions.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from test_compile_key import DOUBLE, LAYER, PASSES, VARIANTS, alternative, mistake, refusal, write

from grader.assignment import Assignment, Behaviour, Call, Case, Criterion, Limits, own
from grader.compile_key.authored import load_assignment
from grader.compile_key.compiling import compile_key
from grader.compile_key.key_notes import Took, notes_on
from grader.compile_key.untold import notes_on_draws, notes_on_names
from grader.errors import AuthorError
from grader.plan import called_here, drawn
from grader.plan.deadline import deadline
from grader.sandbox import Sandbox

QUICK = [Took(0.0002, 0.05), Took(0.0003, 0.04)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return load_assignment(write(tmp_path_factory.mktemp("tiny")))


@pytest.mark.parametrize(
    ("limits", "took", "fits", "said"),
    [
        (Limits(), QUICK, True, []),
        (Limits(call_seconds=0.1), [Took(0.005, 1)], True, []),
        (Limits(call_seconds=0.05), QUICK, True, ["call_seconds=0.05", "took 0.0002 s", "write call_seconds=1"]),
        (Limits(), [Took(0.5, 1), Took(0.24, 1)], True, ["call_seconds=1 ", "took 0.24 s", "write call_seconds=3"]),
        (Limits(), [Took(0, 7)], True, ["total_seconds=60 ", "took 7 s", "write total_seconds=70"]),
        (Limits(memory_mb=1500), QUICK, False, ["memory_mb=1500", "with half of it", "write memory_mb=3000"]),
    ],
)
def test_limits_with_little_room_are_told(
    tiny: Assignment, limits: Limits, took: list[Took], fits: bool, said: list[str]
) -> None:
    """Ten times what the reference takes is room enough; of two sittings the quicker one counts; what to write fits."""
    notes = list(notes_on(replace(tiny, limits=limits), took, fits, ()))
    assert len(notes) == bool(said)
    assert all(words in notes[0] for words in said)


CALLS = "\ndef twice(x):\n    return double(double(x))\n"
BY_DEFAULT = "\ndef twice(x, by=double):\n    return by(by(x))\n"
BY_NAME = "\ndef twice(x, *, by=double):\n    return by(by(x))\n"


@pytest.mark.parametrize(
    ("built_on", "of", "told", "calls"),
    [
        ("", "double", True, CALLS),
        (', builds_on=("double",)', "double", False, CALLS),
        ("", "ahead", True, CALLS),
        ("", "double", True, BY_DEFAULT),
        ("", "double", True, BY_NAME),
        ("", "double", False, "\ndef twice(x):\n    return x.double()\n"),
        ("", "double", False, "\ndef twice(x):\n    return 2 * x if x.ndim else twice(x[None])\n"),
        (
            ', builds_on=("double",)',
            "double",
            False,
            f"{CALLS}\ndef double(x):\n    return 2 * x if x.ndim else twice(x)\n",
        ),
        ("", "double", True, CALLS.replace("twice", "ready") + "\ndef twice(x):\n    return 2 * x\n"),
    ],
)
def test_an_error_that_would_cost_twice_is_told(tmp_path: Path, built_on: str, of: str, told: bool, calls: str) -> None:
    """Where the reference calls another graded function, or what is asked ahead of it does: with what to write.

    A method of an argument is none, whatever its name; nor is itself, or what builds on it by what it says.
    """
    twice = DOUBLE.replace('"double"', '"twice"').replace("HIDDEN)))", f"HIDDEN)){built_on})")
    ready = 'Call("ready", ("x",), (own("r"),)), ' if "def ready" in calls else ""
    twice = twice.replace('(Call("twice"', f'({ready}Call("twice"')
    folder = write(
        tmp_path, f"{DOUBLE.strip()}, {LAYER.strip()}, {twice.strip()}", passes=PASSES + calls,
        mistakes=mistake("halves", of, name="m"),
    )  # fmt: skip
    assignment = load_assignment(folder)
    notes = list(notes_on(assignment, QUICK, True, {("twice", "double")}))
    not_lent = [note for note in notes_on(assignment, QUICK, True, {("double", "twice")}) if note not in notes]
    assert [note.startswith("twice builds on double, of which nothing") for note in not_lent] == [True] * bool(built_on)
    assert [
        ('builds_on=("double",)' in note, f"{'ready, which' if ready else 'twice'} calls double" in note)
        for note in notes
    ] == [(True, True)] * told


@pytest.mark.parametrize(
    ("built_on", "told", "calls"),
    [
        ("", ["back calls ahead in the reference, so a forward that gives none"], ("= cache", "= cache; ahead(x, w)")),
        (', builds_on=("ahead",)', [], ("= cache", "= cache; ahead(x, w)")),
        ("", [], ("(x, w)\n", "(x, w) if w.ndim else back(x, w)\n")),
    ],
)
def test_a_backward_that_calls_its_own_forward_is_told(
    tmp_path: Path, built_on: str, told: list[str], calls: tuple[str, str]
) -> None:
    """The follow-through makes right what a wrong forward gives, and nothing of one that gives nothing.

    A forward that calls its backward cannot stand behind it.
    """
    layer = LAYER.strip().removesuffix(")") + f"{built_on})"
    calling = PASSES.replace(*calls)
    assignment = load_assignment(write(tmp_path, f"{DOUBLE.strip()}, {layer}", passes=calling))
    notes = notes_on(assignment, QUICK, True, {("back", "ahead")})
    assert [note.partition(" costs")[0] for note in notes] == told


def test_a_function_that_stands_behind_what_calls_it_is_told(tmp_path: Path) -> None:
    """Where it is to stand is told, too, since only what stands before can be named."""
    twice = DOUBLE.replace('"double"', '"twice"')
    assignment = load_assignment(write(tmp_path, f"{twice.strip()}, {DOUBLE.strip()}", passes=PASSES + CALLS))
    [note] = notes_on(assignment, QUICK, True, ())
    assert note.startswith("twice calls double in the reference, so an error in that costs points in both: ")
    assert 'let double stand before twice, and write builds_on=("double",)' in note


@pytest.mark.parametrize(
    ("said", "unsaid"),
    [
        ("ids, with `<unk>` for all others; the weights are in p['0.w']", ""),
        ("ids, with unk for all others; the weights are in p['0.w']", "<unk>"),
        ("ids, with `<unk>` for all others, and 0 or w", "0.w"),
    ],
)
def test_a_key_that_is_no_word_is_said_where_it_stands_as_it_is(tiny: Assignment, said: str, unsaid: str) -> None:
    """Of `<unk>` that stands in the hand-out nobody reads that it is said nowhere."""
    call = Call("double", ("x",), (own("p"),), leaves={"a": "p['<unk>']", "b": "p['0.w']"})
    case = Case("any", lambda rng: {"x": rng.uniform(1, 2, 3)}, "values")
    criterion = Criterion("double", (call,), ("a", "b"), (Behaviour("values", 1),), (case,))
    notes = list(notes_on_names(replace(tiny, criteria=(criterion,)), said, ()))
    assert [f"nothing that students get says {unsaid}:" in note for note in notes] == [True] * bool(unsaid)


def test_a_function_that_is_worth_nothing_is_told(tmp_path: Path) -> None:
    """A wrong one costs nothing, which an author hardly means."""
    nothing = load_assignment(write(tmp_path, DOUBLE.replace('"values", 2)', '"values", 0)')))
    [note] = notes_on(nothing, QUICK, True, ())
    assert note.startswith("double is worth 0 points")


def test_what_is_told_was_measured(tmp_path: Path, sandbox: Sandbox) -> None:
    """A reference that waits a third of a second in each call: the note says so, and what would be enough."""
    notes: list[str] = []
    passes = PASSES.replace("return 2 * x", "import time; time.sleep(0.33); return 2 * x")
    compile_key(write(tmp_path, passes=passes), sandbox, tell=notes.append)
    [note] = [note for note in notes if "call_seconds" in note]
    took, enough = map(float, re.findall(r"took ([\d.]+) s .* write call_seconds=([\d.]+)", note)[0])
    assert took >= 0.3
    assert 10 * took <= enough <= 10 * took + 1  # the next whole number, of what was measured before it was rounded


def test_memory_that_only_just_does_is_told(tmp_path: Path, sandbox: Sandbox) -> None:
    """The reference takes more than half of what a hand-in may have, and writes none of it: that takes long."""
    notes: list[str] = []
    passes = PASSES.replace("return 2 * x", "y = np.empty(80_000_000); return 2 * x")
    compile_key(write(tmp_path, passes=passes), sandbox, tell=notes.append)
    assert any("memory_mb=1024 leaves little room" in note for note in notes)


IMPORTS = {
    "a package that is not there": ("import scipy.signal as s, numpy, math", ["scipy"]),
    "two of them": ("from torch import nn; import jax.numpy", ["torch", "jax"]),
    "what only shows": ("import matplotlib.pyplot as plt; from tqdm import tqdm", []),
    "what is stood in for": ("import scipy; from scipy.special import erf", []),
    "what is given": ("import given.deep; from given import deep", []),
}


@pytest.mark.parametrize(("line", "packages"), IMPORTS.values(), ids=IMPORTS.keys())
def test_a_package_that_no_hand_in_has_is_told(
    tmp_path: Path, sandbox: Sandbox, line: str, packages: list[str]
) -> None:
    """Whoever follows the hand-out would fail: with what to write."""
    notes: list[str] = []
    folder = write(tmp_path, handout=f"{line}; return y")
    (folder / "given").mkdir()
    (folder / "given" / "deep.py").write_text("deep = 1\n")
    declared = (
        (folder / "assignment.py").read_text().replace("alternatives=", 'files=("given/deep.py",), alternatives=')
    )
    (folder / "assignment.py").write_text(declared)
    compile_key(folder, sandbox, tell=notes.append)
    told = [note for note in notes if "the hand-out imports" in note]
    assert [note.split()[3].strip(",") for note in told] == packages
    assert all(f'files=("{package}/__init__.py",)' in note for package, note in zip(packages, told, strict=True))


CANCELS = {
    "nothing cancels out": ("return 2 * x", []),
    "a small rest of large numbers": ("return (x / 3 + 1e5) - 1e5", ["small", "other"]),
    "what the tolerance allows for": ("return (x / 3 + 1) - 1", []),
    "float32 is made more of at once": ("x = np.float64(x); return (x / 3 + 1e5) - 1e5", []),
    "it fails in float32": ("assert x.dtype == float; return 2 * x", []),
}


@pytest.mark.parametrize(("body", "cases"), CANCELS.values(), ids=CANCELS.keys())
def test_a_case_that_float32_cannot_get_right_is_told(
    tmp_path: Path, sandbox: Sandbox, body: str, cases: list[str]
) -> None:
    """Whoever computes in it is right everywhere else, and would lose what such a case is worth."""
    notes: list[str] = []
    compile_key(write(tmp_path, passes=PASSES.replace("return 2 * x", body)), sandbox, tell=notes.append)
    told = [note for note in notes if "float32" in note]
    assert [note.partition("'")[2].partition("'")[0] for note in told] == cases
    assert all("draw inputs of which less cancels out" in note for note in told)


LAYERS = Path(__file__).parent / "assignments" / "layers"


@pytest.mark.parametrize(
    ("built_on", "told"),
    [
        (("Softmax.pull_back",), True),
        (("Softmax.compute", "Softmax.pull_back"), False),
        (("Noise.pull_back",), False),
        ((), False),
    ],
)
def test_a_forward_that_is_not_named_beside_its_backward_is_told(built_on: tuple[str, ...], told: bool) -> None:
    """A step of gradient descent works on what backward leaves, and that on what forward keeps: both may be lent."""
    layers = load_assignment(LAYERS)
    back = next(one for one in layers.criteria if one.name == "Softmax.pull_back")
    step = replace(
        back, name="Softmax.step", calls=(*back.calls, replace(back.calls[-1], function="Softmax.step")),
        follow_through=None, builds_on=built_on,
    )  # fmt: skip
    notes = list(notes_on(replace(layers, criteria=(*layers.criteria, step)), QUICK, True, ()))
    asked = [note for note in notes if 'Write builds_on=("Softmax.compute", "Softmax.pull_back")' in note]
    assert bool(asked) is told


@pytest.mark.parametrize(
    ("change", "told"),
    [({}, False), ({"follow_through": None}, True), ({"follow_through": None, "builds_on": ("ahead",)}, False)],
)
def test_what_is_called_behind_another_and_pays_for_it_is_told(
    tmp_path: Path, change: dict[str, object], told: bool
) -> None:
    """The simplest declaration of a pair gives its backward no second chance, and said nothing of it."""
    tiny = load_assignment(write(tmp_path, LAYER))
    ahead, back = tiny.criteria
    notes = list(notes_on(replace(tiny, criteria=(ahead, replace(back, **change))), QUICK, True, {("back", "ahead")}))
    assert [note.partition(",")[0] for note in notes] == ["back is called behind ahead"] * told
    assert all('FollowThrough("ahead", …)' in note and 'builds_on=("ahead",)' in note for note in notes)


AS_TRUTH = 'Alternative("truth", "double", {"double": variants.as_truth}, "As good."), '
TRUTH = {
    "zeros and ones": ("np.where(x > 1.5, 1.0, 0.0)", "", True),
    "whole ones": ("1 * (x > 1.5)", "", True),
    "with the other as good": ("1 * (x > 1.5)", AS_TRUTH, False),
    "true and false": ("x > 1.5", "", False),
    "other numbers": ("2 * x", "", False),
}


@pytest.mark.parametrize(("body", "alternatives", "told"), TRUTH.values(), ids=TRUTH.keys())
def test_where_true_and_false_may_be_as_good_is_told(
    tmp_path: Path, sandbox: Sandbox, body: str, alternatives: str, told: bool
) -> None:
    """Predictions that a third of a class leaves as true and false, and that the reference gives as numbers."""
    folder = write(tmp_path, passes=PASSES.replace("2 * x", body), alternatives=alternatives)
    (folder / "variants.py").write_text(f"{VARIANTS}\ndef as_truth(x):\n    return x > 1.5\n")
    notes: list[str] = []
    compile_key(folder, sandbox, tell=notes.append)
    assert any("'y' is zeros and ones in all cases" in note for note in notes) is told


DRAWN = "lambda rng: {{'x': np.array({}) + 0 * rng.random(3)}}"
TIES = {
    "the first of equals": ("[1.0, 2.0, 2.0]", "x.argmax()", True),
    "the last of equals": ("[1.0, 2.0, 2.0]", "2 - x[::-1].argmax()", True),
    "how many there are": ("[1.0, 2.0, 2.0]", "3 * np.unique(x)", True),
    "none are equal": ("[1.0, 2.0, 2.5]", "x.argmax()", False),
    "a threshold": ("[1.0, 2.0, 2.5]", "(x > 2) * x", True),
    "the values of equals": ("[1.0, 2.0, 2.0]", "x.max()", False),
    "a kink at zero": ("[0.0, 2.0, 1.0]", "3 * np.maximum(x, 0)", False),
    "a label that is compared": ("[0.0, 2.0, 1.0]", "np.where(x == 1.0, 7, x + 3)", False),
    "one of two signs": ("[-1.0, 1.0, 1.0]", "np.where(x == -1.0, 2 * x, 5.5)", False),
    "a label, and a number that is no whole one": ("[0.0, 2.5, 1.0]", "(x == 1.0) + (x > 2.5) + 3", True),
    "where the largest is": ("[1.0, 2.0, 2.0]", "(x == x.max()) * 3", True),
    "a threshold of whole numbers": ("[1.0, 2.0, 3.0]", "(x > 2) * 7 + 1", True),
    "two thresholds of whole numbers": ("[1.0, 2.0, 3.0]", "(x > 1) * 3 + (x >= 3) * 5 + 1", True),
    "a label, and a threshold": ("[1.0, 2.0, 3.0]", "(x == 1.0) + (x > 2) * 5 + 1", True),
    "a label": ("[0.0, 2.0, 1.0]", "x.astype(int) + 3", False),
}


@pytest.mark.parametrize(("x", "body", "told"), TIES.values(), ids=TIES.keys())
def test_where_equal_numbers_decide_is_told(tmp_path: Path, sandbox: Sandbox, x: str, body: str, told: bool) -> None:
    """Who takes the other one of two that are as large is as right, and would lose the case."""
    notes: list[str] = []
    folder = write(tmp_path, inputs=DRAWN.format(x), passes=PASSES.replace("2 * x", body))
    compile_key(folder, sandbox, tell=notes.append)
    assert [note.partition(":")[0] for note in notes if "larger by a billionth" in note] == [
        "double, case 'small'"
    ] * told


CHANCE = {
    "numpy's own generator": ("2 * x + np.random.random(x.shape)", True),
    "how many there are": ("np.repeat(3 * x, 1 + np.random.randint(50), 0)", True),
    "a generator without a seed": ("2 * x + np.random.default_rng().random(x.shape)", True),
    "a seed of its own": ("2 * x + np.random.default_rng(3).random(x.shape)", False),
    "a seed that it sets": ("2 * x + (np.random.seed(3) or np.random.random(x.shape))", False),
    "nothing that is drawn": ("2 * x", False),
    "what chance hardly changes": ("2 * x + 1e-12 * np.random.random(x.shape)", False),
}


OF_X = "np.linalg.{}(np.outer(x, x) + np.diag(np.arange(1.0, 1.0 + x.size)))"
SIGNS = {
    "an eigenvector": (OF_X.format("eigh") + "[1][:, -1]", True),
    "by its name": (OF_X.format("eigh") + ".eigenvectors", True),
    "of any matrix": (OF_X.format("eig") + "[1].real", True),
    "what an svd gives": (OF_X.format("svd") + "[2]", True),
    "what a qr gives": (OF_X.format("qr") + "[1]", True),
    "variances": (OF_X.format("eigh") + "[0]", False),
    "singular values alone": (OF_X.format("svd")[:-1] + ", compute_uv=False)", False),
    "there and back": ("(lambda v: v @ np.diag(x.ravel()) @ v.T)(" + OF_X.format("eigh") + "[1])", False),
    "a sign that is chosen": ("(lambda v: v * np.sign(v[:1]))(" + OF_X.format("eigh") + "[1])", False),
    "no eigenvector": ("2 * x", False),
}


@pytest.mark.parametrize(("body", "told"), SIGNS.values(), ids=SIGNS.keys())
def test_where_the_sign_of_an_eigenvector_decides_is_told(
    tmp_path: Path, sandbox: Sandbox, body: str, told: bool
) -> None:
    """Who takes the components of a PCA by an SVD is as right, and may get the other sign."""
    notes: list[str] = []
    passes = PASSES.replace("2 * x", body)
    compile_key(write(tmp_path, inputs=DRAWN.format("[1.0, 2.0, 2.5]"), passes=passes), sandbox, tell=notes.append)
    assert [note.partition(":")[0] for note in notes if "has the other sign" in note] == ["double, case 'small'"] * told


@pytest.mark.parametrize("what", CHANCE)
def test_what_is_drawn_from_no_seed_is_told(tmp_path: Path, sandbox: Sandbox, what: str) -> None:
    """Each question begins with the same numbers, and a reference that draws is steady by that: no hand-in need be."""
    body, told = CHANCE[what]
    notes: list[str] = []
    compile_key(write(tmp_path, passes=PASSES.replace("2 * x", body)), sandbox, tell=notes.append)
    assert [note.partition(",")[0] for note in notes if "'y' is drawn at random" in note] == ["double"] * told


DRAWN_BY = {
    "by a call that nothing names": ("x.normal(size=3)", "Draw from the generator x.", "x.normal"),
    "by a word that is no call": ("x.normal(size=3)", "Draw from a normal distribution.", "x.normal"),
    "by two": ("x.random(3) + x.rand(3) + x.random(3)", "by x.random(3)", "x.rand"),
    "by a call that is named": ("x.normal(size=3)", "By rng.normal.", ""),
    "an array": ("x.sum() + x.mean()", "", ""),
    "not from what is given": ("np.random.normal(size=3)", "", ""),
    "from a seed of its own": ("np.random.seed(3) or np.random.rand(3)", "Draw from seed 3.", "np.random.seed(3)"),
    "and by another call": ("np.random.seed(3) or np.random.rand(3)", "np.random.seed(3)", "np.random.rand"),
    "and from another seed": (
        "np.random.seed(3) or np.random.rand(3)",
        "np.random.seed(1), then .rand",
        "np.random.seed(3)",
    ),
    "from one that is named": ("np.random.seed(3) or np.random.rand(3)", "np.random.seed(3), np.random.rand(3)", ""),
    "from one that is given": ("np.random.seed(x) or np.random.rand(3)", "np.random.seed(x), np.random.rand(3)", ""),
}


@pytest.mark.parametrize(("body", "said", "calls"), DRAWN_BY.values(), ids=DRAWN_BY.keys())
def test_calls_that_draw_and_that_nothing_names_are_told(tmp_path: Path, body: str, said: str, calls: str) -> None:
    """Who draws a mask by `rng.binomial` in the place of `rng.random` has another one, and may be as right."""
    assignment = load_assignment(write(tmp_path, passes=PASSES.replace("2 * x", body)))
    notes = list(notes_on_draws(assignment, said))
    assert len(notes) == bool(calls)
    source = "a seed" if calls.startswith("np.") else "the generator that it is given"
    assert all(f"double draws from {source} by {calls}" in note for note in notes)


def test_a_method_of_the_class_itself_draws_from_no_generator(tmp_path: Path) -> None:
    """`self.shuffle(x)` is called like a generator's method, and is the student's own."""
    passes = "class Trainer:\n    def double(self, x):\n        return self.shuffle(x)\n"
    criterion = DOUBLE.replace('"double"', '"Trainer.double"')
    assert not list(notes_on_draws(load_assignment(write(tmp_path, criterion, passes=passes)), ""))


SHORT = {
    "the cache is forgotten": ("return 3 * (x @ w)", "it returns 1 value in the place of (y, cache)"),
    "one too many": ("return 3 * (x @ w), x, w", "it returns 3 values in the place of (y, cache)"),
    "all that is due": ("return 3 * (x @ w), x", ""),
    "nothing": ("pass", ""),
    "it raises where it is forgotten": ("return 3 * (x @ w) if len(x) == 3 else x / np.zeros(7)", "it returns 1 value"),
}


@pytest.mark.parametrize(("body", "said"), SHORT.values(), ids=SHORT.keys())
def test_a_mistake_that_gives_nothing_to_compare_is_told(
    tmp_path: Path, sandbox: Sandbox, body: str, said: str
) -> None:
    """Whoever forgets the cache would read what was said of another formula, and have its credit."""
    folder = write(tmp_path, LAYER, mistakes=mistake("short", "ahead", name="m"))
    (folder / "variants.py").write_text(f"{VARIANTS}\ndef short(x, w):\n    {body}\n")
    notes: list[str] = []
    compile_key(folder, sandbox, tell=notes.append)
    told = [note for note in notes if note.startswith("mistake 'm'")]
    assert len(told) == bool(said)
    assert all(said in note for note in told)


REFUSED = {
    "memory in which no numpy fits": (
        {"criteria": f"{DOUBLE.strip()}), limits=Limits(memory_mb=10"},
        ["memory_mb is 10", "about 190", "write 256 or more"],
    ),
    "an average that is none": (
        {"criteria": LAYER.replace("(layer,), (Case", '(layer,), averaged=("dw",), batch="x", handed=(Case')},
        ["back: averaged= names dw", "does not divide", "leave averaged= and batch= out"],
    ),
    "a mistake that never returns": (
        {"mistakes": mistake("never")}, ["'never'", "does not return (timed out)", "return in every case"],
    ),
    "an alternative that never returns": (
        {"alternatives": alternative("never")}, ["'never'", "timed out", "allow more time"],
    ),
    "a slip in a name": ({"criteria": "DUOBLE"}, ["NameError", "slip in the name"]),
    "a bracket too many": ({"passes": f"{PASSES})"}, ["passes.py, line", "SyntaxError", "mend that line"]),
    "a module that is not there": ({"passes": f"import lyaer\n{PASSES}"}, ["lyaer", "install lyaer, or put"]),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_says_what_to_do(tmp_path: Path, sandbox: Sandbox, what: str) -> None:
    """The sentence names the place, and its next step is about what is wrong there."""
    parts, said = REFUSED[what]
    folder = write(tmp_path, **parts)
    with (folder / "variants.py").open("a") as file:
        file.write("\ndef never(x):\n    import time\n    while True:\n        time.sleep(0.01)\n")
    error = refusal(folder, sandbox)
    assert error.hint
    for words in said:
        assert words in f"{error} {error.hint}"


@pytest.mark.parametrize("where", ["a forward with a backward behind it", "inputs"])
def test_what_never_comes_back_here_is_ended(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Inputs are drawn, and caches of handed cases made, in our own process: no loop of an author's holds it up."""
    monkeypatch.setattr(called_here, "PATIENCE", 0.5)
    monkeypatch.setattr(drawn, "DRAWING", 0.5)
    if where == "inputs":
        folder = write(tmp_path, inputs="lambda rng: [0 for _ in iter(int, 1)]")
    else:
        passes = PASSES.replace("return x @ w", "while True:\n        pass\n    return x @ w")
        folder = write(tmp_path, LAYER, passes=passes)
    began = time.monotonic()
    error = refusal(folder, sandbox)
    assert time.monotonic() - began < 20
    assert "loop without end" in error.hint
    assert ("ahead has not returned after 1.5 s" if where != "inputs" else "inputs are not drawn") in str(error)


def test_a_deadline_is_kept_whatever_is_caught() -> None:
    """A loop that catches every error is ended too, by the nearest clock around it."""
    began = time.monotonic()
    with pytest.raises(AuthorError, match=r"it is not done after 0\.2 s"), deadline(30, "outer", ""):
        _wait(0.2, "it is not done")
    assert time.monotonic() - began < 5


def _wait(seconds: float, sentence: str) -> None:
    with deadline(seconds, sentence, "hint"):
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                continue


def test_a_clock_around_goes_on() -> None:
    """What is done in time is left alone, and counts to what is around it."""
    with pytest.raises(AuthorError, match="outer"), deadline(0.3, "outer", ""):
        _in_time_and_then_for_ever()


def _in_time_and_then_for_ever() -> None:
    with deadline(30, "inner", ""):
        pass
    time.sleep(5)
