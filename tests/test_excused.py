"""Imports in a function of what is not here cost what uses it, and no more."""

from __future__ import annotations

import ast

import pytest
from test_harness import X, call

from grader.harness.loading.excused import Absent, excuse_imports
from grader.wire import Status, Step

NP = "import numpy as np\n"
# a program, and what a call of it raises (nothing: it returns)
PROGRAMS = {
    "a debugger that is not used": ("def f(x):\n    from gone import g\n    return x", ""),
    "a name that is bound again": ("def f(x):\n    from gone import g\n    g = x + 1\n    return g", ""),
    "several, by other names": ("def f(x):\n    import gone.deep as d, numpy, lost\n    return numpy.exp(x)", ""),
    "in a method": (
        "class C:\n    def f(self, x):\n        if len(x):\n            import gone\n        return x\nf = C().f", "",
    ),
    "in a function within": ("def f(x):\n    def g():\n        import gone\n        return x\n    return g()", ""),
    "what is not in a module that is there": ("def f(x):\n    from numpy import gone\n    return x", ""),
    "it is called": ("def f(x):\n    import gone\n    return gone.exp(x)", "No module named 'gone'"),
    "it is reckoned with": ("def f(x):\n    from gone import g\n    return x * g", "No module named 'gone'"),
    "it is given to numpy": (NP + "def f(x):\n    from gone import g\n    return np.add(x, g)", "named 'gone'"),
    "it is asked whether": ("def f(x):\n    import gone\n    return x if gone else -x", "No module named 'gone'"),
    "it is what comes back": ("def f(x):\n    import gone\n    return gone", ""),
    "caught around it": (
        "def f(x):\n    try:\n        import gone\n    except ImportError:\n        return x\n    return gone", "",
    ),
    "caught by whoever calls it": (
        "def has():\n    import gone\n    return True\ntry:\n    FAST = has()\nexcept ImportError:\n    FAST = False\n"
        "def f(x): return x.none if FAST else x",
        "",
    ),
    "caught under another name": (
        "ERRORS = (ImportError, OSError)\ndef has():\n    import gone\n    return True\n"
        "def f(x):\n    try:\n        return x.none if has() else x\n    except ERRORS:\n        return x", "",
    ),
    "caught among others, over lines": (
        "def has():\n    import gone\n    return True\ntry:\n    FAST = has()\n"
        "except (\n    ValueError,\n    Exception,\n):\n    FAST = False\ndef f(x): return x.none if FAST else x",
        "",
    ),
    "suppressed": (
        "import contextlib\ndef f(x):\n    gone = None\n    with contextlib.suppress(Exception):\n        import gone\n"
        "    return x if gone is None else gone.exp(x)",
        "",
    ),
    "something else is caught": (
        "class Bad(Exception): pass\ndef f(x):\n    import gone\n    try:\n        return x\n"
        "    except (Bad, ValueError):\n        return None",
        "",
    ),
    "tried, and nothing caught": (
        "def f(x):\n    try:\n        import gone\n    finally:\n        x = x + 1\n    return x", "gone",
    ),
    "all there is": ("def f(x):\n    exec('from gone import *')\n    return x", "gone"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "raised"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_is_not_here_costs_what_uses_it(source: str, raised: str) -> None:
    """What is imported and left alone is no part of an answer; what is used raises as ever, where it is used."""
    outcome = call(source, Step("f", ("x",), ("y",)))[0]
    assert outcome.status is (Status.RAISED if raised else Status.RETURNED)
    assert raised in (outcome.trouble.message if outcome.trouble else "")
    assert not raised or (outcome.trouble and outcome.trouble.line > 1)


def test_it_raises_what_the_import_raised() -> None:
    """Under its name, and in the line that asks something of it."""
    trouble = call("def f(x):\n    import gone\n    y = x + 1\n    return gone.exp(y)")[0].trouble
    assert trouble is not None
    assert (trouble.type_name, trouble.line) == ("ModuleNotFoundError", 4)


USES = (
    "absent + X", "X + absent", "absent[0]", "list(absent)", "absent == 1", "absent + 1", "1 - absent", "absent * 2",
    "2 / absent", "absent ** 2", "absent @ X", "-absent", "absent < 1", "absent >= 1", "absent != 1", "absent()",
    "absent.x", "setattr(absent, 'x', 1)", "len(absent)", "bool(absent)", "1 in absent", "float(absent)",
    "range(absent)",
)  # fmt: skip


@pytest.mark.parametrize("use", USES)
def test_whatever_is_asked_of_it_raises_that(use: str) -> None:
    """And nothing about a class that no student has heard of."""
    with pytest.raises(ImportError, match="no such"):
        eval(use, {"absent": Absent(ImportError("no such")), "X": X})


UNTOUCHED = ("import gone", "x = 1", "class C:\n    import gone", "class C:\n    def f(self): return 1")


@pytest.mark.parametrize("source", UNTOUCHED)
def test_what_is_in_no_function_stays_as_it_is(source: str) -> None:
    """An import of the program itself is told as it was."""
    statement = ast.parse(source).body[0]
    before = ast.dump(statement)
    assert not excuse_imports(statement)
    assert ast.dump(statement) == before


def test_what_python_refuses_is_left_as_it_is() -> None:
    """`import *` binds no name that could be excused, and in a function it is an error of its own."""
    statement = ast.parse("def f(x):\n    from gone import *").body[0]
    assert not excuse_imports(statement)
