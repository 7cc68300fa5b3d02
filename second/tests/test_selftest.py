"""The exam proves itself, and a weak exam is named where it is weak."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from test_compiling import FILES, folder_with

from grader.compiling import compile_key
from grader.errors import AuthorError
from grader.key import Key
from grader.report.staff_views import Row
from grader.sandbox import Sandbox, open_own_work
from grader.selftest import Proof, is_named, prove
from grader.selftest.blind_spots import blind_spots, guesses
from grader.selftest.mutants import mutate
from grader.selftest.sitting import mark

TESTS = Path(__file__).parent
MUTANTS, GIVEN, SPOTS = "mutants", "mutants, given right results", "blind spots"
TABLE, GUESSES = "a table of the public answers", "guesses beside the public answers"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_own_work() as opened:
        yield opened


def proof_of(folder: Path, sandbox: Sandbox, *only: str) -> tuple[Proof, list[str]]:
    """The proof of an assignment, and what is said meanwhile."""
    said: list[str] = []
    return prove(folder, compile_key(folder, sandbox, "1"), 2, True, said.append, only), said


def rows_of(proof: Proof) -> Mapping[str, Row]:
    return {row.kind: row for row in proof.rows}


def test_exercise_05_is_proved(sandbox: Sandbox) -> None:
    """Hundreds of mutants and blind spots lose points, or have a reason; every case is needed; no reason is idle."""
    proof, said = proof_of(TESTS.parent / "reference" / "exercise_05", sandbox)
    rows = rows_of(proof)
    assert proof.holds, rows
    assert not proof.idle_excuses
    assert len(said) == 6
    assert all(rows[kind].tried > least for kind, least in ((MUTANTS, 500), (GIVEN, 300), (SPOTS, 150), (GUESSES, 50)))
    assert rows["known mistakes"].tried == 42
    assert rows["cases that are needed"].as_expected == rows["cases that are needed"].tried == len(proof.cases) == 39


def changed(folder: Path, **changes: tuple[str, str]) -> Path:
    """The small assignment with a change in some files."""
    shutil.copytree(TESTS / "assignments" / "moving_average", folder, ignore=shutil.ignore_patterns("*.npz", "__py*"))
    for name, (old, new) in changes.items():
        path = folder / f"{name}.py"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    return folder


WEAK = (
    '    Case("with zeros", zeros(table(3, 4)), TABLES),\n',
    '    Case("once more", table(3, 4), TABLES),\n',
)
EXCUSE = ('    "softmax: 1 -> -1*": "the last of two axes is axis 1",\n', '    "softmax: long gone": "no reason",\n')


def test_a_weakened_exam_is_named_where_it_is_weak(tmp_path: Path, sandbox: Sandbox) -> None:
    """Without a case, or without an excuse, just those variants survive; and what is there for nothing is named."""
    folder = changed(tmp_path / "moving_average", assignment=WEAK)
    path = folder / "assignment.py"
    path.write_text(path.read_text().replace(*EXCUSE))
    proof, _ = proof_of(folder, sandbox)
    assert not proof.holds
    assert rows_of(proof)[MUTANTS].survivors == ("softmax: 1 -> -1", "softmax: 1 -> -1 (2)")
    assert rows_of(proof)[SPOTS].survivors == ("softmax: wrong for an exact zero",)
    assert proof.idle_cases == ["shares, 'once more'"]
    assert proof.idle_excuses == ["softmax: long gone"]
    assert "averages, 'up to 2000': large numbers of both signs in one window" in proof.cases
    assert "shares, 'once more': no wrong variant needs it" in proof.cases


def test_one_function_can_be_proved_alone(tmp_path: Path, sandbox: Sandbox) -> None:
    """Then cases and excuses are not looked at; a name that is not there is refused."""
    folder = changed(tmp_path / "moving_average", assignment=WEAK)
    proof, said = proof_of(folder, sandbox, "moving_average")
    assert proof.holds
    assert said == [f"{rows_of(proof)[MUTANTS].tried} mutants of moving_average"]
    with pytest.raises(AuthorError, match="softmin is no criterion"):
        proof_of(folder, sandbox, "softmin")


def test_a_mutant_beside_a_wrong_forward_is_caught_by_given_cases(tmp_path: Path, sandbox: Sandbox) -> None:
    """Given cases are all that is asked there: with one row only, a wrong number of rows survives them."""
    name = "scale_backward: (dout * x).sum(axis=0) / len(x) -> (dout * x).sum(axis=0) * len(x)"
    weak = "with_cache(ONE, reference.scale, ('x', 'w'))"
    changes = {"assignment.py": ('with_cache(case.inputs, reference.scale, ("x", "w"))', weak)}
    rows = [rows_of(proof_of(folder_with(tmp_path / str(n), one), sandbox, "scale_backward")[0])
            for n, one in enumerate(({}, changes))]  # fmt: skip
    assert not any(name in one[MUTANTS].survivors for one in rows)
    assert [name in one[GIVEN].survivors for one in rows] == [False, True]
    assert rows[1][GIVEN].to_do == "add a Given case that shows it"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Key:
    return compile_key(folder_with(tmp_path_factory.mktemp("toys") / "toy", {}), sandbox, "1")


def test_a_blind_spot_is_wrong_in_its_own_cases_only(toy: Key) -> None:
    """One result in the cases of one kind; a kind that no case has is right in all, and so survives."""
    rule = toy.rule("scale_backward")
    lost = {name: mark(toy, came, [rule])["scale_backward", toy.entries[0].basis].lost
            for name, came in blind_spots(toy, rule)}  # fmt: skip
    cases = {name: {toy.entries[n].case for entries in of.values() for n in entries} for name, of in lost.items()}
    assert cases["scale_backward: wrong for a batch of one, dw"] == {"one row"}
    assert cases["scale_backward: wrong for other numbers than in public, dx"] == {"more rows", "one row"}
    assert cases["scale_backward: wrong for three dimensions, dw"] == set()
    assert cases["scale_backward: wrong for a second call of scale, dx"] == set()
    assert {name for name in cases if name.endswith("dx")} == {f"{name[:-1]}x" for name in cases}


def test_guesses_earn_what_little_they_know(toy: Key) -> None:
    """The public answers by heart earn nothing; with a guess for hidden cases they earn what the guess is worth."""
    earned = {name: mark(toy, came, [toy.rule(of)])[of, toy.entries[0].basis].points
              for of in ("scale", "squash") for name, came in guesses(toy, toy.rule(of))}  # fmt: skip
    assert earned[f"scale: {TABLE}"] == earned[f"squash: {TABLE}"] == 0
    assert set(earned.values()) == {0}
    assert [f"{of}: array 2 as it is" in earned for of in ("scale", "squash")] == [True, False]


def test_who_knows_nothing_earns_little(tmp_path: Path, sandbox: Sandbox) -> None:
    """An exam in which a simple guess earns more than a tenth of the points is named with the guess."""
    folder = folder_with(tmp_path / "toy", {
        "reference.py": ("return dout * w, (dout * x).sum(axis=0) / len(x)", "return dout * w, dout.sum(axis=0)"),
        "variants.py": ("(dout * x).sum(axis=0)", "2 * dout.sum(axis=0)"),
    })  # fmt: skip
    text = re.sub(r"\n +Gradient\(.*", "", FILES["assignment.py"])
    few = text.replace('("dx", "dw"), SPLIT', '("dx", "dw"), {"right": Behaviour(2, results=("dw",)), "one row": 1}')
    (folder / "assignment.py").write_text(few)
    row = rows_of(proof_of(folder, sandbox)[0])[GUESSES]
    assert row.survivors == ("scale_backward: array 1 summed over its first axis",)


# ---- mutants ---------------------------------------------------------------------------------------------------------


def test_mutants_are_other_programs() -> None:
    """Each is Python, another program than the reference and all others, and has a name of its own."""
    source = (TESTS.parent / "reference" / "exercise_05" / "reference.py").read_text()
    mutants = [one for name in ("Sigmoid.forward", "affine_backward") for one in mutate(source, name)]
    assert len({name for name, _ in mutants}) == len({text for _, text in mutants}) == len(mutants) > 300
    for _, text in mutants:
        compile(text, "mutant", "exec")
    assert not list(mutate(source, "Tanh.forward"))


SAME_OR_NOT = {
    "factors and summands in any order": (
        "x * n + 1",
        {"x * n + 1 -> x * n - 1"},
        {"x * n -> n * x", "x * n + 1 -> 1 + x * n"},
    ),
    "a flag": ("x.sum(keepdims=True)", {"True -> False"}, {"True -> 2", "True -> -1"}),
    "a word": ("x == 'train'", {"x == 'train' -> x != 'train'"}, {"x == 'train' -> x >= 'train'"}),
    "a number": ("x > 0", {"x > 0 -> x >= 0", "0 -> 1"}, {"x > 0 -> x > 0"}),
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


@pytest.mark.parametrize(
    ("text", "named"),
    [("f: z[n, y] -> z", True), ("f: z[n, *", True), ("f: z[[]n, y] -> *", True), ("f: *] -> x", False)],
)
def test_a_variant_is_named_as_it_was_printed(text: str, named: bool) -> None:
    """An author copies a survivor's name into equivalents=, brackets and all."""
    assert is_named("f: z[n, y] -> z", text) is named
