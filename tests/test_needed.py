"""Of the assignments at top level only those are run that something defined may read."""

import ast

import pytest

from grader.extract.needed import idle_assignments

WANTED = ("Relu.forward", "shift")
DEFINITION = "def shift(x):\n    return x + step\n"

KEPT = {
    "a constant that a function reads": ("step = 2", True),
    "a constant of a constant": ("half = 1\nstep = 2 * half", True),
    "a leftover that nothing reads": ("out = shift(5)", False),
    "several leftovers at once": ("out, cache = shift(5), 1", False),
    "a graded name": ("shift = print", True),
    "a class that is replaced": ("Relu = None", True),
    "a method put on a class": ("Relu.forward = print", True),
    "something put into numpy": ("np.maximum = print", True),
    "an item of what is read": ("step = {}\nstep['a'] = 1", True),
    "an item of what is not": ("table = {}\ntable['a'] = 1", False),
    "more of a leftover": ("total = 0\ntotal += shift(5)", False),
    "a name with a type": ("step: int = 2", True),
    "an object that setattr uses": ("way = print\nsetattr(Relu, 'forward', way)", True),
}


@pytest.mark.parametrize(("source", "kept"), KEPT.values(), ids=KEPT.keys())
def test_what_definitions_may_read_is_kept_and_nothing_else(source: str, kept: bool) -> None:
    """An assignment is left out only if nothing that is defined can read it."""
    statements = ast.parse(DEFINITION + source).body
    idle = idle_assignments([(node, ast.unparse(node)) for node in statements], WANTED)
    assigned = [id(node) for node in statements if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))]
    assert idle == (set() if kept else set(assigned))


@pytest.mark.parametrize("way", ["globals()['EPS']", "eval('EPS')", "vars(module)", "sys.modules['submission'].EPS"])
def test_code_that_looks_names_up_by_text_keeps_all(way: str) -> None:
    """Where a name may be read without being written, every assignment is run."""
    statements = ast.parse(f"EPS = 1\ndef shift(x):\n    return x + {way}\n").body
    assert idle_assignments([(node, ast.unparse(node)) for node in statements], WANTED) == set()
