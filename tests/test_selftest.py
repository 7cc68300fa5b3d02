"""The exam proves itself, and a weak exam is named where it is weak."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from test_compiling import FILES, folder_with

from grader.compiling import compile_key
from grader.errors import AuthorError
from grader.key import Basis, Key
from grader.report.staff_views import Row
from grader.sandbox import Sandbox
from grader.selftest import Proof, is_named, prove
from grader.selftest.blind_spots import blind_spots, guesses
from grader.selftest.mutants import mutate
from grader.selftest.sitting import mark

TESTS = Path(__file__).parent
MUTANTS, GIVEN, SPOTS = "mutants", "mutants, given right results", "blind spots"
TABLE, GUESSES = "a table of the public answers", "guesses beside the public answers"


def proof_of(folder: Path, sandbox: Sandbox, *only: str) -> tuple[Proof, list[str]]:
    said: list[str] = []
    return prove(folder, compile_key(folder, sandbox, "1"), 2, True, said.append, only), said


def rows_of(proof: Proof) -> Mapping[str, Row]:
    return {row.kind: row for row in proof.rows}


def test_exercise_05_is_proved(sandbox: Sandbox) -> None:
    """Hundreds of mutants and blind spots lose points, or have a reason; every case is needed; no reason is idle."""
    proof, said = proof_of(TESTS.parent / "reference" / "exercise_05", sandbox)
    rows = rows_of(proof)
    assert proof.holds, rows
    assert (len(said), proof.idle_excuses) == (6, [])
    assert all(rows[kind].tried > least for kind, least in ((MUTANTS, 500), (GIVEN, 300), (SPOTS, 150), (GUESSES, 50)))
    assert rows["cases that are needed"].as_expected == rows["cases that are needed"].tried == len(proof.cases) > 30


def test_a_weakened_exam_is_named_where_it_is_weak(tmp_path: Path, sandbox: Sandbox) -> None:
    """Without a case, or without an excuse, just those variants survive; and what is there for nothing is named."""
    folder = tmp_path / "weak"
    shutil.copytree(TESTS / "assignments" / "moving_average", folder, ignore=shutil.ignore_patterns("*.npz", "__py*"))
    path = folder / "assignment.py"
    text = path.read_text().replace('Case("with zeros", zeros(table(3, 4))', 'Case("once more", table(3, 4)')
    path.write_text(text.replace('"softmax: 1 -> -1*"', '"softmax: long gone"'))
    proof, _ = proof_of(folder, sandbox)
    assert not proof.holds
    assert rows_of(proof)[MUTANTS].survivors == ("softmax: 1 -> -1", "softmax: 1 -> -1 (2)")
    assert rows_of(proof)[SPOTS].survivors == ("softmax: wrong for an exact zero",)
    assert (proof.idle_cases, proof.idle_excuses) == (["shares, 'once more'"], ["softmax: long gone"])
    assert "averages, 'up to 2000': large numbers of both signs in one window" in proof.cases
    with pytest.raises(AuthorError, match="softmin is no criterion"):
        proof_of(folder, sandbox, "softmin")


def test_a_mutant_beside_a_wrong_forward_is_caught_by_given_cases(tmp_path: Path, sandbox: Sandbox) -> None:
    """Given cases are all that is asked there: with one row only, a wrong number of rows survives them.

    One function can be proved alone: then cases and excuses are not looked at.
    """
    name = "scale_backward: (dout * x).sum(axis=0) / len(x) -> (dout * x).sum(axis=0) * len(x)"
    weak = "with_cache(ONE, reference.scale, ('x', 'w'))"
    changes = {"assignment.py": ('with_cache(case.inputs, reference.scale, ("x", "w"))', weak)}
    proof, said = proof_of(folder_with(tmp_path / "toy", changes), sandbox, "scale_backward")
    rows = rows_of(proof)
    assert said == [f"{rows[MUTANTS].tried} mutants of scale_backward"]
    assert not [*proof.cases, *proof.idle_cases, *proof.idle_excuses]
    assert name not in rows[MUTANTS].survivors
    assert name in rows[GIVEN].survivors
    assert rows[GIVEN].to_do == "add a Given case that shows it"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Key:
    return compile_key(folder_with(tmp_path_factory.mktemp("toys") / "toy", {}), sandbox, "1")


def test_a_blind_spot_is_wrong_in_its_own_cases_only(toy: Key) -> None:
    """One result in the cases of one kind; a kind that no case has is right in all, and so survives."""
    rule, cases = toy.rule("scale_backward"), dict[str, set[str]]()
    for name, came in blind_spots(toy, rule):
        lost = mark(toy, came, [rule])["scale_backward", toy.entries[0].basis].lost
        cases[name.partition("wrong for ")[2]] = {toy.entries[n].case for entries in lost.values() for n in entries}
    assert cases["a batch of one, dw"] == {"one row"}
    assert cases["other numbers than in public, dx"] == {"more rows", "one row"}
    assert cases["three dimensions, dw"] == cases["a second call of scale, dx"] == set()


def test_guesses_earn_what_little_they_know(toy: Key) -> None:
    """With the public answers by heart, own and given, nothing is earned on any basis, unless a guess is right."""
    rule = toy.rule("scale_backward")
    earned = {name: mark(toy, came, [rule]) for name, came in guesses(toy, rule)}
    assert {f"scale_backward: {TABLE}", "scale_backward: array 2 as it is"} < set(earned)
    assert {(basis, one.points) for marks in earned.values() for (_, basis), one in marks.items()} == {
        (Basis.OWN, 0), (Basis.GIVEN, 0),
    }  # fmt: skip


def test_who_knows_nothing_earns_little(tmp_path: Path, sandbox: Sandbox) -> None:
    """An exam in which a simple guess earns more than a tenth of the points is named with the guess."""
    folder = folder_with(tmp_path / "toy", {
        "reference.py": ("return dout * w, (dout * x).sum(axis=0) / len(x)", "return dout * w, dout.sum(axis=0)"),
        "variants.py": ("(dout * x).sum(axis=0)", "2 * dout.sum(axis=0)"),
    })  # fmt: skip
    text = re.sub(r"\n +Gradient\(.*", "", FILES["assignment.py"])
    few = text.replace('("dx", "dw"), SPLIT', '("dx", "dw"), {"right": Behaviour(2, results=("dw",)), "one row": 1}')
    (folder / "assignment.py").write_text(few)
    row = rows_of(proof_of(folder, sandbox, "scale_backward")[0])[GUESSES]
    assert row.survivors == ("scale_backward: array 1 summed over its first axis",)


def test_mutants_are_other_programs() -> None:
    """Each is Python, another program than the reference and all others, and has a name of its own."""
    source = (TESTS.parent / "reference" / "exercise_05" / "reference.py").read_text()
    mutants = [one for name in ("Sigmoid.forward", "affine_backward") for one in mutate(source, name)]
    assert len({name for name, _ in mutants}) == len({text for _, text in mutants}) == len(mutants) > 300
    for _, text in mutants:
        compile(text, "mutant", "exec")
    assert not list(mutate(source, "Tanh.forward"))


SAME_OR_NOT = {
    "factors in any order": ("x * n", {"x * n -> x - n"}, {"x * n -> n * x"}),
    "a flag": ("x.sum(keepdims=True)", {"True -> False"}, {"True -> 2", "True -> -1"}),
    "a word": ("x == 'train'", {"x == 'train' -> x != 'train'"}, {"x == 'train' -> x >= 'train'"}),
    "what is in a dict": ("'seed' in x", {"'seed' in x -> 'seed' not in x"}, {"'seed' in x -> 'seed' == x"}),
    "sizes": ("n * len(x) + x.shape[0]", {"x -> n", "n -> -n"}, {"x -> -x", "x -> -x (2)"}),
    "zeros": ("np.zeros(n)", {"np.zeros(n) -> np.zeros(n) + 1"}, {"np.zeros(n) -> -np.zeros(n)"}),
    "new axes": ("x[:, np.newaxis, :]", {"x -> x.T"}, {"(:, np.newaxis, :) -> (np.newaxis, :)"}),
    "what is printed": ("[print(x, n), n][1]", {"n -> x"}, {"n -> x (2)", "print(x, n) -> print(n, x)"}),
    "arguments in any order": ("np.maximum(x, n)", {"np.maximum(x, n) -> x"}, {"np.maximum(x, n) -> np.maximum(n, x)"}),
}


@pytest.mark.parametrize(("value", "tried", "left_out"), SAME_OR_NOT.values(), ids=SAME_OR_NOT)
def test_what_no_case_could_tell_apart_is_not_tried(value: str, tried: set[str], left_out: set[str]) -> None:
    """An author should not have to excuse what is the same by arithmetic."""
    made = {name.removeprefix("f: ") for name, _ in mutate(f"def f(x, n):\n    return {value}\n", "f")}
    assert tried <= made
    assert not left_out & made


def test_errors_and_loops_are_mutated() -> None:
    """That something is raised, and when, counts; with which words does not. A sum may keep its last term only."""
    source = "def f(x, n):\n    if n > 2:\n        raise ValueError(n * 7)\n    for one in x:\n        n += one\n"
    made = {name.removeprefix("f: ") for name, _ in mutate(source, "f")}
    assert {"n > 2 -> n <= 2", "raise ValueError(n * 7) -> pass", "n += one -> n = one"} <= made
    assert not [name for name in made if "* 7 ->" in name]


@pytest.mark.parametrize("text", ["f: z[n, y] -> z", "f: z[n, *", "f: z[[]n, y] -> *"])
def test_a_variant_is_named_as_it_was_printed(text: str) -> None:
    """An author copies a survivor's name into equivalents=, brackets and all."""
    assert is_named("f: z[n, y] -> z", text)
    assert not is_named("f: z[n, y] -> y", text.replace("*", "z"))
