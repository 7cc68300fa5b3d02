"""The program inside a hand-in: every way in which a notebook defines its functions is found, and nothing is run.

takes: notebooks and Python files made here, whole and spoiled.
gives: one promise a test, said in its docstring.
must not know: answers, points, the sandbox.
"""

from __future__ import annotations

import ast
import codecs
import json
import re
from contextlib import suppress
from pathlib import Path
from textwrap import dedent, indent

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.extract import Extract, choose, extract, read_cells, stub_digests
from grader.extract.flow.statements import Statement
from grader.extract.repairs.repair import parse
from grader.extract.work import worked
from grader.feedback.evidence import Evidence
from grader.intake import Candidate, Submission, one_submission

EXERCISE = Path(__file__).parent.parent / "reference" / "exercise_05"
WANTED = (
    "Sigmoid.forward", "Sigmoid.backward", "Relu.forward", "Relu.backward", "affine_forward", "affine_backward",
)  # fmt: skip


def code(text: str) -> tuple[str, str]:
    return "code", dedent(text).strip("\n")


def words(text: str) -> tuple[str, str]:
    return "markdown", text


def notebook(*cells: tuple[str, str]) -> bytes:
    """A notebook of version 4 as Jupyter saves one."""
    listed = []
    for number, (kind, source) in enumerate(cells):
        cell = {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": source.splitlines(keepends=True)}
        listed.append(cell | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed}).encode()


def found_in(*cells: tuple[str, str]) -> Extract:
    return extract(notebook(*cells), "a.ipynb", WANTED)


def source_of(found: Extract, every: bool = False) -> str:
    """All that is run, one piece after the other."""
    return "\n".join(piece.source for piece in (found.program.every if every else found.program.definitions))


def name_of(node: ast.stmt) -> str:
    return getattr(node, "name", "")


def well_formed(found: Extract) -> bool:
    """Every piece that would be run is Python by itself."""
    return all(
        isinstance(parse(piece.source), ast.Module) for piece in (*found.program.definitions, *found.program.every)
    )


RELU = """
    class Relu:
        def forward(self, x):
            return x, x

        def backward(self, dout, cache):
            return dout
"""

# ---- what is found ----------------------------------------------------------------------------------------------

DEFINED = {
    "a function": ("def affine_forward(x, w, b):\n    return x", ["affine_forward"]),
    "a class": (dedent(RELU), ["Relu.forward", "Relu.backward"]),
    "a lambda": ("affine_forward = lambda x, w, b: x", ["affine_forward"]),
    "a lambda with a type": ("affine_forward: object = lambda x, w, b: x", ["affine_forward"]),
    "another name": ("def f(x):\n    return x\naffine_forward = f", ["affine_forward"]),
    "two names at once": ("def f(x):\n    return x\naffine_forward = affine_backward = f", WANTED[4:]),
    "names side by side": ("affine_forward, affine_backward = lambda x: x, lambda x: x", WANTED[4:]),
    "a method put on": ("class Relu: pass\ndef f(self, x):\n    return x\nRelu.forward = f", ["Relu.forward"]),
    "a method set on": (
        "class Relu: pass\ndef f(self, x):\n    return x\nsetattr(Relu, 'forward', f)", ["Relu.forward"],
    ),
    "a method by assignment": ("class Relu:\n    forward = lambda self, x: x", ["Relu.forward"]),
    "an inner definition": ("if True:\n    if True:\n        def affine_forward(x): return x", ["affine_forward"]),
    "either of two": (
        "try:\n    from fast import affine_forward\nexcept ImportError:\n    def affine_forward(x):\n        return x",
        ["affine_forward"],
    ),
    "else": ("if False:\n    pass\nelse:\n    def affine_forward(x): return x", ["affine_forward"]),
    "within with": ("with f():\n    def affine_forward(x): return x", ["affine_forward"]),
    "with a decorator": ("@njit\ndef affine_forward(x):\n    return x", ["affine_forward"]),
    "imported": ("from layer import affine_forward", ["affine_forward"]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "names"), DEFINED.values(), ids=DEFINED.keys())
def test_every_way_to_define_a_function_is_run(source: str, names: list[str]) -> None:
    """Functions, classes, assignments and imports are what is run of a notebook, in whatever form."""
    found = found_in(("code", source))
    assert ast.unparse(ast.parse(source_of(found))) == ast.unparse(ast.parse(source))


LOCATED = {name: case for name, case in DEFINED.items() if name not in ("imported", "either of two", "a method set on")}


@pytest.mark.parametrize(("source", "names"), LOCATED.values(), ids=LOCATED.keys())
def test_a_defined_name_has_its_place(source: str, names: list[str]) -> None:
    """Where a graded function is defined is known, so that of several files the right one is taken."""
    assert found_in(("code", source)).defined(WANTED) == list(names)


def test_calls_and_plots_are_not_run() -> None:
    """Only definitions, assignments and imports are run; everything is kept for when a name is missing."""
    found = found_in(
        code("""
        import numpy as np
        x = np.zeros(3)
        plot(x)
        for i in range(3):
            print(i)
        assert x.all()

        def affine_forward(x, w, b):
            return x
        """)
    )
    kept = source_of(found)
    assert "plot" not in kept
    assert "for i" not in kept
    assert "assert" not in kept
    assert "x = np.zeros(3)" in kept
    assert "plot(x)" in source_of(found, every=True)


GUARDS = [
    ("    train(x)\n    y = 1", False),
    ("    import matplotlib\n    show()", False),
    ("    def f(x):\n        return x", True),
    ("    class A:\n        pass\n    train()", True),
]


@pytest.mark.parametrize(("body", "kept"), GUARDS)
def test_a_main_guard_is_run_only_if_it_defines(body: str, kept: bool) -> None:
    """What stands under it trains or plots, as a rule; some put all of their code there."""
    found = found_in(code(f'if __name__ == "__main__":\n{body}'))
    assert ("__main__" in source_of(found)) is kept


def test_a_decorator_is_kept_with_its_function() -> None:
    """The piece begins at the decorator's line, and the name is where `def` stands."""
    found = found_in(code("y = 1\nprint(y)\n@njit\n@other(3)\ndef affine_forward(x):\n    return x"))
    assert "@njit\n@other(3)\ndef affine_forward" in source_of(found)
    assert found.places["affine_forward"] == (1, 5)


def test_line_numbers_are_those_of_the_cell() -> None:
    """A piece keeps the lines of its cell, so that an error is told where the student sees it."""
    found = found_in(words("# Title"), code("\n\nprint(1)\n\ndef affine_forward(x):\n    return x"), code(RELU))
    [first, second] = found.program.definitions
    assert (first.cell, first.first) == (2, 1)
    assert first.source.split("\n").index("def affine_forward(x):") == 2
    assert found.cells[1].source.split("\n").index("def affine_forward(x):") == 2
    assert found.places["affine_forward"] == (2, 3)
    assert (second.cell, found.places["Relu.backward"]) == (3, (3, 5))


def test_cells_are_counted_as_jupyter_shows_them() -> None:
    """All cells count, also text, and each is kept as the student wrote it."""
    found = found_in(words("a"), code("x = 1"), ("raw", "b"), code("y = 2"))
    assert [(cell.number, cell.kind, cell.source) for cell in found.cells] == [
        (1, "markdown", "a"), (2, "code", "x = 1"), (3, "raw", "b"), (4, "code", "y = 2"),
    ]  # fmt: skip


def test_the_last_definition_of_a_name_counts() -> None:
    """A function that is defined twice is where it was defined last, as in Python."""
    found = found_in(code("def affine_forward(x):\n    pass"), code("def affine_forward(x):\n    return x"))
    assert found.places["affine_forward"] == (2, 1)
    assert found.digests["affine_forward"] != "empty"


SHARED_LINES = [
    "x = 1; plot(x)\ndef f(x):\n    return x",
    "x = 1; plot(\n    x)\ndef f(x):\n    return x",
    'x = 1; plot("""\nx""")\ndef f(x):\n    return x',
    "plot(1); x = (1,\n     2)\ndef f(x):\n    return x",
    "import a; plot(a); import b",
]


@pytest.mark.parametrize("source", SHARED_LINES)
def test_statements_that_share_a_line_still_run(source: str) -> None:
    """A definition that shares its line with a call is kept whole: what is run is Python, with the definition in it."""
    found = found_in(("code", source))
    assert well_formed(found)
    defined = {node.name for node in ast.walk(ast.parse(source_of(found))) if isinstance(node, ast.FunctionDef)}
    assert defined == ({"f"} if "def f" in source else set())


def test_attributes_of_numpy_are_listed() -> None:
    """Names used of numpy are known, so that a page can say which of them are gone."""
    assert found_in(code("import numpy as np\nx = np.product(np.zeros(3))\ny = z.other")).attributes == (
        "product", "zeros",
    )  # fmt: skip


# ---- what is broken ---------------------------------------------------------------------------------------------


def test_a_broken_cell_costs_only_its_own_names() -> None:
    """The other cells are run, and the lost name knows its cell, line and message."""
    found = found_in(
        code("def affine_forward(x):\n    return x"),
        code("def affine_backward(dout):\n    return dout +"),
        code(RELU),
    )
    assert set(found.lost) == {"affine_backward"}
    trouble = found.lost["affine_backward"]
    assert (trouble.type_name, trouble.cell, trouble.line) == ("SyntaxError", 2, 2)
    assert {"affine_forward", "Relu.forward"} <= set(found.places)
    assert found.cells[1].remarks
    assert "affine_backward" in found.defined(WANTED)


def test_a_broken_method_costs_only_itself() -> None:
    """The class stays, with the other method, at their own lines."""
    found = found_in(
        code(
            "class Relu:\n    def forward(self, x):\n        return x)\n    def backward(self, d, c):\n        return d"
        )
    )
    assert set(found.lost) == {"Relu.forward"}
    assert found.places["Relu.backward"] == (1, 4)


def test_a_name_that_is_defined_again_is_not_lost() -> None:
    """A broken first try does not count against a second one that parses."""
    found = found_in(code("def affine_forward(x):\n    return x +"), code("def affine_forward(x):\n    return x"))
    assert not found.lost


def test_a_class_that_was_only_begun_ends_nothing() -> None:
    """`class Sigmoid:` with nothing in it but a comment: the rest of the notebook is read."""
    found = found_in(code("class Sigmoid:\n    # to do"), code("def affine_forward(x):\n    return x"))
    assert "affine_forward" in found.places
    assert "Sigmoid.forward" in found.defined(WANTED)


DEEP = {
    "a long chain of elif": "if a:\n    x = 0\n" + "".join(f"elif a == {n}:\n    x = {n}\n" for n in range(1500)),
    "a long chain of attributes": "a" + ".b" * 900 + " = 1\n",
    "a long sum": "x = " + "+".join("y" * 900) + "\n",
    "a very long sum": "x = " + "+".join("y" * 30_000) + "\n",
    "ninety ifs in a row": "".join(" " * n + "if a:\n" for n in range(90)) + " " * 90 + "x = 1\n",
    "two hundred ifs in a row": "".join(" " * n + "if a:\n" for n in range(200)) + " " * 200 + "x = 1\n",
    "many brackets": "x = " + "[" * 190 + "]" * 190 + "\n",
    "too many brackets": "x = " + "[" * 5000 + "]" * 5000 + "\n",
    "a chain of calls": "x = a" + "()" * 900 + "\n",
    "lambdas in lambdas": "x = " + "lambda: " * 300 + "1\n",
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP.keys())
@pytest.mark.parametrize("file", ["a.ipynb", "a.py"])
def test_deep_code_ends_nothing(source: str, file: str) -> None:
    """However deep a student's code is nested: an extract, and the function in another cell is there."""
    tail = "def affine_forward(x):\n    return x"
    data = notebook(("code", source), ("code", tail)) if file == "a.ipynb" else (source + tail).encode()
    found = extract(data, file, WANTED)
    assert well_formed(found)
    if file == "a.ipynb":
        assert "affine_forward" in found.places


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_ends_of_lines_within_a_notebook_are_all_the_same(newline: str) -> None:
    """Whatever ends the lines of a cell, each is one line, and nothing on it is lost."""
    source = newline.join(["import numpy as np", "print(1)", "def affine_forward(x):", "    return x"])
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    data = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode()
    found = extract(data, "a.ipynb", WANTED)
    assert found.places["affine_forward"] == (1, 3)
    kept = ast.parse(source_of(found))
    assert [type(node).__name__ for node in kept.body] == ["Import", "FunctionDef"]


# ---- the shape of the solution sheet ----------------------------------------------------------------------------

FORWARD, BACKWARD = "def forward(self, x):\n    return x, x", "def backward(self, dout, cache):\n    return dout"
BOTH = ("code", FORWARD + "\n\n" + BACKWARD)


def both_under(above: str, below: str) -> list[tuple[str, str]]:
    """Each method under a heading of its own."""
    return [words(above), ("code", FORWARD), words(below), ("code", BACKWARD)]


HEADINGS = {
    "headings": [words("# Sigmoid - Forward"), ("code", FORWARD), words("# Sigmoid - Backward"), ("code", BACKWARD)],
    "one heading for both": [words("## The Sigmoid"), ("code", FORWARD), ("code", BACKWARD)],
    "a heading in bold": [words("**Sigmoid**"), ("code", FORWARD), ("code", BACKWARD)],
    "a single line of text": [words("Sigmoid: forward"), ("code", FORWARD), ("code", BACKWARD)],
    "text below the heading": [words("# Sigmoid\nUnlike Relu it is smooth.\n"), ("code", FORWARD), ("code", BACKWARD)],
    "text in between": [words("# Sigmoid"), words("Some\nwords."), ("code", FORWARD), ("code", BACKWARD)],
    "a line of text below": [words("## Sigmoid"), words("Unlike Relu it is smooth."), BOTH],
    "a remark below": [words("## Sigmoid"), words("**Remark:** unlike Relu it is smooth."), BOTH],
    "a heading below": [words("## Sigmoid\n### Solution"), ("code", FORWARD), words("**Hint**"), ("code", BACKWARD)],
    "headings of the methods": [
        words("## Sigmoid"), words("### Forward"), ("code", FORWARD), words("### Backward"), ("code", BACKWARD),
    ],
    "an underlined heading": [
        words("Sigmoid - Forward\n---\n---"), ("code", FORWARD), words("Sigmoid\n===\nText."), ("code", BACKWARD),
    ],
    "a heading in HTML": [words("<h2 id='a'>Sigmoid</h2>\n<p>Your turn</p>"), BOTH],
    "code in the text": [words("## Sigmoid"), words("```\n# Relu\n```"), words(""), BOTH],
    "text instead of headings": [words("Forward of Relu, then."), words("Now we do the Sigmoid one."), BOTH],
    "another class further down": [words("## Sigmoid"), BOTH, words("### Tanh"), ("code", FORWARD)],
    "a stub and a solution": [words("## Sigmoid"), code("def forward(self, x): pass"), words("### Solution"), BOTH],
    "comments": [("code", "# Sigmoid\n" + FORWARD), ("code", "# Sigmoid backward\n" + BACKWARD)],
    "comments below": [("code", FORWARD + "  # of Sigmoid"), ("code", BACKWARD + "  # of Sigmoid")],
    "both in one cell": [words("# sigmoid"), BOTH],
    "names of functions": both_under("### sigmoid_forward", "### `sigmoid_backward`"),
    "names of functions in comments": [
        ("code", f"# sigmoid_forward\n{FORWARD}"), ("code", f"# sigmoid_backward\n{BACKWARD}"),
    ],
    "names in one word": both_under("### SigmoidForward", "### SIGMOIDLayerBackward"),
    "German words": both_under("## Sigmoidfunktion vorwärts", "## _Sigmoidschicht_"),
    "a plural": [words("## Forward pass of Sigmoids"), BOTH],
    "a longer name": [words("## Sigmoid"), BOTH, words("## SigmoidLoss"), ("code", FORWARD)],
    "whatever is given": [
        words("## Sigmoid"), code("def forward(*args): return args[1], None"),
        code("def backward(self, /, dout, cache): return dout"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("cells", HEADINGS.values(), ids=HEADINGS.keys())
def test_a_bare_method_belongs_to_the_class_of_its_heading(cells: list[tuple[str, str]]) -> None:
    """`def forward(self, x)` in a cell under a heading, or with a comment, that names the class is its method."""
    found = found_in(*cells)
    assert found.defined(WANTED) == ["Sigmoid.forward", "Sigmoid.backward"]
    assert {piece.bind for piece in found.program.definitions if piece.bind} == {"Sigmoid.forward", "Sigmoid.backward"}
    assert "empty" not in found.digests.values()
    assert well_formed(found)


@pytest.mark.parametrize("order", [("Sigmoid", "Relu"), ("Relu", "Sigmoid")])
def test_bare_methods_of_two_classes_are_told_apart(order: tuple[str, str]) -> None:
    """Whichever class comes first, each method is bound to the class of the heading right above it."""
    cells = []
    for name in order:
        cells += [words(f"# {name} - Forward"), ("code", FORWARD), words(f"# {name} - Backward"), ("code", BACKWARD)]
    found = found_in(*cells)
    assert found.defined(WANTED) == list(WANTED[:4])
    assert found.places[f"{order[0]}.forward"] == (2, 1)
    assert found.places[f"{order[1]}.backward"] == (8, 1)
    binds = [(piece.cell, piece.bind, piece.name) for piece in found.program.definitions if piece.bind]
    assert binds[0] == (2, f"{order[0]}.forward", "forward")
    assert binds[-1] == (8, f"{order[1]}.backward", "backward")


def test_a_heading_counts_until_the_next_of_its_level() -> None:
    """Under "## Affine" nothing is the Sigmoid's any more, and a cell's own comment outweighs a heading further up."""
    cells = [
        words("## Sigmoid"),
        words("### Solution"),
        ("code", FORWARD),
        ("code", f"# Relu\n{FORWARD}"),
        words("## Affine"),
        ("code", BACKWARD),
    ]
    found = found_in(*cells)
    binds = [(piece.cell, piece.bind) for piece in found.program.definitions if piece.bind]
    assert binds == [(3, "Sigmoid.forward"), (4, "Relu.forward")]
    [note] = found.notes
    assert note.startswith("`def backward(self, ...)` in cell 6, line 1 belongs to no class")


def test_a_method_further_down_replaces_none_that_is_there() -> None:
    """A `forward` under a lower heading that names no class may be another one; a second try under the same is not."""
    again = FORWARD.replace("x, x", "x, 0")
    cells = [
        words("## Sigmoid"),
        words("### Forward"),
        ("code", FORWARD),
        ("code", again),
        words("### Tanh"),
        ("code", FORWARD),
    ]
    assert [piece.cell for piece in found_in(*cells).program.definitions if piece.bind] == [3, 4]


def test_nothing_is_said_of_a_bare_function_that_is_put_on_its_class() -> None:
    """A decorator or an assignment may use it; where no graded class lacks it, it is nobody's concern."""
    put_on = code(f"class Sigmoid: pass\nclass Relu: pass\n{FORWARD}\nSigmoid.forward = Relu.forward = forward")
    decorated = code(f"class Sigmoid: pass\n@add_to(Sigmoid)\n{FORWARD}")
    looped = code(f"class Sigmoid: pass\nclass Relu: pass\n{FORWARD}\nfor c in (Sigmoid,): c.forward = forward")
    made = code(f"{FORWARD}\nclass Relu: pass\nSigmoid = type('Sigmoid', (), dict(forward=forward))")
    assert found_in(put_on).notes == found_in(made).notes == found_in(decorated).notes == found_in(looped).notes == ()


def test_a_bare_function_of_no_class_is_nobodys_method() -> None:
    """Without a heading or a comment that names one class, nothing is guessed."""
    of_both = [words("# Layers"), ("code", "# Relu or Sigmoid\n" + FORWARD)]
    others = ("Tanh", "Relu6", "leaky_relu", "MyRelu", "Sigmoid vs. ReLU", "sigmoid_forward and relu_forward", "prelu")
    for cells in ([("code", FORWARD)], of_both, *([words(f"## {other}"), ("code", FORWARD)] for other in others)):
        assert not any(piece.bind for piece in found_in(*cells).program.definitions)


ALONE = "def forward(x):\n    return x, x"
BEHIND = code("def backward(self, dout, cache):\n    return dout")


def test_a_bare_function_without_self_is_a_method_below_a_heading_alone() -> None:
    """Whoever tries `forward(x)` takes `self` out. A comment alone makes it none, nor a class that has the method; and
    where nothing is called like another method, the class may be made where nobody reads it."""
    found = found_in(words("## Sigmoid"), ("code", ALONE), BEHIND)
    bound = next(piece for piece in found.program.definitions if piece.bind)
    assert bound.bind == "Sigmoid.forward"
    assert bound.source == f"{ALONE}\nforward = staticmethod(forward)"
    there = code("class Sigmoid:\n    def forward(self, x): return x + 1, x")
    others: list[list[tuple[str, str]]] = [
        [("code", f"# Sigmoid\n{ALONE}")],
        [words("## Sigmoid"), there, ("code", ALONE)],
        [words("## Sigmoid"), ("code", ALONE), code("Sigmoid = type('Sigmoid', (), dict(forward=forward))")],
        [code("from layers import Sigmoid"), words("## Sigmoid"), ("code", ALONE)],
        [code("def SigmoidForward(x): return x, x"), words("## Sigmoid"), ("code", ALONE)],
    ]
    for cells in [*([*cells, words("# End"), BEHIND] for cells in others), [words("## Sigmoid"), ("code", ALONE)]]:
        found = found_in(*cells)
        assert not any(piece.name == "forward" and piece.bind for piece in found.program.definitions)


def test_a_class_whose_name_begins_like_anothers_is_not_taken_for_it() -> None:
    """`## LayerForward` is of that class, not of Layer."""
    cells = (
        words("## LayerForward"),
        code("def run(self, x): return x"),
        words("## Layers"),
        code("def run(self): pass"),
    )
    found = extract(notebook(*cells), "a.ipynb", ("Layer.run", "LayerForward.run"))
    assert [piece.bind for piece in found.program.definitions if piece.bind] == ["LayerForward.run", "Layer.run"]


@pytest.mark.parametrize(
    "above", [words("## Sigmoid - Backward"), words("## Sigmoid\n### Backward"), code("# Sigmoid")]
)
def test_a_bare_method_that_does_not_parse_is_lost_to_its_class(above: tuple[str, str]) -> None:
    """The page of one below a heading said that nothing of the name was there, and nothing of the open bracket."""
    comment, broken = above[1] + "\n" if above[0] == "code" else "", "def backward(self, dout, cache):\n    dx = (dout"
    found = found_in(*([above] if above[0] != "code" else []), ("code", comment + broken), ("code", "x = 3"))
    assert found.defined(WANTED) == ["Sigmoid.backward"]
    trouble = found.lost["Sigmoid.backward"]
    assert "never closed" in trouble.message
    assert trouble.line == (comment + broken).count("\n") + 1
    assert found.notes == ()


def test_a_later_try_that_parses_counts_and_a_broken_one_of_no_class_is_told() -> None:
    """A broken first try costs nothing; below no heading the page says that it is of no class, as of others."""
    broken = "def backward(self, dout, cache):\n    dx = (dout"
    again = found_in(words("## Sigmoid"), ("code", broken), ("code", BACKWARD))
    assert not again.lost.keys() & set(WANTED)
    assert again.places["Sigmoid.backward"] == (3, 1)
    other = found_in(words("## Sigmoid"), ("code", broken), words("### Tanh"), ("code", BACKWARD))
    assert other.defined(WANTED) == ["Sigmoid.backward"] == list(other.lost)
    [note] = found_in(("code", broken)).notes
    assert note.startswith("`def backward(self, ...)` in cell 1, line 1 belongs to no class")
    assert found_in(("code", broken.replace("self, ", ""))).notes == ()


@pytest.mark.parametrize("body", ["def forward(self, x): return 3", "forward = np.tanh", "def backward(self): pass\n"])
def test_a_class_of_that_name_keeps_the_methods_that_it_has_work_in(body: str) -> None:
    """A bare function beside it is made none of these; nor one of a class that may inherit it, or that is changed."""
    made, inherits = f"class Sigmoid:\n    {body}", f"class Sigmoid(Layer):\n    {body}"
    called = f"def attach(cls): cls.forward = np.tanh\n{made}\nattach(Sigmoid)"
    wanted = ("Sigmoid.forward",)
    for source, is_kept in ((made, "forward" in body), (inherits, True), (called, True)):
        for cells in (
            [words("# Sigmoid"), code(source), ("code", FORWARD)],
            [("code", f"# Sigmoid\n{FORWARD}"), code(source)],
        ):
            found = extract(notebook(*cells), "a.ipynb", wanted)
            assert any(piece.bind for piece in found.program.definitions) is not is_kept


@pytest.mark.parametrize(
    "line", ["Sigmoid = Layer", "Sigmoid = Layer()", "Sigmoid = type('Sigmoid', (Layer,), {})", "a, Sigmoid = 1, Layer"]
)
def test_a_class_that_is_made_by_no_class_keeps_what_it_has(line: str) -> None:
    """A heading above a bare function, for another class or none, takes no method from it."""
    made = f"class Layer:\n    def forward(self, x): return 3\n{line}"
    for cells in (
        [code(made), words("# Sigmoid"), ("code", FORWARD)],
        [words("# Sigmoid"), ("code", FORWARD), code(made)],
    ):
        found = extract(notebook(*cells), "a.ipynb", ("Sigmoid.forward",))
        assert not any(piece.bind for piece in found.program.definitions)
        assert line in "".join(piece.source for piece in found.program.definitions)
        assert "left out" not in "".join(found.notes)


@pytest.mark.parametrize(
    "line",
    ["Sigmoid, cache = forward(None, 3)", "Sigmoid = forward(None, 3)[0]", "Sigmoid = np.ones(3)", "Sigmoid = 3"],
)
@pytest.mark.parametrize("at", range(3), ids=["above both", "between them", "below both"])
def test_a_value_that_is_called_like_a_class_takes_no_bare_method_away(line: str, at: int) -> None:
    """`Sigmoid = forward(None, x)` tries one out: both functions were missing, below a heading that says whose."""
    backward = FORWARD.replace("forward", "backward")
    cells = [words("# Sigmoid"), ("code", FORWARD), ("code", backward)]
    cells.insert(1 + at, code(line))
    found = extract(notebook(*cells), "a.ipynb", ("Sigmoid.forward", "Sigmoid.backward"))
    assert [piece.bind for piece in found.program.definitions if piece.bind] == ["Sigmoid.forward", "Sigmoid.backward"]
    loaded = [piece for piece in found.program.definitions if "Sigmoid" in piece.source]
    assert not loaded or at == 0  # where it comes later it would stand in the place of the class
    assert ("left out" in "".join(found.notes)) is (at > 0)


def test_bare_methods_are_put_on_a_class_of_which_an_object_is_made_below() -> None:
    """`Sigmoid = Sigmoid()` tries it out."""
    cells = [words("# Sigmoid"), code("class Sigmoid: pass"), ("code", FORWARD), code("Sigmoid = Sigmoid()")]
    found = extract(notebook(*cells), "a.ipynb", ("Sigmoid.forward",))
    assert [piece.bind for piece in found.program.definitions if piece.bind] == ["Sigmoid.forward"]


SKELETONS = {
    "an empty class": "class Sigmoid: pass",
    "a constructor": "class Sigmoid(object):\n    def __init__(self):\n        pass",
    "empty methods": "class Sigmoid:\n    def forward(self, x): pass\n    def backward(self, dout, cache): ...",
    "methods as in the hand-out": "class Sigmoid:\n    def forward(self, x):\n        out = None\n        return out\n",
}


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=SKELETONS.keys())
def test_bare_methods_are_put_on_a_class_that_has_no_work_in_them(skeleton: str) -> None:
    """Wherever the class stands; it has the methods in the end, and that is where they are told to be."""
    stubs = {
        "Sigmoid.forward": stub_digests(notebook(code(SKELETONS["methods as in the hand-out"])), "a.ipynb", WANTED)
    }
    sheet = [words("## Sigmoid"), ("code", FORWARD), words("### Backward"), ("code", BACKWARD)]
    for at in (0, 1, 2, 4):
        cells = [*sheet[:at], code(skeleton), *sheet[at:]]
        found = extract(notebook(*cells), "a.ipynb", WANTED, None, stubs["Sigmoid.forward"])
        assert [piece.bind for piece in found.program.definitions[-2:]] == ["Sigmoid.forward", "Sigmoid.backward"]
        assert found.places["Sigmoid.forward"] == (2 if at > 1 else 3, 1)
        assert [made.name for made in found.history[-2:]] == ["Sigmoid.forward", "Sigmoid.backward"]
        assert found.notes == ()
        assert well_formed(found)


BASES = {"": set(), "(object)": set(), "(Base)": {"Sigmoid.forward"}, "(nn.Module)": {"Sigmoid.forward"}}


@pytest.mark.parametrize(("base", "found"), BASES.items(), ids=BASES.keys())
def test_a_method_that_a_class_may_inherit_counts_as_written(base: str, found: set[str]) -> None:
    """From its own base, or from a module's; `object` has none to give."""
    text = f"class Sigmoid{base}:\n    pass"
    assert worked([(Statement(ast.parse(text).body[0], text), text.split("\n"))], ("Sigmoid.forward",), {}) == found


SOUND, MADE = "class Layer:\n    def __init__(self): self.params = {}", "class Sigmoid(Layer): pass"
OPEN_BASES = {
    "a base without it": [code(SOUND)],
    "one that raises": [code(f"{SOUND}\n    def forward(self, x): raise NotImplementedError('later')")],
    "an abstract one": [
        code("from abc import ABC\nclass Layer(ABC):\n    @abstractmethod\n    def forward(self, x): ...")
    ],
    "one that stands below": [code(MADE), code(SOUND)],
    "a base of its base": [code("class Root: pass\nclass Layer(Root): pass")],
    "bases in a ring": [code("class Root: pass\nclass Layer(Root): pass\nclass Root(Layer): pass")],
}
GIVING_BASES = {
    "one with work in it": [code("class Layer:\n    def forward(self, x): return 3")],
    "one that is given it": [code(f"{SOUND}\nLayer.forward = abs")],
    "one that a call changes": [code(f"def put(kind): kind.forward = abs\n{SOUND}\nput(Layer)")],
    "one that a decorator changes": [code(f"@put\n{SOUND}")],
    "one that gives whatever is asked for": [code(f"{SOUND}\n    def __getattr__(self, name): return abs")],
    "one of a module": [code(f"{SOUND}\nfrom course import Layer")],
    "a base of its base": [code("class Root:\n    forward = abs\nclass Layer(Root): pass")],
    "a base of its base that is not here": [code("class Layer(nn.Module): pass")],
    "one that is worked out": [code(f"{SOUND}\nclass Layer(mixed(Layer)): pass")],
}


@pytest.mark.parametrize("base", OPEN_BASES.values(), ids=OPEN_BASES.keys())
def test_a_bare_method_counts_where_its_class_inherits_none(base: list[tuple[str, str]]) -> None:
    """A base that has not the method, or leaves it open, has nothing to give: a right backward was missing."""
    for cells in ([*base, words("## Sigmoid"), code(MADE)], [words("## Sigmoid"), code(MADE), *base]):
        found = found_in(*cells, ("code", FORWARD))
        assert [piece.bind for piece in found.program.definitions if piece.bind] == ["Sigmoid.forward"]
        assert found.notes == ()


@pytest.mark.parametrize("base", GIVING_BASES.values(), ids=GIVING_BASES.keys())
def test_a_bare_method_takes_nothing_from_a_class_that_may_inherit_it(base: list[tuple[str, str]]) -> None:
    """What is not known to have none may have it; and that a heading would help is not said."""
    for cells in ([*base, words("## Sigmoid"), code(MADE)], [words("## Sigmoid"), code(MADE), *base]):
        found = found_in(*cells, ("code", FORWARD))
        assert not any(piece.bind for piece in found.program.definitions)
        assert "heading" not in "".join(found.notes)


def test_an_open_method_leaves_the_others_alone() -> None:
    """A class that has its forward gets its backward from below, and keeps the former."""
    made = code("class Sigmoid:\n    def forward(self, x):\n        return 1, x")
    found = found_in(words("## Sigmoid"), made, BOTH)
    assert [piece.bind for piece in found.program.definitions if piece.bind] == ["Sigmoid.backward"]
    assert found.places["Sigmoid.forward"] == (2, 2)


# ---- cells that the student's kernel does not run ------------------------------------------------------------------

RIGHT, OLD = (f"def affine_forward(x, w, b):\n    return x @ w + {by}, x" for by in ("b", "0"))
STUB_HERE = "def affine_forward(x, w, b):\n    pass"
ASIDE = {
    "an old attempt below": ([RIGHT, f"%%writefile old.py\n{OLD}"], 1),
    "an old attempt above": ([f"%%file old.py\n{OLD}", RIGHT], 2),
    "one that runs elsewhere": ([RIGHT, f"%%python\n{OLD}"], 1),
    "one in another language's cell": ([RIGHT, f"%%script python\n{OLD}"], 1),
    "one that stands nowhere else": ([f"%%writefile a.py\n{OLD}", f"%%writefile a.py\n{RIGHT}"], 2),
    "a stub beside it": ([STUB_HERE, f"%%writefile a.py\n{RIGHT}"], 2),
    "a module that is imported": ([f"%%writefile a.py\n{RIGHT}", "from a import affine_forward"], 3),
    "a value": (["affine_forward = print", f"%%writefile a.py\n{RIGHT}"], 1),
}


@pytest.mark.parametrize(("sources", "cell"), ASIDE.values(), ids=ASIDE.keys())
def test_a_cell_that_the_kernel_does_not_run_counts_for_what_is_nowhere_else(sources: list[str], cell: int) -> None:
    """A copy that was put away replaces nothing; work that stands only there is graded."""
    found = found_in(*(("code", source) for source in sources))
    assert found.places["affine_forward"][0] == cell
    assert well_formed(found)


def test_of_a_file_that_is_written_only_what_is_nowhere_else_is_run() -> None:
    """Its class, the loop that fills a table of the notebook's, and the helpers of both."""
    mine = code("T = {}\nEPS = 1\ndef scale(): return T\nclass Relu:\n    def forward(self, x): return scale(), EPS")
    aside = code(
        "%%writefile a.py\nT = {1: 2}\nEPS = 2\ndef scale(): return EPS\nclass Relu:\n    def forward(self): pass\n"
        "class Sigmoid:\n    def forward(self, x): return half() + EPS\ndef half(): return 0.5\nfor k in T: T[k] = 1\n"
    )
    for cells in ((mine, aside), (aside, mine)):
        found = found_in(*cells)
        number = cells.index(aside) + 1
        [piece] = [piece for piece in found.program.definitions if piece.cell == number]
        assert [name_of(node) for node in ast.parse(piece.source).body] == ["Sigmoid", "half"]
        assert found.places["Relu.forward"][0] != number
        assert found.places["Sigmoid.forward"] == (number, 8)


# ---- the untouched hand-out -------------------------------------------------------------------------------------

STUB = """
def affine_forward(x, w, b):
    out, cache = None, None
    # TODO
    return out, cache
"""
SAME = {
    "a comment": "def affine_forward(x, w, b):\n    out, cache = None, None\n    # later\n    return out, cache",
    "a docstring": 'def affine_forward(x, w, b):\n    """Mine."""\n    out, cache = None, None\n    return out, cache',
    "layout": "def affine_forward( x,w,  b ) :\n\n\n    out , cache=None,(None)\n\n    return (out, cache)",
    "one line": "def affine_forward(x, w, b): out, cache = None, None; return out, cache",
    "pass": "def affine_forward(x, w, b):\n    out, cache = None, None\n    pass\n    return out, cache",
    "dots and pass": "def affine_forward(x, w, b):\n    ...\n    out, cache = None, None\n    pass; return out, cache",
    "a text": "def affine_forward(x, w, b):\n    out, cache = None, None\n    'TODO'\n    return out, cache",
}
OTHER = {
    "another value": "def affine_forward(x, w, b):\n    out, cache = None, x\n    return out, cache",
    "another argument": "def affine_forward(x, w, c):\n    out, cache = None, None\n    return out, cache",
    "a line more": "def affine_forward(x, w, b):\n    out, cache = None, None\n    out = x @ w\n    return out, cache",
    "another order": "def affine_forward(x, w, b):\n    out, cache = None, None\n    return cache, out",
    "a default": "def affine_forward(x, w, b=0):\n    out, cache = None, None\n    return out, cache",
    "a branch": "def affine_forward(x, w, b):\n    out, cache = None, None\n    if x: pass\n    return out, cache",
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME.keys())
def test_an_untouched_function_is_known_in_any_dress(source: str) -> None:
    """Comments, docstrings, layout and what only holds a place do not make a stub an attempt, in either of the two."""
    for theirs, mine in ((STUB, source), (source, STUB)):
        stubs = stub_digests(notebook(("code", theirs)), "handout.ipynb", WANTED)
        assert found_in(("code", mine)).digests["affine_forward"] in stubs["affine_forward"]


@pytest.mark.parametrize("source", OTHER.values(), ids=OTHER.keys())
def test_a_function_that_was_changed_is_an_attempt(source: str) -> None:
    """Any change of what the code says makes it another function."""
    stubs = stub_digests(notebook(("code", STUB)), "handout.ipynb", WANTED)
    assert found_in(("code", source)).digests["affine_forward"] not in stubs["affine_forward"]


@pytest.mark.parametrize(
    "body",
    ["pass", "...", "return", "return None", "raise NotImplementedError", "raise NotImplementedError('x')", "'doc'"],
)
def test_a_function_that_does_nothing_is_empty(body: str) -> None:
    """All the ways to leave a function open are one."""
    assert found_in(code(f"def affine_forward(x):\n    {body}")).digests["affine_forward"] == "empty"


@pytest.mark.parametrize("body", ["return 0", "raise ValueError", "x += 1", "return x", "print(x)"])
def test_a_function_that_does_something_is_not_empty(body: str) -> None:
    """What was written is an attempt, however small."""
    assert found_in(code(f"def affine_forward(x):\n    {body}")).digests["affine_forward"] != "empty"


LEFT = "class Relu:\n    def forward(self, x):\n        pass\ndef affine_forward(x):\n    pass\n"
FILLED = {
    "a method put on": "def f(self, x):\n    return x\nRelu.forward = f",
    "a method put on with a type": "def f(self, x):\n    return x\nRelu.forward: object = f",
    "a method set on": "def f(self, x):\n    return x\nsetattr(Relu, 'forward', f)",
    "methods put on side by side": "def f(self, x):\n    return x\nRelu.forward, Relu.backward = f, f",
    "another class of that name": "class Mine:\n    def forward(self, x):\n        return x\nRelu = Mine",
    "a class that inherits": "class Mine:\n    def forward(self, x):\n        return x\nclass Relu(Mine):\n    pass",
    "a class that is imported": "from mine import Relu",
    "a class in a loop": "for one in (1,):\n    class Relu:\n        def forward(self, x):\n            return x",
}  # fmt: skip


@pytest.mark.parametrize("source", FILLED.values(), ids=FILLED.keys())
def test_a_stub_that_is_replaced_later_is_an_attempt(source: str) -> None:
    """Where the hand-out's stub stays in the notebook and a later cell puts another function in its place, the
    function is not "as the hand-out left it": it must be called."""
    digest = found_in(("code", LEFT), ("code", source)).digests.get("Relu.forward")
    assert digest != "empty"


def test_a_function_that_is_imported_over_a_stub_is_an_attempt() -> None:
    """The same for a plain function."""
    found = found_in(("code", LEFT), code("from mine import affine_forward"))
    assert found.digests.get("affine_forward") != "empty"


def test_a_lambda_over_a_stub_is_an_attempt() -> None:
    """An assignment to the name takes the stub's place."""
    assert "affine_forward" not in found_in(("code", LEFT), code("affine_forward = lambda x: x")).digests


# ---- work that counts no more -----------------------------------------------------------------------------------

ONE, OTHER_ONE = (
    "class Relu:\n    def forward(self, x):\n        return x",
    "    def backward(self, d, c):\n        return d",
)
AGAIN = {
    "a class in two halves": ([ONE, f"class Relu:\n{OTHER_ONE}"], "`class Relu` in cell 2, line 1 has no `forward`"),
    "a class that inherits": ([ONE, f"class Relu(Relu):\n{OTHER_ONE}"], ""),
    "a class that is whole": ([ONE, f"{ONE}\n{OTHER_ONE}"], ""),
    "a stub below": (
        [ONE, "class Relu:\n    def forward(self, x):\n        pass"],
        "`Relu.forward` in cell 2, line 2 is",
    ),
    "a template below": (
        [STUB.replace("# TODO", "out = x"), STUB],
        "`affine_forward` in cell 2, line 2 is empty or as",
    ),
    "a stub that gives two of nothing": (
        [ONE, "class Relu:\n    def forward(self, x):\n        '''TODO'''\n        return None, None"],
        "`Relu.forward` in cell 2, line 2 is",
    ),
    "a template above": ([STUB, STUB.replace("# TODO", "out = x")], ""),
    "a template that nobody runs": ([ONE, "if False:\n    class Relu:\n        def forward(self, x): pass"], ""),
    "a method put on afterwards": ([ONE, f"class Relu:\n{OTHER_ONE}\nRelu.forward = print"], ""),
    "methods put on in a loop": ([ONE, f"class Relu:\n{OTHER_ONE}\nfor c in (Relu,): c.forward = print"], ""),
    "within another method": (
        [f"{ONE}\n" + indent(OTHER_ONE, "    ")],
        "`def backward` in cell 1, line 4 stands within `forward`",
    ),
    "a method that is made by another": (
        [ONE.replace("forward", "__init__").replace("return x", "def forward(): pass")],
        "",
    ),
    "within a function": (
        ["def solution():\n    def affine_forward(x):\n        return x\n    return affine_forward"],
        "`def affine_forward` in cell 1, line 2 stands within `solution`, and is",
    ),
    "a class within a function": (
        ["def solution():\n" + indent(f"{ONE}\n{OTHER_ONE}", "    ")],
        "`class Relu` in cell 1, line 2 stands within `solution`, and is",
    ),
    "what a function gives back": (
        ["def make():\n    def affine_forward(x): return x\n    return affine_forward\naffine_forward = make()"],
        "",
    ),
    "a class that a function gives back": (
        ["def solution():\n" + indent(f"{ONE}\n{OTHER_ONE}\nreturn Relu", "    ") + "\nRelu = solution()"],
        "",
    ),
    "what a function makes for all": (
        ["def solution():\n    global affine_forward\n    def affine_forward(x): return x\nsolution()"],
        "",
    ),
    "a function within a class": (
        ["class Relu:\n    x = 1\n    def affine_forward(x): return x"],
        "`def affine_forward` in cell 1, line 3 stands within `Relu`, and is",
    ),
    "a class within a class": (
        ["class Layers:\n" + indent(f"{ONE}\n{OTHER_ONE}", "    ")],
        "`class Relu` in cell 1, line 2 stands within `Layers`, and is",
    ),
    "what a class gives to all": (
        ["class Relu:\n    def affine_forward(x): return x\naffine_forward = Relu.affine_forward"],
        "",
    ),
    "a helper within a method": ([ONE.replace("return x", "def f(): pass")], ""),
}


@pytest.mark.parametrize(("sources", "said"), AGAIN.values(), ids=AGAIN.keys())
def test_work_that_was_replaced_is_told(tmp_path: Path, sources: list[str], said: str) -> None:
    """Where a later cell took an answer away the student learns which, and nothing is said where it is still there."""
    (tmp_path / "a.ipynb").write_bytes(notebook(*(("code", source) for source in sources)))
    stubs = stub_digests(notebook(("code", STUB)), "handout.ipynb", WANTED)
    notes = choose(one_submission(tmp_path / "a.ipynb"), WANTED, stubs).extract.notes
    assert [note[: len(said)] for note in notes] == ([said] if said else [])


def test_each_function_that_stands_in_a_class_is_told_as_that() -> None:
    """A course's functions as methods of one class: each says why it is not found, and what to take out; few notes."""
    wanted = tuple(f"step_{n}" for n in range(9))
    body = "".join(f"    def {name}({'self, ' if name != 'step_8' else ''}x):\n        return x\n" for name in wanted)
    found = extract(f"class Net:\n{body}class Net:\n{body}".encode(), "a.py", wanted)
    assert [one.name for one in found.on_names] == list(wanted)
    assert ["`self`" in one.to_do for one in found.on_names] == [True] * 8 + [False]
    assert len(found.notes) == 6


REDONE = {
    "in a later cell": (
        [ONE, ONE.replace("return x", "return 2 * x")],
        "cell 2, line 2 replaces the one in cell 1, line 2",
    ),
    "in one class": (
        [f"{ONE}\n{indent(ONE, '')[12:]}".replace("return x", "return 3", 1)],
        "line 4 replaces the one in",
    ),
    "the same once more": ([ONE, ONE], ""),
    "with a template in between": ([ONE, "class Relu:\n    def forward(self, x): pass", ONE], ""),
    "once": ([ONE], ""),
}


@pytest.mark.parametrize(("sources", "said"), REDONE.values(), ids=REDONE.keys())
def test_work_that_was_done_again_is_known_with_both_places(tmp_path: Path, sources: list[str], said: str) -> None:
    """Work in the place of other work is nothing to be told of a file, but where it is not right."""
    (tmp_path / "a.ipynb").write_bytes(notebook(*(("code", source) for source in sources)))
    found = choose(one_submission(tmp_path / "a.ipynb"), WANTED).extract
    told = [one.found for one in found.asides if one.name == "Relu.forward"]
    assert bool(told) is bool(said)
    assert all(said in one for one in told)
    assert not any("replaces" in note for note in found.notes)


BEGUN = "class Relu:\n    def forward(self, x):\n        return x, x\n    def backward(self, dout, cache):\n"
TRYING = (
    "x = np.ones(3)\nout, cache = Relu().forward(x)\nmask = 3\nkept = {}\n"
    "store, sloped, w, far = Store(), lambda x: x > 0, np.ones(2), np.ones(4)\n"
    "idle = far\naffine_forward(far, w)\nRelu().backward(store, sloped)\nX = np.ones(5)\nRelu().forward(X)"
)
STRAYS = {
    "a parameter of forward": (f"{BEGUN}        return dout * (x > 0)", "`x` from the notebook (cell 2, line 1)"),
    "in a comprehension": (f"{BEGUN}        return [d for d in dout if x]", "`x` from the notebook"),
    "a result of forward": (
        f"{BEGUN}        return dout * out".replace("return x, x", "out = x\n        return out, x"),
        "`out` from the notebook (cell 2, line 2)",
    ),
    "a parameter in capitals": (f"{BEGUN}        return dout * X", "`X` from the notebook (cell 2, line 9)"),
    "two": (
        f"{BEGUN}        return out * x".replace("return x, x", "out = x\n        return out, x"),
        "reads `out` and `x` from the notebook (cell 2, line 2)",
    ),
    "a table for both": (f"{BEGUN}        return kept['x']".replace("self, x", "self, x, kept"), ""),
    "a name for both": (
        f"{BEGUN}        return dout * x".replace("(self, x):", "(self, x_):\n        global x\n        x = x_"),
        "",
    ),
    "its own parameter": (f"{BEGUN}        return dout * cache", ""),
    "a name of its own": (f"{BEGUN}        x = cache\n        return dout * x", ""),
    "a constant": (f"{BEGUN}        return dout * mask", ""),
    "an object for both": (
        f"{BEGUN}        return dout * store.x".replace("return x, x", "store.x = x\n        return x, store"),
        "",
    ),
    "an object that both call": (
        f"{BEGUN}        return dout * store.last()".replace("return x, x", "store.keep(x)\n        return x, store"),
        "",
    ),
    "a function": (f"{BEGUN}        return dout * sloped(cache)".replace("(self, x)", "(self, x, sloped=None)"), ""),
    "a parameter of another's": (
        f"def affine_forward(x, w):\n    return x @ w, x\n\n{BEGUN}        return dout * w",
        "",
    ),
    "what no cell tries": (f"{BEGUN}        return dout * idle".replace("(self, x)", "(self, x, idle=None)"), ""),
}


@pytest.mark.parametrize(("source", "said"), STRAYS.values(), ids=STRAYS.keys())
def test_what_a_function_takes_from_a_cell_that_tries_it_is_known(source: str, said: str) -> None:
    """In the student's kernel it was the right one: should the function be wrong, that is why."""
    told = {one.name: one for one in found_in(code(source), code(TRYING)).asides}
    assert told.keys() == ({"Relu.backward"} if said else set())
    assert all(said in one.found and one.to_do for one in told.values())
    in_a_file = extract(f"{source}\n{TRYING}\n".encode(), "relu.py", WANTED).asides
    assert all("from the file (line " in one.found and "notebook" not in one.found for one in in_a_file)
    assert bool(in_a_file) is bool(said)


ENDED = (
    "class Relu:\n    def forward(self, x):\n        out = x\n{}    return out, x\n"
    "    def backward(self, dout, c):\n        return c"
)
OUTSIDE = {
    "in its class": (ENDED.format(""), "Relu.forward", "cell 1, line 4 stands behind `Relu.forward`"),
    "in three lines": (ENDED.format("").replace("out, x", "(\n    out,\n    x)"), "Relu.forward", "cell 1, line 4"),
    "behind its class": (f"{BEGUN}        dx = 1\nreturn dx", "Relu.backward", "cell 1, line 6"),
    "behind a function": ("def affine_forward(x):\n    y = x\nreturn y", "affine_forward", "cell 1, line 3"),
    "within": (ENDED.format("    "), "Relu.forward", ""),
    "before any": ("return 3\nclass Relu:\n    return 3\n    def forward(self, x): pass", "Relu.forward", ""),
    "behind another's": ("def mine(x):\n    y = x\nreturn y", "affine_forward", ""),
    "behind one that returns": ("def affine_forward(x):\n    return x\nreturn y", "affine_forward", ""),
    "in its class, behind one that returns": (f"{BEGUN}        return c\n    return c", "Relu.backward", ""),
}
IN_A_CLASS = {
    "alone": "return out, x",
    "with a semicolon in its comment": "return out, x  # done; at last",
    "with one in a text": "return out, ';'",
    "with one at its end": "return out;",
    "over several lines": "return (\n    out,\n    x)",
    "with a text of several lines": 'return """\n;\n"""',
}


@pytest.mark.parametrize(("source", "name", "said"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_a_return_that_slid_out_of_its_function_is_known(source: str, name: str, said: str) -> None:
    """Should the function not be right, the line that gives nothing back is named; it costs no other function."""
    found = found_in(code(source))
    told = [one for one in found.asides if one.name == name]
    assert bool(told) is bool(said)
    assert all(
        said in one.found and "to the right" in one.to_do and said.split(" stands")[0] in one.to_do for one in told
    )
    assert "Relu" not in source or {"Relu.forward"} <= found.places.keys()


@pytest.mark.parametrize("line", IN_A_CLASS.values(), ids=IN_A_CLASS.keys())
@pytest.mark.parametrize(
    "source", [ENDED, "class Relu:\n{}    def forward(self, x): pass\n    def backward(self, d, c): pass"]
)
def test_a_return_in_a_class_costs_none_of_its_methods(source: str, line: str) -> None:
    """The compiler refuses the whole class for it, wherever it stands in the class and however it is written."""
    text = source.replace("return out, x", line) if source is ENDED else source.format(f"    {line}\n")
    found = found_in(code(text.format("")))
    for piece in found.program.definitions:
        compile(piece.source, "hand-in", "exec")
    assert {"Relu.forward", "Relu.backward"} <= found.places.keys()
    lines = source_of(found).split("\n")
    assert [n for n, of in enumerate(lines) if "def backward" in of] == [
        n for n, of in enumerate(text.split("\n")) if "def backward" in of
    ]


@pytest.mark.parametrize("line", ["return 1; y = 2", "y = 2; return 1"])
def test_what_shares_the_line_of_a_return_stays(line: str) -> None:
    """Nothing is left out that may be meant: then the class is as Python has it."""
    assert line in source_of(found_in(code(f"class Relu:\n    def forward(self, x): pass\n    {line}")))


LANGUAGES = {
    "R": ({"kernelspec": {"language": "R", "name": "ir"}}, "written in R;"),
    "by its information alone": ({"language_info": {"name": "julia"}}, "written in julia;"),
    "Python": ({"kernelspec": {"language": "python"}, "language_info": {"name": "ipython"}}, ""),
    "none": ({}, ""),
    "what is no name": ({"kernelspec": {"language": "<b>"}, "language_info": {"name": ["R"]}}, ""),
    "what is no table": ({"kernelspec": "R"}, ""),
}


@pytest.mark.parametrize(("metadata", "said"), LANGUAGES.values(), ids=LANGUAGES.keys())
def test_a_notebook_of_another_language_is_told_so(metadata: dict[str, object], said: str) -> None:
    """A kernel that was chosen by mistake costs nothing, and what was written in its language explains itself."""
    data = json.loads(notebook(code("def affine_forward(x):\n    return x")))
    found = extract(json.dumps({**data, "metadata": metadata}).encode(), "a.ipynb", WANTED)
    told = [note for note in found.notes if "written in" in note]
    assert bool(told) is bool(said)
    assert all(said in note for note in told)
    assert "affine_forward" in found.places


NO_CODE = {
    "no cells": ([], True),
    "words alone": ([words("def affine_forward")], True),
    "blanks": ([code(" \n"), code("")], True),
    "a comment": ([code("# mine")], False),
}


@pytest.mark.parametrize(("cells", "told"), NO_CODE.values(), ids=NO_CODE.keys())
def test_a_notebook_without_code_is_told_so(cells: list[tuple[str, str]], told: bool) -> None:
    """What was never saved looks like another exercise's otherwise: nothing that is graded is there."""
    assert any("no code in it" in note for note in found_in(*cells).notes) is told


def test_what_no_cell_gives_a_value_is_no_stray() -> None:
    """Then it is not there at all, and that is told by the exception."""
    assert not found_in(code(f"{BEGUN}        return dout * (x > 0)")).asides


# ---- the file itself --------------------------------------------------------------------------------------------

WHOLE = notebook(words("# A"), code("def affine_forward(x):\n    return 'ä€'"), code(RELU))
TEXT = WHOLE.decode()
SCRIPT = "def affine_forward(x):\n    return 'ä€'\n"


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + WHOLE, TEXT.encode("utf-16"), codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        json.dumps(json.loads(TEXT), indent=1).replace("\n", "\r\n").encode(),
        json.dumps(json.loads(TEXT), ensure_ascii=False).encode(),
    ],
    ids=["BOM", "UTF-16", "UTF-16 big end first", "CRLF", "letters as they are"],
)  # fmt: skip
def test_a_notebook_in_any_encoding_is_the_same(data: bytes) -> None:
    """Byte order marks, UTF-16 and the line ends of three systems change nothing."""
    assert extract(data, "a.ipynb", WANTED) == extract(WHOLE, "a.ipynb", WANTED)


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + SCRIPT.encode(), SCRIPT.encode("utf-16"), SCRIPT.replace("\n", "\r\n").encode(),
        SCRIPT.replace("\n", "\r").encode(),
    ],
    ids=["BOM", "UTF-16", "CRLF", "CR"],
)  # fmt: skip
def test_a_python_file_in_any_encoding_is_the_same(data: bytes) -> None:
    """A `.py` file is one cell, whatever system it comes from."""
    assert extract(data, "layer.py", WANTED) == extract(SCRIPT.encode(), "layer.py", WANTED)


def test_a_python_file_is_one_cell() -> None:
    """Its lines are counted in the file, and it knows that it is a script."""
    found = extract(b"import numpy\n\n\ndef affine_forward(x):\n    return x\n", "project/Layer.PY", WANTED)
    assert found.is_script
    assert found.places["affine_forward"] == (1, 4)
    assert not extract(WHOLE, "a.ipynb", WANTED).is_script


def test_a_python_file_in_latin_1_is_read() -> None:
    """Old files without UTF-8 are read as what they are likely to be."""
    found = extract("def affine_forward(x):\n    return 'ä'\n".encode("latin-1"), "a.py", WANTED)
    assert "affine_forward" in found.places


TEXT_CELL = {"cell_type": "markdown", "metadata": {}, "source": "# mine"}


@pytest.mark.parametrize("beside", [{}, {"cells": []}, {"cells": [TEXT_CELL]}])
def test_a_notebook_of_version_3_is_read(beside: dict[str, object]) -> None:
    """Worksheets of old notebooks hold the same cells, whatever else a program has put beside them."""
    old = nbformat.v4.downgrade(nbformat.reads(TEXT, as_version=4))
    data = json.loads(nbformat.v3.writes_json(old)) | beside
    found = extract(json.dumps(data).encode(), "a.ipynb", WANTED)
    assert found.defined(WANTED) == ["Relu.forward", "Relu.backward", "affine_forward"]


def test_a_source_may_be_one_string_or_lines() -> None:
    """Both forms of a cell's source are the same cell."""
    parts = json.loads(TEXT)
    for cell in parts["cells"]:
        cell["source"] = "".join(cell["source"])
    assert extract(json.dumps(parts).encode(), "a.ipynb", WANTED) == extract(WHOLE, "a.ipynb", WANTED)


CONFLICT = "<<<<<<< HEAD\n" + TEXT + "\n=======\n{}\n>>>>>>> other\n"
UNREADABLE = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t\n", "empty"),
    "cut short": (WHOLE[:-20], "not a whole notebook"),
    "a merge conflict": (CONFLICT.encode(), "merge conflict"),
    "words about a class": (b"My class of homework", "not a whole notebook"),
    "JSON with code, cut short": (b'{"cells": ["\nimport numpy"', "not a whole notebook"),
    "something compressed": (b"\x1f\x8b\x08\x00", "compressed file (gzip)"),
    "something zipped": (b"PK\x03\x04\x14", "a zip archive"),
    "a printed notebook": (b"%PDF-1.4", "a PDF"),
    "a web page": (b"<!DOCTYPE html>\n<html></html>", "HTML"),
    "an empty object": (b"{}", "not a notebook"),
    "an empty list": (b"[]", "no cells"),
    "a number": (b"3", "no cells"),
    "NaN": (b"NaN", "no cells"),
    "null": (b"null", "no cells"),
    "text": (b"My homework", "not a whole notebook"),
    "nested too deeply": (b"[" * 100_000, "nested too deeply"),
    "nested objects": (b'{"a":' * 100_000, "nested too deeply"),
    "a huge number": (b"1" * 5000, "not a whole notebook"),
    "half of UTF-16": (codecs.BOM_UTF16_LE + b"{\0}", "encoding"),
    "cells that are none": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}', "not a notebook"),
    "a future version": (b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": [1]}', "not a notebook"),
    "too much code": (notebook(("code", "x = 1\n" * 500_000)), "MB of code"),
    "too many lines": (notebook(("code", "!ls\n" * 20_001)), "lines of code"),
}


def test_code_under_a_notebooks_name_is_read_as_code() -> None:
    """Whoever saved the code alone and called it a notebook has done the exercise: it counts, with a note."""
    script = b"import numpy as np\n\ndef affine_forward(x, w, b):\n    return x @ w + b, None\n"
    found = extract(script, "a.ipynb", ["affine_forward"])
    assert list(found.defined(["affine_forward"])) == ["affine_forward"]
    assert any("Python code under a notebook's name" in note for note in found.notes)


@pytest.mark.parametrize("name", ["a.py", "a.py.txt"])
def test_a_notebook_under_a_python_files_name_is_read_as_a_notebook(name: str) -> None:
    """To Python it is a dict, and all of it would be missing: it counts, with its headings, and a note says so."""
    cells = [
        ("code", "import numpy as np\n%matplotlib inline"),
        ("markdown", "## Relu - Backward\nof *x*"),
        ("code", "def backward(self, dout, cache):\n    return dout"),
        ("code", "def affine_forward(x, w, b):\n    return x @ w + b, None"),
    ]
    found = extract(notebook(*cells), name, ["Relu.backward", "affine_forward"])
    assert found.defined(["Relu.backward", "affine_forward"]) == ["Relu.backward", "affine_forward"]
    assert found.places["affine_forward"] == (1, 10)
    assert any("under a Python file's name" in note for note in found.notes)


@pytest.mark.parametrize("text", ['{"cells": [', '{"a": 1}\ndef f(x):\n    return x\n', '{"a": 1}'])
def test_a_dict_in_a_python_file_is_python(text: str) -> None:
    """A file that begins with one is no notebook for that."""
    assert not extract(text.encode(), "a.py", ["f"]).notes


@pytest.mark.parametrize(("data", "words"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read_says_why(data: bytes, words: str) -> None:
    """A sentence with the file's name and the reason, and a next step: never an exception of another kind."""
    with pytest.raises(SubmissionError) as refused:
        extract(data, "week 5.ipynb", WANTED)
    assert "week 5.ipynb" in str(refused.value)
    assert words in str(refused.value)
    assert refused.value.hint or words == "nested too deeply"


def test_a_notebook_without_cells_is_a_notebook() -> None:
    """It is read, and defines nothing."""
    assert extract(notebook(), "a.ipynb", WANTED).defined(WANTED) == []


CHANGES = st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=3), st.integers(0, 3)), max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([WHOLE, TEXT.encode("utf-16"), SCRIPT.encode()]), CHANGES, st.sampled_from(["a.ipynb", "a.py"]))
def test_a_spoiled_file_is_read_or_refused(data: bytes, changes: list[tuple[int, bytes, int]], file: str) -> None:
    """Bytes changed anywhere: an extract, or `SubmissionError`, and nothing else."""
    for at, put, drop in changes:
        at %= len(data) + 1
        data = data[:at] + put + data[at + drop :]
    with suppress(SubmissionError):
        assert well_formed(extract(data, file, WANTED))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 5) | st.floats() | st.text(max_size=5)
    | st.sampled_from(["code", "markdown", "def f(x):\n  return x", "print 'a'", "class A:"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["cell_type", "source", "cells", "worksheets", "input", "metadata", "nbformat", "outputs"]),
        inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(JSON, st.sampled_from([1, 2, 3, 4, 5, "4", None]), st.sampled_from(["cells", "worksheets"]))
def test_any_json_is_read_or_refused(part: object, version: object, key: str) -> None:
    """Whatever stands where cells should: an extract, or `SubmissionError`, and nothing else."""
    data = json.dumps({"nbformat": version, "nbformat_minor": 2, "metadata": {}, key: part}).encode()
    with suppress(SubmissionError):
        assert well_formed(extract(data, "a.ipynb", WANTED))


LINES = st.lists(
    st.sampled_from([
        "x = 1; f(x)", "y = 2", "def f(x):", "    return x", "class Relu:", "  def forward(self, x): return x", "@d",
        "plot(1)", "print 'a'", "%magic", "if x:", "else:", "z = (1,", ")", '"""', "# c", "", "from a import b",
        "def forward(self, x): return x", "Relu.forward = f", "for i in x: y = i", "try:", "    pass", "finally: w = 3",
        "x = 1; f(", "w: int = 3", "del y", "a, b = 1, 2", "class A:", "async def h(): pass", "with f() as g: v = 1",
    ]),
    max_size=10,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES.map("\n".join), max_size=3))
@example(["class A:"])
@example(["x = 1; f(\n)"])
def test_any_cells_give_pieces_that_parse(cells: list[str]) -> None:
    """Of any cells: all pieces that are run are Python, and lie on the lines of their cells."""
    found = found_in(*(("code", source) for source in cells))
    assert well_formed(found)
    for piece in (*found.program.definitions, *found.program.every):
        lines = cells[piece.cell - 1].count("\n") + 1 if cells[piece.cell - 1] else 1
        assert 1 <= piece.first <= lines
        assert piece.first + piece.source.count("\n") <= lines


def test_the_cells_are_those_of_nbformat() -> None:
    """The quick reading of a version 4 notebook and nbformat's own give the same cells."""
    theirs = [(cell.cell_type, cell.source) for cell in nbformat.reads(TEXT, as_version=4).cells]
    assert read_cells(WHOLE, "a.ipynb") == theirs


# ---- which of several files -------------------------------------------------------------------------------------


def test_the_file_that_defines_most_is_taken(tmp_path: Path) -> None:
    """Of several candidates the fullest is graded, and the note says which and why."""
    (tmp_path / "a_notes.py").write_text("x = 1\n")
    (tmp_path / "b_layer.py").write_text("def affine_forward(x):\n    return x\n")
    (tmp_path / "c_other.py").write_text("def affine_forward(x):\n    return x\n")
    (tmp_path / "d_broken.ipynb").write_text("{")
    chosen = choose(one_submission(tmp_path), WANTED)
    assert chosen.candidate.shown.endswith("b_layer.py")
    assert "b_layer.py" in chosen.note
    assert "1 of 6" in chosen.note


def test_what_was_nearly_taken_is_named_first(tmp_path: Path) -> None:
    """A project has a dozen files with nothing of the exercise in them, and an older version among these."""
    for name in ("__init__.py", "data.py", "loss.py", "net.py", "solver.py", "tests.py"):
        (tmp_path / name).write_text("x = 1\n")
    for name in ("layer.py", "z_older.py"):
        (tmp_path / name).write_text("def affine_forward(x):\n    return x\n")
    note = choose(one_submission(tmp_path), WANTED).note
    assert re.search(
        r"/layer\.py was graded, and not \S+/z_older\.py, \S+/__init__\.py, .* and 2 more: 2 of them", note
    )


def test_where_nothing_is_written_none_of_the_files_has_most(tmp_path: Path) -> None:
    """The hand-out's own files, handed in as they came."""
    handout = (EXERCISE / "exercise_05.ipynb").read_bytes()
    (tmp_path / "exercise_05.ipynb").write_bytes(handout)
    (tmp_path / "notes.py").write_text("x = 1\n")
    chosen = choose(one_submission(tmp_path), WANTED, stub_digests(handout, "exercise_05.ipynb", WANTED))
    assert chosen.note.endswith("/notes.py: none of the functions is written in any of them.")


@pytest.mark.parametrize("copy", ["ex_05 copy.ipynb", "ex_05 (1).ipynb", "ex_05-Copy1.ipynb", "ex_05(old).ipynb"])
def test_a_copy_is_not_taken_for_the_hand_in(tmp_path: Path, copy: str) -> None:
    """Of two files that define the same, the one without something behind its name counts; the other one is told."""
    for name in ("ex_05.ipynb", copy):
        (tmp_path / name).write_text(TEXT)
    chosen = choose(one_submission(tmp_path), WANTED)
    assert chosen.candidate.shown.endswith("/ex_05.ipynb")
    assert f"/{copy}: 2 of them have as much written" in chosen.note


@pytest.mark.parametrize("mine", ["z_done.ipynb", "exercise_05 (1).ipynb", "solutions/exercise_05.ipynb"])
def test_the_hand_out_beside_the_hand_in_is_never_taken(tmp_path: Path, mine: str) -> None:
    """An untouched hand-out defines every function; a file with work in a single one of them counts for more."""
    handout = (EXERCISE / "exercise_05.ipynb").read_bytes()
    (tmp_path / "exercise_05.ipynb").write_bytes(handout)
    (tmp_path / mine).parent.mkdir(exist_ok=True)
    (tmp_path / mine).write_bytes(WHOLE)
    chosen = choose(one_submission(tmp_path), WANTED, stub_digests(handout, "exercise_05.ipynb", WANTED))
    assert chosen.candidate.shown.endswith(f"/{mine}")
    assert "it has most written" in chosen.note


ANOTHER = {
    "a later exercise of the course": (("exercise_05/layer.py", "exercise_06/layer.py"), "exercise_05/layer.py"),
    "with other spellings": (("Exercise 5/layer.py", "exercise-06.ipynb"), "Exercise 5/layer.py"),
    "of both": (("exercise_05/layer.py", "exercise_05 and exercise_06/all.py"), "exercise_05 and exercise_06/all.py"),
    "a number and no exercise": (("exercise_05/layer.py", "z_version_06.py"), "z_version_06.py"),
    "a longer number": (("exercise_05/layer.py", "exercise_0512.py"), "exercise_05/layer.py"),
    "none of this one": (("layer.py", "exercise_06/layer.py"), "exercise_06/layer.py"),
}


@pytest.mark.parametrize(("files", "taken"), ANOTHER.values(), ids=ANOTHER.keys())
def test_a_file_of_another_exercise_is_passed_over(tmp_path: Path, files: tuple[str, str], taken: str) -> None:
    """A whole course handed in at once has these functions again, filled in by the course; the page names the files."""
    for file, source in zip(files, ("x = 1\n", "def affine_forward(x):\n    return x\n"), strict=True):
        place = tmp_path / file
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(notebook(code(source)) if file.endswith("ipynb") else source.encode())
    chosen = choose(one_submission(tmp_path), WANTED, name="exercise_05")
    assert chosen.candidate.shown.endswith(f"/{taken}")
    assert ("of another exercise" in chosen.note) == (taken == files[0])


def test_many_files_are_not_all_named(tmp_path: Path) -> None:
    """A project of forty files makes one sentence that a person reads."""
    for number in range(40):
        (tmp_path / f"file_{number:02}.py").write_text("def affine_forward(x):\n    return x\n")
    assert " and 34 more" in choose(one_submission(tmp_path), WANTED).note


def test_a_single_file_needs_no_note(tmp_path: Path) -> None:
    """Nothing is said where there was no choice."""
    (tmp_path / "layer.py").write_text("def affine_forward(x):\n    return x\n")
    assert choose(one_submission(tmp_path / "layer.py"), WANTED).note == ""


def test_where_no_file_can_be_read_the_first_reason_is_told(tmp_path: Path) -> None:
    """A hand-in of broken files alone is refused with what is wrong with the first of them."""
    (tmp_path / "a.ipynb").write_text("{")
    (tmp_path / "b.ipynb").write_text("")
    with pytest.raises(SubmissionError, match="not a whole notebook"):
        choose(one_submission(tmp_path), WANTED)


def test_a_hand_in_with_a_problem_is_refused_with_it() -> None:
    """What intake found out is told as it was found."""
    with pytest.raises(SubmissionError, match="no notebook") as refused:
        choose(Submission("ada", "ada", (), "no notebook", "ask for it"), WANTED)
    assert refused.value.hint == "ask for it"


def test_a_file_that_went_away_is_refused(tmp_path: Path) -> None:
    """A hand-in that is gone by the time it is read is a reason, not an exception of another kind."""
    gone = Submission("ada", "ada", (Candidate("a.py", tmp_path / "a.py"),))
    with pytest.raises(SubmissionError):
        choose(gone, WANTED)


def test_evidence_survives_the_gradebook() -> None:
    """What was extracted is kept as JSON and read back the same, so that verdicts can be made anew from it."""
    found = found_in(code("def affine_forward(x):\n    return x"), code("def affine_backward(d):\n    return d +"))
    evidence = Evidence(found.is_script, found.digests, found.places, found.lost, (), ("a note",))
    assert Evidence.from_json(json.loads(json.dumps(evidence.to_json()))) == evidence


# ---- definitions that nobody reads ------------------------------------------------------------------------------

SIGMOID_AS_COMMENT = "# class Sigmoid:\n#     def forward(self, x):\n#         return x, x"
QUOTED = "x = '''\nclass Sigmoid: pass\n'''"
FENCED = "Mine:\n```python\ndef affine_forward(x, w, b):\n```"
UNREAD = {
    "in a comment": (code(SIGMOID_AS_COMMENT), "Sigmoid.forward", "`class Sigmoid` in cell 2, line 1 stands in a comm"),
    "in a string": (code(QUOTED), "Sigmoid.backward", "cell 2, line 2 stands in a string"),
    "in a class that a function makes": (
        code("def make():\n    class Made:\n        def affine_forward(x): pass\n    return Made"),
        "affine_forward",
        "",
    ),
    "in a fence": (words(FENCED), "affine_forward", "in cell 2, line 3 stands in a cell of text"),
    "below a magic": (code("\n%%latex\ndef affine_forward(x, w, b):"), "affine_forward", "a cell of %%latex, which is"),
    "below one of Python's": (code("%%time\n# def affine_forward(x, w, b):"), "affine_forward", "stands in a comment"),
    "below none": (code("%% two\n# def affine_forward(x, w, b):"), "affine_forward", "stands in a comment"),
    "a method": (code("class Sigmoid:\n    x = 1\n    #def forward(self, x):"), "Sigmoid.forward", "cell 2, line 3"),
    "another class's": (code("class Sigmoid: x = 1\nclass Tanh:\n    #def forward(self, x):"), "Sigmoid.forward", ""),
    "something like it": (code("# class Sigmoidal\n# a class SigmoidLayer"), "Sigmoid.forward", ""),
    "said of it": (code("# the class Sigmoid is missing"), "Sigmoid.forward", ""),
    "there, too": (
        code("class Sigmoid:\n    # def forward(self):\n    def forward(self): pass"),
        "Sigmoid.forward",
        "",
    ),
}


@pytest.mark.parametrize(("cell", "name", "said"), UNREAD.values(), ids=UNREAD.keys())
def test_a_definition_that_no_kernel_reads_is_told_with_its_place(cell: tuple[str, str], name: str, said: str) -> None:
    """A zero for what is in the file says where it stands."""
    found = found_in(code("import numpy as np"), cell)
    told = [one.found for one in found.on_names if one.name == name]
    assert bool(told) is bool(said)
    assert all(said in one for one in told)
