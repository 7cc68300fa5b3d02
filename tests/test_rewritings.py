"""What is written in another way, and means the same, gets the same: stories are rewritten at random, and graded again.

takes: the stories of `tests/functions`; the exam that ships.
gives: one law, for any of them in any of the rewritings, up to three one after the other.
must not know: what a story must get; that is `test_functions.py`.

Seeded. GRADER_FUZZ_SEED names another seed; GRADER_FUZZ=n makes n times as many, which is what `make fuzz` does.
"""

from __future__ import annotations

import ast
import json
import os
import random
import re
import textwrap
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from test_functions import STORIES, Story

from grader.answer_key import load_key
from grader.intake import Candidate, Submission
from grader.pipeline import Desk, examine
from grader.sandbox import Sandbox

SEED = int(os.environ.get("GRADER_FUZZ_SEED", "20261126"))
PARTS = 4  # each an own test, so that two cores share them
HAND_INS = 28 * int(os.environ.get("GRADER_FUZZ", "1"))
MOST = 3
Cells = list[str]
GRADED = ("forward", "backward", "affine_forward", "affine_backward")

OTHERS = {
    "sigmoid": """class Sigmoid:
    def forward(self, x):
        out = 1 / (1 + np.exp(-x))
        return out, out
    def backward(self, dout, cache):
        return dout * cache * (1 - cache)""",
    "relu": """class Relu:
    def forward(self, x):
        return np.maximum(x, 0), x
    def backward(self, dout, cache):
        return dout * (cache > 0)""",
    "affine": """def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout / len(x), dout.mean(axis=0)""",
}
"""Right layers, of which those that a story is not about fill up its hand-in."""
TRIES = [
    "print('done')", "x = np.ones((3, 4))\nw, b = 2, None", "1 / 0", "this is not python", "!pip install numpy",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])", "data = np.load('train.npz')",
    "sigmoid, relu = Sigmoid(), Relu()\nprint(relu.forward(np.ones((1, 2))))", "from google.colab import drive",
    "out, cache = affine_forward(np.ones((2, 3)), np.ones((3, 4)), np.zeros(4))", "dout = cache = out = N = 0",
    "layers = [Sigmoid(), Relu()]\nfor layer in layers:\n    print(layer)", "raise SystemExit", "print 'old'",
]  # fmt: skip
BLOCKS = [
    "if True:\n{}",
    "for _ in range(1):\n{}",
    "try:\n{}\nexcept ImportError:\n    pass",
    "while 1:\n{}\n    break",
]
FIRST = ["print(1)", "import time\nstart = time.time()", "assert True", "if False:\n    pass", "'what it does'"]
OLD = [
    "def affine_forward(x, w, b):\n    return None, None", "class Relu:\n    def forward(self, x):\n        1 / 0",
    "def affine_backward(dout, cache):\n    raise NotImplementedError", "class Sigmoid(object):\n    pass",
]  # fmt: skip
ALIASES = [
    "{0} = mine", "{0} = lambda *given: mine(*given)", "def {0}(*given):\n    return mine(*given)",
    "from functools import partial\n{0} = partial(mine)", "LAYERS = {{'affine': mine}}\n{0} = LAYERS['affine']",
    "globals()['{0}'] = mine", "def make():\n    return mine\n{0} = make()", "if mine:\n    {0} = mine",
]  # fmt: skip
DECORATORS = [
    "def noted(f):\n    return f", "def noted(f):\n    return lambda *given: f(*given)",
    "import functools\nCALLS = {}\ndef noted(f):\n    @functools.wraps(f)\n    def call(*given):\n"
    "        CALLS[f.__name__] = CALLS.get(f.__name__, 0) + 1\n        return f(*given)\n    return call",
]  # fmt: skip
CONSTANTS = ["{0} = {1}", "class Settings:\n    {0} = {1}", "TABLE = {{}}\nTABLE['{0}'] = {1}"]
READ = ["{0}", "Settings.{0}", "TABLE['{0}']"]


def tree(cell: str) -> ast.Module | None:
    try:
        return ast.parse(cell)
    except SyntaxError:
        return None


def functions(cell: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(cell) if isinstance(node, ast.FunctionDef) and node.name in GRADED]


def changed(cells: Cells, change: Callable[[ast.Module], object]) -> Cells:
    """Each cell that is Python, changed as a tree, and written down again."""
    made = []
    for cell in cells:
        if (parsed := tree(cell)) is not None:
            change(parsed)
        made.append(cell if parsed is None else ast.unparse(ast.fix_missing_locations(parsed)))
    return made


def tried_out(cells: Cells, by: random.Random) -> Cells:
    return [*cells, *by.sample(TRIES, 2)]


def split(cells: Cells, _: random.Random) -> Cells:
    found = [(cell, tree(cell)) for cell in cells]
    return [part for cell, parsed in found for part in (map(ast.unparse, parsed.body) if parsed else [cell])]


def in_one_cell(cells: Cells, _: random.Random) -> Cells:
    python = [cell for cell in cells if tree(cell)]
    return ["\n".join(python), *(cell for cell in cells if cell not in python)]


def in_a_block(cells: Cells, by: random.Random) -> Cells:
    block = by.choice(BLOCKS)
    return [
        block.format(textwrap.indent(c, "    ")) if tree(c) and "'''" not in c and '"""' not in c else c for c in cells
    ]


def below_an_old_attempt(cells: Cells, by: random.Random) -> Cells:
    return [*cells[:1], by.choice(OLD), *cells[1:]]


def with_a_line_first(cells: Cells, by: random.Random) -> Cells:
    line = by.choice(FIRST)

    def put(cell: ast.Module) -> None:
        for function in functions(cell):
            # A text that stands first explains it; names that are global are said so before anything else.
            if not any(isinstance(node, (ast.Global, ast.Nonlocal)) for node in function.body):
                function.body[ast.get_docstring(function) is not None : 0] = ast.parse(line).body

    return changed(cells, put)


def under_another_name(cells: Cells, by: random.Random) -> Cells:
    name = by.choice(GRADED[2:])
    if re.findall(rf"\w* *\b{name}\b", "\n".join(cells)) != [f"def {name}"]:  # called elsewhere, or made by a lambda
        return cells
    alias = by.choice(ALIASES).format(name)
    return [*(re.sub(rf"\bdef {name}\b", "def mine", cell) for cell in cells), alias]


def decorated(cells: Cells, by: random.Random) -> Cells:
    def put(cell: ast.Module) -> None:
        for function in functions(cell):
            function.decorator_list.append(ast.Name("noted", ast.Load()))

    return [*cells[:1], by.choice(DECORATORS), *changed(cells[1:], put)]


def with_a_constant(cells: Cells, by: random.Random) -> Cells:
    """Every 1 in a function's lines is a name's; the cell that gives it stands above all, or below."""
    at = by.randrange(len(READ))

    class One(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.expr:
            is_one = type(node.value) in (int, float) and node.value == 1
            return ast.parse(READ[at].format("UNIT"), mode="eval").body if is_one else node

        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
            return node

    def put(cell: ast.Module) -> None:
        for function in functions(cell):
            function.body = [One().visit(line) for line in function.body]

    given = CONSTANTS[at].format("UNIT", "1")
    return [given, *changed(cells, put)] if by.random() < 0.5 else [*changed(cells, put), given]


def of_a_base(cells: Cells, _: random.Random) -> Cells:
    def put(cell: ast.Module) -> None:
        for node in cell.body:
            if isinstance(node, ast.ClassDef) and node.name in ("Sigmoid", "Relu") and not node.bases:
                node.bases = [ast.Name("Layer", ast.Load())]

    return ["class Layer(object):\n    trainable = False", *changed(cells, put)]


REWRITINGS = [
    below_an_old_attempt, with_a_line_first, with_a_constant, decorated, under_another_name, of_a_base, split,
    in_one_cell, in_a_block, tried_out,
]  # fmt: skip
"""In the order in which they can follow each other."""


def cells_of(story: Story) -> Cells:
    layer = story.file.split("_")[0]
    own = [cell for cell in (story.head, story.source("").removeprefix(story.head)) if cell.strip()]
    return ["import numpy as np", *own, *(code for name, code in OTHERS.items() if name != layer)]


def is_plain(story: Story) -> bool:
    """Whether it takes no time, is whole, and speaks neither of its own text nor of names that a rewriting makes.

    A name that is given away is so for good within one block of lines, where it is not at the end of a notebook.
    """
    text = story.head + story.code
    odd = r"PUBLIC|inspect|__code__|__file__|sys\.|locals|globals|exec|eval|\bNone\b *$|mine|noted|UNIT|Layer|__name__"
    given_away = " given " in story.name
    owner = story.criterion.rpartition(".")[0]
    has_its_class = not owner or re.search(rf"^class {owner}\b", text, re.MULTILINE) is not None
    endless = story.name.startswith("never ends") or "timed out" in story.verdicts or "while True" in text
    return (
        has_its_class
        and not endless
        and not given_away
        and not re.search(odd, text, re.MULTILINE)
        and all(map(tree, cells_of(story)))
    )


@pytest.fixture(scope="module")
def desk(key: Path, sandbox: Sandbox) -> Desk:
    return Desk(load_key(key / "exercise_05.key.npz"), sandbox)


def points(desk: Desk, folder: Path, cells: Cells) -> dict[str, Fraction | None]:
    listed = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    file = folder / "exercise_05.ipynb"
    file.write_text(json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    record, *_ = examine(desk, Submission("student-01", "student-01", (Candidate("exercise_05.ipynb", file),)))
    return {criterion.name: criterion.points for criterion in record.criteria}


@pytest.mark.parametrize("part", range(PARTS))
def test_what_means_the_same_gets_the_same_points(part: int, desk: Desk, tmp_path: Path) -> None:
    """Split, joined, decorated, under another name, below an old attempt: the points of each function stay."""
    stories = list(filter(is_plain, STORIES))
    for number in range(HAND_INS // PARTS):
        by = random.Random(f"{SEED} {part} {number}")
        cells = cells_of(by.choice(stories))
        chosen = set(by.sample(range(len(REWRITINGS)), by.randint(1, MOST)))
        rewritten = cells
        for rewriting in (REWRITINGS[at] for at in sorted(chosen)):
            rewritten = rewriting(rewritten, by)
        plain = points(desk, tmp_path, cells)
        assert plain == points(desk, tmp_path, rewritten), "\n# ---- cell\n".join(
            [f"{SEED} {part} {number}", *rewritten]
        )
