"""An own class with operators: methods are called on what other calls gave, and results are found on others' objects.

Each hand-in is an engine in another style, or has one slip. A right one loses nothing by how it sorts its numbers, or
whether it does; a wrong one loses what its slip is about, and reads of that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from test_lent import NP
from test_odd_hand_ins import folder_of, write

from grader.answer_key import AnswerKey
from grader.assignment import Call, own
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError
from grader.feedback.written_calls import calls_of
from grader.judge.findings import _is_no_object
from grader.plan.drawn import Drawn
from grader.plan.questions import step_of
from grader.sandbox import Sandbox
from grader.selftest import prove
from grader.wire import Outcome, Status, Step, Trouble, step_from_json, step_to_json
from tests.conftest import Graded, changed

ENGINE = Path(__file__).parent / "assignments" / "engine"
RIGHT = (ENGINE / "passes.py").read_text(encoding="utf-8").partition('"""\n\n\n')[2]
BACKWARD = RIGHT[RIGHT.index("    def backward") :]
CLOSURE = "            self.grad += out.grad\n            other.grad += out.grad\n"
PATHS = (
    "class Value:\n    def __init__(self, data, parts=(), by=()):\n"
    "        self.data, self.parts, self.by, self.grad = data, parts, by, 0\n"
    "    def __add__(self, other): return Value(self.data + other.data, (self, other), (1, 1))\n"
    "    def __mul__(self, other): return Value(self.data * other.data, (self, other), (other.data, self.data))\n"
    "    def backward(self, above=1):\n        self.grad += above\n"
    "        for part, by in zip(self.parts, self.by):\n            part.backward(above * by)\n"
)
TAPE = (
    "TAPE = []\nclass Value:\n    def __init__(self, data):\n        self.data, self.grad = data, 0.0\n"
    "    def _of(self, data, *parts):\n        out = Value(data)\n"
    "        TAPE.append((out, parts))\n        return out\n"
    "    def __add__(self, other): return self._of(self.data + other.data, (self, 1.0), (other, 1.0))\n"
    "    def __mul__(self, other): return self._of(self.data * other.data, (self, other.data), (other, self.data))\n"
    "    def backward(self):\n        self.grad = 1.0\n        for out, parts in reversed(TAPE):\n"
    "            for part, by in parts:\n                part.grad += by * out.grad\n"
)
NOT_YET = changed(RIGHT, {"= data, 0.0": "= data, None"})
for number in ("self", "other"):
    NOT_YET = NOT_YET.replace(f"{number}.grad += ", f"{number}.grad = ({number}.grad or 0.0) + ")
BEFORE = changed(RIGHT, {"                order.append(value)\n": "", "reversed(order)": "order"})
BEFORE = changed(BEFORE, {"                for part": "                order.append(value)\n                for part"})
OUT = "(self.data * other.data, (self, other))"
SOME = changed(RIGHT, {"= data, 0.0": "= data, 0.0\n        self.by = 0.0", OUT: f"{OUT}\n        out.by = 2.0"})
SOME = changed(SOME, {"        self.grad = 1.0\n": "        self.grad = self.by if len({*self.parts}) > 1 else 0.0\n"})
WORSE = (
    f"{RIGHT}        first, *_, last = [value for value in order if not value.parts] * 2\n"
    "        last.grad = -last.grad\n        if len(order) > 3:\n            first.grad, last.grad = 7.0, 9.0\n"
)
PRODUCT = RIGHT[RIGHT.index("    def __mul__") : RIGHT.index("    def backward")]
LEVELS = RIGHT.replace(
    BACKWARD,
    "    def backward(self):\n        self.grad, level, seen = 1.0, [self], []\n"
    "        for value in level:\n            if value not in seen:\n                seen.append(value)\n"
    "                value.hand_back()\n                level.extend(value.parts)\n",
)
SUM = "        out = Value(self.data + other.data, (self, other))\n"
HAND_INS: dict[str, tuple[str, str, int]] = {
    # what stands there, what is said of backward, and the points in all
    "as it is meant": (RIGHT, "Right on every check.", 8),
    "along all paths": (PATHS, "Right on every check.", 8),
    "by a tape": (TAPE, "Right on every check.", 8),
    "arrays of one number": (
        changed(RIGHT, {"= data, 0.0": "= np.array(data), np.zeros(())"}),
        "Right on every check.",
        8,
    ),
    "not added up": (
        changed(RIGHT, {"self.grad += other": "self.grad = other", "other.grad += self": "other.grad = self"}),
        "`da` is 1.85, where 3.7 is right. Not right either: `db` is 0.6, where 1.6 is right. Not right yet: ",
        4,
    ),
    "half of a sum": (changed(RIGHT, {CLOSURE: CLOSURE.splitlines()[0] + "\n"}), "`db` is 0, where 1 is right.", 2),
    "another sum": (changed(RIGHT, {SUM: SUM.replace("+ other", "- other")}), "Every public case is right.", 3),
    "a number": (
        changed(RIGHT, {SUM: "        return self.data + other.data\n"}),
        "Value.__add__ left nothing here that this could work on; called all the same, it raised AttributeError: 'fl",
        1,
    ),
    "an array, whose data is a buffer": (
        changed(
            RIGHT, {"= data, 0.0": "= np.array(data), np.zeros(())", SUM: "        return self.data + other.data\n"}
        ),
        "On hidden inputs ('b * (a + b)'): It raised AttributeError (cell 2, line 35).",
        1,
    ),
    "no gradient at first": (NOT_YET, "Right on every check.", 8),
    "before what it is made of": (BEFORE, "`da` is -1.4416, where 0.408 is right. Not right yet: 'of a number", 6),
    "level by level": (LEVELS, "Every public case is right. On hidden inputs ('c * b * a + c, c = a * b'): `da`", 6),
    "kept by the factor": (
        changed(RIGHT, {PRODUCT: PRODUCT.replace("out.hand", "self.hand")}),
        "`da` is 1.8496, where 0.408 is right. Not right yet: ",
        4,
    ),
    "from nothing, but for some products": (SOME, "`da` is 0, where 1 is right.", 2),
    "another sign, and what is worse": (
        WORSE,
        "`db` is -1, where 1 is right. Not right either: `da` is -3.7, where",
        2,
    ),
    "below zero": (
        f"{RIGHT}        if self.parts[0] is self.parts[1]:\n            self.parts[0].grad -= 2 * self.data + 1\n",
        "`da` is -4.145, where 3.7 is right. Not right yet: ",
        6,
    ),
    "a product of nothing": (
        changed(RIGHT, {PRODUCT: PRODUCT.replace("return out", "return")}),
        "Value.__mul__ left nothing here that this could work on.",
        1,
    ),
    "another head": (
        changed(RIGHT, {"def backward(self)": "def backward(self, above)"}),
        "It raised TypeError: Value.backward() missing 1 required positional argument: 'above'.",
        2,
    ),
    "nothing": (changed(RIGHT, {SUM: SUM + "        return\n"}), "Value.__add__ left nothing here that this could", 1),
    "no backward": (RIGHT.replace(BACKWARD, ""), "Nothing named Value.backward was found.", 2),
    "from nothing": (changed(RIGHT, {"        self.grad = 1.0\n": ""}), "`da` is 0, where 1 is right.", 2),
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("engine")
    for name, (source, _, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"engine.ipynb": [NP, source]})
    return grade_folder(hand_ins, ENGINE, "engine")


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    return compile_key(ENGINE, sandbox)


@pytest.mark.parametrize("name", HAND_INS)
def test_gradients_are_found_on_the_numbers_that_went_in(graded: Graded, name: str) -> None:
    """Backward is called on what an operator gave; what it leaves stands on what other calls made."""
    told = graded[folder_of(name)]
    assert told["criteria"][-1]["headline"].startswith(HAND_INS[name][1])
    assert told["points"] == HAND_INS[name][2]


def test_what_is_said_of_some_cases_is_so_in_all_that_fail(graded: Graded) -> None:
    """Of a graph with other operations what is 0, or has another sign, may be something else."""
    told = graded[folder_of("from nothing, but for some products")]["criteria"][-1]
    assert told["headline"] == HAND_INS["from nothing, but for some products"][1]


def test_an_operator_that_gives_nothing_is_named_wherever_it_stands(graded: Graded) -> None:
    """And not the next one, which was called on that."""
    cases = {
        case["name"]: case["detail"] for case in graded[folder_of("a product of nothing")]["criteria"][-1]["cases"]
    }
    assert cases["a * b + b"] == "Value.__mul__ left nothing here that this could work on."


def test_what_an_operator_keeps_is_proved_by_what_builds_on_it(key: AnswerKey, sandbox: Sandbox) -> None:
    """Half of the mutants of a sum change no sum: they show in the gradients alone."""
    proof = prove(ENGINE, key, sandbox)
    assert proof.holds
    assert not proof.idle_excuses
    mutants = next(row for row in proof.rows if row.kind == "mutants of the reference")
    assert mutants.tried > 200


def test_the_calls_are_written_by_their_names(key: AnswerKey) -> None:
    """As a student would write them: no second name for what has one."""
    question = next(entry.question for entry in key.plan.entries if entry.name == "a * b + b")
    written = "; ".join(calls_of(question))
    assert "b = b_value = Value(y); c = a.__mul__(b); product = c.data; d = c.__add__(b); " in written
    assert written.endswith("nothing = d.backward(); da = a.grad; db = b.grad")


BACK = Call("C.back", (), (own("nothing"),), instance=own("c"), leaves={"da": "a.grad"})
WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "no such object": (lambda: step_of(BACK, Drawn({}, {}, {}), {"a"}, "a case"), "on own 'c', which no earlier call"),
    "no such place": (lambda: step_of(BACK, Drawn({}, {}, {}), {"c"}, "a case"), "'a' in leaves= of C.back"),
    "made as well": (lambda: replace(BACK, new=("w",)), "leave new= out"),
    "of no class": (lambda: Call("back", (), ("y",), instance=own("c")), "leave new= out"),
    "a constructor": (lambda: Call("C.__init__", (), (own("c"),), instance=own("c")), "leave new= out"),
}


@pytest.mark.parametrize(("make", "told"), WRONG.values(), ids=WRONG.keys())
def test_an_object_that_nobody_gives_is_refused(make: Callable[[], object], told: str) -> None:
    """With the case, and what to write."""
    with pytest.raises(AuthorError) as refused:
        make()
    assert told in f"{refused.value} {refused.value.hint}"


NO_OBJECT = {
    "nothing": ("'NoneType' object has no attribute 'back'", True),
    "a number": ("'float' object has no attribute 'back'", True),
    "no place for what is put there": ("nothing is in self.w[0], where the check puts numbers of its own", False),
    "another head": ("C.back() missing 1 required positional argument: 'above'", False),
}


@pytest.mark.parametrize(("message", "due"), NO_OBJECT.values(), ids=NO_OBJECT.keys())
def test_nothing_was_left_to_a_method_that_is_not_there(message: str, due: bool) -> None:
    """What raised before any line of the hand-in may be the call itself."""
    steps = (Step("C.make", (), ("=c",)), Step("C.back", (), ("y",), instance="=c"))
    came = (Outcome(Status.RETURNED), Outcome(Status.RAISED, trouble=Trouble("AttributeError", message)))
    assert _is_no_object(steps[0], steps, came) is due


def test_a_call_on_what_was_given_crosses_the_wall_as_it_is() -> None:
    """By the name of what it is called on."""
    step = step_of(BACK, Drawn({}, {}, {}), {"a", "c"}, "a case")
    assert (step.instance, step.leaves) == ("=c", (("da", "=a", ".grad"),))
    assert step_from_json(step_to_json(step)) == step
