"""Pages of hand-ins that are gone: those that the grader wrote go with them, and nothing else does.

takes: a graded class of small hand-ins; the command line.
gives: one promise a test, said in its docstring.
must not know: how a hand-in is graded.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_batch import RIGHT, Desk, copy_of

from grader.batch.left_behind import folders_in
from grader.folders import FURTHER, SIMILAR


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A class of three, graded. Nobody changes it."""
    desk = Desk(tmp_path_factory.mktemp("left"), dict.fromkeys(("ada", "bob", "carl"), RIGHT))
    assert desk.grade().returncode == 0
    return desk


@pytest.fixture
def desk(graded: Desk, tmp_path: Path) -> Desk:
    """A copy of the class, to do things with."""
    return copy_of(graded, tmp_path)


def folders(desk: Desk) -> set[str]:
    return {path.name for path in desk.out.iterdir() if path.is_dir()}


def test_the_page_of_a_withdrawn_hand_in_goes(desk: Desk) -> None:
    """Page, rendered notebook and folder are gone with the row, and how many is said, once."""
    shutil.rmtree(desk.hand_ins / "carl")
    page = (desk.out / "carl" / "report.html").read_text()
    (desk.out / "carl" / "notebook.html").write_text(page)
    assert "pages taken away, since nobody here has handed in under these names: 1" in desk.grade().stdout
    assert folders(desk) == {"ada", "bob"}
    assert "pages taken away" not in desk.grade().stdout


def test_folders_of_the_class_are_no_students(desk: Desk) -> None:
    """By their number it is known that nothing was left behind, so that no record need be read for it."""
    for name in (FURTHER, SIMILAR):
        (desk.out / name).mkdir(exist_ok=True)
    assert folders_in(desk.out) == 3


def test_a_renamed_hand_in_has_one_page(desk: Desk) -> None:
    """Of an id that has changed the page under the new one stays, and no other; the sheets say the same."""
    (desk.hand_ins / "carl").rename(desk.hand_ins / "carla")
    told = json.loads(desk.grade("--json").stdout)
    assert (told["taken_out"], told["pages_taken_away"], told["pages_of_nobody"]) == (1, 1, 0)
    assert folders(desk) == set(desk.points()) == set(desk.verdicts()) == {"ada", "bob", "carla"}


def test_what_lies_beside_a_page_stays(desk: Desk) -> None:
    """A TA's notes in a student's folder are nobody's to delete, nor is a notebook page that was put there."""
    shutil.rmtree(desk.hand_ins / "carl")
    (desk.out / "carl" / "notes.txt").write_text("asked for a new deadline")
    (desk.out / "carl" / "notebook.html").write_text("<h1>saved by hand</h1>")
    desk.grade()
    assert {path.name for path in (desk.out / "carl").iterdir()} == {"notes.txt", "notebook.html"}


def test_a_page_that_may_be_somebody_elses_is_named(desk: Desk) -> None:
    """A report.html that no row stands behind, and that does not say who wrote it: named with a next step, and left."""
    (desk.out / "other").mkdir()
    theirs = desk.out / "other" / "report.html"
    theirs.write_text("<!doctype html><title>coverage</title>")
    for done in (desk.grade(), desk.rejudge()):
        assert f"pages that belong to nobody here, and may not be the grader's: {theirs}\n  next: look" in done.stdout
    assert theirs.exists()
    assert json.loads(desk.rejudge("--json").stdout)["pages_of_nobody"] == 1


def test_a_page_of_a_stopped_run_goes(desk: Desk) -> None:
    """A page says itself that the grader wrote it, so that one is known of which no gradebook ever heard."""
    shutil.copytree(desk.out / "ada", desk.out / "zoe")
    assert "pages taken away" in desk.rejudge().stdout
    assert folders(desk) == {"ada", "bob", "carl"}


def test_a_link_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    """A folder elsewhere, linked into the reports, keeps its page."""
    shutil.copytree(desk.out / "ada", tmp_path / "elsewhere")
    (desk.out / "linked").symlink_to(tmp_path / "elsewhere")
    desk.grade()
    assert (tmp_path / "elsewhere" / "report.html").exists()


def test_a_class_of_one_is_told_in_the_singular_and_what_to_do_about_it(tmp_path: Path) -> None:
    """One folder, one hand-in that cannot be graded: the terminal says what to do next, as the class page does."""
    desk = Desk(tmp_path, {"gina": ""})
    told = desk.grade().stdout
    assert "1 folder, named after the student\n" in told
    why = told.index("gina/layer.py is empty (gina)\n")
    assert told.index("\n     next: save it again, and hand in the new file") > why
