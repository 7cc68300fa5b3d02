"""Functions, classes and objects that are handed to a call; iterators, and what an object was made with.

takes: the small assignment `descent`, hand-ins to it, and assignments with one word of it changed.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import numpy as np
import pytest
from test_given import notebook

from grader.answer_key import AnswerKey, load_key, save_key
from grader.assignment import made
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError
from grader.feedback.in_the_code.unread_keys import functions_given, keys_given
from grader.feedback.take_home import write_down
from grader.gradebook import Record
from grader.harness.calling.results import gone_through
from grader.harness.given import GivenModules
from grader.harness.texts import why_nothing
from grader.intake import one_submission
from grader.judge.reading.other_calls import told_as_put
from grader.judge.reading.patterns import Pattern, Reading
from grader.pipeline import Desk, grade_one
from grader.plan import CallPlan, Entry, Purpose
from grader.plan.drawn import itself
from grader.sandbox import Sandbox
from grader.selftest import prove
from grader.selftest.blind_spots import blind_spots
from grader.wire import (
    Given,
    Question,
    Step,
    build,
    decode,
    decode_questions,
    encode_questions,
    step_from_json,
    step_to_json,
)

DESCENT = Path(__file__).parent / "assignments" / "descent"


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    return compile_key(DESCENT, sandbox)


# ---- a class -----------------------------------------------------------------------------------------------------

DESCEND = """
def descend(gradient, x, rate, steps):
    for step in range(steps):
        x = x - rate * gradient(x)
    return x
"""
MOMENTUM = """
class Momentum:
    def __init__(self, params, rate):
        self.params, self.rate = params, rate
        self.velocity = {}

    def step(self, grads):
        for k in grads:
            self.velocity[k] = 0.9 * self.velocity.get(k, 0) - self.rate * grads[k]
            self.params[k] = self.params[k] + self.velocity[k]
"""
BATCHES = """
class Batches:
    def __init__(self, dataset, size):
        self.dataset, self.size = dataset, size

    def __iter__(self):
        for i in range(0, len(self.dataset), self.size):
            part = [self.dataset[j] for j in range(i, min(i + self.size, len(self.dataset)))]
            yield {k: np.array([p[k] for p in part]) for k in "xy"}
"""
LATE = "    for step in range(steps - 1):"
EMPTY = "        yield {'x': np.array([]), 'y': np.array([])}"
CHECKED = "= dataset, size\n        assert isinstance(dataset, Points)"
IS_POINTS = "= dataset, size; assert isinstance(dataset, toy.Points)"
PLACED = "            self.params[k][...] += self.velocity[k]\n"
FILLED = """
    def __iter__(self):
        n = len(self.dataset)
        room = {"x": np.zeros((self.size, *np.shape(self.dataset[0]["x"]))), "y": np.zeros(self.size, int)}
        for i in range(0, n, self.size):
            many = min(self.size, n - i)
            for j in range(many):
                for k in room:
                    room[k][j] = self.dataset[i + j][k]
            yield room if many == self.size else {k: room[k][:many] for k in room}
"""
NEXT = """
    def __iter__(self):
        self.at = 0
        return self
    def __next__(self):
        if self.at >= len(self.dataset):
            raise StopIteration
        part = [self.dataset[j] for j in range(self.at, min(self.at + self.size, len(self.dataset)))]
        self.at += self.size
        return {k: np.array([p[k] for p in part]) for k in "xy"}
"""
NUMBERED = (
    f"{NEXT}\n    def __getitem__(self, n): return self.dataset[n]\n    def __len__(self): return len(self.dataset)"
)
REST = """return Rest(self.dataset, self.size)


class Rest:
    at = 0
    def __init__(self, dataset, size): self.dataset, self.size = dataset, size
"""
NEXT_ALONE = NEXT.replace("self.at = 0\n        return self\n", REST)
LISTED = (
    BATCHES.replace("yield", "found.append(")
    .replace('"xy"}', '"xy"})\n        return found')
    .replace("        for i in", "        found = []\n        for i in")
)
HEAD = BATCHES[: BATCHES.index("    def __iter__")]
OWN = "def bowl(x):\n    return 0 * x\nvalley = bowl\nPoints = list\n"
# a function of the assignment, what a hand-in has of it, and what that is
HAND_INS: dict[str, tuple[str, str, str]] = {
    "a function is called": ("descend", DESCEND, "correct"),
    "one step too few": ("descend", DESCEND.replace("    for step in range(steps):", LATE), "wrong"),
    "a function of one's own instead": ("descend", OWN + DESCEND.replace("gradient(x)", "bowl(x)"), "wrong"),
    "a function of the same name is not taken": ("descend", OWN + DESCEND, "correct"),
    "no function at all": ("descend", DESCEND.replace("gradient(x)", "x"), "wrong"),
    "a class is asked for by its name": (
        "Batches.__iter__", "from toy import Points\n\n\n" + BATCHES.replace("= dataset, size", CHECKED), "correct",
    ),
    "another class is put in its place": (
        "Batches.__iter__", "import toy\n\n\nclass Other(toy.Points): __len__ = lambda self: 1\n\n\n"
        "toy.Points = Other\n\n\n" + BATCHES.replace("= dataset, size", IS_POINTS), "correct",
    ),
    "a class is changed in its place": (
        "Batches.__iter__", "import toy\n\n\ntoy.Points.__len__ = lambda self: 1\n\n\n"
        + BATCHES.replace("= dataset, size", IS_POINTS), "correct",
    ),
    "parameters that are replaced": ("Momentum.step", MOMENTUM, "correct"),
    "parameters that are changed in place": (
        "Momentum.step", MOMENTUM.replace("            self.params[k] = self.params[k] + self.velocity[k]\n", PLACED),
        "correct",
    ),
    "parameters of one's own": ("Momentum.step", MOMENTUM.replace("= params, rate", "= dict(params), rate"), "wrong"),
    "no velocity": ("Momentum.step", MOMENTUM.replace("0.9 *", "0 *"), "known mistake"),
    "a generator": ("Batches.__iter__", BATCHES, "correct"),
    "the same arrays filled anew": ("Batches.__iter__", HEAD + FILLED.strip("\n"), "correct"),
    "an object that is its own iterator": ("Batches.__iter__", HEAD + NEXT.strip("\n"), "correct"),
    "its own iterator, with parts by number": ("Batches.__iter__", HEAD + NUMBERED.strip("\n"), "correct"),
    "an iterator that gives none of itself": ("Batches.__iter__", HEAD + NEXT_ALONE.strip("\n"), "correct"),
    "an iterator of a list": ("Batches.__iter__", LISTED.replace("return found", "return iter(found)"), "correct"),
    "a list, which is no iterator": ("Batches.__iter__", LISTED, "crashed"),
    "one empty batch more": ("Batches.__iter__", BATCHES + EMPTY, "wrong"),
    "no end": ("Batches.__iter__", BATCHES.replace("for i in range(0,", "for i in iter(int, 1) or range(0,"), "wrong"),
    "it raises on the way": ("Batches.__iter__", BATCHES.replace("p[k] for", "p[0] for"), "crashed"),
}  # fmt: skip


def graded(key: AnswerKey, sandbox: Sandbox, folder: Path, source: str) -> Record:
    (folder / "a.ipynb").write_text(notebook("import numpy as np", *source.split("\n\n\n")))
    return grade_one(Desk(key, sandbox), one_submission(folder / "a.ipynb"))


@pytest.mark.parametrize(("function", "source", "verdict"), HAND_INS.values(), ids=HAND_INS.keys())
def test_what_is_handed_over_is_the_authors(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, function: str, source: str, verdict: str
) -> None:
    """A function that is called, an object that is asked, a dict that an optimizer was made with, batches of data."""
    record = graded(key, sandbox, tmp_path, source)
    [found] = [criterion for criterion in record.criteria if criterion.name == function]
    assert found.verdict == verdict
    assert not [note for note in found.notes if "another type" in note]


def test_how_many_there_are_is_told_before_what_one_of_them_is(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """With a batch too few the last one is another, too, and nobody finds out why by its numbers."""
    source = BATCHES.replace("len(self.dataset), self.size):", "len(self.dataset) - self.size, self.size):")
    [found] = [one for one in graded(key, sandbox, tmp_path, source).criteria if one.name == "Batches.__iter__"]
    assert "`many` (`len(batches)`) is 2, where 3 is right." in found.headline
    assert found.next_step.startswith("Count by hand what is to be in `batches`: ")


def test_how_many_there_are_is_read_as_no_formula(key: AnswerKey, sandbox: Sandbox, tmp_path: Path) -> None:
    """Twice as many are there of each, and no factor of two in any line."""
    twice = BATCHES.replace("            yield", "            for _ in 'ab': yield")
    [found] = [one for one in graded(key, sandbox, tmp_path, twice).criteria if one.name == "Batches.__iter__"]
    assert "`many` (`len(batches)`) is 6, where 3 is right." in found.headline
    assert "times what is right" not in found.headline


def test_the_keys_that_a_function_is_called_with_are_those_of_its_public_cases(key: AnswerKey) -> None:
    """At which place; a number, an object or a function has none."""
    assert {name: keys for name, keys in keys_given(key).items() if keys} == {
        "Momentum.step": dict.fromkeys("wb", frozenset({0}))
    }
    assert {name: places for name, places in functions_given(key).items() if places} == {"descend": {0}}


OTHER = "class Points:\n    def __init__(self, points): self.points = points[:1]\n"
BESIDE = {
    "as it was given": ("", "correct"),
    "with more in it": ("\n\ndef more(): pass\n", "correct"),
    "another": (OTHER, "crashed"),
}


@pytest.mark.parametrize(("beside", "verdict"), BESIDE.values(), ids=BESIDE.keys())
def test_a_file_of_that_name_beside_the_hand_in(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, beside: str, verdict: str
) -> None:
    """What a call is given is of the exercise's file; of its class is what is of a class of that very text."""
    toy = beside if beside == OTHER else (DESCENT / "toy.py").read_text() + beside
    (tmp_path / "toy.py").write_text(toy)
    (tmp_path / "a.ipynb").write_text(
        notebook("import numpy as np", *HAND_INS["a class is asked for by its name"][1].split("\n\n\n"))
    )
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path))
    assert record.criteria[2].verdict == verdict


class Shuffled:
    """Its own iterator, which draws an order whenever it is asked for one, and gives arrays."""

    def __init__(self) -> None:
        self.drawn, self.at = 0, 0

    def __iter__(self) -> Self:
        self.drawn, self.at = self.drawn + 1, 0
        return self

    def __next__(self) -> np.ndarray:
        self.at += 1
        if self.at > 2:
            raise StopIteration
        return np.array([self.drawn, self.at])


def test_what_iter_gave_is_not_asked_for_an_iterator_again() -> None:
    """A loop asks once: who shuffles there would have shuffled twice. What a function gave is begun by the loop."""
    for given, is_begun in ((iter(Shuffled()), True), (Shuffled(), False)):
        assert np.array_equal(np.array(gone_through(given, -1, is_begun)), [[1, 1], [1, 2]])


def test_an_iterator_that_gives_nothing_is_told_as_one() -> None:
    """Who looks for a list in their code finds none."""
    assert why_nothing(gone_through(iter(()), -1), "[0]", was_given=True) == "iterator of 0"


def test_what_an_iterator_raises_is_told_with_its_line(key: AnswerKey, sandbox: Sandbox, tmp_path: Path) -> None:
    """It is raised when it is gone through, and not when it is made."""
    record = graded(key, sandbox, tmp_path, HAND_INS["it raises on the way"][1])
    assert "cell 2, line 9" in record.criteria[2].headline


def test_a_length_that_is_no_whole_number_is_none(sandbox: Sandbox, tmp_path: Path) -> None:
    """`len(batches)` raises then, wherever it is called, and so it does here."""
    text = (DESCENT / "assignment.py").read_text()
    cut = text[text.index("CRITERIA = (") : text.index("ASSIGNMENT = ")]
    length = """CRITERIA = (
    Criterion("Batches.__len__", (Call("Batches.__len__", (), ("n",), new=("dataset", "size")),), ("n",),
        (Behaviour(RIGHT, 1),), (Case("seven", points(7, 3), RIGHT), Case("six", points(6, 2), RIGHT, HIDDEN))),
)

"""
    folder = changed(tmp_path, "assignment.py", text.replace(cut, length).replace("=mistakes.MISTAKES", "=()"))
    with (folder / "passes.py").open("a") as passes:
        passes.write("\n    def __len__(self):\n        return -(-len(self.dataset) // self.size)\n")
    counted = compile_key(folder, sandbox)
    for way, verdict in (("int(np.ceil(n))", "correct"), ("np.ceil(n)", "crashed"), ("n // 1 + 1", "crashed")):
        source = f"{BATCHES}\n    def __len__(self):\n        n = len(self.dataset) / self.size\n        return {way}"
        assert graded(counted, sandbox, tmp_path, source).criteria[0].verdict == verdict


DRAWN = {
    "in these shapes": ("{'W': np.random.default_rng().normal(size=(m, n)), 'b': np.zeros((m, 1))}", "correct"),
    "a list has none": ("{'W': [[0.5] * n] * m, 'b': np.zeros((m, 1))}", "wrong"),
    "turned round": ("{'W': np.ones((n, m)), 'b': np.zeros((m, 1))}", "wrong"),
    "of another rank": ("{'W': np.ones((m, n, 1)), 'b': np.zeros((m, 1))}", "wrong"),
}


@pytest.mark.parametrize(("made", "verdict"), DRAWN.values(), ids=DRAWN.keys())
def test_a_shape_alone_can_be_graded(sandbox: Sandbox, tmp_path: Path, made: str, verdict: str) -> None:
    """Of what everybody draws in a way of their own; no note says that a shape is no array."""
    text = (DESCENT / "assignment.py").read_text()
    start = """CRITERIA = (
    Criterion("start", (Call("start", ("n", "m"), (own("p"),), leaves={"W": "p['W'].shape", "b": "p['b']"}),),
        ("W", "b"), (Behaviour(RIGHT, 1),), (Case("small", lambda rng: {"n": 3, "m": 2}, RIGHT, echo="zeros"),)),
)

"""
    cut = text[text.index("CRITERIA = (") : text.index("ASSIGNMENT = ")]
    folder = changed(tmp_path, "assignment.py", text.replace(cut, start).replace("=mistakes.MISTAKES", "=()"))
    with (folder / "passes.py").open("a") as passes:
        passes.write("\ndef start(n, m):\n    return {'W': np.random.rand(m, n), 'b': np.zeros((m, 1))}\n")
    [found] = graded(compile_key(folder, sandbox), sandbox, tmp_path, f"def start(n, m):\n    return {made}").criteria
    assert (found.verdict, found.notes) == (verdict, ())


def test_the_same_is_drawn_for_all_where_a_given_thing_draws(sandbox: Sandbox, tmp_path: Path) -> None:
    """By whoever draws: the hand-in need not have a word of chance in it."""
    folder = changed(tmp_path, "toy.py", (DESCENT / "toy.py").read_text().replace("return x", "return draw() * x"))
    with (folder / "toy.py").open("a") as toy:
        toy.write("\n\ndef draw():\n    return np.random.rand()\n")
    more = DESCEND.replace(
        "    return x", "    if len(x) == 4: gradient(x)\n    return x"
    )  # more is drawn, and none of it counts
    assert graded(compile_key(folder, sandbox), sandbox, tmp_path, more).criteria[0].verdict == "correct"


def test_a_difference_is_read_whatever_axes_of_one_there_are(sandbox: Sandbox, tmp_path: Path) -> None:
    """Where they count for nothing: a factor is a factor in another shape too."""
    text = (DESCENT / "assignment.py").read_text()
    bias = """CRITERIA = (
    Criterion("bias", (Call("bias", ("dout",), ("db",)),), ("db",), (Behaviour(RIGHT, 1),),
        tuple(Case(f"{n} rows", lambda rng, n=n: {"dout": some(rng, (n, 3))}, RIGHT) for n in (2, 4)),
        sizes={"N": ("dout", 0)}, tolerance=Tolerance(axes_of_one=True)),
)

"""
    text = text.replace(text[text.index("CRITERIA = (") : text.index("ASSIGNMENT = ")], bias)
    text = text.replace("=mistakes.MISTAKES", "=()").replace("Criterion, made", "Criterion, Tolerance, made")
    folder = changed(tmp_path, "assignment.py", text)
    with (folder / "passes.py").open("a") as passes:
        passes.write("\ndef bias(dout):\n    return dout.sum(0, keepdims=True)\n")
    [found] = graded(
        compile_key(folder, sandbox), sandbox, tmp_path, "def bias(dout):\n    return dout.mean(0)"
    ).criteria
    assert (found.verdict, "1/N times" in found.headline) == ("wrong", True)


STATE = """

MADE = []


class Points(Points):
    many = 0

    def __init__(self, points):
        MADE.append(self)
        Points.many += 1
        self.points = points + len(MADE) + Points.many + RNG.uniform()
"""


def test_a_given_class_has_no_other_state_for_whoever_imports_it(sandbox: Sandbox, tmp_path: Path) -> None:
    """A generator, a list or a count in a given file is at its beginning for each case, whatever a program imports."""
    toy = (DESCENT / "toy.py").read_text().replace("\n\n\n", "\n\nRNG = np.random.default_rng(3)\n\n\n", 1)
    counted = compile_key(changed(tmp_path, "toy.py", toy + STATE), sandbox)
    for name in ("a generator", "a class is asked for by its name"):
        assert graded(counted, sandbox, tmp_path, HAND_INS[name][1]).criteria[2].verdict == "correct"


def test_the_exam_of_it_holds(key: AnswerKey, sandbox: Sandbox) -> None:
    """Mutants and blind spots of such functions are caught as others are, and none is made that nothing can meet."""
    proof = prove(DESCENT, key, sandbox)
    assert proof.holds
    assert not [
        spot for spot in blind_spots(key.plan) if "__iter__: wrong for" in spot.name and "call" not in spot.name
    ]


# ---- what an author declares -------------------------------------------------------------------------------------


def changed(folder: Path, file: str, text: str) -> Path:
    made = folder / "descent"
    shutil.copytree(DESCENT, made, ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    (made / file).write_text(text)
    return made


WRONG: dict[str, tuple[str, str, str]] = {
    "a file that is not given": ('files=("toy.py",)', "files=()", "toy.py.* is not given"),
    "a function without a name": ("start(toy.bowl, 2, 3)", "start(lambda x: x, 2, 3)", "'gradient' is a function"),
    "one of assignment.py itself": ("start(toy.bowl, 2, 3)", "start(sized, 2, 3)", "something of assignment.py"),
    "one of numpy": ("start(toy.bowl, 2, 3)", "start(np.tanh, 2, 3)", "'gradient' is a ufunc"),
    "an object that is there already": ("made(toy.Points, np.", "toy.Points(np.", "'dataset' is a Points"),
    "an object of no file": ("made(toy.Points, np.", "made(dict, np.", "'dataset' is a type"),
    "what the hand-in is to write": (
        '"gradient": gradient',
        '"gradient": passes.descend',
        "descend is handed to a call, and",
    ),
    "something that cannot be handed on": ("made(toy.Points, np.", "made(toy.Points, 1j, np.", "is a complex"),
    "a place in nothing": ("params['w']", "grads['w']", "'grads' in leaves= of Momentum.step is nothing"),
    "a count of nothing": ("len(batches)", "len(batch)", "'batch' in leaves= of Batches.__iter__ is nothing"),
    "half a count": ("len(batches)", "len(batches", "no place"),
}


@pytest.mark.parametrize(("old", "new", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_handed_over_is_refused(
    sandbox: Sandbox, tmp_path: Path, old: str, new: str, message: str
) -> None:
    """With what it is, and where such things are to stand."""
    text = (DESCENT / "assignment.py").read_text()
    assert old in text
    with pytest.raises(AuthorError, match=message.replace("(", "\\(")) as raised:
        compile_key(changed(tmp_path, "assignment.py", text.replace(old, new)), sandbox)
    assert raised.value.hint


def test_a_variant_may_call_a_reference_that_imports_what_is_given(sandbox: Sandbox, tmp_path: Path) -> None:
    """`from . import passes` in one file, `from .toy import bowl` in the other: both mean the file beside."""
    folder = changed(
        tmp_path,
        "passes.py",
        "from .toy import bowl\n"
        + (DESCENT / "passes.py").read_text().replace("rate * gradient(x)", "rate * gradient(x) + 0 * bowl(x)"),
    )
    assert compile_key(folder, sandbox).answers.keys() >= {"one step only"}


def test_a_package_may_have_an_empty_file_of_its_own(sandbox: Sandbox, tmp_path: Path) -> None:
    """As most do; it goes out like any other, and what is in the package is handed over as from any file."""
    text = (DESCENT / "assignment.py").read_text()
    text = text.replace("passes, toy", "passes\nfrom .lib import toy").replace(
        '("toy.py",)', '("lib/__init__.py", "lib/toy.py")'
    )
    folder = changed(tmp_path, "assignment.py", text)
    (folder / "lib").mkdir()
    (folder / "lib" / "__init__.py").touch()
    (folder / "toy.py").rename(folder / "lib" / "toy.py")
    (folder / "descent.ipynb").write_text(
        (folder / "descent.ipynb").read_text().replace("import toy", "from lib import toy")
    )
    key = compile_key(folder, sandbox)
    assert graded(key, sandbox, tmp_path, DESCEND + BATCHES).criteria[2].verdict == "correct"


def test_a_key_keeps_what_its_questions_hand_over(key: AnswerKey, tmp_path: Path) -> None:
    """Read from its file, it asks the same; what needs nothing of the files has none."""
    save_key(key, tmp_path / "a.npz")
    read = load_key(tmp_path / "a.npz").plan.entries
    assert [e.question.files for e in read] == [e.question.files for e in key.plan.entries]
    assert {e.criterion for e in read if e.question.files} == {"descend", "Batches.__iter__"}


def test_what_a_reference_changes_in_an_object_is_not_what_was_drawn() -> None:
    """Nor in what that was made of: the same is drawn for all, and handed on."""
    drawn = np.ones(2)

    def one_more(x: np.ndarray) -> np.ndarray:
        x += 1
        return x

    assert itself({"x": [made(one_more, made(one_more, drawn))]})["x"][0].tolist() == [3, 3]  # type: ignore[index]
    assert drawn.tolist() == [1, 1]


# ---- inside ------------------------------------------------------------------------------------------------------

FILES = {
    "toy.py": "import helper\nfrom lib.deep import two\nimport lib.deep as d, json\nfrom lib import deep\n"
    "CALLS = []\ndef count(x):\n    CALLS.append(x)\n    return len(CALLS) + d.two + helper.three - deep.two\n"
    "class Maker:\n    @classmethod\n    def of(cls, n): return [cls.__name__, n]\n",
    "helper.py": "from __future__ import annotations\nimport dataclasses\nthree = 3\n"
    "@dataclasses.dataclass\nclass Point:\n    x: int = 0\n",
    "lib/deep.py": "from . import other\nfrom .other import two\n",
    "lib/other.py": "two = 2\n",
}


def test_modules_are_of_one_question_alone() -> None:
    """What one leaves in a module, no other finds; files import each other, and all else, as on a disk."""
    first, second = GivenModules(FILES), GivenModules(FILES)
    assert [first.find("toy:count")(0) for _ in range(2)] == [4, 5]
    assert second.find("toy:count")(0) == 4
    assert second.find("toy:Maker.of")(7) == ["Maker", 7]
    assert second.find("lib.deep:two") == 2
    assert second.find("helper:Point")(2).x == 2
    assert not {"toy", "helper", "lib", "lib.deep"} & set(sys.modules)
    with pytest.raises(AttributeError):
        first.find("toy:gone")


KINDS = """
import abc, copy, dataclasses, enum
class Base:
    def __init__(self, n): self.n = n
class Sub(Base):
    __slots__ = ("k",)
    def __init__(self, n): super().__init__(n); self.k = n
@dataclasses.dataclass(frozen=True, slots=True)
class Item: n: int
class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
class Square(Shape):
    def __init__(self, n): self.n = n
    def area(self): return self.n ** 2
class Odd(enum.Enum): one = 1
class Named(type): pass
class Strange(metaclass=Named):
    def __init__(self, n): self.n = n
def make(n): return Sub(n)
def holds(thing): return isinstance(thing, Base) and isinstance(copy.deepcopy(thing), Sub)
"""
# what is made, and of which classes of the program it says that it is
SAID = {"Base": ["Base"], "Sub": ["Base", "Sub"], "make": ["Base", "Sub"], "Item": ["Item"],
    "Square": ["Shape", "Square"], "Odd": [], "Strange": []}  # fmt: skip


@pytest.mark.parametrize(("maker", "classes"), SAID.items(), ids=SAID.keys())
def test_what_is_made_says_that_it_is_of_the_programs_class(maker: str, classes: list[str]) -> None:
    """It is of another one, with which its own module works; and of none where the program has none."""
    theirs = ModuleType("kinds")
    exec(compile(KINDS, "kinds.py", "exec", dont_inherit=True), vars(theirs))
    imported = {"kinds": theirs}
    modules = GivenModules({"kinds.py": KINDS}, lambda name, source: imported.get(name))
    made = modules.find(f"kinds:{maker}")(1)
    named = {name: found for name, found in vars(theirs).items() if isinstance(found, type)}
    assert [name for name, found in sorted(named.items()) if isinstance(made, found)] == classes
    assert type(made) not in named.values()
    assert maker != "Sub" or modules.find("kinds:holds")(made)
    alone = GivenModules({"kinds.py": KINDS}, lambda name, source: None).find(f"kinds:{maker}")(1)
    assert not isinstance(alone, tuple(named.values()))


BUILT: dict[str, tuple[object, str, Callable[[Any], object]]] = {
    "a function": (Given("toy:count"), "toy.count", lambda f: f(0)),
    "an object": (Given("toy:Maker.of", (5,)), "toy.Maker.of(5)", lambda made: made),
    "with an array": (Given("toy:Maker.of", (np.ones(2),)), "toy.Maker.of(A)", lambda made: made[1].tolist()),
    "within others": ({"f": [Given("toy:count"), 1]}, "{'f': [toy.count, 1]}", lambda made: made["f"][1]),
    "one of another": (
        Given("toy:Maker.of", (Given("toy:Maker.of", (1,)),)), "toy.Maker.of(toy.Maker.of(1))", lambda made: made[1],
    ),
}  # fmt: skip
FOUND = {"a function": 4, "an object": ["Maker", 5], "with an array": [1.0, 1.0], "within others": 1,
    "one of another": ["Maker", 1]}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_it_crosses_as_a_name(name: str) -> None:
    """Through a key and over the wall; it is written as Python, and made of the files that came with it."""
    value, written, look = BUILT[name]
    built, arrays = build("it", value)
    step = step_from_json(json.loads(json.dumps(step_to_json(Step("f", (built,), ("y",))))))
    asked = encode_questions([Question(arrays, (step,), files=FILES)])
    [question] = decode_questions(decode(asked))
    [read] = question.steps[0].built
    assert (question.modules, question.files) == (("toy",), FILES)
    assert read.written(lambda _: "A") == written
    assert look(read.put_together(question.inputs.__getitem__, GivenModules(question.files).find)) == FOUND[name]


@pytest.mark.parametrize(("parameters", "names"), [
    ((), ["it[0](0)", "it[0](1)", "it[0](2)"]),
    (("rows", "of"), ["it[0](=rows)", "it[0](=of)", "it[0](2)"]),
    (("rows", "of", "more", "rest"), ["it[0](=rows)", "it[0](=of)", "it[0](=more)"]),
])  # fmt: skip
def test_an_array_that_an_object_is_made_with_has_the_name_of_its_parameter(
    parameters: tuple[str, ...], names: list[str]
) -> None:
    """Where that is known; and else its number."""
    made = Given("toy:Maker", tuple(np.full(2, n) for n in range(3)), parameters)
    assert list(build("it", [made])[1]) == names


def test_the_names_are_those_of_the_authors_own_files(sandbox: Sandbox) -> None:
    """As their functions and classes call them: a student finds them there."""
    key = compile_key(DESCENT, sandbox)
    assert any("dataset(=points)" in entry.question.inputs for entry in key.plan.entries)


KEYED: dict[str, tuple[object, str]] = {
    "by numbers": ({0: ".", 1: "a"}, "{0: '.', 1: 'a'}"),
    "by numbers of numpy's": ({np.int64(2): 0.5}, "{2: 0.5}"),
    "by pairs, of arrays": ({("a", 1): np.ones(2), "b": None}, "{('a', 1): A, 'b': None}"),
    "a set": ({"b", "a"}, "{'a', 'b'}"),
    "a set within a list": ([{3}, ()], "[{3}, ()]"),
}


@pytest.mark.parametrize("name", KEYED)
def test_a_dict_by_numbers_and_a_set_cross_too(name: str) -> None:
    """With their arrays; and each is written as Python, alike each time."""
    value, written = KEYED[name]
    built, arrays = build("it", value)
    step = step_from_json(json.loads(json.dumps(step_to_json(Step("f", (built,), ("y",))))))
    [question] = decode_questions(decode(encode_questions([Question(arrays, (step,))])))
    [read] = question.steps[0].built
    found = read.put_together(question.inputs.__getitem__)
    assert (type(found), repr(found)) == (type(value), repr(read.put_together(arrays.__getitem__)))
    assert read.written(lambda _: "A") in (written, "{'b', 'a'}")
    for refused in ({None: 1}, {1.0: {object()}}, {float("nan"): 1}, frozenset()):
        with pytest.raises(TypeError, match="'it"):
            build("it", refused)


def test_it_is_taken_home_with_its_import(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The lines run as they stand, beside the file that came with the exercise."""
    (tmp_path / "toy_home.py").write_text("def twice(x): return 2 * x\n")
    monkeypatch.syspath_prepend(tmp_path)
    built, _ = build("f", Given("toy_home:twice"))
    step = Step("g", (built,), ("=parts",), leaves=(("n", "=parts", ".__len__()"), ("last", "=parts", "[-1]")))
    entry = Entry("g", "small", "public", Purpose.CASE, ("last", "n"), Question({}, (step,)))
    printed: list[object] = []
    lines = "\n".join(write_down(entry, {"last": np.array(4.0), "n": np.array(2)}))
    exec(lines, {"g": lambda f: [f(1), f(2)], "print": lambda *shown: printed.extend(shown)})
    assert printed == [4, 2]


def test_what_a_check_puts_where_a_result_is_to_be_left_is_not_handed_back() -> None:
    """It is named by its place, and so told to be as it was; what is put elsewhere, or taken, stays what it is."""
    sets, leaves = ((".grad", "g"), (".w", "v")), (("dw", "self", ".grad"),)
    step = Step("Layer.zero_grad", ("x",), ("=nothing",), sets=sets, leaves=leaves)
    entry = Entry("Layer.zero_grad", "small", "public", Purpose.CASE, ("dw",), Question({}, (step,)))
    read = [Reading(Pattern.ECHO, (name,)) for name in ("g", "v", "x")]
    assert [one.names for one in told_as_put(read, entry, "dw")] == [("self.grad",), ("v",), ("x",)]
    assert told_as_put(read, entry, "db") == tuple(read)


@pytest.mark.parametrize("measure", ["", ".mean()"])
def test_what_an_object_was_made_with_has_blind_spots(measure: str) -> None:
    """It is spoilt where it stands, though the call never sees it, and where only its mean is graded."""
    built, arrays = build("params", {"w": np.ones(2)})
    step = Step("Opt.step", ("dw",), ("=out",), new=("rate", built), leaves=(("w", "params", f"['w']{measure}"),))
    question = Question({"dw": np.ones(2), "rate": np.ones(1), **arrays}, (step,))
    entry = Entry("Opt.step", "small", "public", Purpose.CASE, ("w",), question, "right")
    [spot] = [s for s in blind_spots(CallPlan((entry,))) if s.name == "Opt.step: wrong for float32"]

    class Opt:
        def __init__(self, rate: object, params: dict[str, np.ndarray]) -> None:
            self.params = params

        def step(self, dw: np.ndarray) -> None:
            self.params["w"] = self.params["w"] - dw

    namespace: dict[str, object] = {"Opt": Opt}
    exec(spot.source, namespace)
    for dtype, left in ((np.float64, 0.0), (np.float32, 0.25)):
        params = {"w": np.ones(2)}
        Opt(1.0, params).step(np.ones(2, dtype))
        assert params["w"].tolist() == [left, left]


READ = {
    "the first of them": ((("a", "=parts", "[0]['x']"),), 1),
    "the third": ((("a", "=parts", "[2]"), ("b", "=parts", "[0]")), 3),
    "the last": ((("a", "=parts", "[2]"), ("b", "=parts", "[-1]")), -1),
    "how many": ((("a", "=parts", ".__len__()"),), -1),
    "an attribute": ((("a", "=parts", ".x"),), None),
    "a key": ((("a", "=parts", "['x'][0]"),), None),
    "of what it took": ((("a", "params", "[0]"),), None),
}


@pytest.mark.parametrize(("leaves", "many"), READ.values(), ids=READ.keys())
def test_an_iterator_is_read_as_far_as_is_asked(leaves: tuple[tuple[str, str, str], ...], many: int | None) -> None:
    """One that never ends is no harm where its first part is all that is graded; what is no row of things stays."""
    step = Step("f", (), ("=parts",), leaves=leaves)
    assert step.gone_through == ({"=parts": many} if many else {})
    given: list[int] = []

    def endless() -> Iterator[int]:
        while len(given) < 5000:
            given.append(1)
            yield 1

    if many:
        found = gone_through(endless(), many)
        assert isinstance(found, list)
        assert len(found) == len(given) == (many if many > 0 else 4096)
