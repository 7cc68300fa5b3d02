"""What a hand-in means without saying it: modules beside it, names that are nowhere defined, code in cells of text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.extract import choose, extract
from grader.extract.imports.beside import finder
from grader.extract.imports.modules import LocalModule, absolute_name, local_modules
from grader.extract.imports.written import with_written
from grader.extract.not_code import answers_as_code
from grader.extract.stand_ins import stand_ins
from grader.intake import one_submission, submissions_in

IMPORTS = [
    ("a = importlib.import_module('a.b')", {"a/__init__.py": "", "a/b.py": ""}, ["a", "a.b"]),
    ('a = __import__("a")', {"a.py": "b = import_module( 'b')", "b.py": ""}, ["b", "a"]),
    ("import helper", {"helper.py": ""}, ["helper"]),
    ("import os, helper as h, json", {"helper.py": ""}, ["helper"]),
    ("    from helper import f  # lazily", {"helper.py": ""}, ["helper"]),
    ("from helper import (f,\n    g)", {"helper.py": ""}, ["helper"]),
    ("from .helper import f", {"helper.py": ""}, ["helper"]),
    ("from . import helper", {"helper.py": ""}, ["helper"]),
    ("from . import (helper as h,\n    other)", {"helper.py": "", "other.py": ""}, ["helper", "other"]),
    ("from .. import helper", {"helper.py": ""}, []),
    ("from lib import deep", {"lib/deep.py": ""}, ["lib.deep"]),
    ("import lib.deep", {"lib/__init__.py": "", "lib/deep.py": ""}, ["lib", "lib.deep"]),
    ("from lib.deep import f", {"lib/__init__.py": "from .other import g", "lib/deep.py": "", "lib/other.py": ""},
     ["lib.other", "lib", "lib.deep"]),
    ("import a", {"a.py": "import b", "b.py": "import c", "c.py": ""}, ["c", "b", "a"]),
    ("import a", {"a.py": "import b", "b.py": "import a"}, ["b", "a"]),
    ("%run -i ./lib/deep.py", {"lib/deep.py": ""}, ["lib.deep"]),
    ("import random\nimport numpy.random", {"random.py": "", "numpy/random.py": ""}, []),
    ("from u\u0308bung import f", {"übung.py": ""}, ["übung"]),
    ("import helper", {}, []),
    ("# import helper\nx = 'import helper'", {"helper.py": ""}, []),
    ("import\nfrom import\nfrom .. import x\nimport 3, a-b, .", {"helper.py": ""}, []),
]  # fmt: skip


@pytest.mark.parametrize(("source", "files", "found"), IMPORTS)
def test_modules_come_after_those_they_need(source: str, files: dict[str, str], found: list[str]) -> None:
    """Own modules are found by what the code imports, and theirs before them; Python's own are never taken."""

    def look_up(name: str) -> tuple[str, str] | None:
        path = name.replace(".", "/")
        return next(((p, files[p]) for p in (f"{path}.py", f"{path}/__init__.py") if p in files), None)

    assert [module.name for module in local_modules([source], look_up)] == found


def test_a_module_for_every_name_ends() -> None:
    """Files that import each other without end, or names without number, are cut at a bound."""
    chain = local_modules(["import m0"], lambda name: (f"{name}.py", f"import m{int(name[1:]) + 1}"))
    assert 0 < len(chain) < 1000
    assert local_modules(["import " + ", ".join(f"m{n}" for n in range(100_000))], lambda name: None) == ()


HOSTILE = ["from a import (" * 50_000, f"from {'.' * 500_000}", "import " * 200_000, f"np. {'import np2 ' * 100_000}"]


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_long_lines_are_read_at_once(source: str) -> None:
    """No line makes reading it last: a bad one would take hours."""
    assert local_modules([source], lambda name: None) == ()
    assert len(list(stand_ins(source))) <= 1


RELATIVE = [
    ("x", 0, "lib/deep.py", "x"),
    ("x", 1, "lib/deep.py", "lib.x"),
    ("", 1, "lib/deep.py", "lib"),
    ("x", 1, "lib/deep/__init__.py", "lib.deep.x"),
    ("x", 2, "lib/deep/__init__.py", "lib.x"),
    ("x", 3, "lib/deep.py", ""),
    ("x", 1, "", "x"),
]


@pytest.mark.parametrize(("name", "level", "file", "absolute"), RELATIVE)
def test_a_relative_import_means_what_python_means(name: str, level: int, file: str, absolute: str) -> None:
    """Dots lead up from the package of the module; in the program itself one dot means beside it."""
    within = (
        LocalModule(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."), file, "") if file else None
    )
    assert absolute_name(name, level, within) == absolute


def test_what_is_imported_is_as_good_as_written_there() -> None:
    """Names have their place in the file they come from, a stub there is a stub, and what is lost there is lost."""
    text = "def f(x):\n    pass\n\ndef g(x):\n    return x +\n\ndef h(x):\n    return x"
    look_up = {"own": ("own.py", text)}.get
    source = b"from own import *\nfrom own import h as k\nfrom own import f as m"
    found = extract(source, "main.py", ("f", "g", "k"), look_up)
    assert found.places["f"] == found.places["m"] == (2, 1)
    assert found.digests["f"] == "empty"
    assert found.lost["g"].line == 5
    assert found.places["k"] == found.places["h"] == (2, 7)
    assert (found.cells[1].file, found.cells[1].source) == ("own.py", text)
    assert found.defined(("f", "g", "k", "l")) == ["f", "g", "k"]


EXPORTS = {
    "no list": ("def f(): pass\ndef _g(): pass\nclass H:\n    def k(self): pass", {"f", "H", "H.k"}),
    "a list": (
        "__all__ = ['_g', 'H']\ndef f(): pass\ndef _g(): pass\nclass H:\n    def k(self): pass",
        {"_g", "H", "H.k"},
    ),
    "a longer one": ("__all__ = ('f',)\n__all__ += ['_g']\ndef f(): pass\ndef _g(): pass\ndef h(): pass", {"f", "_g"}),
    "one that grows": (
        "__all__ = []\ndef f(): pass\n__all__.append('f')\ndef g(): pass\n__all__.extend(['g'])\ndef h(): pass",
        {"f", "g"},
    ),
    "one that is computed": ("__all__ = [n for n in 'fg']\ndef f(): pass\ndef _g(): pass", {"f"}),
    "one that is read": ("def f(): pass\nprint(__all__)", {"f"}),
}


@pytest.mark.parametrize(("text", "names"), EXPORTS.values(), ids=EXPORTS.keys())
def test_a_module_gives_what_it_says_it_gives(text: str, names: set[str]) -> None:
    """`__all__` of an own module decides what `from it import *` brings; `%run` brings all."""
    look_up = {"own": ("own.py", text)}.get
    assert set(extract(b"from own import *", "main.py", ("f",), look_up).places) == names
    run = extract(b"%run own.py", "main.py", ("f",), look_up)
    assert {"f"} <= set(run.places) <= {"f", "g", "h", "H", "H.k"}


@pytest.mark.parametrize("way", ["__all__ = ['f', 'out']", "__all__ = []\n__all__.append('f')"])
def test_what_a_module_says_it_gives_is_run(way: str) -> None:
    """With what it names; but not where the file is run."""
    look_up = {"own": ("own.py", f"out = 3\ndef f(): pass\n{way}")}.get
    for source, run in ((b"from own import *", True), (b"%run own.py", False)):
        pieces = extract(source, "main.py", ("f",), look_up).program.definitions
        assert ("__all__" in "".join(piece.source for piece in pieces)) is run
        assert not run or any("out = 3" in piece.source for piece in pieces) is ("out" in way)


def test_what_is_read_as_an_attribute_of_a_file_is_run_there() -> None:
    """`own.EPS` is no global of the one that reads it, and is needed all the same."""
    look_up = {"own": ("own.py", "EPS = 1e-8\n")}.get
    found = extract(b"import own\ndef f(x):\n    return x + own.EPS", "main.py", ("f",), look_up)
    assert "EPS = 1e-8" in "".join(piece.source for piece in found.program.definitions)


WRITTEN = [
    (["%%writefile own.py\nx = 1"], ("own.py", "\nx = 1")),
    (["%%file ./lib/own.py\nx = 1"], ("lib/own.py", "\nx = 1")),
    (["%%writefile 'own.py'\nx = 1", "%%writefile own.py\nx = 2"], ("own.py", "\nx = 2")),
    (["%%writefile own.py\nx = 1", "%%writefile -a own.py\ny = 2"], ("own.py", "\nx = 1\n\ny = 2")),
    (["\n%%writefile -a own.py\ny = 2"], ("own.py", "\n\ny = 2")),
    (["%%writefile own.txt\nx = 1", "%%time\nx = 1", "x = 1"], ("beside/own.py", "")),
    (["%%writefile my_own.py\nx = 1"], ("beside/own.py", "")),
    (["markdown:%%writefile own.py\nx = 1"], ("beside/own.py", "")),
]


@pytest.mark.parametrize(("sources", "found"), WRITTEN)
def test_a_cell_that_writes_a_file_makes_a_module(sources: list[str], found: tuple[str, str]) -> None:
    """What was written last counts, with its lines as in the cell, and before a file of that name beside it."""
    cells = [("markdown" if source.startswith("markdown:") else "code", source) for source in sources]
    look_up = with_written(cells, {"own": ("beside/own.py", "")}.get)
    assert look_up is not None
    assert look_up("own") == found
    assert look_up("other") is None


def test_where_nothing_is_written_only_what_lies_beside_is_found() -> None:
    """A notebook alone has no modules."""
    assert with_written([("code", "import own")], None) is None


STAND_INS = [
    ("y = np.exp(1)", ["import numpy as np"]),
    ("import numpy as np\ny = np.exp(1)", []),
    ("import torch, numpy as np\ny = np.exp(1)", []),
    ("from jax import numpy as np\ny = np.exp(1)", []),
    ("from layers import np\ny = np.exp(1)", []),
    ("np = __import__('numpy')\ny = np.exp(1)", []),
    ("# import numpy as np\ny = np.exp(1)", ["import numpy as np"]),
    ("y = self.np.exp(1)", []),
    ("for i in xrange(3): reduce(f, x)", ["xrange = range", "from functools import reduce"]),
    ("from functools import reduce\nreduce(f, x)", []),
    ("if isinstance(mode, basestring): pass", ["basestring = str"]),
    ("isinstance(n, (int, long))", ["long = int"]),
    ("isinstance(n, int) and x.long", []),
    ("from past.builtins import xrange\nxrange(3)", ["xrange = range"]),
    ("  from six.moves import (range, xrange)\nxrange(3)", ["xrange = range"]),
    ("from sixth import xrange\nxrange(3)", []),
    ("np.add.reduce(x)\nimport numpy as np", []),
    ("try:\n    xrange\nexcept NameError:\n    xrange = range\nxrange(3)", []),
    ("def long(x): return x\nlong(3)", []),
]


@pytest.mark.parametrize(("code", "statements"), STAND_INS)
def test_a_name_stands_for_what_everybody_means(code: str, statements: list[str]) -> None:
    """Only names that are used and nowhere bound are defined, each with a note."""
    found = list(stand_ins(code))
    assert [statement for statement, _ in found] == statements
    assert all(note for _, note in found)


def test_with_a_star_import_nothing_is_said() -> None:
    """The star may well have brought the name in: it is defined in case, and a note would be a guess."""
    assert list(stand_ins("from layers import *\ny = np.exp(1)")) == [("import numpy as np", "")]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import autograd.numpy as np", "np"),
        ("import jax.numpy as jnp", "jnp"),
        ("import cupy as cp", "cp"),
        ("    import minpy.numpy as np", "np"),
    ],
)
def test_a_package_that_is_used_as_numpy_is_taken_for_it(line: str, name: str) -> None:
    """Where its name is used, and only there; one of its own names is none of numpy's."""
    ((statement, note),) = stand_ins(f"{line}\ny = {name}.exp(1)")
    assert statement == f"import numpy as {name}"
    assert "is not there when it is graded" in note
    assert list(stand_ins(f"{line}\ny = 1")) == []
    assert list(stand_ins("from jax import grad, jit\nimport cupyx.scipy as cp\ncp.exp(grad)")) == []


CELLS = [
    ([("raw", "def f(x): return x")], ["code"]),
    ([("markdown", "class A:\n    x = 1")], ["code"]),
    ([("code", "def f(x): pass"), ("raw", "def f(x): return x")], ["code", "raw"]),
    ([("code", "class A: pass"), ("markdown", "Now define\ndef f(x): here")], ["code", "markdown"]),
    ([("markdown", "# def f(x)"), ("code", "f = 1")], ["markdown", "code"]),
    ([("raw", "x = 1"), ("code", "y = 2")], ["raw", "code"]),
    ([("code", "x = 1\nclass AB: pass"), ("raw", "x = 1\nclass A: pass")], ["code", "code"]),
    ([("code", "x = 1"), ("raw", "x = 1\nclass AB: pass")], ["code", "raw"]),
]


@pytest.mark.parametrize(("cells", "kinds"), CELLS)
def test_only_an_answer_is_read_out_of_other_cells(cells: list[tuple[str, str]], kinds: list[str]) -> None:
    """A cell that is Python as a whole and alone defines a graded name is code; every other stays what it is."""
    made, notes = answers_as_code(cells, ("f", "A.x"))
    assert [kind for kind, _ in made] == kinds
    assert [source for _, source in made] == [source for _, source in cells]
    assert len(notes) == sum(kind != before for kind, (before, _) in zip(kinds, cells, strict=True))


def notebook(*sources: str) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": []} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})


def test_the_files_beside_a_checked_one_are_the_students_own(tmp_path: Path) -> None:
    """`grader check` follows imports on disk; in a class, the files beside one hand-in are those of others."""
    (tmp_path / "helper.py").write_text("def f(x):\n    return x\n")
    path = tmp_path / "ex.ipynb"
    path.write_text(notebook("from helper import f"))
    [_, cell] = choose(one_submission(path, own_work=True), ("f",)).extract.cells
    assert cell.file == "helper.py"
    assert len(choose(one_submission(path), ("f",)).extract.cells) == 1
    by_student = {submission.student_id: submission for submission in submissions_in(tmp_path)}
    assert set(by_student) == {"ex", "helper"}
    assert len(choose(by_student["ex"], ("f",)).extract.cells) == 1


PACKAGED = {
    # an import, and whether the file that lies beside the graded one is meant
    "from course.nets.optimizer import Optimizer": True,
    "from course.optimizer import Optimizer": True,
    "from course import optimizer": True,
    "import course.nets.optimizer as o": True,
    "from keras.optimizer import Optimizer": False,
    "from homework.week1.optimizer import Optimizer": True,
    "from homework.week1.optimizer import (Optimizer as O,\n    rate)": True,
    "from homework.week1.optimizer import Optimizer, Momentum": False,
    "from homework.week1.optimizer import *": False,
    "import homework.week1.optimizer as o": False,
    "from course.nets.base import Base": False,
}


@pytest.mark.parametrize(("line", "is_meant"), PACKAGED.items())
def test_files_of_a_package_of_the_exercise_may_be_handed_in_side_by_side(
    tmp_path: Path, line: str, is_meant: bool
) -> None:
    """As a platform takes single files. Of another package nothing of theirs is meant.

    But for what lies deeper in one, and defines all that is imported: that is their own.
    """
    (tmp_path / "optimizer.py").write_text("rate = 0.1\n\nclass Optimizer:\n    pass\n")
    (tmp_path / "base.py").write_text("class Base:\n    pass\n")
    (tmp_path / "solver.py").write_text(f"{line}\n\ndef f(x):\n    return x\n")
    given = {
        "course/__init__.py": "",
        "course/nets/__init__.py": "",
        "course/nets/base.py": "class Base:\n    given = 1",
    }
    submission = one_submission(tmp_path)
    [solver] = [one for one in submission.candidates if one.shown.endswith("solver.py")]
    find = finder(submission, frozenset(), given, solver)
    assert find is not None
    found = {module.name: module for module in local_modules([line], find)}
    assert any(module.file.endswith("optimizer.py") for module in found.values()) is is_meant
    assert "course.nets.base" not in found or "given" in found["course.nets.base"].source


def test_what_a_file_of_that_package_imports_lies_beside_it_too(tmp_path: Path) -> None:
    """Of their own package each file is found by what some file of theirs imports of it, not the graded one alone."""
    (tmp_path / "base.py").write_text("class Base:\n    pass\n")
    (tmp_path / "optimizer.py").write_text("from homework.week1.base import Base\n\nOptimizer = Base\n")
    line = "from homework.week1.optimizer import Optimizer"
    (tmp_path / "solver.py").write_text(f"{line}\n\ndef f(x):\n    return x\n")
    submission = one_submission(tmp_path)
    [solver] = [one for one in submission.candidates if one.shown.endswith("solver.py")]
    find = finder(submission, frozenset(), {}, solver)
    assert find is not None
    found = {module.name: module.file for module in local_modules([line], find)}
    assert found["homework.week1.base"].endswith("base.py")


def test_the_notebook_that_imports_its_functions_is_graded(tmp_path: Path) -> None:
    """It has them all, in two files; a file that has them all itself is taken before one that imports them."""
    (tmp_path / "layers.py").write_text("def f(x):\n    return x\n")
    (tmp_path / "ex.ipynb").write_text(notebook("from layers import *", "def g(x):\n    return x"))
    chosen = choose(one_submission(tmp_path), ("f", "g"))
    assert chosen.candidate.path.name == "ex.ipynb"
    assert chosen.note.endswith("ex.ipynb was graded with what it imports: " + f"{tmp_path.name}/layers.py.")
    assert choose(one_submission(tmp_path), ("f",)).candidate.path.name == "layers.py"
