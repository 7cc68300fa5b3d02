"""Of the assignments at top level only those are run that something defined may read."""

import ast

import pytest

from grader.extract.flow.changing import changing_statements
from grader.extract.flow.needed import idle_assignments
from grader.extract.flow.statements import Statement, statements_of
from grader.extract.repairs.repair import repair

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


def statements_in(source: str) -> list[Statement]:
    """The statements of a program, each with a text of its own."""
    return [Statement(node, ast.unparse(node)) for node in ast.parse(source).body]


@pytest.mark.parametrize(("source", "kept"), KEPT.values(), ids=KEPT.keys())
def test_what_definitions_may_read_is_kept_and_nothing_else(source: str, kept: bool) -> None:
    """An assignment is left out only if nothing that is defined can read it."""
    statements = statements_in(DEFINITION + source)
    assigned = {one for one in statements if isinstance(one.node, (ast.Assign, ast.AnnAssign, ast.AugAssign))}
    assert idle_assignments(statements, WANTED) == (set() if kept else assigned)


@pytest.mark.parametrize(
    "way",
    [
        "globals()['EPS']",
        "eval('EPS')",
        "vars(module)",
        "sys.modules['submission'].EPS",
        "sys._getframe().f_globals['EPS']",
    ],
)
def test_code_that_looks_names_up_by_text_keeps_all(way: str) -> None:
    """Where a name may be read without being written, every assignment is run."""
    assert idle_assignments(statements_in(f"EPS = 1\ndef shift(x):\n    return x + {way}\n"), WANTED) == set()


READ = {
    "a parameter of the same name": ("def shift(x):\n    return x", False),
    "a local of the same name": ("def shift(y):\n    x = y\n    return x", False),
    "a variable of a comprehension": ("def shift(y):\n    return [x for x in y]", False),
    "an attribute of the same name": ("def shift(y):\n    return y.x", False),
    "a word in a comment": ("def shift(y):\n    return y  # as x", False),
    "a keyword argument": ("def shift(y):\n    return dict(x=y)", False),
    "a global": ("def shift(y):\n    return x + y", True),
    "a global of a lambda within": ("def shift(y):\n    return (lambda: x)()", True),
    "a global of a comprehension": ("def shift(y):\n    return [x for _ in y]", True),
    "a global of a method": ("class Relu:\n    def forward(self, y):\n        return x", True),
    "a parameter here and a global there": ("def shift(x):\n    return x\ndef other():\n    return x", True),
    "a default": ("def shift(y, by=x):\n    return y", True),
    "a decorator": ("@x\ndef shift(y):\n    return y", True),
    "a base": ("class Relu(x):\n    pass", True),
    "a class's own name for it": ("class Relu:\n    x = x", True),
    "a value in an f-string": ("def shift(y):\n    return f'{x}'", True),
    "declared and read": ("def shift(y):\n    global x\n    x += 1\n    return x", True),
    "declared and added to": ("def shift(y):\n    global x\n    x += 1\n    return y", True),
    "declared and deleted": ("def shift(y):\n    global x\n    del (y, x)\n    return 3", True),
    "declared and shifted within": (
        "def shift(y):\n    def inner():\n        global x\n        x <<= 1\n    return inner()",
        True,
    ),
    "declared and given anew": ("def shift(y):\n    global x\n    x = y\n    return y", False),
    "a local that is added to": ("def shift(y):\n    x = y\n    x += 1\n    return x", False),
    "an attribute that is added to": ("def shift(y):\n    y.x += 1\n    return y", False),
    "added to in a block at the top": ("if True:\n    x += 1\n    def shift(y):\n        return y", True),
    "a block at the top": ("if x:\n    def shift(y):\n        return y", True),
    "by its module": ("import __main__\ndef shift(y):\n    return __main__.x", True),
    "where the compiler refuses": ("def shift(y):\n    return x\n    nonlocal z", True),
}


@pytest.mark.parametrize(("definition", "kept"), READ.values(), ids=READ.keys())
def test_what_is_read_is_what_the_compiler_says(definition: str, kept: bool) -> None:
    """A word is no use of a global: layers have parameters and locals that are called like what a cell tries out."""
    statements = [*statements_in("x = 1"), *statements_in(definition)]
    assert idle_assignments(statements, WANTED) == (set() if kept else {statements[0]})


@pytest.mark.parametrize("name", ["ϵ", "µ", "𝐨𝐧𝐞", "ﬁx", "ε", "step"])
@pytest.mark.parametrize("one_namespace", [True, False])
def test_a_name_is_read_however_it_is_spelt(name: str, one_namespace: bool) -> None:
    """Python takes letters that look alike for one name (NFKC), in what is assigned and in what is read."""
    texts = [f"{name} = 1", f"also = {name}", f"def shift(y):\n    return also + {name}"]
    statements = [Statement(node, text) for text in texts for node in ast.parse(text).body]
    assert idle_assignments(statements, WANTED, one_namespace=one_namespace) == set()


def test_of_several_modules_words_are_enough() -> None:
    """`helper.x` reads a global of another module."""
    statements = statements_in("x = 1\ndef shift(y):\n    return helper.x + y")
    assert idle_assignments(statements, WANTED, one_namespace=False) == set()


FUNCTION = "table = {}\ndef shift(x, w):\n    b = 1\n    for _ in range(1): print(b)\n    return table[x] * w + E\n"
SETTER = "def setup():\n    global E\n    E = 1\n"
CHANGES = {
    "a loop that fills what is read": ("for k in range(8):\n    table[k] = k", True),
    "a call that fills what is read": ("table.update(a=1)", True),
    "a block that binds what is read": ("if True:\n    E = 1", True),
    "a file that binds what is read": ("with open('a') as E:\n    pass", True),
    "a try that binds what is read": ("try:\n    E = 2\nexcept OSError:\n    pass", True),
    "a call of what sets a global": ("setup()", True),
    "a loop over what sets a global": ("for _ in range(2):\n    setup()", True),
    "a training loop": ("for i in range(9):\n    w = shift(i, w)\n    b -= w\n    losses.append(w)", False),
    "a loop that tries it out": ("for k in range(9):\n    print(k, shift(k, 1)[0])", False),
    "a call that only reads": ("table.get(3)", False),
    "a plot": ("plt.plot(table)", False),
    "a call of a graded function": ("shift(1, 2)", False),
    "a list that nobody reads": ("losses.append(1)", False),
    "a function within a block": ("while True:\n    x = lambda: table.clear()", False),
}


@pytest.mark.parametrize(("source", "run"), CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_what_a_function_reads_is_run(source: str, run: bool) -> None:
    """A loop or a call counts if it fills or binds a global that a function reads, as the compiler sees it."""
    statements = statements_in(FUNCTION + SETTER + source)
    assert set(changing_statements(statements, WANTED)) == ({statements[-1]} if run else set())


@pytest.mark.parametrize("head", ["def shift(x, w=by):", "@by[0]\ndef shift(x):", "class Relu(by[0]):"])
def test_what_a_definition_reads_when_it_is_made_counts(head: str) -> None:
    """A loop that fills a default, a decorator or a base is run like one that fills what the function reads later."""
    statements = statements_in(f"by = []\nfor k in range(3):\n    by.append(k)\n{head}\n    pass")
    assert changing_statements(statements) == {statements[1]: {"by"}}
    assert idle_assignments(statements, WANTED, changing_statements(statements)) == set()


def test_what_a_loop_reads_that_is_run_is_run_too() -> None:
    """Its own inputs are assignments like any others."""
    statements = statements_in(f"keys = [1]\nunread = 2\n{FUNCTION}table.update(keys)")
    assert idle_assignments(statements, WANTED, changing_statements(statements)) == {statements[1]}


TEXTS = {
    "one line": ("x = 1; y = 2;z = 3", ["x = 1", "y = 2", "z = 3"]),
    "letters of two bytes": ("ü = 'é'; y = 'ö'", ["ü = 'é'", "y = 'ö'"]),
    "a line that is shared at its end": ("t = [\n1]; y = 2\nz = 3", ["t = [\n1]; y = 2", "y = 2", "z = 3"]),
    "a block": ("x = 1; y = 2\nif x:\n    y = 3; z = 4", ["x = 1", "y = 2", "if x:\n    y = 3; z = 4"]),
    "nothing": ("# only a remark", []),
}


@pytest.mark.parametrize(("source", "texts"), TEXTS.values(), ids=TEXTS.keys())
def test_of_a_shared_line_each_statement_has_its_own_part(source: str, texts: list[str]) -> None:
    """Else ten thousand statements in one line, each with all of it for its text, would take a minute to read."""
    assert [one.text for one in statements_of(repair(source))] == texts
