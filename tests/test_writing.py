"""Where a verb writes: in the place of nothing but what it wrote there itself, and never among the hand-ins.

takes: the small class of `test_batch`, a student's folder of `test_cli`; the command line.
gives: one promise a test, said in its docstring.
must not know: what is on a page or in a sheet.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_batch import Desk, desk, graded, grader  # noqa: F401 - two are fixtures
from test_cli import desk as own_desk  # noqa: F401 - a fixture
from test_cli import notebook, run

from grader.cli import main
from grader.cli.exits import STANDARD
from grader.cli.writing import keep_apart
from grader.errors import ExportError
from grader.intake.table import read_table

SHEET = "student_id,E\nada,\nnobody,\n"
EXPORTS = {
    "csv": (), "json": (), "junit": (), "nbgrader": (), "feedback": (),
    "csv --sheet": ("--sheet", "theirs.csv", "--column", "E"),
}  # fmt: skip


def zipped(path: Path, *names: str, year: int = 1980) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), "x")


VICTIMS: dict[str, Callable[[Path], object]] = {
    "a notebook": lambda path: path.write_text(json.dumps(json.loads(notebook("x = 1")), indent=1)),
    "a zip of hand-ins": lambda path: zipped(path, "ada/layer.py", "bob/page.html"),
    "a zip of pages that were handed in": lambda path: zipped(path, "ada.html", "bob.html", year=2026),
    "somebody's sheet": lambda path: path.write_text("Student,ID\nAda,1\n"),
    "a page exported from a notebook": lambda path: path.write_text('<!DOCTYPE html>\n\n<html lang="en">\n<head>'),
    "somebody's own page": lambda path: path.write_text('<!doctype html>\n<html lang="en">\n<head>\n<meta a>'),
    "bytes": lambda path: path.write_bytes(b"SQLite format 3\0"),
}  # fmt: skip


def export(what: str, desk: Desk, out: Path) -> Result:  # noqa: F811
    """Run an export without a process of its own: a hundred of them would take a minute to begin."""
    sheet = desk.out.parent / "theirs.csv"
    sheet.write_text(SHEET)
    more = [sheet if word == "theirs.csv" else word for word in EXPORTS[what]]
    return CliRunner().invoke(main, ["export", what.split()[0], *map(str, (desk.out, "--out", out, *more))])


@pytest.mark.parametrize("what", EXPORTS)
def test_an_export_is_written_anew_in_its_own_place(desk: Desk, what: str) -> None:  # noqa: F811
    """The second time the older file of the same kind is replaced, and an empty one is no loss."""
    out = desk.out.parent / "made"
    out.touch()
    for _ in range(2):
        done = export(what, desk, out)
        assert done.exit_code in (0, 1), done.stderr  # 1: some have no row in the sheet
        assert out.stat().st_size
        out.write_bytes(out.read_bytes() + (b"" if what == "feedback" else b"\n"))  # older results are not the same


@pytest.mark.parametrize("what", EXPORTS)
def test_an_export_writes_over_nothing_of_anybodys(desk: Desk, what: str) -> None:  # noqa: F811
    """Hand-ins, keys, gradebooks and sheets stay as they are: exit 2, and what to do instead."""
    out = desk.out.parent / "victim"
    for name, make in VICTIMS.items():
        make(out)
        before = out.read_bytes()
        done = export(what, desk, out)
        assert (done.exit_code, out.read_bytes()) == (2, before), f"{name}: {done.stderr}"
        assert "next: name another file" in done.stderr
    assert export(what, desk, desk.out / "gradebook.sqlite").exit_code == 2
    assert "next: name a file" in export(what, desk, desk.out).stderr


@pytest.mark.parametrize("what", EXPORTS)
def test_a_dash_is_standard_output_where_one_text_is_written(desk: Desk, what: str) -> None:  # noqa: F811
    """There stands what would be in the file, to the byte, and nothing else; a zip is refused, and no file is made."""
    before = set(desk.out.parent.rglob("*"))
    done = export(what, desk, STANDARD)
    assert not Path("-").exists()
    if what == "feedback":
        assert (done.exit_code, done.stdout) == (2, "")
        assert "next: name a file" in done.stderr
        return
    assert done.exit_code in (0, 1)
    out = desk.out.parent / "made"
    written = export(what, desk, out)
    assert done.stdout_bytes == out.read_bytes()
    assert done.stderr == written.output.replace(f"written: {out}\n", "")
    assert set(desk.out.parent.rglob("*")) - before <= {out, desk.out.parent / "theirs.csv"}


def test_a_file_may_be_called_dash(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """As the refusal of one says: by its way from here."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["export", "json", str(desk.out), "--out", "./-"])
    assert (done.exit_code, done.output) == (0, "written: -\n")
    assert json.loads((tmp_path / "-").read_text())["submissions"]


def test_many_documents_are_not_written_to_one_place(desk: Desk) -> None:  # noqa: F811
    """Of a class there is one for each student."""
    for platform in ("gradescope", "github"):
        done = CliRunner().invoke(main, ["export", platform, str(desk.out), "--out", "-"])
        assert (done.exit_code, done.stdout) == (2, "")
        assert "next: name a folder" in done.stderr


NO_TEXT = [
    ["grade", "a", "--out", "-"], ["compile", "a", "--out", "-"], ["release", "a", "--out", "-"], ["check", "-"],
    ["check", "a", "--html", "-"], ["bundle", "gradescope", "a", "--out", "-"], ["grade", "-"], ["show", "-"],
    ["grade", "a", "--key", "-"], ["export", "csv", "a", "--out", "b", "--sheet", "-"], ["grade", "a", "--roster", "-"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", NO_TEXT, ids=map(" ".join, NO_TEXT))
def test_elsewhere_a_dash_is_refused(tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where folders and zips are written, and where files are read: no file of that name is made or looked for."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "is -, and neither standard input nor output can stand there" in done.stderr
    assert "./-" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_workflow_that_somebody_changed_is_theirs(tmp_path: Path) -> None:
    """The same workflow may be written again; one with changes in it stays."""
    out = tmp_path / "grade.yml"
    assert [grader("export", "workflow", "--out", out).returncode for _ in range(2)] == [0, 0]
    out.write_text(out.read_text().replace("3.12", "3.13"))
    assert grader("export", "workflow", "--out", out).returncode == 2
    assert "3.13" in out.read_text()


def test_a_page_of_a_check_replaces_only_such_a_page(own_desk: Path) -> None:  # noqa: F811
    """`--html` with the notebook's own name, or the key's, leaves both as they are; nothing is checked then."""
    for make in VICTIMS.values():
        make(own_desk / "victim")
        before = (own_desk / "victim").read_bytes()
        done = run("check", "right.ipynb", "--html", "victim", cwd=own_desk)
        assert (done.returncode, done.stdout, (own_desk / "victim").read_bytes()) == (2, "", before)
    for name in ("right.ipynb", "exercise_05.public.key.npz", "layer.py"):
        assert run("check", "right.ipynb", "--html", name, cwd=own_desk).returncode == 2
    for name in ("right.ipynb", "wrong.ipynb"):
        assert run("check", name, "--html", "page.html", cwd=own_desk).returncode in (0, 1)
    assert "Try next" in (own_desk / "page.html").read_text()


def test_a_pipe_takes_what_is_written(own_desk: Path) -> None:  # noqa: F811
    """`--html /dev/stdout`, or a shell's `>(…)`: nothing is put in its place."""
    done = run("check", "right.ipynb", "--json", "--html", "/dev/stderr", cwd=own_desk)
    assert done.returncode == 0
    assert done.stderr.startswith("<!doctype html>")
    assert Path("/dev/stderr").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_link_stays_and_what_it_names_is_written(graded: Desk, tmp_path: Path) -> None:  # noqa: F811
    """`/dev/stdout` is such a link, to a file where a shell has redirected it: root would put a file in its place."""
    for way, name in ((["csv"], "grades.csv"), (["json"], "results.json"), (["feedback"], "pages.zip")):
        link, file = tmp_path / f"link-to-{name}", tmp_path / name
        file.touch()
        link.symlink_to(file)
        done = grader("export", *way, graded.out, "--assignment", graded.assignment, "--out", link)
        assert (done.returncode, link.is_symlink(), file.stat().st_size > 0) == (0, True, True), done.stderr


@pytest.mark.skipif(os.name == "nt", reason="pipes with a name")
def test_a_pipe_is_written_to_and_stays(graded: Desk, tmp_path: Path) -> None:  # noqa: F811
    """A sheet goes through it; a zip does not, and says so."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    asked = (graded.out, "--assignment", graded.assignment, "--out", pipe)
    refused = grader("export", "feedback", *asked)
    assert (refused.returncode, "is a pipe" in refused.stderr) == (2, True)
    held = os.open(pipe, os.O_RDWR)  # so that nobody waits for a reader
    done = grader("export", "csv", *asked)
    assert (done.returncode, pipe.is_fifo()) == (0, True), done.stderr
    assert os.read(held, 10) == b"student_id"
    os.close(held)


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_reports_lie_apart_from_hand_ins(tmp_path: Path) -> None:
    """Neither in the folder of the hand-ins, nor among them, nor around them, by whatever name."""
    hand_ins = tmp_path / "my class"
    (hand_ins / "ada").mkdir(parents=True)
    (tmp_path / "class").mkdir()
    (tmp_path / "link").symlink_to(hand_ins)
    (tmp_path / "class.zip").touch()
    for out in (hand_ins, tmp_path / "link", hand_ins / "reports", hand_ins / "ada", tmp_path / "link/x", tmp_path):
        with pytest.raises(ExportError, match="hand-ins") as refused:
            keep_apart(out, hand_ins)
        advised = Path(shlex.split(refused.value.hint)[-1])  # as a shell reads it
        assert advised == tmp_path / "my class-reports"
        assert keep_apart(advised, hand_ins) == advised, "what is advised is taken"
    for out, submissions in (
        ("reports", "class"),
        ("class-2", "class"),
        (".", "class.zip"),
        ("class/ada", "class.zip"),
    ):
        assert keep_apart(tmp_path / out, tmp_path / submissions) == tmp_path / out


def test_hand_ins_are_never_changed(graded: Desk, tmp_path: Path) -> None:  # noqa: F811
    """`grade own --out own`: refused before anything is written, and a report that was handed in is still there."""
    own = shutil.copytree(graded.hand_ins, tmp_path / "own")
    (own / "ada" / "report.html").write_text("mine")
    for out in (own, own / "reports"):
        done = grader("grade", own, "--assignment", graded.assignment, "--out", out)
        assert done.returncode == 2
        assert "next: name one apart" in done.stderr
    assert (own / "ada" / "report.html").read_text() == "mine"
    assert not list(own.glob("*.*"))


def test_the_opening_of_a_sheet_ends_with_its_titles(tmp_path: Path) -> None:
    """It is the same whatever the rows say, in every encoding."""
    for text, mark in ((SHEET, b""), ("sep=;\n" + SHEET.replace(",", ";"), b"\xef\xbb\xbf"), (SHEET, b"\xff\xfe")):
        data = mark + text.encode("utf-16-le" if mark == b"\xff\xfe" else "utf-8")
        (tmp_path / "s.csv").write_bytes(data)
        opening = read_table(tmp_path / "s.csv").opening
        assert data.startswith(opening)
        assert len(mark) < len(opening) < len(data)
