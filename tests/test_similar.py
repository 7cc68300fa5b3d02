"""Similar hand-ins: copies are found under other names and in another order, one right form is no copy.

takes: made-up classes, and the graded sample class with copies planted in it.
gives: one promise a test, said in its docstring.
must not know: how fragments are hashed.
"""

from __future__ import annotations

import csv
import html
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EXERCISE, Graded, run_grader

from grader.gradebook import CellRecord, Gradebook, Record
from grader.report.page_context import PageContext
from grader.report.similar_page import Mark, PairView, SharedCell, Side, SimilarView, render_similar_page
from grader.report.similar_table import similar_lines
from grader.similar import Comparison, HandIn, OwnText, compare, own_text_of, tokens, view_of
from grader.similar.fragments import LENGTH, fragments_of
from grader.similar.tokens import MOST_TOKENS, streams_of

# A few right forms of each function, as a class would write them. Names in <> are the student's own.
FORMS: dict[str, list[str]] = {
    "scale": [
        "    <a> = x.max(axis=0)\n    return x / <a>",
        "    <a> = np.max(x, axis=0)\n    return np.divide(x, <a>)",
        "    return x / np.amax(x, 0)",
        "    <a> = x.copy()\n    <a> /= x.max(axis=0, keepdims=True)\n    return <a>",
    ],
    "center": [
        "    <m> = x.mean(axis=0)\n    return x - <m>",
        "    <m> = np.mean(x, axis=0)\n    <c> = x - <m>\n    return <c>",
        "    return np.subtract(x, x.mean(0))",
        "    <s> = x.sum(axis=0) / len(x)\n    return x - <s>",
    ],
    "spread": [
        "    return np.sqrt(((x - x.mean(0)) ** 2).mean(0))",
        "    <d> = center(x)\n    <v> = (<d> ** 2).mean(axis=0)\n    return np.sqrt(<v>)",
        "    return x.std(axis=0)",
        "    <v> = np.var(x, axis=0)\n    return <v> ** 0.5",
    ],
    "gram": [
        "    <c> = center(x)\n    return <c>.T @ <c> / len(x)",
        "    <c> = center(x)\n    <n> = x.shape[0]\n    <g> = np.dot(<c>.T, <c>)\n    return <g> / <n>",
        "    return np.cov(x.T, bias=True)",
        "    <c> = x - x.mean(axis=0)\n    return np.matmul(<c>.transpose(), <c>) / float(len(<c>))",
    ],
    "distances": [
        "    <d> = x[:, None] - x[None]\n    return np.sqrt((<d> ** 2).sum(-1))",
        "    <n> = len(x)\n    <r> = np.zeros((<n>, <n>))\n    for <i> in range(<n>):\n        for <j> in range(<n>):\n"
        "            <r>[<i>, <j>] = np.linalg.norm(x[<i>] - x[<j>])\n    return <r>",
        "    <q> = (x ** 2).sum(1)\n    return np.sqrt(np.maximum(<q>[:, None] + <q> - 2 * x @ x.T, 0))",
    ],
}  # fmt: skip
# Forms that nobody else thinks of.
OWN_FORMS = {
    "gram": "    total = np.zeros((x.shape[1], x.shape[1]))\n    middle = [column.mean() for column in x.T]\n"
    "    for row in x:\n        moved = [value - mean for value, mean in zip(row, middle)]\n"
    "        total = total + np.outer(moved, moved)\n    return total / x.shape[0]",
    "distances": "    flat = [tuple(row) for row in x]\n"
    "    table = [[sum(abs(p - q) ** 2 for p, q in zip(one, two)) ** 0.5 for two in flat] for one in flat]\n"
    "    return np.asarray(table, dtype=float)",
}  # fmt: skip
HANDOUT = tuple(f"def {name}(x):\n    # TODO: write {name}\n    result = None\n    return result" for name in FORMS)


def write(rng: random.Random, forms: dict[str, str]) -> list[str]:
    """A student's cells: each function in a form, under names of their own."""
    cells = []
    for name, form in forms.items():
        for number, own in enumerate(sorted(set(re.findall(r"<\w>", form)))):
            form = form.replace(own, f"{rng.choice('abcdefgh')}{rng.randrange(100)}_{number}")
        cells.append(f"def {name}(x):\n    # {name}, by {rng.random()}\n    result = None\n{form}")
    return cells


def hand_in(student: str, cells: list[str]) -> HandIn:
    return HandIn(student, student, student, "x.ipynb", tuple(range(1, len(cells) + 1)), tuple(cells))


def independent(count: int, seed: int = 1) -> list[HandIn]:
    rng = random.Random(seed)
    drawn = ({name: rng.choice(forms) for name, forms in FORMS.items()} for _ in range(count))
    return [hand_in(f"student-{n:04}", write(rng, forms)) for n, forms in enumerate(drawn)]


def original() -> list[str]:
    rng = random.Random(99)
    return write(rng, {name: OWN_FORMS.get(name, forms[0]) for name, forms in FORMS.items()})


# ---- what is found, and what is not -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [30, 1000])
def test_independent_answers_are_not_paired(count: int) -> None:
    """Students who choose among the same few right forms share nothing that is rare, in a class of any size."""
    assert not compare(independent(count), OwnText(HANDOUT)).pairs


def test_one_right_form_is_no_copy() -> None:
    """A whole class that writes the very same lines shares nothing that tells two of them apart."""
    same = [hand_in(f"s{n}", original()) for n in range(40)]
    assert not compare(same, OwnText(HANDOUT)).pairs


def test_the_authors_own_forms_are_nobodys() -> None:
    """Two who wrote what the author wrote did not have to copy it."""
    both = [*independent(30), hand_in("a", original()), hand_in("b", original())]
    assert compare(both, OwnText(HANDOUT)).pairs
    assert not compare(both, OwnText(HANDOUT, tuple(original()))).pairs


def renamed(cells: list[str]) -> list[str]:
    names = {"total": "acc", "middle": "mus", "row": "r", "moved": "z", "column": "k", "flat": "pts", "table": "out",
             "one": "u", "two": "v", "p": "g", "q": "h", "value": "w", "mean": "y"}  # fmt: skip
    return [re.sub(r"(?<!\.)\b[a-z]+\b", lambda m: names.get(m[0], m[0]), cell) for cell in cells]


def recommented(cells: list[str]) -> list[str]:
    return [re.sub(r"#.*", "# my own idea", cell).replace("\n    for", "\n    # a loop\n    for") for cell in cells]


def spaced(cells: list[str]) -> list[str]:
    return [re.sub(r" ?([-+*/=]+) ?", r"  \1  ", cell).replace("    ", "\t") for cell in cells]


DISGUISES: list[tuple[str, Callable[[list[str]], list[str]]]] = [
    ("as it is", list),
    ("renamed", renamed),
    ("in another order", lambda cells: cells[::-1]),
    ("other comments", recommented),
    ("other spaces", spaced),
    ("in one cell", lambda cells: ["\n\n".join(cells)]),
    ("with a docstring", lambda cells: [c.replace("(x):\n", '(x):\n    """Mine."""\n', 1) for c in cells]),
    ("beside a cell that does not parse", lambda cells: ["%pip install x\ndef broken(:", *cells]),
    ("all at once", lambda cells: recommented(renamed(spaced(cells[::-1])))),
]


@pytest.mark.parametrize(("disguise", "change"), DISGUISES, ids=[name for name, _ in DISGUISES])
def test_a_copy_is_found_in_any_disguise(disguise: str, change: Callable[[list[str]], list[str]]) -> None:
    """Other names, another order, comments, spaces: the pair comes first, and nobody else is named."""
    cells = original()
    changed = change(cells)
    assert changed != cells or disguise == "as it is"
    found = compare([*independent(60), hand_in("from", cells), hand_in("to", changed)], OwnText(HANDOUT))
    assert [(pair.first, pair.second) for pair in found.pairs] == [(60, 61)]
    assert found.pairs[0].worth > 60


def test_a_ring_of_copies_is_found_whole() -> None:
    """Ten who share one text among a hundred are all named."""
    ring = [hand_in(f"ring-{n}", original()) for n in range(10)]
    class_ = [*independent(90), *ring]
    found = compare(class_, OwnText(HANDOUT))
    view = view_of(class_, found, 40, True)
    assert view.groups == (tuple(f"ring-{n}" for n in range(10)),)
    told = "\n".join(similar_lines(view))
    assert "10 belong together: ring-0, ring-1" in told
    assert "100 hand-ins compared, 45 pairs to look at" in told
    assert "and 30 more on the page" in told
    assert {n for pair in found.pairs for n in (pair.first, pair.second)} == set(range(90, 100))


def test_the_same_class_gives_the_same_answer() -> None:
    """Nothing of it depends on chance, or on the order of a set."""
    class_ = [*independent(60), hand_in("from", original()), hand_in("to", renamed(original()))]
    assert compare(class_, OwnText(HANDOUT)) == compare(class_, OwnText(HANDOUT))


def test_what_is_marked_is_what_is_shared() -> None:
    """Marks lie on the copied functions, in order, and not on lines of the hand-out."""
    class_ = [*independent(60), hand_in("from", original()), hand_in("to", renamed(original()))]
    view = view_of(class_, compare(class_, OwnText(HANDOUT)), 40, True)
    for side in (view.pairs[0].left, view.pairs[0].right):
        for cell in side.cells:
            ends = [edge for mark in cell.marks for edge in (mark.start, mark.end)]
            assert ends == sorted(ends)
            assert not [m for m in cell.marks if "result = None" in cell.source.encode()[m.start : m.end].decode()]
        marked = "".join(c.source.encode()[m.start : m.end].decode() for c in side.cells for m in c.marks)
        assert "np.outer" in marked
        assert "np.asarray" in marked


# ---- tokens and fragments ---------------------------------------------------------------------------------------


def test_comments_docstrings_and_layout_are_no_tokens() -> None:
    """What is read is what runs."""
    plain = streams_of("def f(x):\n    return np.exp(x, axis=1)\n")
    other = streams_of('def f( x ) :\n    """Words."""\n    # more\n    return np.exp(x,\n        axis = 1.0)\n')
    assert [[t.text for t in s] for s in plain] == [[t.text for t in s] for s in other]
    assert {t.text for t in plain[0] if t.is_own_name} == {"f", "x", "np"}


@pytest.mark.parametrize("source", ["", "\0", "def f(:\n" * 50, "(" * 20_000, "x = '''", "\ud800", "%%bash\nrm -rf /"])
def test_any_source_is_read(source: str) -> None:
    """Nothing that a student hands in stops the comparison."""
    fragments_of([source])


def test_a_deep_source_is_read() -> None:
    """Depth costs no recursion."""
    assert len(fragments_of(["x = " + "-" * 5000 + "1"]).places) > 5000


LONG = "\n".join(f"def f{n}(x):\n    y = x * {n} + g{n % 7}(x)  # {n}\n    return y - {n % 5}\n" for n in range(12_000))
SOURCES = {
    "code": LONG,
    "a text first": f"t = '''{LONG}'''\n{LONG}",
    "a docstring, and quotes within it": f'"""It\'s \'\'\' {LONG}"""\n{LONG}',
    "comments first": "# '''\n" * 200_000 + LONG,
    "an open bracket": f"x = (1,\n{LONG}",
    "one line": f"x = [{', '.join(map(str, range(150_000)))}]",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_of_a_long_source_no_more_is_parsed_than_is_compared(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read of its beginning is what is read of all of it, and takes a part of the time."""
    read = streams_of(source)
    monkeypatch.setattr("grader.similar.tokens._PARTS", ())
    assert read == streams_of(source + "\n\n")
    assert sum(map(len, read)) == MOST_TOKENS


def test_no_more_than_a_part_is_given_to_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing two megabytes took most of the time, of which a tenth was compared."""
    given: list[int] = []
    parser = tokens._parser()

    class Counting:
        def parse(self, data: bytes) -> object:
            given.append(len(data))
            return parser.parse(data)

    monkeypatch.setattr(tokens, "_parser", Counting)
    streams_of(LONG + "# another\n")
    assert 0 < sum(given) < len(LONG) / 3


def test_what_weighs_the_same_stands_in_the_order_of_the_class() -> None:
    """The last digit of a sum is no order."""
    copies = [hand_in(f"s{n}", cells) for n, cells in enumerate([original(), original()[::-1]] * 3)]
    found = [(pair.first, pair.second) for pair in compare([*independent(40), *copies], OwnText(HANDOUT)).pairs]
    assert found == sorted(found)
    assert len(found) == 15


def test_renaming_changes_no_fragment_and_swapping_does() -> None:
    """Names count by their order of use: `a * b - a` is `c * d - c`, and not `a * b - b`."""
    one, same, other = (fragments_of([s]).begins.keys() for s in (
        "r = a * b - a + k(a, b) ** 2", "q = c * d - c + k(c, d) ** 2", "r = a * b - b + k(a, b) ** 2"))  # fmt: skip
    assert one == same
    assert one != other
    assert len(fragments_of(["a + b"]).places) < LENGTH


# ---- the page and the files -------------------------------------------------------------------------------------


HOSTILE = "</pre><script>alert(1)</script>"


def test_the_page_runs_nothing_and_escapes_everything() -> None:
    """A hand-in's code, names and folder stand on the page as text, under a policy that loads nothing."""
    cells = [f"{cell}\n    s = '{HOSTILE}'; t = '\u202e'" for cell in original()]
    hostile = replace(hand_in("evil", cells), student_id=HOSTILE, name=f'"{HOSTILE}', folder='"><u>')
    class_ = [*independent(40), hostile, hand_in("to", cells)]
    view = view_of(class_, compare(class_, OwnText(HANDOUT)), 40, True)
    page = render_similar_page(view, PageContext("T", "today", "d", "0"))
    assert view.pairs
    assert "<script" not in page
    assert "\u202e" not in page
    assert '"><u>' not in page
    assert "default-src 'none'" in html.unescape(page)
    assert not re.findall(r"""(?:src|href)=["'](?!#|\./)""", page)
    assert "no part of any score" in page


def test_a_long_cell_with_thousands_of_marks_is_shown_at_once() -> None:
    """Marks at the end of as many lines are looked at where they stand, and not for each line that is not shown."""
    lines = "x\n" * 20_000
    cell = SharedCell(1, lines, tuple(Mark(at, at + 1, 1.0) for at in range(20_000, 40_000, 2)))
    side = Side("a", "a", "a", 0.5, (cell,))
    view = SimilarView((PairView(99.0, side, side),), 2, 0, 40)
    began = time.process_time()
    page = render_similar_page(view, PageContext("T", "today", "d", "0"))
    assert time.process_time() - began < 2  # a tenth of it; fifteen where each line looks at each mark
    assert page.count('<mark class="strong">x</mark>') == 2 * 117


@pytest.fixture(scope="module")
def planted(graded_class: Graded, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of the sample class, where two have copied an unusual hand-in under other names."""
    out = tmp_path_factory.mktemp("reports")
    shutil.copy(shared / "graded-exercise_05" / "gradebook.sqlite", out)
    with Gradebook(out / "gradebook.sqlite") as book:
        source = book.record_of("student-24")
        run = int(book.runs.latest()["id"])
        book.enter(_copied(source, "copy-1", list), run)
        book.enter(_copied(source, "copy-2", lambda cells: recommented(cells[::-1])), run)
    return out


def records_in(out: Path) -> list[Record]:
    with Gradebook(out / "gradebook.sqlite") as book:
        return list(book.records())


def _copied(record: Record, student: str, change: Callable[[list[str]], list[str]]) -> Record:
    sources = change([cell.source.replace("dout", "upper").replace(" p", " first") for cell in record.cells])
    cells = tuple(CellRecord(n, "code", source) for n, source in enumerate(sources, start=1) if source[:2] != "# ")
    return replace(record, student_id=student, name=student, folder=student, cells=cells)


def test_the_verb_finds_copies_planted_in_the_sample_class(planted: Path) -> None:
    """The three that belong together come first, in a table that says what it is not; the score stays what it was."""
    before = records_in(planted)
    done = run_grader("similar", planted, "--assignment", EXERCISE)
    assert done.returncode == 0, done.stderr
    rows = [line.split("%")[-1].strip() for line in done.stdout.splitlines() if " and " in line and "%" in line]
    assert {frozenset(row.split(" and ")) for row in rows[:4]} >= {
        frozenset(pair) for pair in (("copy-1", "copy-2"), ("copy-1", "student-24"), ("copy-2", "student-24"))
    }
    assert len(rows) <= 8
    assert "no part of any score" in done.stdout
    assert records_in(planted) == before
    assert "copy-2" in (planted / "similar.html").read_text()


def test_plain_files_and_info_csv_are_there_for_other_tools(planted: Path) -> None:
    """One Python file a hand-in, the hand-out beside them, and Dolos' table of whose each is."""
    assert run_grader("similar", planted, "--assignment", EXERCISE).returncode == 0
    with (planted / "similar" / "info.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"filename", "full_name"} <= rows[0].keys()
    files = {path.name for path in (planted / "similar").glob("*.py")}
    assert {row["filename"] for row in rows} | {"handout.py"} == files
    assert "class Sigmoid" in (planted / "similar" / "copy-1.py").read_text()
    assert "TODO" in (planted / "similar" / "handout.py").read_text()


def test_a_damaged_record_is_told_and_the_others_are_compared(planted: Path, tmp_path: Path) -> None:
    """One row that cannot be read costs its own hand-in its place among the pairs, and hides no copy of others."""
    shutil.copy(planted / "gradebook.sqlite", tmp_path)
    with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as book, book:
        book.execute("UPDATE submissions SET record = '{' WHERE student_id = 'copy-1'")
    ran = run_grader("similar", tmp_path, "--assignment", EXERCISE)
    assert ran.returncode == 0
    assert "damaged, so that these are compared with nobody: copy-1\n" in ran.stderr
    assert "next: run 'grader grade' again" in ran.stderr
    page = (tmp_path / "similar.html").read_text()
    assert "copy-2" in page
    assert "copy-1" not in page


def test_without_a_gradebook_the_next_step_is_told(tmp_path: Path) -> None:
    """2 is the caller's to mend."""
    done = run_grader("similar", tmp_path)
    assert done.returncode == 2
    assert "next:" in done.stderr


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_class_of_hardly_anybody_is_told_as_that(count: int) -> None:
    """Nothing breaks, and the page says that so few cannot be told apart."""
    class_ = independent(count)
    view = view_of(class_, compare(class_, OwnText()), 40, False)
    page = render_similar_page(view, PageContext("T", "today", "d", "0"))
    assert "cannot be told from so few" in page
    assert "--assignment" in page
    assert f"{count} hand-ins compared" in next(similar_lines(view)) or count == 1


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "No hand-in holds code of its own:"),
        (1, "Only 1 hand-in holds code of its own:"),
        (2, "Only 2 hand-ins hold "),
    ],
)
def test_a_few_are_counted_as_one_says_it(count: int, told: str) -> None:
    """One is not several."""
    [warning] = view_of([], Comparison((), count, 0), 40, True).warnings
    assert warning.startswith(told)


def test_without_tree_sitter_the_next_step_is_told(planted: Path, tmp_path: Path) -> None:
    """The extra is not there on every machine: the sentence says what to install, and nothing was written."""
    (tmp_path / "tree_sitter_python.py").write_text("raise ImportError('not on this machine')\n")
    out = tmp_path / "reports"
    out.mkdir()
    shutil.copy(planted / "gradebook.sqlite", out)
    done = subprocess.run(
        [sys.executable, "-m", "grader", "similar", str(out), "--assignment", str(EXERCISE)],
        cwd=EXERCISE.parent.parent, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install 'grader[similar]'" in done.stderr
    assert not (out / "similar").exists()


def test_what_is_subtracted_is_the_assignments_own() -> None:
    """The hand-out, its other forms, the master and the reference are read from the assignment's folder."""
    own = own_text_of(EXERCISE)
    assert any("TODO" in cell for cell in own.handout)
    template = json.loads((EXERCISE / "headings.ipynb").read_text())  # few may have been given this one
    assert all("".join(cell["source"]) in own.handout for cell in template["cells"] if cell["cell_type"] == "code")
    assert any("BEGIN SOLUTION" in cell for cell in own.solutions)
    assert any("textbook-plain" in cell for cell in own.solutions)
