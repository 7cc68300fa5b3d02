"""Similar submissions: a copy is found in any disguise, and one right form is no copy."""

from __future__ import annotations

import csv
import random
import re
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from grader.extract import Cell
from grader.gradebook import Gradebook, Identity, Record
from grader.report import PageContext
from grader.report.page import render
from grader.similar import LEAST_SHARED, SimilarView, compare_class, similar_lines
from grader.similar.fragments import MOST_TOKENS, fragments_of

EXERCISE = Path(__file__).parent.parent / "reference" / "exercise_05"
# A few right forms of each function, as a class would write them. Names in <> are the student's own.
FORMS = {
    "spread": ("    return np.sqrt(((x - x.mean(0)) ** 2).mean(0))",
               "    <d> = center(x)\n    <v> = (<d> ** 2).mean(axis=0)\n    return np.sqrt(<v>)",
               "    <v> = np.var(x, axis=0)\n    return <v> ** 0.5"),
    "gram": ("    <c> = center(x)\n    <n> = x.shape[0]\n    <g> = np.dot(<c>.T, <c>)\n    return <g> / <n>",
             "    <c> = x - x.mean(axis=0)\n    return np.matmul(<c>.transpose(), <c>) / float(len(<c>))"),
    "distances": ("    <d> = x[:, None] - x[None]\n    return np.sqrt((<d> ** 2).sum(-1))",
                  "    <n> = len(x)\n    <r> = np.zeros((<n>, <n>))\n    for <i> in range(<n>):\n"
                  "        for <j> in range(<n>):\n            <r>[<i>, <j>] = abs(x[<i>] - x[<j>]).max()\n    return"),
}  # fmt: skip
UNUSUAL = {
    "spread": FORMS["spread"][0],
    "gram": "    total = np.zeros((x.shape[1], x.shape[1]))\n    middle = [column.mean() for column in x.T]\n"
    "    for row in x:\n        moved = [value - mean for value, mean in zip(row, middle)]\n"
    "        total = total + np.outer(moved, moved)\n    return total / x.shape[0]",
    "distances": "    flat = [tuple(row) for row in x]\n"
    "    table = [[sum(abs(p - q) ** 2 for p, q in zip(one, two)) ** 0.5 for two in flat] for one in flat]\n"
    "    return np.asarray(table, dtype=float)",
}
OWN = r"(?<!\.)\b(total|middle|row|moved|column|flat|table|one|two|p|q|mean)\b"
HOSTILE = "</pre><script>alert(1)</script>"


def write(rng: random.Random, forms: dict[str, str]) -> list[str]:
    cells = []
    for name, form in forms.items():
        for number, own in enumerate(sorted(set(re.findall(r"<\w>", form)))):
            form = form.replace(own, f"{rng.choice('abcdefgh')}{rng.randrange(100)}_{number}")
        cells.append(f"def {name}(x):\n    # {name}, by {rng.random()}\n{form}")
    return cells


ORIGINAL = write(random.Random(99), UNUSUAL)


def independent(count: int) -> dict[str, list[str]]:
    rng = random.Random(1)
    drawn = ({name: rng.choice(forms) for name, forms in FORMS.items()} for _ in range(count))
    return {f"student-{n:04}": write(rng, forms) for n, forms in enumerate(drawn)}


def names_of(view: SimilarView) -> list[tuple[str, str]]:
    return [(pair.left.student_id, pair.right.student_id) for pair in view.pairs]


def compare(tmp_path: Path, class_: dict[str, list[str]], assignment: Path | None = None) -> SimilarView:
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        for student, cells in class_.items():
            sources = tuple(Cell(n, "code", source) for n, source in enumerate(cells, start=1))
            identity = Identity(student, student, folder=student.replace("/", "_"))
            book.enter(Record(identity, "graded", Fraction(0), Fraction(1), cells=sources), 1)
        return compare_class(book, assignment, LEAST_SHARED, tmp_path / "similar")


def test_what_many_write_is_no_copy(tmp_path: Path) -> None:
    """Students who choose among a few right forms, or all write the same one, share nothing that is rare."""
    for n, class_ in enumerate((independent(30), independent(600), {f"s{n:02}": ORIGINAL for n in range(40)})):
        (tmp_path / str(n)).mkdir()
        assert not compare(tmp_path / str(n), class_).pairs


DISGUISES: dict[str, Callable[[list[str]], list[str]]] = {
    "as it is": list,
    "renamed": lambda cells: [re.sub(OWN, r"my_\1", cell) for cell in cells],
    "in another order": lambda cells: cells[::-1],
    "other comments": lambda cells: [re.sub(r"\n    for|#.*", r"  # my own idea\g<0>", cell) for cell in cells],
    "other spaces": lambda cells: [re.sub(r" ?([-+*/=]+) ?", r"  \1  ", one).replace("    ", "\t") for one in cells],
    "in one cell, with docstrings": lambda cells: ["\n\n".join(cells).replace("(x):\n", '(x):\n    """Mine: x."""\n')],
    "beside a cell that does not parse": lambda cells: ["%pip install x\ndef broken(:", *cells],
}


@pytest.mark.parametrize("change", DISGUISES.values(), ids=DISGUISES)
def test_a_copy_is_found_in_any_disguise(tmp_path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Other names, another order, comments, spaces: the pair is found, and nobody else is named."""
    cells = ORIGINAL
    view = compare(tmp_path, {**independent(60), "x-from": cells, "x-to": change(cells)})
    assert names_of(view) == [("x-from", "x-to")]
    assert view.pairs[0].worth > 60
    for side in view.pairs[0][1:]:
        marked = "".join(text for _, lines in side.cells for _, parts in lines for text, mark in parts if mark)
        assert "outer" in marked
        assert "center" not in marked


def test_what_the_author_wrote_is_nobodys(tmp_path: Path) -> None:
    """Two who wrote as the reference did not have to copy it; without the assignment they would seem to."""
    own = [(EXERCISE / "reference.py").read_text()]
    class_ = {**independent(30), "x-a": own, "x-b": own}
    assert names_of(compare(tmp_path, class_)) == [("x-a", "x-b")]
    (tmp_path / "again").mkdir()
    view = compare(tmp_path / "again", class_, EXERCISE)
    assert not view.pairs
    assert "def affine_forward" in (tmp_path / "again" / "similar" / "handout.py").read_text()


def test_a_ring_of_copies_is_named_whole(tmp_path: Path) -> None:
    """Ten who share one text among a hundred are one group, on the page and on the terminal."""
    ring = [f"x-{n}" for n in range(10)]
    view = compare(tmp_path, {**independent(90), **dict.fromkeys(ring, ORIGINAL)})
    assert view.groups == [ring]
    lines = "\n".join(similar_lines(view))
    assert "100 submissions compared, 45 pairs to look at" in lines
    assert "10 belong together: x-0, x-1" in lines
    assert max(map(len, lines.splitlines())) <= 80


def test_files_for_another_tool_are_written(tmp_path: Path) -> None:
    """Each submission as plain Python, in any words, and whose it is; a formula in a name is defused."""
    (tmp_path / "similar" / "left").mkdir(parents=True)
    compare(tmp_path, {"=1+1": ["a = 1", "b = 'ü'"], "handout": ["c = 3"]})
    with (tmp_path / "similar" / "info.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [["=1+1.py", "'=1+1"], ["handout.student.py", "handout"]]
    assert (tmp_path / "similar" / "=1+1.py").read_text() == "# %% cell 1\na = 1\n\n# %% cell 2\nb = 'ü'\n"
    assert {path.name for path in (tmp_path / "similar").iterdir()} == {row[0] for row in rows[1:]} | {"info.csv"}


def test_few_submissions_are_said_to_be_few(tmp_path: Path) -> None:
    """Among a few nothing is rare; and where the assignment is not found, it says what to do."""
    view = compare(tmp_path, {"one": ORIGINAL})
    assert "--assignment" in view.warnings[0]
    assert view.warnings[1].startswith("Only 1 submission")
    assert next(similar_lines(view)).startswith("1 submission compared, 0 pairs")


def test_the_page_shows_any_text_as_text(tmp_path: Path) -> None:
    """Code, names and folders are escaped, and lines that are not shown are left out."""
    cells = [f"{cell}\n    s = '{HOSTILE}'; t = '\u202e'" for cell in ORIGINAL]
    long = [cell.replace("    for row", "\n" * 20 + "    for row") for cell in cells]
    view = compare(tmp_path, {**independent(40), f"x{HOSTILE}": long, "x-to": cells})
    assert len(view.pairs) == 1
    page = render("similar.html", ("page.css", "similar.css"), view=view, title=HOSTILE, page=PageContext("today"))
    assert "<script" not in page
    assert "\u202e" not in page
    assert '<mark class="strong">' in page
    assert page.count("<i>…</i>") == 1


LONG = "\n".join(f"def f{n}(x):\n    y = x * {n} + g{n % 7}(x)  # {n}\n    return y - {n % 5}\n" for n in range(9_000))


@pytest.mark.parametrize(
    "source",
    ["", "\0", "def f(:\n" * 50, "(" * 90_000, "x = '''", "'''a" * 90_000, "\ud800", "%%bash\nrm -rf /", LONG,
     "r'''" * 50_000, "\\\n" * 90_000, "x=" * 90_000, "  \t" * 90_000, "0e" * 90_000],
    ids=range(14),
)  # fmt: skip
def test_whatever_is_handed_in_is_read_in_time(source: str) -> None:
    """Code that does not parse, or is there to take time: a part of it is read, and that soon."""
    began = time.process_time()
    assert len(fragments_of([source, "a = 1"]).tokens) <= MOST_TOKENS
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("r = a * b - a + k(a, b) ** 2 / c", "q = c * d - c + k(c, d) ** 2 / e", True),
        ("r = a * b - a + k(a, b) ** 2 / c", "r = a * b - b + k(a, b) ** 2 / c", False),
        ("np.exp(x, axis=1) + np.log(y) * 1.0", "np.exp(z, axis=1) + np.log(w) * 1", True),
        ("np.exp(x, axis=1) + np.log(y) * 1.0", "np.exp(x, out=1) + np.log(y) * 1.0", False),
        ('"""a""" + b\nx = f(a, b, c)\n"""c"""', '"""z""" + b\nx = f(a, b, c)', True),
    ],
)
def test_what_makes_a_fragment(one: str, other: str, is_same: bool) -> None:
    """Names count by the order of their use; those of numpy, of arguments and the numbers count as they are."""
    assert bool(fragments_of([one]).begins)
    assert (fragments_of([one]).begins.keys() == fragments_of([other]).begins.keys()) is is_same
