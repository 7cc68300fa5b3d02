"""A cell made to parse: line for line, with as little lost as can be, and nothing lost in silence.

takes: sources of cells as students write them, and any text.
gives: one promise a test, said in its docstring.
must not know: notebooks, graded names.
"""

from __future__ import annotations

import ast
import math
import re
import sys
import time
from textwrap import dedent

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.extract.repairs.intruders import LEFT_OUT, READ_ABOVE
from grader.extract.repairs.repair import MOST_FIXES, parse, repair
from grader.extract.repairs.repaired import Repaired
from grader.extract.repairs.rewriting import with_old_handlers
from grader.extract.repairs.salvaging import EDGE, MARK
from grader.wire import Trouble


def cell(text: str) -> str:
    return dedent(text).strip("\n")


def parses(found: Repaired) -> bool:
    return isinstance(parse(found.source), ast.Module)


def names(found: Repaired) -> set[str]:
    """Names of all functions and classes that are left."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(found.source)) if isinstance(node, kinds)}


def lost(found: Repaired) -> set[str]:
    return {name for _, of in found.troubles for name in of}


FRAGMENTS = st.sampled_from([
    "def f(x):", "    return x", "class A:", "  def g(self):", "\tpass", "print 'a'", "print x,", "%time f(1)", "!ls",
    "%%bash", "%%time", "x = !ls", "?f", "f??", "if x:", "else:", "except E, e:", "    raise E, 'x'", '"""', "'''",
    "x = (1,", ")", "]", "@d", "# c", "", "    ", "x = 1; y =", "for i in x: pass", "\\", "lambda: (", "\x00", "\x0c",
    "\ud800", "async def h():", "    await x", "def", "return", "é = 1", "try:", "finally:", "print >>f, 'x'",
    "exec 'x'",
])  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(FRAGMENTS, max_size=14).map("\n".join) | st.text(st.characters(exclude_characters="\r"), max_size=60))
@example("else:\nn = 3")
@example("print 'a'\n" * (MOST_FIXES + 1))
@example("class A:\n" + "    print 'a'\n" * (MOST_FIXES + 1))
def test_what_comes_out_parses_and_keeps_its_lines(source: str) -> None:
    """For any text: the result is Python, and line numbers are those that the student sees."""
    found = repair(source)
    assert parses(found)
    assert found.source.count("\n") == source.count("\n")
    for trouble, _ in found.troubles:
        assert 1 <= trouble.line <= source.count("\n") + 1


@settings(max_examples=100, deadline=None)
@given(st.lists(FRAGMENTS, max_size=10).map("\n".join))
@example("else:\nn = 3")
def test_nothing_is_lost_in_silence(source: str) -> None:
    """Whatever was changed or left out, there is a remark or a trouble that says so."""
    found = repair(source)
    assert found.source == source or found.remarks or found.troubles


@pytest.mark.parametrize(
    "source", ["", "x = 1", "def f(x):\n    return x  # %time\n", "s = '''\nprint 'a'\n%time\n'''"]
)
def test_what_parses_is_left_alone(source: str) -> None:
    """Source that is Python is not touched, also where a string in it looks like something else."""
    assert repair(source) == Repaired(source)


LINES = [
    ("%matplotlib inline", "pass"),
    ("    %time f(1)", "    pass"),
    ("%time f(n=1)", "pass"),
    ("%time y == 1", "pass"),
    ("%timeit a = f(1)", "pass"),
    ("%time a = f(1)", "a = f(1)"),
    ("    %time a, b['c'] = f(n=1)", "    a, b['c'] = f(n=1)"),
    ("%prun a += f(1)", "a += f(1)"),
    ("!pip install numpy", "pass"),
    ("?np.dot", "pass"),
    ("np.dot?", "pass"),
    ("np.dot??", "pass"),
    ("print('what?').real?", "pass"),
    ("files = !ls", "files = None"),
    ("t = %timeit -o f(1)", "t = None"),
    ("print 'a'", "print('a')"),
    ("print 'a',", "print('a')"),
    ("print 'a', x # why", "print('a', x) # why"),
    ("if x: print x", "if x: print(x)"),
    ("print 'a', x; w = 2; print w,", "print('a', x); w = 2; print(w,)"),
    ("if x: print x; w = 1", "if x: print(x); w = 1"),
    ("s = 'print a'; print s", "s = 'print a'; print(s)"),
    ("s = 'a; print b'; print s", "s = 'a; print b'; print(s)"),
    ("print 'a # b; %d' % x, x # print c", "print('a # b; %d' % x, x) # print c"),
    ("print >>f, 'a'; print (w); print w", "print('a'); print (w); print(w)"),
    ("print 'a %s' % (1, # one\n 2), [3,\n 4]; w = 1", "print('a %s' % (1,\n 2), [3,\n 4]); w = 1"),
    ('print """a\n\'b""", x', 'print("""a\n\'b""", x)'),
    ("print 'a', \\\n x", "print('a', x)"),
    ("print('é %d') % x; w = 1", "print('é %d' % x); w = 1"),
    ("print ('{}' +\n '{}').format(x,\n 2)", "print(('{}' + '{}').format(x, 2))"),
    ("for k, v in d.iteritems(): w = d.has_key(k)", "for k, v in d.items(): w = d.__contains__(k)"),
    ("é = d . viewkeys (); e = self.d['iterkeys()'].itervalues()", "é = d.keys(); e = self.d['iterkeys()'].values()"),
    ("raise ValueError, 'bad'", "raise ValueError('bad')"),
    ("raise m.E, 'bad, ' + \\\n 'so' # why, so", "raise m.E('bad, ' + 'so')"),
    ("if x: raise E, f(1, 2), t; w = 1", "if x: raise E(f(1, 2), t); w = 1"),
    ("exec code", "exec(code)"),
    ("if x: exec 'a in b' in d; w = 1", "if x: exec('a in b', d); w = 1"),
    ("exec code in self.index, (\n e)", "exec(code, self.index, (e))"),
    ("s = `x` + '`' + `y[0]`.z # `", "s = repr(x) + '`' + repr(y[0]).z"),
    ("os.chmod(f, 0777); w = 1e-01 + 007 - 08.5", "os.chmod(f, 0o777); w = 1e-01 + 0o7 - 08.5"),
    ("s = ur'a' + u'b'", "s = r'a' + u'b'"),
    ("if x: exec a; exec b; raise F, 'b'", "if x: exec(a); exec(b); raise F('b')"),
    ("exec (a); s = '; exec b'; exec c", "exec(a); s = '; exec b'; exec(c)"),
    ("exec f(a in b) in d; exec margin in d", "exec(f(a in b), d); exec(margin, d)"),
    ("n = 0777 + 07.5", "n = 0o777 + 7.5"),
    ("a = x <> '<> 10L' # <>", "a = x != '<> 10L' # <>"),
    ("n = 10L + 0xFFl", "n = 10 + 0xFF"),
]


@pytest.mark.parametrize(("line", "read"), LINES, ids=[line for line, _ in LINES])
def test_a_line_is_read_as_what_it_says(line: str, read: str) -> None:
    """Magics and shell lines are left out, Python 2's words are read as Python 3's, each with a remark on its line."""
    block = "if True:\n" if line.startswith(" ") else "y = 0\n"
    found = repair(block + line + "\nz = 1")
    assert ast.unparse(ast.parse(found.source)) == ast.unparse(ast.parse(block + read + "\nz = 1"))
    assert len(found.remarks) == 1
    assert found.remarks[0].startswith("line 2: ")
    assert not found.troubles


@pytest.mark.parametrize(
    "line",
    [
        "print(x), x",
        "six.iteritems(d)",
        "d.iteritems",
        "d.has_key()",
        "d.iteritems(n=1)",
        "print(x), y z",
        "print (x); y = [",
        "d = {1: print x}; y = [",
        "y = print('%d') % x",
        "print('a') or x",
        "show('%d') % x",
        "print x[",
        "raise E('a', y z",
        "raise e.of(1), 'a'",
        "exec(x) y",
        "exec = y z",
        "exec code]",
        "exec # a\ny z",
        "a = `x",
        "a = ``",
        "a = 'x' 08",
    ],
)
def test_what_is_not_of_python_2_stays(line: str) -> None:
    """A call, what is done with its value, functions of such names, what is broken otherwise: left alone."""
    assert not repair(f"x = 1\n{line}").remarks


@pytest.mark.parametrize("line", ["print('%d') % x", "x = d.iteritems()", "try: x\nexcept E, e: x"])
def test_what_is_read_anew_warns_of_nothing(line: str) -> None:
    """A text with a stray backslash is a warning of Python's, to whoever reads it."""
    assert repair(f"s = '\\d'\n{line}").remarks


def test_a_method_of_the_program_keeps_its_name() -> None:
    """Who writes `iteritems` for a class of their own calls that."""
    source = "class Table:\n    def iteritems(self):\n        return []\nx = Table().iteritems()"
    assert repair(source).source == source


MARGINS = [
    (
        "    def f(x):\n        return x\n\n    def g(x):\n        return 2",
        "def f(x):\n    return x\n\ndef g(x):\n    return 2",
    ),
    ("\n  a = 1\n  def f(x):\n      return x\nb = 2", "\na = 1\ndef f(x):\n    return x\nb = 2"),
    (">>> def f(x):\n...     return x\n>>> a = f(1)", "def f(x):\n    return x\na = f(1)"),
    ("In [12]: def f(x):\n    ...:     return x\n    ...: ", "def f(x):\n    return x\n"),
    ("    %%time\n    def f(x):\n        return x", "\ndef f(x):\n    return x"),
    ("\tdef f(x):\n\t\treturn x", "def f(x):\n\treturn x"),
]


@pytest.mark.parametrize(("source", "read"), MARGINS)
def test_what_jupyter_takes_off_is_taken_off(source: str, read: str) -> None:
    """A cell that is indented as a whole, or was pasted with its prompts, runs in Jupyter, and is read here."""
    found = repair(source)
    assert found.source == read
    assert found.remarks
    assert not found.troubles


ASKED = [
    ("out = 1 / (1 + np.exp(-x)  # where does it go?", "'(' was never closed"),
    ("def f(x: # why?", "'(' was never closed"),
    ("x = ('#' + f(1)  # what is '#'?", "'(' was never closed"),
]


@pytest.mark.parametrize(("line", "message"), ASKED)
def test_a_question_in_a_comment_asks_nothing_of_ipython(line: str, message: str) -> None:
    """The line is Python that is wrong, and Python's own message is what helps."""
    [(trouble, _)] = repair(f"y = 1\n{line}\n").troubles
    assert (trouble.message, trouble.line) == (message, 2)


def test_a_long_line_of_quotes_is_read_at_once() -> None:
    """Looking for the ends of texts takes no longer than the line is long."""
    for line in ("(" + "\\'" * 100_000 + "?", "('" + "\\'" * 100_000 + "\\"):
        assert repair(line).troubles


@pytest.mark.parametrize("name", ["time", "memit", "snakeviz", "lprun -f f", "mypy"])
def test_a_cell_that_is_measured_is_python(name: str) -> None:
    """What measures or checks a cell runs it."""
    assert names(repair(f"%%{name}\ndef f(x):\n    return x")) == {"f"}


TYPOGRAPHY = [
    ("def f(x):\n\u00a0\u00a0return\u00a0x", "def f(x):\n  return x"),
    ("a = \u201cb\u201d + \u2018c\u2019", "a = \"b\" + 'c'"),
    ("a = 1 \u2212 2\nb = 3\u200b", "a = 1 - 2\nb = 3"),
]


@pytest.mark.parametrize(("source", "read"), TYPOGRAPHY)
def test_what_a_word_processor_made_of_code_is_read(source: str, read: str) -> None:
    """Blanks, quotes and a minus that only look right are what they look like; those within texts are left alone."""
    assert repair(source).source == read
    assert repair("a = '\u201c\u2212'\nb = (").source.startswith("a = '\u201c\u2212'")


NEWER = [
    ("""print(f"{d["a"]}")""", """print("...")"""),
    ("""raise ValueError(f"bad {d["a"]}: {", ".join(d)}") from None""", """raise ValueError("...") from None"""),
    ("""y = f"{"\\n".join(d)}".strip()""", """y = "...".strip()"""),
    ("def f[T, S: (int, str)](x: T) -> S:\n    return x", "def f(x: T) -> S:\n    return x"),
    ("class A[T]:\n    pass", "class A:\n    pass"),
    ("type Array[T] = list[T]", "Array = None"),
    (
        "try:\n    y = 1\nexcept ValueError, TypeError:\n    pass",
        "try:\n    y = 1\nexcept (ValueError, TypeError):\n    pass",
    ),
]


@pytest.mark.parametrize(("source", "read"), NEWER)
def test_newer_python_is_read_as_what_it_says(source: str, read: str) -> None:
    """A student's Python may be newer than the grader's: what it alone can read costs nothing, and is told."""
    found = repair(f"a = 1\n{source}\nb = 2")
    assert not found.troubles
    if sys.version_info < (3, 12):
        assert ast.unparse(found.tree) == ast.unparse(ast.parse(f"a = 1\n{read}\nb = 2"))
        assert found.remarks


BROKEN = ["y = x +", "y = ", "print(1", "y = f'{x'", "y = 'a"]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_good_line_is_left_alone_beside_a_broken_one(broken: str) -> None:
    """What stands before a line that cannot be read is not rewritten for its sake, whatever it may look like."""
    good = "name = f'{k}'"
    found = repair(f"{good}\n{broken}\nz = 1")
    assert found.source.split("\n")[0] == good
    assert found.troubles


@pytest.mark.parametrize("said", ["Uses `x` and `w`.", "print x", "raise E, x", "exec x", "a <> b", "0777"])
def test_the_end_of_a_text_above_a_broken_line_is_left_alone(said: str) -> None:
    """It is no Python 2, whatever it looks like by itself."""
    text = f't = """of x\n{said}"""'
    found = repair(f"{text}\ny = x w")
    assert (found.source, found.remarks) == (f"{text}\n", [])


def test_python_2s_except_is_read_as_python_3s() -> None:
    """`except E, e:` catches as it did."""
    found = repair("try:\n    f()\nexcept (ValueError, m.Error), e: print e")
    assert found.source == "try:\n    f()\nexcept (ValueError, m.Error) as e: print(e)"
    found = repair("try:\n    f()\nexcept (ValueError, m.Error), E: print e")
    assert found.source == "try:\n    f()\nexcept (ValueError, m.Error) as E: print(e)"
    found = repair("try:\n    f()\nexcept ValueError, e:\n    print e")
    assert found.source == "try:\n    f()\nexcept ValueError as e:\n    print(e)"
    assert "line 3: Python 2's except was read as Python 3's" in found.remarks


HANDLERS = {
    "except ValueError, e:": "except ValueError as e:",
    "except ValueError, TypeError:": "except ValueError, TypeError:",
    "except (ValueError, e):": "except (ValueError, e):",
    "except socket.error, why:  # no network": "except socket.error as why:  # no network",
    'except ValueError:\n    """\n    except A, e:\n    """': 'except ValueError:\n    """\n    except A, e:\n    """',
}


@pytest.mark.parametrize("head", HANDLERS)
def test_a_handler_that_a_newer_python_reads_is_python_2s_all_the_same(head: str) -> None:
    """Since 3.14 a second class needs no brackets: what is named like a variable is the exception itself, as it was."""
    source = f"try:\n    f()\n{head}\n    pass"
    newer = re.sub(r"^except ([\w.]+, \w+):", r"except (\1):", source, flags=re.MULTILINE)  # as 3.14 reads it
    assert with_old_handlers(source, ast.parse(newer)) == f"try:\n    f()\n{HANDLERS[head]}\n    pass"


def test_tabs_are_read_as_python_2_did() -> None:
    """Tabs and spaces mixed: a tab reaches the next multiple of eight, and the remark says so."""
    found = repair("def f(x):\n        y = x\n\treturn y")
    assert names(found) == {"f"}
    assert "tab" in found.remarks[0]


def test_a_magic_that_times_a_cell_keeps_the_cell() -> None:
    """`%%time` runs Python, so only its own line is left out."""
    found = repair("%%time\ndef f(x):\n    return x")
    assert found.source == "\ndef f(x):\n    return x"
    assert "%%time" in found.remarks[0]


def test_a_cell_that_adds_methods_to_a_class_does_so() -> None:
    """`%%add_to` of jdc, by which a class is written over several cells; lines stay where they are."""
    found = repair("\n%%add_to Relu\ndef forward(self, x):\n    def inner(): pass\n    return x\ndef _mask(self): pass")
    lines = found.source.split("\n")
    assert lines[2] == "def forward(self, x):"
    assert lines[-2:] == ["Relu.forward = forward", "Relu._mask = _mask"]
    assert repair("%%add_to\ndef f(x): pass").source.strip() == ""


@pytest.mark.parametrize("magic", ["bash", "html", "javascript", "writefile notes.txt"])
def test_a_cell_of_another_language_is_left_out(magic: str) -> None:
    """`%%bash` and the like hold no Python: nothing in them defines anything."""
    found = repair(f"%%{magic}\ndef f(x):\n    return x")
    assert not found.source.strip()
    assert "not Python" in found.remarks[0]


@pytest.mark.parametrize(
    "magic", ["writefile layer.py", "file layer.py", "writefile -a lib/layer.py", 'file "layer.py"']
)
def test_a_cell_that_is_written_to_a_python_file_is_code(magic: str) -> None:
    """Who writes the layer's cell to a file too has written it; the remark says how it was read."""
    found = repair(f"%%{magic}\ndef f(x):\n    return x")
    assert found.source == "\ndef f(x):\n    return x"
    assert "read as code" in found.remarks[0]


def test_pylab_is_the_imports_that_it_makes() -> None:
    """Names of numpy are there with and without `np.`."""
    found = repair("%pylab inline\ndef f(x):\n    return exp(x) + np.sum(x)")
    assert "import numpy as np" in found.source
    assert "from numpy import *" in found.source
    assert "%pylab" in found.remarks[0]


RUNS = [
    ("%run layers.py", "from layers import *"),
    ("%run -i ./lib/layers.py", "from lib.layers import *"),
    ("%run 'layers.py'", "from layers import *"),
    ("%run lib/other.ipynb", "from lib.other import *"),
    ("%run other", "from other import *"),
    ("%run other.txt", "pass"),
    ("%run my-layers.py", "pass"),
]


@pytest.mark.parametrize(("line", "read"), RUNS, ids=[line for line, _ in RUNS])
def test_a_file_that_is_run_is_imported(line: str, read: str) -> None:
    """`%run layers.py` brings in all that the file defines; what no import can name is left out."""
    assert repair(line).source == read


def test_one_function_that_does_not_parse_costs_only_itself() -> None:
    """Its neighbours are kept; the trouble has its line, its message and its name."""
    found = repair("def f(x):\n    return x\n\ndef g(x):\n    return x +\n\ndef h(x):\n    return x")
    assert names(found) == {"f", "h"}
    [(trouble, of)] = found.troubles
    assert of == ("g",)
    assert (trouble.type_name, trouble.line) == ("SyntaxError", 5)


def test_one_method_that_does_not_parse_costs_only_itself() -> None:
    """The class and its other methods are kept."""
    found = repair(
        cell("""
        class Sigmoid:
            def forward(self, x):
                return x)

            def backward(self, dout, cache):
                return dout
        """)
    )
    assert names(found) == {"Sigmoid", "backward"}
    [(trouble, of)] = found.troubles
    assert of == ("Sigmoid.forward",)
    assert trouble.line == 3


@pytest.mark.parametrize("margin", [2, 3, 5, 6], ids="{} blanks".format)
def test_a_method_that_begins_at_no_margin_of_its_class_costs_only_itself(margin: int) -> None:
    """One blank too few costs that method, and not the one above, in which nothing is wrong."""
    above, below = "    def f(self):\n        return 1\n\n", "    def h(self):\n        return 3\n"
    found = repair(
        f"class A:\n{above}{' ' * margin}def g(self):\n        def of_g(): pass\n        return 2\n\n{below}"
    )
    assert names(found) == {"A", "f", "h"}
    assert [(trouble.line, of) for trouble, of in found.troubles] == [(5, ("A.g",))]
    first = repair(f"class A:\n{' ' * margin}{above.lstrip()}{below}")
    assert names(first) == {"A", "f"}
    assert [(trouble.line, of) for trouble, of in first.troubles] == [(5, ("A.h",))]


def test_a_function_that_begins_at_no_margin_costs_only_itself() -> None:
    """The function above it was lost with it, and of the one that is further in nothing was told."""
    found = repair("def f(x):\n    return x\n\n def g(x):\n    def of_g(): pass\n    return x\n\ndef h(x): return x\n")
    assert names(found) == {"f", "h"}
    assert [(trouble.line, of) for trouble, of in found.troubles] == [(4, ("g",))]


def test_a_function_that_slid_behind_one_that_is_left_costs_only_itself() -> None:
    """A `def` that is too far in by a step, with its own lines where they belong, is none of the function above."""
    slid = "def f(x):\n    return x\n\n    def g(x):\n    y = x\n    return y\n\ndef h(x): return x\n"
    found = repair(slid)
    assert names(found) == {"f", "h"}
    assert [(trouble.line, of) for trouble, of in found.troubles] == [(5, ("g",))]
    of_class = repair("class A:\n" + "".join(f"    {line}\n" for line in slid.splitlines()))
    assert names(of_class) == {"A", "f", "h"}
    assert [(trouble.line, of) for trouble, of in of_class.troubles] == [(6, ("A.g",))]


@pytest.mark.parametrize("above", ["y = x", "if x:\n        return x"], ids=["a statement", "a branch that is left"])
def test_a_function_that_goes_on_behind_one_within_it_is_lost_whole(above: str) -> None:
    """Half of it would be run as though it were all."""
    found = repair(f"def f(x):\n    {above}\n    def g(y):\n    return g(x)\n")
    assert names(found) == set()
    assert lost(found) == {"f"}


def test_what_begins_with_a_capital_is_lost_by_its_name() -> None:
    """`Def f(x):` is no Python, and says whose it was to be all the same."""
    found = repair("class A:\n    def f(self):\n        return 1\n\n    Def g(self):\n        return 2\n")
    assert names(found) == {"A", "f"}
    assert [(trouble.line, of) for trouble, of in found.troubles] == [(5, ("A.g",))]
    assert lost(repair("Def f(x):\n    return x\n")) == {"f"}
    assert lost(repair("Class A:\n    def f(self):\n        return 1\n")) == {"A"}


def test_a_class_that_cannot_be_saved_costs_its_name() -> None:
    """Where its first line is broken the whole class is lost, with each of its methods, and only that."""
    found = repair("class A\n    def f(self):\n        pass\n\ndef g(x):\n    return x")
    assert names(found) == {"g"}
    assert lost(found) == {"A", "A.f"}


@pytest.mark.parametrize("body", ["", "\n    # to do\n", "\n\n"])
def test_a_class_without_a_body_costs_its_name(body: str) -> None:
    """A class that was begun and left is told as lost; the functions beside it are kept."""
    found = repair(f"def f(x):\n    return x\n\nclass Sigmoid:{body}")
    assert names(found) == {"f"}
    assert lost(found) == {"Sigmoid"}


def test_one_statement_that_does_not_parse_costs_only_itself() -> None:
    """Statements before and after it still run."""
    found = repair("import numpy as np\nx = = 1\ny = 2")
    assert found.source == "import numpy as np\n\ny = 2"
    assert found.troubles[0][0].line == 2


CLOSING = {
    "below a class": "class A:\n    def f(self):\n        return 1\n    def g(self):\n        return 2\n)",
    "within one": "class A:\n    def f(self):\n        return 1\n    )\n    def g(self):\n        return 2",
    "several": "class A:\n    def f(self):\n        return (\n    1\n    )\n    def g(self): return 2\n]);\n\n}  # end",
}


@pytest.mark.parametrize("source", CLOSING.values(), ids=CLOSING.keys())
def test_a_bracket_on_a_line_of_its_own_that_closes_nothing_costs_nothing(source: str) -> None:
    """It is the rest of something that was deleted, as stray words are."""
    found = repair(source)
    assert (names(found), found.troubles) == ({"A", "f", "g"}, [])
    assert "bracket that closes nothing" in found.remarks[0]


def test_a_bracket_too_many_behind_code_is_an_error() -> None:
    """Nobody can tell which of them is meant."""
    found = repair("def f(x):\n    return x\ndef g(x):\n    return (1 + x))\n")
    assert (names(found), lost(found)) == ({"f"}, {"g"})


def test_a_string_that_looks_like_code_is_no_beginning() -> None:
    """Lines of a long string are not taken for statements of their own when another line is broken."""
    text = cell('''
        def f(x):
            """Like this:
        def g(x):
            return 1 +
            """
            return x

        x = = 1
        ''')
    found = repair(text)
    assert names(found) == {"f"}
    assert [trouble.line for trouble, _ in found.troubles] == [8]


def test_a_decorator_stays_with_its_function() -> None:
    """A broken function takes its decorator with it, so that it does not land on the next one."""
    found = repair("@d\ndef f(x):\n    return x +\ndef g(x):\n    return x")
    assert names(found) == {"g"}
    assert "@d" not in found.source


def test_an_unclosed_bracket_loses_its_own_statement() -> None:
    """A bracket left open, which swallows the rest of a cell in Python's eyes, costs the statement it stands in."""
    found = repair("def f(x):\n    return x\ny = (1,\ndef g(x):\n    return x")
    assert names(found) == {"f", "g"}


def test_a_long_cell_of_python_2_keeps_its_functions() -> None:
    """More old print lines than are mended one by one: the functions beside them are kept, or told as lost."""
    found = repair("def f(x):\n    return x\n" + "print 'a'\n" * (MOST_FIXES + 20) + "def g(x):\n    return x")
    assert parses(found)
    assert names(found) | lost(found) >= {"f", "g"}


@pytest.mark.parametrize("source", ["x = '\\d'", "x = 1is 1", "assert (1, 'always')"])
def test_a_students_odd_string_warns_nobody(source: str) -> None:
    """Python's own warnings about a hand-in are no concern of whoever runs the grader."""
    assert isinstance(parse(source), ast.Module)


@pytest.mark.parametrize("source", ["(" * 5000, "x = " + "+".join("y" * 300_000), "a\0b", "x" * 10 + "\ud800"])
def test_what_python_cannot_read_is_a_trouble(source: str) -> None:
    """Too deep, too long or not text: a value that says so, never an exception."""
    trouble = parse(source)
    assert isinstance(trouble, Trouble)
    assert trouble.message


MARKED = {
    "in a function": ("def f(x):\n    y = x\n>>>>>>> theirs\n    return y", 3, True),
    "in a method": ("class A:\n    def f(self, x):\n        y = x\n    =======\n        return y", 4, True),
    "no mark": ("def f(x):\n    y = x\n    y === 2\n    return y", 3, False),
}


@pytest.mark.parametrize(("source", "line", "is_mark"), MARKED.values(), ids=MARKED.keys())
def test_a_mark_that_is_left_of_a_conflict_is_told_as_that(source: str, line: int, is_mark: bool) -> None:
    """One who takes some of the marks out and not all has no conflict any more that could be settled."""
    [(trouble, _)] = [lost for lost in repair(source).troubles if lost[1]] or repair(source).troubles[:1]
    assert trouble.line == line
    assert (trouble.message == MARK) is is_mark


CLASS = "class A:\n    def f(self, x):\n        y = x\n{}\n        return y\n\n    def g(self, d):\n        return d\n"
ENDED = "class A:\n    def f(self, x):\n        return x\n{}\n    def g(self, d):\n        return d\n"
FUNCTION = "def f(x):\n    y = x\n{}\n    return y\n\ndef h(): pass\n"
LEFT = "class A:\n    def f(self, x):\n        self.y = x\n{}\n    def g(self, d):\n        return d\n"
INTRUDERS = {
    "a mark": (CLASS, ">>>>>>> theirs", ["g"], [((4, MARK), ("A.f",))]),
    "two marks": (
        CLASS, "=======\n        y = 2\n>>>>>>> theirs", ["g"], [((4, MARK), ("A.f",))],
    ),
    "words": (CLASS, "now the rest", ["g"], [((4, "invalid syntax"), ("A.f",))]),
    "words below a comment": (CLASS, "    # so\n\nnow the rest", ["g"], [((6, "invalid syntax"), ("A.f",))]),
    "a line that slid": (CLASS, "y = 2 * y", ["g"], [((4, EDGE), ("A.f",))]),
    "words between methods": (ENDED, "Backward pass:", ["f", "g"], [((4, "invalid syntax"), ())]),
    "words behind one that gives nothing": (LEFT, "Backward pass:", ["f", "g"], [((4, "invalid syntax"), ())]),
    "a line between methods": (ENDED, "print(3)", ["f", "g"], []),
    "a line behind one that gives nothing": (LEFT, "print(3)", ["f", "g"], []),
    "lines between methods": (ENDED, "print(3)\nm = [\n    1,\n]\n\nprint(n)", ["f", "g"], []),
    "words over lines between methods": (
        ENDED, "Backward pass:\n\nuse the cache", ["f", "g"],
        [((4, "invalid syntax"), ()), ((6, "invalid syntax"), ())],
    ),
    "words and a line between methods": (
        ENDED, "print(3)\nand now\nprint(4)", ["f", "g"], [((5, "invalid syntax"), ())],
    ),
    "a text over lines between methods": (ENDED, '"""\nBackward pass:\nso.\n"""', ["f", "g"], []),
    "a constant between methods": (ENDED, "n = 3", ["f", "g", "n"], []),
    "an import between methods, and a comment": (ENDED, "import math  # so", ["f", "g"], []),
    "words over lines": (CLASS, "now the rest\nof it", ["g"], [((4, "invalid syntax"), ("A.f",))]),
    "a line and words": (CLASS, "y = 2 * y\nof it", ["g"], [((4, EDGE), ("A.f",))]),
    "words below a decorated class": ("@d\n" + CLASS, "now the rest", ["g"], [((5, "invalid syntax"), ("A.f",))]),
    "words in a function": (FUNCTION, "now the rest", ["h"], [((3, "invalid syntax"), ("f",))]),
    "words over lines in a function": (FUNCTION, "so\nnow the rest", ["h"], [((3, EDGE), ("f",))]),
    "a line that slid out of a function": (FUNCTION, "y = 2 * y", ["h"], [((3, EDGE), ("f",))]),
    "a line that slid out of a decorated function": ("@d\n" + FUNCTION, "y = 2 * y", ["h"], [((4, EDGE), ("f",))]),
    "a line behind a return further in": (
        "def f(x):\n    if x:\n        return x\n{}\n    return 0\ndef h(): pass", "y = 2",
        ["h"], [((4, EDGE), ("f",))],
    ),
    "a line behind a function within a function": (
        "def f(x):\n    def inner():\n        return x\n{}\n    return inner\n", "y = 2", [], [((4, EDGE), ("f",))],
    ),
    "the first line of a function": (
        "def f(x):\n{}\n    return x\ndef h(): pass", "y = 2", ["h"], [((2, EDGE), ("f",))],
    ),
    "a function too far in behind one that is ended": (
        "def f(x):\n    return x\n{}\n    def h(x):\n        return x", "print(3)", ["f"],
        [((4, "unexpected indent"), ("h",))],
    ),
    "a block of its own": (ENDED, "for n in 3:", ["f", "g", "n"], []),
    "a list below": (ENDED + "n = [\n    1,\n]\nx = = 2\n", "", ["f", "g", "n"], [((10, "invalid syntax"), ())]),
    "a function below without its colon": (
        ENDED + "def h(x)\n    return x\n", "", ["f", "g"], [((7, "expected ':'"), ("h",))],
    ),
    "a class that is broken elsewhere, too": (
        CLASS.replace("return d", "return d d"), "now the rest", [],
        [((4, "invalid syntax"), ("A.f",)), ((8, "invalid syntax"), ("A.g",))],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "line", "kept", "told"), INTRUDERS.values(), ids=INTRUDERS.keys())
def test_a_line_at_the_left_edge_costs_what_it_stands_in(
    source: str, line: str, kept: list[str], told: list[tuple[tuple[int, str], tuple[str, ...]]]
) -> None:
    """No method is taken for one that ends there, and none behind it is lost, or it is by name."""
    found = repair(source.format(line))
    names = [one.name for one in ast.walk(found.tree) if isinstance(one, ast.FunctionDef)]
    names += [one.id for one in ast.walk(found.tree) if isinstance(one, ast.Name) and one.id == "n"]
    assert names == kept
    assert [((trouble.line, trouble.message), lost) for trouble, lost in found.troubles] == told
    assert found.source.count("\n") == source.format(line).count("\n")


WRITES = "def f(p, g):\n    p -= g\n"  # and gives nothing back
WHOLE = {
    "a slip in the next header": (WRITES, "deff h(x):  # so\n    return x\n"),
    "a slip in a class's header": (WRITES, "clas A:\n    def g(self):\n        return 1\n"),
    "a slip in a loop": (WRITES, "fro n in 3:\n    print(n)\n"),
    "words": (WRITES, "this is how\n    and so on\n"),
    "an import, and a line too far in": (WRITES, "import math\n\n   print(math)\n"),
    "a list with a slip": (WRITES, "n = [1, 2\n     3, 4]\n"),
    "a result over two lines": ("def f(x):\n    return (x,\n            x)\n", "words here\n    return 1\n"),
    "a result in each branch": (
        "def f(x):\n    if x:\n        return 1\n    else:\n        return 2\n", "words here\n    return 1\n",
    ),
    "a result in a try": (
        "def f(x):\n    try:\n        return 1\n    except ValueError:\n        raise\n", "words here\n    return 1\n",
    ),
    "a loop that never ends otherwise": (
        "def f(x):\n    while True:\n        if x:\n            return 1\n", "words here\n    return 1\n",
    ),
    "within another": (
        "def f(x):\n    with open(x) as y:\n        return 1\n", "words here\n    return 1\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("function", "behind"), WHOLE.values(), ids=WHOLE.keys())
def test_a_function_that_may_be_whole_is_not_lost_for_what_stands_behind_it(function: str, behind: str) -> None:
    """One that is right must count, whatever cannot be read below it."""
    found = repair(function + behind)
    assert ast.get_source_segment(found.source, found.tree.body[0]) == function.rstrip()
    assert not any("f" in lost for _, lost in found.troubles)


def test_a_slip_in_a_header_behind_a_class_costs_no_method() -> None:
    """What is further in below it is its own."""
    found = repair("class A:\n    def f(self):\n        self.x = 1\ndeff h(x):\n        return x\n")
    assert [one.name for one in ast.walk(found.tree) if isinstance(one, ast.FunctionDef)] == ["f"]
    assert not any(lost for _, lost in found.troubles)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("n = 3", {"n": 3}),
        ("n = (1, -2 * 3)", {"n": (1, -6)}),
        ("import math as n", {"n": math}),
        ("from math import pi, e as n", {"n": math.e, "pi": math.pi}),
        ("n = A()", {}),
        ("n = m", {}),
        ("import surely_not_there as n", {}),
        ("from math import *", {}),
        ("print(3)", {}),
    ],
)
def test_what_cannot_fail_between_methods_is_there_for_all_and_the_rest_is_left_out(
    line: str, kept: dict[str, object]
) -> None:
    """A constant or an import at the left edge is no attribute of the class, and what may fail must not cost it."""
    found = repair(ENDED.format(line))
    namespace: dict[str, object] = {}
    exec(found.source, namespace)
    assert {name: value for name, value in namespace.items() if name not in ("A", "__builtins__")} == kept
    assert not set(vars(namespace["A"])) & set(kept)
    assert [remark.split(":")[0] for remark in found.remarks] == ["line 4"]
    assert (READ_ABOVE if kept else LEFT_OUT) in found.remarks[0]


@pytest.mark.parametrize("behind", [" ", "\t ", "  # and on", "# and on"])
def test_what_stands_behind_a_backslash_at_the_end_of_a_line_costs_nothing(behind: str) -> None:
    """A blank there is seen by nobody, and Python refuses it."""
    found = repair(f"def f(x):\n    return x + \\{behind}\n        1")
    assert (found.source, found.troubles) == ("def f(x):\n    return x + \\\n        1", [])
    assert found.remarks


def test_a_decorator_goes_with_the_method_that_does_not_parse() -> None:
    """It would stand on the next one, and make it another."""
    source = "class A:\n    @staticmethod\n    def f(x):\n        return x x\n\n    def g(self, d):\n        return d\n"
    found = repair(source)
    assert "staticmethod" not in found.source
    assert [(trouble.line, of) for trouble, of in found.troubles] == [(4, ("A.f",))]


def test_a_line_that_a_message_names_is_counted_as_the_student_does() -> None:
    """Pieces are read by themselves, and Python counts from where they begin."""
    found = repair("x = 1\n\ndef f(x):\ny = = 2\nclass A:\n    z = 1\n    def g(self):\n    def h(self): pass\n")
    told = [trouble.message.partition(" on ")[2] for trouble, of in found.troubles if of]
    assert told == ["line 3", "line 7"]


def test_many_lines_at_the_left_edge_are_mended_in_time() -> None:
    """For each the methods of its class are parsed anew: of some that is done, and of a thousand it is not."""
    methods = "".join(f"    def f{n}(self, x):\n        y = x\nnow the rest\n        return y\n" for n in range(1000))
    began = time.process_time()
    found = repair(f"class A:\n{methods}")
    assert time.process_time() - began < 4.0
    assert [lost for _, lost in found.troubles if lost]


@pytest.mark.parametrize("line", ["now the rest", "print(3)", "x = [", '"""', "if x", "y = 1\n    z = 2"])
def test_many_lines_at_the_left_edge_behind_a_class_are_read_in_time(line: str) -> None:
    """Also where nothing is further in behind them."""
    began = time.process_time()
    repair("class A:\n    def f(self, x):\n        return x\n" + f"{line}\n" * 400 + "x = = 1")
    assert time.process_time() - began < 4.0
