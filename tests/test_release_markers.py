"""What is taken out of a master: nbgrader's markers and metadata, otter's where they say the same.

takes: cells and whole masters, written here.
gives: one promise a test, said in its docstring.
must not know: keys, answers.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import nbformat
import pytest

from grader.errors import AuthorError
from grader.release.handout import make_handout
from grader.release.markers import MasterCell, strip_cell

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


def lines(*parts: str) -> str:
    return "\n".join(parts)


# ---- one cell ---------------------------------------------------------------------------------------------------

CASES = [
    ("nbgrader's region", "a = 1\n### BEGIN SOLUTION\nb = a + 1\n### END SOLUTION\nc = 3", f"a = 1\n{STUB}\nc = 3"),
    ("indented", "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
     "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()"),
    ("under a TODO", "def f():\n    y = 0\n    # TODO: y\n    ####\n    ### BEGIN SOLUTION\n    y = 1 + 2\n"
     "    ### END SOLUTION\n    ####\n    return y",
     "def f():\n    y = 0\n    # TODO: y\n    ####\n\n\n    ####\n    return y"),
    ("a TODO above other code", "# TODO: write f\ny = 0\n### BEGIN SOLUTION\ny = 1\n### END SOLUTION",
     f"# TODO: write f\ny = 0\n{STUB}"),
    ("two regions", "### BEGIN SOLUTION\na = 1\n### END SOLUTION\nb = 2\n### BEGIN SOLUTION\nc = 3\n### END SOLUTION",
     f"{STUB}\nb = 2\n{STUB}"),
    ("hidden tests", "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(2) == 4\n### END HIDDEN TESTS",
     "assert f(1) == 1"),
    ("a mark scheme", "a = 1\n### BEGIN MARK SCHEME\n# two points for b\n### END MARK SCHEME", "a = 1"),
    ("any comment mark", "// BEGIN SOLUTION\nx\n// END SOLUTION", STUB),
    ("otter's region", "# BEGIN SOLUTION\nx = f(3)\n# END SOLUTION\ny = 1", "...\ny = 1"),
    ("otter's region without a prompt", "x = 1\n# BEGIN SOLUTION NO PROMPT\ny = f(x)\n# END SOLUTION\nz = 2",
     "x = 1\nz = 2"),
    ("otter's prompt in quotes", '# BEGIN SOLUTION NO PROMPT\ny = f(3)\n# END SOLUTION\n""" # BEGIN PROMPT\ny = ...\n'
     '""" # END PROMPT', "y = ..."),
    ("otter's line", "x = f(3) # SOLUTION\ny = 1", "x = ...\ny = 1"),
    ("otter's return", "def f(x):\n    return x * x # SOLUTION", "def f(x):\n    ..."),
    ("otter's line without a prompt", "x = 1\ny = f(x) # SOLUTION NO PROMPT\nz = 2", "x = 1\nz = 2"),
    ("otter's seed", "np.random.seed(42) # SEED\nx = 1", "x = 1"),
    ("several names", "a, b['ü'] = (f(1), 2) # SOLUTION", "a, b['ü'] = ..."),
    ("two targets", "a = b = f(3)  # SOLUTION", "a = b = ..."),
    ("an automatic test", "### AUTOTEST f(3)\n### HASHED AUTOTEST f(4)\nx = 1", "x = 1"),
    ("no marker", "x = 1  # the solution is elsewhere", "x = 1  # the solution is elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "shown"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_students_see(source: str, shown: str) -> None:
    """The cell without what is the teacher's alone, with the space to write in."""
    assert strip_cell(MasterCell(1, True, source)).source == shown


def test_every_line_taken_out_is_known_by_its_place() -> None:
    """Secrets are kept with cell and line, so that a leak can be told where it comes from."""
    found = strip_cell(MasterCell(7, True, CASES[0][1])).secrets
    assert [(s.text, s.cell, s.line) for s in found] == [("b = a + 1", 7, 3)]


def test_a_text_answer_has_its_own_stub() -> None:
    """nbgrader's stub for words; a cell that is a solution as a whole loses all of it."""
    region = MasterCell(1, False, "Why?\n\nBEGIN SOLUTION\nBecause the sum is one.\nEND SOLUTION")
    assert strip_cell(region).source == "Why?\n\nYOUR ANSWER HERE"
    assert strip_cell(MasterCell(1, False, "Because.", whole=True)).source == "YOUR ANSWER HERE"
    assert strip_cell(MasterCell(1, True, "x = f(1)", whole=True)).source == STUB


BROKEN = [
    ("x\n### BEGIN SOLUTION\ny", "never closed"),
    ("### BEGIN SOLUTION\n### BEGIN SOLUTION\ny\n### END SOLUTION", "stands inside"),
    ("### BEGIN SOLUTION\n### BEGIN HIDDEN TESTS\ny\n### END HIDDEN TESTS\n### END SOLUTION", "stands inside"),
    ("y\n### END SOLUTION", "closes nothing"),
    ("### BEGIN SOLUTION\ny\n### END HIDDEN TESTS", "closes nothing"),
    ("### BEGIN SOLUTION\ny\n### END SOLUTION\n### END SOLUTION", "closes nothing"),
]


@pytest.mark.parametrize(("source", "said"), BROKEN)
def test_markers_that_do_not_pair_are_an_error_that_names_the_cell(source: str, said: str) -> None:
    """A region that never ends would give everything or nothing away: neither is guessed."""
    with pytest.raises(AuthorError, match=rf"cell 4, line \d+: .*{said}") as raised:
        strip_cell(MasterCell(4, True, source))
    assert raised.value.hint


def test_a_cell_must_stay_python() -> None:
    """A function whose whole body is a solution under a TODO would be an empty block: the error says what to add."""
    with pytest.raises(AuthorError, match="cell 2: without its solution the cell is no longer Python"):
        strip_cell(
            MasterCell(2, True, "def f():\n    # TODO\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION")
        )


# ---- the whole notebook -----------------------------------------------------------------------------------------

HIDING = "assert x\n### BEGIN HIDDEN TESTS\nassert x == 9 + 0\n### END HIDDEN TESTS"
SOLVED = "### BEGIN SOLUTION\nx = f(3)\n### END SOLUTION"


def code(source: str, **metadata: Any) -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": "told 42\n"}
    return {
        "cell_type": "code", "metadata": metadata, "execution_count": 3, "outputs": [output], "source": source,
    }  # fmt: skip


def text(source: str, kind: str = "markdown", **metadata: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": metadata, "source": source}


def master(*cells: dict[str, Any], minor: int = 4, **metadata: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": cells}).encode()


def handout(*cells: dict[str, Any], **metadata: Any) -> Any:
    made = make_handout(master(*cells, **metadata), "master.ipynb")
    notebook = json.loads(made.text)
    nbformat.validate(nbformat.reads(made.text, as_version=4))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def test_outputs_counts_and_editors_metadata_are_cleared() -> None:
    """What the author ran is no part of what students get."""
    made = handout(code(SOLVED, ExecuteTime={"x": 1}), kernelspec={"name": "python3", "display_name": "P"}, widgets={})
    assert made["cells"][0]["outputs"] == []
    assert made["cells"][0]["execution_count"] is None
    assert made["cells"][0]["metadata"] == {}
    assert set(made["metadata"]) == {"kernelspec"}


def test_the_same_master_makes_the_same_bytes() -> None:
    """Old notebooks have no cell ids: they are made from the place, not by chance."""
    cells = (code(SOLVED), text("words"))
    assert make_handout(master(*cells), "m.ipynb") == make_handout(master(*cells), "m.ipynb")
    version_3 = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "language": "python",
                        "metadata": {},
                        "outputs": [],
                        "input": SOLVED,
                        "collapsed": False,
                    }
                ],
            }
        ],
    }
    old = json.dumps(version_3).encode()
    assert make_handout(old, "m.ipynb") == make_handout(old, "m.ipynb")


def test_cells_that_share_an_id_are_told_apart() -> None:
    """A cell that was copied by hand keeps its twin's id, which the format forbids."""
    twins = [{**code(SOLVED), "id": "twin"}, {**text("words"), "id": "twin"}, text("more")]
    ids = [cell["id"] for cell in json.loads(make_handout(master(*twins, minor=5), "m.ipynb").text)["cells"]]
    assert ids[0] == "twin"
    assert len(set(ids)) == 3


def graded(grade: bool, solution: bool, locked: bool, name: str, points: int | None = None) -> dict[str, Any]:
    found = {
        "schema_version": 3,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "grade_id": name,
        "task": False,
    }
    return found if points is None else {**found, "points": points}


def test_nbgraders_metadata_is_kept_locked_and_sealed() -> None:
    """A hand-out can go on through nbgrader: the checksum is of the cell as students get it, by nbgrader's recipe."""
    made = handout(
        code(SOLVED, nbgrader=graded(False, True, False, "f")),
        code(HIDING, nbgrader=graded(True, False, True, "t", 2)),
        text("Read me.", nbgrader=graded(False, False, True, "r")),
    )
    answer, test, words = made["cells"]
    sealed = "assert x" + "code" + "True" + "False" + "True" + "t" + "2.0"
    assert test["metadata"]["nbgrader"]["checksum"] == hashlib.md5(sealed.encode()).hexdigest()
    assert test["metadata"]["deletable"] is test["metadata"]["editable"] is False
    assert words["metadata"]["editable"] is False
    assert "editable" not in answer["metadata"]
    assert answer["metadata"]["deletable"] is False
    assert answer["metadata"]["nbgrader"]["grade_id"] == "f"


def test_a_solution_cell_of_nbgrader_without_markers_is_a_stub() -> None:
    """As in nbgrader: the metadata alone says that all of the cell is the answer."""
    made = handout(
        code("x = f(3) + 1", nbgrader=graded(False, True, False, "f")),
        text("1", nbgrader=graded(True, True, False, "w", 1)),
    )
    assert [cell["source"] for cell in made["cells"]] == [STUB, "YOUR ANSWER HERE"]


def raw(source: str) -> dict[str, Any]:
    return text(source, "raw")


def test_otters_raw_cells_go_with_the_tests_between_them() -> None:
    """Test cells and written solutions are taken out whole, code solutions by their markers; prompts stay."""
    made = handout(
        raw("# ASSIGNMENT CONFIG\nname: hw"), text("Question 1"), raw("# BEGIN QUESTION\nname: q1"),
        raw("# BEGIN SOLUTION"), code("y = f(3) # SOLUTION"), code("z = f(4) + 1"), text("The answer is nine."),
        raw("# END SOLUTION"), raw("# BEGIN PROMPT"), text("_Type here_"), raw("# END PROMPT"),
        raw("# BEGIN TESTS"), code("# HIDDEN\nassert y == 9"), code("assert y"), raw("# END TESTS"),
        raw("# END QUESTION"), code("# IGNORE\nsecret = f(5)"), text("The end"), raw("plain raw"),
    )  # fmt: skip
    assert [cell["source"] for cell in made["cells"]] == [
        "Question 1",
        "y = ...",
        STUB,
        "_Type here_",
        "The end",
        "plain raw",
    ]


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (["# BEGIN TESTS"], "cell 2: BEGIN TESTS is never closed"),
        (["# END TESTS"], "cell 2: END TESTS closes nothing"),
        (["# BEGIN SOLUTION", "# BEGIN TESTS"], "cell 3: BEGIN TESTS stands inside BEGIN SOLUTION of cell 2"),
    ],
)
def test_otters_raw_cells_must_pair(marks: list[str], said: str) -> None:
    """The error names the cell."""
    with pytest.raises(AuthorError, match=said):
        handout(code(SOLVED), *map(raw, marks))


def test_a_master_that_marks_nothing_is_refused() -> None:
    """Students would get the solutions."""
    with pytest.raises(AuthorError, match="marks no solution"):
        handout(code("x = f(3)"))
