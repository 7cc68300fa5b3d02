"""The exam proves itself, and a weak exam is told where it is weak."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import changed, run_grader
from test_compile_key import LAYER, write

from grader.answer_key import AnswerKey
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError, SandboxError
from grader.plan import CallPlan, Entry, Purpose
from grader.report.selftest_view import selftest_lines
from grader.sandbox import Sandbox
from grader.selftest import SelfTest, prove, prove_at_once
from grader.selftest.blind_spots import blind_spots
from grader.selftest.mutants import mutate
from grader.selftest.trial import ITS_OWN_TRANSPOSE, Row, is_named
from grader.wire import Question, Step, build

ROOT = Path(__file__).parent.parent
SMALL = ROOT / "tests/assignments/moving_average"


def prove_folder(folder: Path, sandbox: Sandbox) -> tuple[AnswerKey, SelfTest]:
    """Compile an assignment and let its exam prove itself."""
    with np.errstate(all="warn", under="ignore"):  # numpy's own default, whatever another test has set
        key = compile_key(folder, sandbox)
        return key, prove(folder, key, sandbox)


@pytest.mark.xdist_group("proof")
def test_the_exam_of_exercise_05_holds(proof: subprocess.CompletedProcess[str]) -> None:
    """Nothing wrong survives, every mistake is recognised as itself, every case earns its place, no excuse is idle."""
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert "Names in equivalents=" not in proof.stdout


@pytest.mark.xdist_group("proof")
def test_the_exam_is_tried_in_earnest(proof: subprocess.CompletedProcess[str]) -> None:
    """Several hundred mutants, at least 40 known mistakes, and each excuse has a reason."""
    tried = {kind: int(count) for kind, count in re.findall(r"^(\S.*?)  +(\d+) ", proof.stdout, re.MULTILINE)}
    assert tried["mutants of the reference"] >= 300
    assert tried["known mistakes, recognised as themselves"] >= 40
    assert tried["blind spots"] >= 100
    excused = proof.stdout.partition("Excused, since they are right all the same:\n")[2]
    assert re.fullmatch(r"( +\d+  .{10,}\n)+", excused)


@pytest.mark.xdist_group("proof")
def test_the_table_in_the_docs_is_the_one_that_is_printed(proof: subprocess.CompletedProcess[str]) -> None:
    """What docs/fair-exams.md shows is what `grader selftest` says today."""
    table = proof.stdout.partition("\n\n")[0]
    assert table in (ROOT / "docs/fair-exams.md").read_text()


def test_the_second_assignment_holds_too(sandbox: Sandbox) -> None:
    """A quite different assignment is proved by the same code, by two processes at once."""
    key, told = compile_key(SMALL, sandbox), list[str]()
    proof = prove_at_once(SMALL, key, 2, unsafe=False, tell=told.append)
    assert key.rubric.name == "moving_average"
    assert proof.holds, "\n".join(selftest_lines(proof.rows, proof.cases))
    assert [line.lstrip("0123456789 ").split()[0] for line in told] == ["the", "known", "mutants", "functions"]


def test_a_process_that_ends_in_the_middle_is_no_proof(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """The variant that it was at is tried once more, and then the whole of it ends: which one is told."""
    key = compile_key(SMALL, sandbox)
    monkeypatch.setattr("grader.selftest.seats._work", lambda paper: os._exit(9))
    with pytest.raises(SandboxError, match=r"ended twice while '.+' sat the exam") as told:
        prove_at_once(SMALL, key, 2, unsafe=False)
    assert told.value.hint


WEAKENED = {  # of what the exam has, what is left out or written otherwise; and what is told of it
    '        Case("float32", series(9, 2, change=np.float32), "numbers of any kind and size", HIDDEN),\n': "",
    '        Case("integers", table(3, 5, change=whole), "tables of any kind", HIDDEN),\n': "",
    '    "softmax: np.exp(*) -> *": "a factor of all entries drops out of the share",\n': "",
    '"moving_average: * -> *.T*"': '"moving_average: long gone"',
    'Case("twenty numbers': (
        'Case("twenty more", series(20, 4), "right averages", HIDDEN),\n        Case("twenty numbers'
    ),
}


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second assignment, weakened in all these ways: none of them has to do with another."""
    folder = tmp_path_factory.mktemp("weakened") / "weak"
    shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns("__pycache__", "*.npz*"))
    declared = (folder / "assignment.py").read_text()
    (folder / "assignment.py").write_text(changed(declared, WEAKENED))
    return folder


@pytest.fixture(scope="module")
def weak_key(weak: Path, sandbox: Sandbox) -> AnswerKey:
    return compile_key(weak, sandbox)


@pytest.fixture(scope="module")
def told_of_weak(weak: Path, weak_key: AnswerKey, sandbox: Sandbox) -> SelfTest:
    """What its whole proof says; it is made once."""
    return prove(weak, weak_key, sandbox)


@pytest.mark.xdist_group("weak")
def test_one_function_is_proved_alone(
    weak: Path, weak_key: AnswerKey, told_of_weak: SelfTest, sandbox: Sandbox
) -> None:
    """While its cases are mended nothing else is tried, and what is tried is tried as before.

    That a series is its own transpose nobody has to say.
    """
    whole = told_of_weak
    alone, other = (prove(weak, weak_key, sandbox, only=(name,)) for name in ("softmax", "moving_average"))

    def survivors(proof: SelfTest) -> set[str]:
        return {name for row in proof.rows for name in row.survivors}

    assert survivors(alone) == {name for name in survivors(whole) if name.startswith("softmax: ")} != set()
    assert survivors(other) == survivors(whole) - survivors(alone) != set()
    excused = {name for row in other.rows for name, reason in row.excused if reason == ITS_OWN_TRANSPOSE}
    assert excused
    assert all(".T" in name and name.startswith("moving_average: ") for name in excused)
    assert not any(".T" in name for name in survivors(other))
    tried = [[row.tried for row in proof.rows[2:]] for proof in (whole, alone, other)]
    assert [sum(kinds) for kinds in zip(*tried[1:], strict=True)] == tried[0]
    assert {case.criterion for case in alone.cases} == {"softmax"}
    assert [case for case in whole.cases if case.criterion == "softmax"] == alone.cases
    with pytest.raises(AuthorError, match="sofmax") as refused:
        prove(weak, weak_key, sandbox, only=("sofmax",))
    assert "softmax" in refused.value.hint


HANDED = {"as many rows as the cases": ("layer", False), "one row": ("one_row", True)}


@pytest.mark.parametrize(("draw", "survives"), HANDED.values(), ids=HANDED.keys())
def test_what_the_handed_cases_do_not_tell_is_told(tmp_path: Path, sandbox: Sandbox, draw: str, survives: bool) -> None:
    """Beside a forward that comes to nothing they are all that is asked: a wrong backward has full points there."""
    weak = LAYER.replace('(Case("alone", layer, "values"),)', f'(Case("alone", {draw}, "values"),)')
    assert draw in weak
    _, proof = prove_folder(write(tmp_path, weak), sandbox)
    [row] = [row for row in proof.rows if row.kind == "backwards, with a right cache alone"]
    outer = "back: x.T @ dy -> x.T * dy"
    assert (outer in row.survivors) is survives
    assert all(outer not in other.survivors for other in proof.rows if other is not row)
    lines = list(selftest_lines(proof.rows, proof.cases))
    assert any("add a case that tells to handed=" in line for line in lines) is bool(row.survivors)


@pytest.mark.xdist_group("weak")
@pytest.mark.parametrize(
    "told", ["moving_average: wrong for float32", "softmax: wrong for integers", "softmax: np.exp"]
)
def test_a_weakened_exam_is_told_what_slips_through(told_of_weak: SelfTest, told: str) -> None:
    """Without a case, or without an excuse, the variant that it was about survives by name."""
    assert not told_of_weak.holds
    assert any(name.startswith(told) for row in told_of_weak.rows for name in row.survivors)


@pytest.mark.parametrize(
    ("text", "named"),
    [("f: z[n, y] -> z", True), ("f: z[n, *", True), ("f: z[[]n, y] -> *", True), ("f: *] -> x", False)],
)
def test_a_variant_is_named_as_it_was_printed(text: str, named: bool) -> None:
    """An author copies a survivor's name into equivalents=, brackets and all."""
    assert is_named("f: z[n, y] -> z", text) is named


@pytest.mark.xdist_group("weak")
def test_an_excuse_that_excuses_nothing_is_told(told_of_weak: SelfTest) -> None:
    """A name in equivalents= that only what is caught answers to, or nothing, is told: it would hide a hole one day."""
    proof = told_of_weak
    assert proof.idle_excuses == ("moving_average: long gone",)
    lines = list(selftest_lines(proof.rows, proof.cases, idle_excuses=proof.idle_excuses))
    assert "  moving_average: long gone" in lines


@pytest.mark.xdist_group("weak")
def test_an_idle_case_is_told(told_of_weak: SelfTest) -> None:
    """A case that catches nothing alone and has no reason is named."""
    assert {"twenty more", "twenty numbers, width 4"} & {case.case for case in told_of_weak.idle_cases}


def test_mutants_differ_from_the_reference_and_from_each_other() -> None:
    """Every mutant is another text, parses, and is named after what was changed."""
    source = (ROOT / "reference/exercise_05/passes.py").read_text()
    mutants = mutate(source, ("Sigmoid.forward", "affine_backward"))
    assert len({mutant.source for mutant in mutants}) == len(mutants) == len({mutant.name for mutant in mutants})
    for mutant in mutants:
        compile(mutant.source, "mutant", "exec")
        assert mutant.name.startswith(f"{mutant.function}: ")


def test_a_transpose_has_a_probe_that_tells_a_table() -> None:
    """It is as the reference where a name stands for a vector or a number, and raises where it is a table."""
    mutants = mutate("def f(x, n):\n    return x * n + sum(x)\n", ("f",))
    probes = [mutant.probe for mutant in mutants if mutant.probe]
    assert {mutant.name.partition(" (")[0] for mutant in mutants if mutant.probe} == {"f: x -> x.T", "f: n -> n.T"}
    for probe in probes:
        found: dict[str, Callable[..., object]] = {}
        exec(probe, found)
        assert np.array_equal(found["f"](np.arange(3), 2), np.arange(3) * 2 + 3)
        with pytest.raises(AttributeError):
            found["f"](np.ones((2, 2)), np.ones((2, 2)))


def test_what_is_the_same_by_arithmetic_is_no_mutant() -> None:
    """Factors in another order, other numbers where only a shape is asked for, and no zeros of another sign."""
    source = "import numpy as np\ndef f(x, w):\n    out = np.zeros(x.shape)\n    return out + w * len(w) @ x"
    made = {mutant.name for mutant in mutate(source, ("f",))}
    assert "f: w -> -w" in made  # the w that is multiplied
    assert "f: w -> -w (2)" not in made
    assert "f: x -> w" in made  # another shape
    assert not {"f: x -> -x (2)", "f: w * len(w) -> len(w) * w", "f: np.zeros(x.shape) -> -np.zeros(x.shape)"} & made
    assert "f: w * len(w) @ x -> x @ (w * len(w))" in made


SAME_OR_NOT = {
    "a condition that is true or false": ("x.sum(keepdims=True)", {"True -> False"}, {"True -> 2", "True -> -1"}),
    "a word": ("x == 'train'", {"x == 'train' -> x != 'train'"}, {"x == 'train' -> x >= 'train'"}),
    "a number": ("x > 0", {"x > 0 -> x >= 0", "x > 0 -> x != 0", "0 -> 1"}, {"x > 0 -> x > 0"}),
    "what is in a dict": (
        "'seed' in x", {"'seed' in x -> 'seed' not in x"}, {"'seed' in x -> 'seed' != x", "'seed' in x -> 'seed' < x"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "tried", "left_out"), SAME_OR_NOT.values(), ids=SAME_OR_NOT.keys())
def test_what_cannot_be_told_apart_is_not_tried(value: str, tried: set[str], left_out: set[str]) -> None:
    """An author should not have to excuse what no case could tell."""
    made = {mutant.name.removeprefix("f: ") for mutant in mutate(f"def f(x):\n    return {value}", ("f",))}
    assert tried <= made
    assert not left_out & made


def test_the_words_of_an_error_are_not_tried_and_its_condition_is() -> None:
    """Which error comes is not graded."""
    source = "def f(x, n):\n    if n > 2:\n        raise ValueError(n * 7)\n    return x"
    made = {mutant.name for mutant in mutate(source, ("f",))}
    assert {"f: n > 2 -> n <= 2", "f: n -> x"} <= made
    assert not [name for name in made if "ValueError" in name or "7" in name or name.endswith("(2)")]


LEFT = {
    "on the object": (("dw", "self", ".dw"), lambda layer, grads, out: layer.dw),
    "in a dict that it takes": (("dw", "grads", "['w']"), lambda layer, grads, out: grads["w"]),
    "in what it returns": (("dw", "=out", "[0]"), lambda layer, grads, out: out[0]),
}


@pytest.mark.parametrize(("leaf", "found"), LEFT.values(), ids=LEFT.keys())
def test_a_result_that_is_left_has_blind_spots_too(
    leaf: tuple[str, str, str], found: Callable[[object, dict[str, np.ndarray], list[np.ndarray]], np.ndarray]
) -> None:
    """It is spoilt where it stands, on just those inputs; whatever else the call does stays."""
    built, arrays = build("grads", {"w": np.ones(2)})
    step = Step("Layer.back", ("dy", built), ("=out",), leaves=(leaf,))
    question = Question({"dy": np.ones((2, 3)), **arrays}, (step,))
    entry = Entry("Layer.back", "small", "public", Purpose.CASE, ("dw",), question, "right")
    spots = {spot.name: spot for spot in blind_spots(CallPlan((entry,)))}

    def called(name: str, dy: np.ndarray) -> np.ndarray:
        class Layer:
            def back(self, dy, grads):
                self.dw, grads["w"] = dy.sum(0), dy.sum(0)
                return [dy.sum(0)]

        namespace: dict[str, object] = {"Layer": Layer}
        exec(spots[name].source, namespace)
        layer, grads = Layer(), {"w": np.ones(2)}
        return found(layer, grads, layer.back(dy, grads))

    assert called("Layer.back: wrong for float32", np.ones((2, 3))).tolist() == [2, 2, 2]
    assert called("Layer.back: wrong for float32", np.ones((2, 3), np.float32)).tolist() == [3.25, 3.25, 3.25]
    hard_coded = "Layer.back: wrong for shapes that the public cases do not have"
    assert called(hard_coded, np.ones((4, 1))).tolist() == [6.25]


def test_survivors_of_one_blind_spot_stand_in_one_line() -> None:
    """By a name that equivalents= takes as it is printed; what stands alone keeps its own."""
    spots = ("f: wrong for float32, dx", "f: wrong for float32, dw", "f: wrong for a square", "g: wrong for a square")
    survivors = ("f: x -> w", *spots, "g: wrong for integers")
    lines = list(selftest_lines([Row("blind spots", 6, 0, (), survivors)], []))
    told = [line.strip().partition("   ") for line in lines[lines.index("") + 2 :]]
    assert [(name, where) for name, _, where in told] == [
        ("f: x -> w", ""), ("f: wrong for float32*", "(dx, dw)"), ("*: wrong for a square*", "(f, g)"),
        ("g: wrong for integers", ""),
    ]  # fmt: skip
    assert all(any(is_named(survivor, name) for name, *_ in told) for survivor in survivors)


@pytest.mark.xdist_group("weak")
def test_the_verb_ends_with_1_when_something_survives(weak: Path) -> None:
    """`grader selftest` is a gate: exit 1, and the survivor's name is printed; of a weakened exam, too."""
    done = run_grader("selftest", weak, "--only", "softmax")
    assert done.returncode == 1
    assert "softmax: wrong for integers" in done.stdout
