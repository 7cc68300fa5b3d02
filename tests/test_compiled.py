"""Templates as code beside them: compiled once, and anew where that would be of another text or another environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from grader.report.compiled import Compiled
from grader.report.page import TEMPLATES, compile_templates


class Counting(Environment):
    """An environment that knows how many templates it has compiled."""

    compiled = 0

    def _generate(self, *arguments: Any, **more: Any) -> str:
        self.compiled += 1
        return super()._generate(*arguments, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_text("<p>{{ name }}</p>")
    return tmp_path


def rendered(folder: Path, made_by: str = "this", keeps: bool = True) -> tuple[str, int]:
    """The page, and how many templates were compiled for it."""
    environment = Counting(
        loader=FileSystemLoader(folder), autoescape=True, bytecode_cache=Compiled(folder, made_by, keeps)
    )
    return environment.get_template("a.html").render(name="<x>"), environment.compiled


def kept(folder: Path) -> list[Path]:
    return list((folder / "__pycache__").iterdir())


PAGE = "<p>&lt;x&gt;</p>"


def test_a_template_is_compiled_once(folder: Path) -> None:
    """Its code is kept where modules' is, for everybody who may read the template."""
    assert rendered(folder) == (PAGE, 1)
    assert rendered(folder) == (PAGE, 0)
    (code,) = kept(folder)
    assert code.stat().st_mode & 0o777 == 0o644


def test_another_text_is_compiled_anew(folder: Path) -> None:
    """Code is used only for the text that it was made of."""
    rendered(folder)
    (folder / "a.html").write_text("<b>{{ name }}</b>")
    assert rendered(folder) == ("<b>&lt;x&gt;</b>", 1)
    assert rendered(folder) == ("<b>&lt;x&gt;</b>", 0)


def test_another_environment_has_code_of_its_own(folder: Path) -> None:
    """And what the one before made goes, since nobody asks for it again."""
    rendered(folder, "this")
    before = kept(folder)
    assert rendered(folder, "that") == (PAGE, 1)
    assert rendered(folder, "that") == (PAGE, 0)
    assert len(kept(folder)) == len(before) == 1
    assert kept(folder) != before


@pytest.mark.parametrize("left", [0, 1, 30, 200])
def test_code_that_is_not_whole_is_made_again(folder: Path, left: int) -> None:
    """A full disk, or who was stopped, leaves half of it."""
    rendered(folder)
    (code,) = kept(folder)
    whole = code.read_bytes()
    code.write_bytes(whole[:left])
    assert rendered(folder) == (PAGE, 1)
    assert code.read_bytes() == whole


def test_where_it_is_not_asked_for_nothing_is_written(folder: Path) -> None:
    """An installed package has files of its own alone in it; what is there is read all the same."""
    assert rendered(folder, keeps=False) == rendered(folder, keeps=False) == (PAGE, 1)
    assert not (folder / "__pycache__").exists()
    rendered(folder)
    assert rendered(folder, keeps=False) == (PAGE, 0)


def test_where_nothing_can_be_written_the_page_is_made_all_the_same(folder: Path) -> None:
    """As where something else lies there."""
    (folder / "__pycache__").write_text("in the way")
    assert rendered(folder) == rendered(folder) == (PAGE, 1)


def test_every_template_of_ours_compiles() -> None:
    """All of them, as `make` does it before the first page is asked for."""
    compile_templates()
    assert len(list(TEMPLATES.glob("*.html"))) > 5
