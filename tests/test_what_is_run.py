"""Of what only tries things out, that is run which a graded function needs; and none that takes a name away from it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from textwrap import dedent

import pytest

from grader.extract.flow.rebound import may_be_away
from grader.extract.flow.selection import Selection, select
from grader.extract.flow.statements import Statement

WANTED = ("Relu.forward", "shift")


def selected(source: str) -> tuple[Selection, list[Statement]]:
    """What is selected of a program, and its statements."""
    statements = [Statement(node, ast.get_source_segment(source, node) or "") for node in ast.parse(source).body]
    return select([], statements, WANTED), statements


def run_of(source: str) -> list[str]:
    """The statements of a program that are run."""
    selection, statements = selected(source)
    return [one.text for one in statements if one in selection.run]


# ---- names that are taken away from functions -------------------------------------------------------------------

DEFINITIONS = dedent("""
    import time
    import numpy as np
    from numpy import exp, e
    from functools import lru_cache
    from config import own
    def flat(x):
        x = x.reshape(len(x), -1)
        return x
    def make():
        return lambda x: x
    def pick(name):
        return table[name]
    def wrap():
        f = lambda x: x
        return f
    def keep(f):
        return f
    class Config:
        one = 0
        def made(self):
            def inner(): pass
            return inner
    class Relu:
        def forward(self, x):
            if isinstance(x, list) and Config.one and own.eps and make() and wrap() and pick(e):
                return time.time(), keep(E)
            return flat(max(exp(x), sum(x))), np.zeros(3, dtype=float), np.minimum(x, min)
    def shift(x):
        return x
""")
TAKEN = [
    "sum = np.sum(flat(out))", "sum = np.sum(out)", "max = out.max()", "list = [1, 2]", "len = 5",
    "sum, n = np.sum(out), len(out)", "sum: float = 3.0", "sum += 1", "for max in out:\n    print(max)",
    "for n, max in enumerate(out): pass", "flat = flat(out)", "exp = np.exp(1.0)", "exp = exp(1.0)",
    "time = time.time() - 3", "float = 0.5", "shift, cache = shift(3), 1", "shift, cache = shift(3)",
    "Relu = np.maximum(out, 0)", "Relu, c = Relu().forward(out)", "print(sum := 3)", "max = out[0, 1]",
    "max = out[:3]", "max = out.shape[0]", "exp = np.e", "sum = 'sum'", "max = 1 if out else 2",
    "while out:\n    max = 3", "if out:\n    sum = 0", "exp = Relu().forward(out)[0]", "sum = sum(map(float, out))",
    "sum = 0\nfor v in out:\n    sum += v", "sum = 3\ndel sum", "max = round(2.5)",
    "sum = 3\nmean = sum / 3\nprint(mean)", "flat = Config()", "flat = Relu()",
]  # fmt: skip
KEPT = [
    "own = {'eps': 0}", "flat = wrap()", "flat = Config.other(3)", "if out:\n    sum = 3\n    def other(x): return x",
    "sum = np.sum", "sum = total", "sum = lambda x: 0", "flat = make()", "flat = np.vectorize(flat)",
    "flat = pick('a')", "flat = lru_cache(flat)", "flat = keep(flat)", "flat = keep([flat])", "flat = table['flat']",
    "flat = table[0]", "flat = table.get('flat')", "flat = Config().made()", "Config = Config()",
    "flat = np.poly1d([1])", "flat = np.polynomial.Polynomial([1])", "flat = getattr(np, 'exp')", "flat = unknown(3)",
    "flat = 3 if out else keep", "for max in (keep, make):\n    pass", "with open('a') as max:\n    pass",
    "sum, flat = 1, make", "min = 3", "sum, E = 0, 1", "sum = 3\nE = sum / 3",
    "sum = 3\ndef other(x):\n    return sum(x)", "sum = 3\nf = lambda x: sum(x)",
    "sum = 3\ndef other(x, by=sum):\n    return x", "flat = np.random.Generator(3)", "flat = (yes and make)",
    "for flat in out:\n    E = 3", "e = 3.0",
]  # fmt: skip


@pytest.mark.parametrize("line", TAKEN)
def test_a_name_that_is_given_away_after_its_last_use_stays(line: str) -> None:
    """What surely gives a function's name to a value, below all that calls the function, is left out."""
    assert run_of(DEFINITIONS + line) == run_of(DEFINITIONS)


@pytest.mark.parametrize("line", KEPT)
def test_what_may_be_meant_to_replace_a_function_is_run(line: str) -> None:
    """A function for a function, a value for what is read as one, and what something else that is run needs."""
    selection, statements = selected(DEFINITIONS + line)
    [first] = [one for one in statements if one.text == ast.get_source_segment(line, ast.parse(line).body[0])]
    assert first in selection.run
    assert not selection.rebinding


AWAY = {
    "by text": ("exec('sum = 3')", {"sum"}),
    "by text that cannot be read": ("exec(text)\nvars()['max'] = 3", {"max"}),
    "to what may be a function": ("sum = total", {"sum"}),
    "two of them": ("max, sum = pick('a')", {"max", "sum"}),
    "what is read as a value somewhere": ("min = pick('a')", set()),
    "what nothing calls": ("exec('abs = 3')\nabs = total", set()),
    "what is no builtin": ("flat = total", set()),
    "what a function of its own is called": ("def sum(x): return x\nsum = total", set()),
    "nothing": ("total = 3", set()),
}


@pytest.mark.parametrize(("lines", "names"), AWAY.values(), ids=AWAY.keys())
def test_a_builtin_that_may_be_away_in_the_end(lines: str, names: set[str]) -> None:
    """It is given back when all is run, if it is no function any more; nobody can tell that before."""
    assert may_be_away(selected(DEFINITIONS + lines)[1]) == names


MADE_OF = {
    "a class like any other": ("class Own(Config, object): pass", False),
    "one that can be called": ("class Own:\n    def __call__(self, x): return x", True),
    "one that makes others": ("class Own:\n    def __new__(cls): return keep", True),
    "one that is made callable": ("class Own: pass\nOwn.__call__ = keep", True),
    "one with a decorator": ("@keep\nclass Own: pass", True),
    "one of a base from elsewhere": ("from config import Base\nclass Own(Base): pass", True),
    "one with a metaclass": ("class Own(metaclass=own): pass", True),
    "one of itself": ("class Own(Own): pass", True),
}


@pytest.mark.parametrize(("made", "run"), MADE_OF.values(), ids=MADE_OF.keys())
def test_an_object_of_an_own_class_is_a_value_where_nothing_makes_it_callable(made: str, run: bool) -> None:
    """`sigmoid = Sigmoid()` below a helper `sigmoid` tries a layer out, and takes no helper away."""
    line = "flat = Own()"
    assert (line in run_of(f"{DEFINITIONS}{made}\n{line}")) is run


GIVEN = {
    "a lambda": ("flat = lambda x: x", True),
    "what a function makes": ("flat = make()", True),
    "a function under another name": ("flat: object = np.exp", True),
    "one that a table holds": ("flat = table['flat']", True),
    "a number, so that another follows it": ("flat = 1", False),
    "an array of functions, of which nothing is called": ("flat = [make]", False),
}


@pytest.mark.parametrize(("made", "is_kept"), GIVEN.values(), ids=GIVEN.keys())
def test_a_helper_that_is_an_assignment_keeps_its_name_too(made: str, is_kept: bool) -> None:
    """`flat = lambda x: x` is a helper as `def flat` is one, and `flat = Config()` below it tries something out."""
    program = DEFINITIONS.replace("def flat(x):\n    x = x.reshape(len(x), -1)\n    return x\n", f"{made}\n")
    assert (run_of(f"{program}flat = Config()") == run_of(program)) is is_kept


TRIED = {
    "gives a number": ("lambda x: np.abs(x) + 1", True),
    "gives what it was given, which may be a function": ("lambda x: x", False),
    "calls another": ("lambda x: other(x)", True),
    "gives what a table holds, which may be a function": ("lambda x: table[x]", False),
    "makes a function": ("lambda x: lambda y: x", False),
    "is called by itself": ("lambda x: flat(x)", False),
}


@pytest.mark.parametrize(("made", "is_kept"), TRIED.values(), ids=TRIED.keys())
def test_a_lambda_keeps_its_name_where_its_result_takes_it(made: str, is_kept: bool) -> None:
    """`flat = flat(x)` below it tries it out, if what it gives is surely a value."""
    helper = f"other = lambda x: x * 2\nflat = {made}\n"
    program = DEFINITIONS.replace("def flat(x):\n    x = x.reshape(len(x), -1)\n    return x\n", helper)
    assert program != DEFINITIONS
    assert (run_of(f"{program}flat = flat(np.ones(3))") == run_of(program)) is is_kept


def test_what_stands_above_the_function_is_run() -> None:
    """A name that was given away before a function calls it was so in the student's own run, too."""
    line = "sum = 3"
    assert line in run_of(f"{line}\ndef shift(x):\n    return sum(x)")
    assert line not in run_of(f"def shift(x):\n    return sum(x)\n{line}")


BY_TEXT = [
    "exec('E = one')", "globals()['E'] = one", "vars().update(E=one)", "globals().setdefault('E', one)",
    "for name in ['E']:\n    globals()[name] = one", "if True:\n    exec('E = one')",
]  # fmt: skip


@pytest.mark.parametrize("line", BY_TEXT)
def test_what_gives_names_by_text_is_run(line: str) -> None:
    """And what it reads itself; nobody can tell which names it gives."""
    program = f"one = 1\n{line}\ndef shift(x):\n    return x + E"
    assert run_of(program) == ["one = 1", line, "def shift(x):\n    return x + E"]


def test_what_only_looks_names_up_is_left_out() -> None:
    """`print(globals()['E'])` changes nothing."""
    line = "print(globals()['E'])"
    assert line not in run_of(f"def shift(x):\n    return x\n{line}")


def test_code_that_looks_names_up_by_text_keeps_what_it_may_read() -> None:
    """`globals()["sum"]` may want the value."""
    line = "sum = 3"
    assert line in run_of(f"def shift(x):\n    return sum(x) + globals()['sum']\n{line}")


def test_a_definition_that_comes_later_may_be_replaced_before() -> None:
    """`flat = 3` above `def flat` takes nothing away."""
    selection, _ = selected("def shift(x): return flat(x)\nflat = 3\ndef flat(x): return x")
    assert not selection.rebinding


def test_a_long_chain_of_given_names_is_looked_at_in_time() -> None:
    """Each line needs the one above it, and the last is needed: a hand-in of thousands must not take minutes."""
    lines = ["sum, a0 = 1, 2", *(f"sum, a{n} = 1, a{n - 1}" for n in range(1, 3000))]
    texts = ["def shift(x):\n    return sum(x) + a2999", *lines]
    assert len(select([], [Statement(ast.parse(text).body[0], text) for text in texts], WANTED).run) == len(texts)


CALLS_SUM = "def shift(x):\n    return sum(x) + EPS"
DELETED = {
    "a builtin that comes back": (f"sum = 0\nfor v in (1, 2):\n    sum += v\ndel sum\n{CALLS_SUM}", True),
    "beside others": (f"sum = 0\ndel v, sum\n{CALLS_SUM}", True),
    "a constant": (f"EPS = 0\n{CALLS_SUM}\ndel EPS", False),
    "a function": (f"def sum(x): return 0\n{CALLS_SUM}\ndel sum", False),
    "a function of that name": (f"sum = 0\ndef sum(x): return 0\n{CALLS_SUM}\ndel sum", False),
    "no builtin": ("step = 0\ndef shift(x): return step(x)\ndel step", False),
    "a graded function": (f"{CALLS_SUM}\ndel shift", False),
    "a builtin that was never away": (f"{CALLS_SUM}\ndel sum", False),
    "what was left out": (f"{CALLS_SUM}\nsum = 3\ndel sum", False),
    "twice": (f"sum = 0\nsum = lambda x: x\n{CALLS_SUM}\ndel sum, v\nprint(3)", True),
    "a value that a function reads": ("max = 3\ndef shift(x):\n    return x + max\ndel max", False),
    "an entry": (f"sum = {{}}\ndel sum[0]\n{CALLS_SUM}", False),
}


@pytest.mark.parametrize(("source", "run"), DELETED.values(), ids=DELETED.keys())
def test_a_builtin_comes_back_by_del(source: str, run: bool) -> None:
    """`del` is run where it gives a function the builtin that it calls, and nowhere else: it tidies up, as a rule."""
    assert any(text.startswith("del ") for text in run_of(source)) is run


def test_a_builtin_comes_back_once() -> None:
    """A second `del` has nothing to delete."""
    assert run_of(f"sum = 0\ndel sum\n{CALLS_SUM}\ndel sum").count("del sum") == 1


def test_functions_that_return_each_other_are_gone_through_once() -> None:
    """Two hundred returns in each of three functions are eight million ways, and one answer."""
    ways = "".join(
        f"def g{n}(x):\n" + f"    if x: return g{n + 1}(x)\n" * 200 if n < 3 else f"def g{n}(x):\n    return 1\n"
        for n in range(4)
    )
    assert "sum = g0(3)" not in run_of(f"{CALLS_SUM}\n{ways}sum = g0(3)")


# ---- what is changed by a call ----------------------------------------------------------------------------------

READER = (
    "table, queue, E, losses = {}, [], 0, []\ndef shift(x):\n    return table[x] + E + queue[0] + cfg.one + Other.one\n"
)
OTHER = "class Other:\n    one = 0\n"
FILL = "def fill(t, n=0, *, to=0):\n    t[0] = n\n"
SETUP = "def setup():\n    table[0] = 1\n"
CONFIG = dedent("""
    class Config:
        def load(self):
            self.one = 1
        def copied(self, to):
            to.one = self.one
        @classmethod
        def make(cls):
            cls.one = 1
        @staticmethod
        def fill(t):
            t[0] = 1
    cfg = Config()
""")
ADD = "class Relu:\n    pass\ndef f(self, x): return x\n"
ATTACH = "def attach(cls, name='forward'):\n    def forward(self, x): return x\n    cls.forward = forward\n"
CALLED = {
    "a function that fills its argument": (FILL + "fill(table)", True),
    "by name": (FILL + "fill(n=3, t=table)", True),
    "another argument": (FILL + "fill({}, table)", False),
    "what nobody reads": (FILL + "fill(losses)", False),
    "its result is kept": (FILL + "done = fill(table)", True),
    "in a loop": (FILL + "for k in range(3):\n    fill(table, k)", True),
    "in a guard": (FILL + 'if __name__ == "__main__":\n    fill(table)', True),
    "a copy of its argument": ("def fill(t):\n    t = dict(t)\n    t[0] = 1\nfill(table)", False),
    "a function that fills a global": (SETUP + "setup()", True),
    "one that fills a local": ("def setup():\n    table = {}\n    table[0] = 1\nsetup()", False),
    "one that sets a global": ("def setup():\n    global E\n    E = 1\nsetup()", True),
    "one that defines a global": ("def setup():\n    global cfg\n    def cfg(): pass\nsetup()", True),
    "one that appends": ("def setup():\n    queue.append(1)\nsetup()", True),
    "one that calls numpy": ("def setup(a):\n    np.put(a, 0, 1)\nsetup(queue)", True),
    "a function that calls another": (FILL + "def both(t):\n    fill(t)\nboth(table)", True),
    "one that calls it for a local": (FILL + "def both():\n    table = {}\n    fill(table)\nboth()", False),
    "a function over several": ("def all_of(*, of):\n    for t in of:\n        t[0] = 1\nall_of(of=table)", True),
    "a training function": (
        "def train(w, n):\n    for _ in range(n):\n        w[0] -= shift(w)\n        losses.append(w)\n"
        "    return losses\nw = train([1], 9)\ntrain(w, 9)", False,
    ),
    "a graded function": ("class Relu:\n    def forward(self, x):\n        queue.append(x)\nRelu().forward(3)", False),
    "a method that sets its object up": (CONFIG + "cfg.load()", True),
    "a method of another object": (CONFIG + "mine = Config()\nmine.load()", False),
    "a method that changes its argument": (CONFIG + "mine = Config()\nmine.copied(cfg)", True),
    "a static method": (CONFIG + "Config.fill(table)", True),
    "a class method": (CONFIG.replace("Config", "Other") + "Other.make()", True),
    "a method by its class": (CONFIG.replace("Config", "Other") + "Other.load(mine)", False),
    "a function that adds a method": (ADD + ATTACH + "attach(Relu)", True),
    "a loop that sets methods": (ADD + "for n, m in (('forward', f),):\n    setattr(Relu, n, m)", True),
    "a loop over classes": (ADD + "for cls in (Relu, Other):\n    cls.forward = f", True),
    "a loop over objects": (ADD + "for layer in [Relu(), Other()]:\n    layer.name = 3", False),
    "a loop that tries classes out": (ADD + "for cls in (Relu, Other):\n    out = cls().forward(3)", False),
    "a heap": ("import heapq\nheapq.heappush(queue, 1)", True),
    "a function of numpy": ("import numpy as np\nnp.fill_diagonal(queue, 1)", True),
    "a result into what is there": ("import numpy as np\nnp.add(1, 2, out=queue)", True),
    "a result into what is there, by its place": ("import numpy as np\nnp.add(queue, 1, queue)", True),
    "one of a single argument": ("import numpy as np\nnp.exp(losses, queue)", True),
    "a result that goes nowhere": ("import numpy as np\nnp.add(queue, 1)", False),
    "a minimum of one's own": ("minimum(losses, 1, queue)", False),
    "an object that sets a global as it is made": (
        "class Env:\n    def __init__(self):\n        global E\n        E = 1\nEnv()", True,
    ),
    "one that enters itself": ("class Env:\n    def __init__(self):\n        queue.append(self)\nenv = Env()", True),
    "one that only sets itself": ("class Env:\n    def __init__(self):\n        self.one = 1\nEnv()", False),
    "a function by its module": ("import helper\ndef configure(one):\n    table[0] = one\nhelper.configure(1)", True),
    "a method of that name": ("def configure(one):\n    table[0] = one\nhelper.configure(1)", False),
    "a loop that keeps its losses by numpy": (
        "import numpy as np\ndef mean(): return np.mean(losses)\n"
        "for _ in range(9):\n    curve = np.append(curve, 1)", False,
    ),
    "a name in passing": ("print(E := 1)", True),
    "a variable of a comprehension": ("print([E for E in range(3)].append(3))", False),
    "a match": ("match 3:\n    case 3:\n        E = 3", True),
    "a match that defines": ("match 3:\n    case _:\n        def shift(x): return 3", True),
    "a match that prints": ("match 3:\n    case 3:\n        print(E)", False),
    "a try with groups": ("try:\n    import fast as shift\nexcept* ImportError:\n    def shift(x): return 3", True),
}  # fmt: skip


@pytest.mark.parametrize(("source", "run"), CALLED.values(), ids=CALLED.keys())
def test_what_a_call_changes_is_run_where_a_graded_function_reads_it(source: str, run: bool) -> None:
    """By reading the hand-in's own functions; what only trains, prints or tries is left out, since it may hang."""
    whole = OTHER + READER + source
    last = ast.get_source_segment(whole, ast.parse(whole).body[-1])
    assert (last in run_of(whole)) is run


def test_what_is_put_on_a_graded_class_reads_for_it() -> None:
    """`attach(Relu)` makes the Relu as its class does, so what the attached method reads is filled."""
    attached = ATTACH.replace("return x", "return table")
    source = f"table = []\n{ADD}def fill(t):\n    t.append(1)\n{attached}fill(table)\nattach(Relu)"
    assert run_of(source)[-2:] == ["fill(table)", "attach(Relu)"]


# ---- what is filled, and read on the way from a graded function ------------------------------------------------------

FILLED = dedent("""
    import numpy as np
    from functools import partial
    v, T, it, losses = [], {}, iter([1, 2]), []
    class Cfg:
        def __init__(self, one): self.one = one
    def put(f, one): return one
""")
LOOP = "for k in range(4):\n    v.append(0.25)"
UPDATE = "T.update(one=1.0)"
ON_THE_WAY = {
    "a constant that is made of it": (LOOP, "ONE = sum(v)\ndef shift(x): return x * ONE"),
    "a constant of a constant": (LOOP, "ONE = sum(v)\nK, L = ONE / 2, 3\ndef shift(x): return x * K"),
    "a lambda": (UPDATE, "shift = lambda x: T['one'] * x"),
    "a lambda that a function calls": (UPDATE, "f = lambda x: T['one'] * x\ndef shift(x): return f(x)"),
    "a vectorized lambda": (UPDATE, "f = np.vectorize(lambda x: T['one'] * x)\ndef shift(x): return f(x)"),
    "a lambda among others": (UPDATE, "fs = {'a': lambda x: T['one'] * x}\ndef shift(x): return fs['a'](x)"),
    "a lambda that is put among others": (UPDATE, "fs = {}\nfs[0] = lambda x: T['one']\ndef shift(x): return fs[0](x)"),
    "a partial function": (UPDATE, "f = partial(put, one=T['one'])\ndef shift(x): return f(x)"),
    "an object": (UPDATE, "cfg = Cfg(T['one'])\ndef shift(x): return x * cfg.one"),
    "a function within an if": (LOOP, "if True:\n    def shift(x): return x * v[0]"),
    "a function within a try": (
        LOOP, "try:\n    from fast import f\nexcept ImportError:\n    def f(x): return v[0]\ndef shift(x): return f(x)",
    ),
    "a class within an if": (LOOP, "if True:\n    class Relu:\n        def forward(self, x): return v[0]"),
    "a method from elsewhere": (LOOP, "class Relu: pass\nRelu.forward = lambda self, x: v[0] * x"),
    "what another loop makes of it": (LOOP, "for k in v:\n    T[k] = k\nONE = T[0]\ndef shift(x): return x * ONE"),
    "an item that is taken out": ("_ = v.pop()", "def shift(x): return x + v[-1]"),
    "what is taken, and kept": ("first = next(it)", "def shift(x): return x + next(it)"),
    "a comprehension for what it does": ("_ = [v.append(k) for k in range(3)]", "def shift(x): return x + v[0]"),
    "a result that goes elsewhere too": ("_ = np.add(1, 2, out=v)", "shift = lambda x: x + v[0]"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "definitions"), ON_THE_WAY.values(), ids=ON_THE_WAY.keys())
def test_what_is_filled_is_so_whatever_reads_it(line: str, definitions: str) -> None:
    """The readers need not be functions that stand at top level, as long as a graded one comes to them."""
    assert line in run_of(f"{FILLED}{line}\n{definitions}")
    assert line not in run_of(f"{FILLED}{line}\n{definitions.replace('shift', 'other').replace('Relu', 'Other')}")


NOBODY_READS = {
    "a training loop": "for _ in range(9):\n    w, loss = step(w)\n    losses.append(loss)\nbest = min(losses)",
    "one of what is tried out": (
        "for layer in (Relu(), Cfg(1)):\n    out = layer.forward(out)\n    v.append(out)\nlast = v[-1]"
    ),
    "a loop that binds what is graded": "for shift in (1, 2):\n    print(shift)",
    "an item that is taken out": "_ = losses.pop()",
}


@pytest.mark.parametrize("source", NOBODY_READS.values(), ids=NOBODY_READS.keys())
def test_what_no_graded_function_comes_to_is_left_out(source: str) -> None:
    """It may train for hours."""
    graded = "class Relu:\n    def forward(self, x): return x\ndef shift(x): return x\ndef step(w): return w, 0\n"
    tried = [ast.get_source_segment(source, node) for node in ast.parse(source).body]
    assert not {*tried} & {*run_of(FILLED + graded + source)}


CATCHES = "try: return np.exp(x)\n    except FloatingPointError: return x"
SETTINGS = {
    "in a graded function": (f"def shift(x):\n    {CATCHES}", True),
    "in what it calls": (f"def safe(x):\n    {CATCHES}\ndef shift(x): return safe(x)", True),
    "by suppress": ("def shift(x):\n    with suppress(FloatingPointError): return np.exp(x)", True),
    "in a method within an if": (f"if True:\n  class Relu:\n   def forward(self, x):\n    {CATCHES}", True),
    "nowhere": ("def shift(x): return np.exp(x)", False),
    "in what is tried out": (f"def shift(x): return np.exp(x)\ndef other(x):\n    {CATCHES}", False),
}


@pytest.mark.parametrize("line", [
    "np.seterr(all='raise')", "old = np.seterr(all=HOW)", "warnings.filterwarnings('error')", "simplefilter('error')",
])  # fmt: skip
@pytest.mark.parametrize(("source", "run"), SETTINGS.values(), ids=SETTINGS.keys())
def test_what_is_set_to_be_raised_is_set_where_it_is_caught(line: str, source: str, run: bool) -> None:
    """Elsewhere it helped to find something, and would cost right values."""
    found = run_of(f"import numpy as np, warnings\nHOW = 'raise'\n{line}\n{source}\nnp.set_printoptions(3)")
    assert ("np.set_printoptions(3)" in found, line in found) == (False, run)
    assert ("HOW = 'raise'" in found) is (run and "HOW" in line)


CHAINS = {
    "loops": lambda n: f"for k in a{n}:\n    a{n + 1} = k",
    "calls": lambda n: f"a{n + 1}.update(a{n})",
    "values": lambda n: f"a{n + 1} = a{n}.pop()",
}


@pytest.mark.parametrize("link", CHAINS.values(), ids=CHAINS.keys())
def test_a_long_chain_of_what_is_filled_is_looked_at_in_time(link: Callable[[int], str]) -> None:
    """Each needs the one above it; so does a loop of as many lines."""
    texts = ["def shift(x): return x + a3000", *map(link, range(3000))]
    texts.append("if True:\n    " + "\n    ".join(f"b{n + 1} = b{n} + a{n}" for n in range(3000)))
    run = select([], [Statement(ast.parse(text).body[0], text) for text in texts], WANTED).run
    assert len(run) == len(texts)


OWN_MODULE = f"v = []\nlosses = []\n{LOOP}\nfor x in range(9):\n    losses.append(x)\nONE = sum(v)\n"
BY_IMPORT = {
    "a name": "from helper import ONE\ndef shift(x): return x * ONE",
    "a name by another": "from helper import ONE as one\ndef shift(x): return x * one",
    "an attribute": "import helper\ndef shift(x): return x * helper.ONE",
    "an attribute of another name": "import helper as h\nclass Relu:\n    def forward(self, x): return x * h.ONE",
    "over two lines": "from helper import (\n    ONE as one,\n)\ndef shift(x): return x * one",
    "within a function": "def shift(x):\n    import helper\n    return x * helper.ONE",
    "everything": "from helper import *\ndef shift(x): return x * ONE",
}


@pytest.mark.parametrize("mine", BY_IMPORT.values(), ids=BY_IMPORT.keys())
def test_what_an_own_module_fills_is_run_where_the_program_comes_to_it(mine: str) -> None:
    """And no word in a docstring counts as a use: a training loop in a module is left out like one in a notebook."""
    theirs, own = (
        [Statement(node, ast.get_source_segment(source, node) or "") for node in ast.parse(source).body]
        for source in (OWN_MODULE, f'{mine}\ndef shift(x, by=0):\n    """From losses to x."""\n    return shift(x)\n')
    )
    run = select(theirs, own, WANTED).run
    assert [one.text for one in theirs if isinstance(one.node, ast.For) and one in run] == [LOOP]
