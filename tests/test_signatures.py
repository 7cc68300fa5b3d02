"""What a hand-out and a reference take and give, beside what the exam asks: told before a class pays for it.

takes: the folder of a small assignment, changed in one place each time.
gives: one promise a test, said in its docstring.
must not know: submissions.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_compile_key import HANDOUT, refusal, write

from grader.compile_key.compiling import compile_key
from grader.compile_key.signatures import unread_in
from grader.sandbox import Sandbox

PASSES = """
import numpy as np

class Layer:
    def __init__(self, w, b=1.0):
        self.w, self.b = w, b

    def ahead(self, x):
        self.kept = {"all": x @ self.w}
        return self.kept["all"] + self.b

def minus(x, w):
    return x - w[0, 0]

def pair(x, w):
    return x @ w, x + w[0, 0]
"""
STUB = """
class Layer:
    def __init__(self, w, b=1.0):
        self.w, self.b = w, b
        self.kept = {}  # what ahead works out, as 'all'

    def ahead(self, x):
        pass

def minus(x, w):
    pass

def pair(x, w):
    first, second = None, None
    return first, second
"""
METHOD = """
Criterion("Layer.ahead", (Call("Layer.ahead", ("x",), ("y",), new=("w",), leaves={"kept": "self.kept['all']"}),),
    ("y", "kept"), (Behaviour("values", 2),), (Case("small", layer, "values"),)),
Criterion("minus", (Call("minus", ("x", "w"), ("y",)),), ("y",), (Behaviour("values", 2),),
    (Case("small", layer, "values"),)),
Criterion("pair", (Call("pair", ("x", "w"), ("first", "second")),), ("first", "second"),
    (Behaviour("values", 2),), (Case("small", layer, "values"),)),
"""


def handed_out(at: Path, stub: str = STUB, passes: str = PASSES, text: str = "", criteria: str = METHOD) -> Path:
    """The assignment, with this hand-out and some text in it."""
    folder = write(at, criteria.strip().rstrip(","), passes=passes)
    notebook = json.loads(HANDOUT)
    notebook["cells"][0]["source"] = stub
    notebook["cells"].append({"cell_type": "markdown", "id": "b", "metadata": {}, "source": text})
    (folder / "tiny.ipynb").write_text(json.dumps(notebook))
    return folder


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def told_of(folder: Path, sandbox: Sandbox) -> list[str]:
    notes: list[str] = []
    compile_key(folder, sandbox, tell=notes.append)
    return notes


REFUSED = {
    "a constructor of another order": (
        "__init__(self, w, b=1.0)", "__init__(self, b, w)", "Layer.__init__ takes (self, b, w) there", "new="
    ),
    "a constructor that takes nothing": (
        "__init__(self, w, b=1.0)", "__init__(self)", "(self) there, and is called with (self, w)", "new="
    ),
    "results in another order": (
        "return first, second", "return second, first",
        "pair returns (second, first) there, and gives= of its call names (first, second)", "gives=",
    ),
    "one result more": (
        "return first, second", "return first, second, cache", "pair returns (first, second, cache) there", "gives="
    ),
    "an argument that must be named": (
        "minus(x, w)", "minus(x, *, w)",
        "minus takes (x, w) there, w by name alone, and is called with (x, w)", 'write "w=" in takes= of the call',
    ),
    "one with a default": (
        "minus(x, w)", "minus(x, *, w=None)",
        "minus takes (x) there, w by name alone, and is called with (x, w)", 'write "w=" in takes= of the call',
    ),
    "one of a constructor": (
        "__init__(self, w, b=1.0)", "__init__(self, *, w, b=1.0)",
        "(self, w) there, w by name alone, and is called with (self, w)", 'write "w=" in new= of the call',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said", "hint"), REFUSED.values(), ids=REFUSED.keys())
def test_a_hand_out_in_which_all_would_fail_is_refused(
    tmp_path: Path, sandbox: Sandbox, old: str, new: str, said: str, hint: str
) -> None:
    """Whoever fills it in as it stands has other arguments, or gives other results, than the exam asks for."""
    error = refusal(handed_out(tmp_path, changed(STUB, old, new)), sandbox)
    assert "tiny.ipynb: " in str(error)
    assert said in str(error)
    assert hint in error.hint


TAKEN = {
    "other names": ("return first, second", "return a, b"),
    "one name for all": ("return first, second", "both = (first, second)\n    return both"),
    "two return lines": (
        "    return first, second",
        "    if x is None:\n        return None, None, None\n    return 1, 2",
    ),
    "a function within": (
        "    return first, second",
        "    def inner(a, b, c):\n        return a, b, c\n    return inner",
    ),
    "no constructor": ("    def __init__(self, w, b=1.0):\n", "    def prepared(self, w, b=1.0):\n"),
}


@pytest.mark.parametrize(("old", "new"), TAKEN.values(), ids=TAKEN.keys())
def test_a_hand_out_that_can_be_filled_in_is_taken(tmp_path: Path, sandbox: Sandbox, old: str, new: str) -> None:
    """What a template does not settle is the student's own."""
    assert compile_key(handed_out(tmp_path, changed(STUB, old, new)), sandbox).rubric.points == 6


NAMED = METHOD.replace('"pair", ("x", "w")', '"pair", ("x", "w=")').replace('new=("w",)', 'new=("w=",)')
BY_NAME = {
    # heads in the hand-out and in the reference, and what is said of them
    "both by name alone": ("(x, *, w)", "(x, *, w)", ""),
    "by either": ("(x, w)", "(x, *, w, more=1)", ""),
    "by any name": ("(x, **more)", "(x, w)", ""),
    "another name": (
        "(x, weights)", "(x, w)", "the hand-out tiny.ipynb: pair takes (x, weights) there, and is called with (x, w=)"
    ),
    "another one of the reference": (
        "(x, w)", "(x, W, w0=0)", "the reference (passes.py): pair takes (x, W, w0) there, and is called with (x, w=)"
    ),
    "one more": ("(x, *, w, more)", "(x, w)", "pair takes (x, w, more) there, more by name alone, and is called with"),
    "given twice": ("(w, x)", "(x, w)", "pair takes (w, x) there, and is called with (x, w=)"),
}  # fmt: skip


@pytest.mark.parametrize("what", BY_NAME)
def test_what_is_called_by_name_must_take_that_name(tmp_path: Path, sandbox: Sandbox, what: str) -> None:
    """In the hand-out and in the reference: by place or behind a `*`, but under that name."""
    theirs, ours, said = BY_NAME[what]
    stub = changed(STUB, "pair(x, w)", f"pair{theirs}")
    passes = changed(PASSES, "pair(x, w):", f"pair{ours}:")
    folder = handed_out(tmp_path, stub, passes, criteria=NAMED)
    if said:
        assert said in str(refusal(folder, sandbox))
    else:
        assert compile_key(folder, sandbox).rubric.points == 6


def test_a_reference_that_takes_by_name_alone_leads_to_the_name(tmp_path: Path, sandbox: Sandbox) -> None:
    """Where the hand-out takes it either way; else its own call would raise TypeError."""
    error = refusal(handed_out(tmp_path, passes=changed(PASSES, "minus(x, w)", "minus(x, *, w)")), sandbox)
    assert str(error).startswith("the reference (passes.py): minus takes (x, w) there, w by name alone")
    assert error.hint == 'write "w=" in takes= of the call, behind all others: so it is handed over by name'


def test_a_reference_of_another_order_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    """Its answers would be those of swapped arguments, and whoever follows the hand-out wrong."""
    error = refusal(handed_out(tmp_path, passes=changed(PASSES, "minus(x, w)", "minus(w, x)")), sandbox)
    assert str(error) == "the reference (passes.py): minus takes (w, x) there, and is called with (x, w)"
    assert "the reference" in error.hint


@pytest.mark.parametrize("kind", ["property", "functools.cached_property"])
def test_a_property_is_refused_with_what_to_declare(tmp_path: Path, sandbox: Sandbox, kind: str) -> None:
    """It was said that the reference does not define it."""
    passes = changed(PASSES, "    def ahead(self, x):", f"    @{kind}\n    def ahead(self):")
    error = refusal(handed_out(tmp_path, passes=f"import functools\n{passes}"), sandbox)
    assert str(error) == "the reference (passes.py): Layer.ahead is a property, which no call can be of"
    assert 'Layer.__init__ for one: leaves={"ahead": "self.ahead"}' in error.hint


NOTED = {
    "nothing": (STUB, PASSES, "", []),
    "a key": (changed(STUB, ", as 'all'", ""), PASSES, "", ["self.kept['all']", "says all:"]),
    "an attribute and a key": (
        changed(STUB, "        self.kept = {}  # what ahead works out, as 'all'\n", ""), PASSES, "",
        ["says .kept, all:"],
    ),
    "an attribute that is a word of the text": (
        changed(STUB, "        self.kept = {}  # what ahead works out, as 'all'\n", ""), PASSES,
        "It is kept, all of it.", ["says .kept:"],
    ),
    "an attribute that the text names": (
        changed(STUB, "        self.kept = {}  # what ahead works out, as 'all'\n", ""), PASSES,
        "All is left in `kept`: all.", [],
    ),
    "a key that the text names": (changed(STUB, ", as 'all'", ""), PASSES, "Keep it as `all`.", []),
    "a default": (
        changed(STUB, "b=1.0", "b=2.0"), PASSES, "",
        ["Layer.__init__ has b=2.0 in the hand-out and b=1.0 in the reference", "computes with 2.0"],
    ),
    "a constant": (
        STUB + "\nx = 1\nEPS = 1e-5\n", PASSES + "\nEPS = 1e-8\nx = np.ones(2)\n", "",
        ["EPS is 1e-05 in the hand-out and 1e-08 in the reference"],
    ),
    "a constant that is the same": (STUB + "\nEPS, N = 1e-8, 3\nN = 1 + 2\n", PASSES + "\nEPS, N = 1e-8, 4\n", "", []),
    "a default that must be named": (
        changed(STUB, "minus(x, w)", "minus(x, w, *, eps=0.5)"),
        changed(PASSES, "minus(x, w)", "minus(x, w, *, eps=0)"), "",
        ["minus has eps=0.5 in the hand-out and eps=0 in the reference"],
    ),
    "a default that no call leaves out": (
        changed(STUB, "minus(x, w)", "minus(x, w=1)"), changed(PASSES, "minus(x, w)", "minus(x, w=2)"), "", [],
    ),
    "defaults that are alike": (
        changed(STUB, "minus(x, w)", "minus(x, w, eps=1e-8)"),
        changed(PASSES, "minus(x, w)", "minus(x, w, eps=0.00000001)"), "", [],
    ),
    "a default that the reference does not have": (changed(STUB, "minus(x, w)", "minus(x, w, eps=1)"), PASSES, "", []),
    "a default that is no plain value": (
        changed(STUB, "minus(x, w)", "minus(x, w, by=None)"),
        changed(PASSES, "minus(x, w)", "minus(x, w, by=np.sum)"), "", [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stub", "passes", "text", "said"), NOTED.values(), ids=NOTED.keys())
def test_what_students_would_have_to_guess_is_noted(
    tmp_path: Path, sandbox: Sandbox, stub: str, passes: str, text: str, said: list[str]
) -> None:
    """A name under which a result is looked for, and a default, stand nowhere but in the author's own files."""
    notes = told_of(handed_out(tmp_path, stub, passes, text), sandbox)
    assert len(notes) == bool(said)
    assert all(words in notes[0] for words in said)


HELPER = "\ndef shifted(x, w):\n    return x - w[0, 0]\n"
CALLED = changed(PASSES, "    return x - w[0, 0]\n\ndef pair", "    return shifted(x, w)\n\ndef pair") + HELPER
HELPERS = {
    "the same": (STUB + HELPER, CALLED, False),
    "written otherwise": (STUB + HELPER.replace("x - w[0, 0]", "-(w[0, 0] - x)"), CALLED, False),
    "another": (STUB + HELPER.replace("x - w", "x + w"), CALLED, True),
    "one to be written": (STUB + "\ndef shifted(x, w):\n    pass\n", CALLED, False),
    "one that nothing calls": (STUB + HELPER.replace("x - w", "x + w"), PASSES + HELPER, False),
    "one that the reference has not": (STUB + HELPER.replace("x - w", "x + w"), PASSES, False),
}


@pytest.mark.parametrize(("stub", "passes", "told"), HELPERS.values(), ids=HELPERS.keys())
def test_a_helper_that_differs_is_noted(tmp_path: Path, sandbox: Sandbox, stub: str, passes: str, told: bool) -> None:
    """Whoever calls what was given would have the results of another function."""
    notes = told_of(handed_out(tmp_path, stub, passes), sandbox)
    assert [note.partition(":")[0] for note in notes] == ["minus, case 'small'"] * told
    assert all("gives as shifted" in note for note in notes)


BARE = "class Bare:\n    def __init__(self{}):\n        self.by = 2\n\n    def twice(self, x):\n        {}\n"
MADE = {
    "one that wants something": (", by", "", True),
    "one that may have something": (", by=2", "", False),
    "one that the notebook makes": (", by", "Bare(2)", False),
}


@pytest.mark.parametrize(("more", "made", "told"), MADE.values(), ids=MADE.keys())
def test_a_constructor_that_wants_what_nobody_gives_is_noted(
    tmp_path: Path, sandbox: Sandbox, more: str, made: str, told: bool
) -> None:
    """It is left out then, and what a method reads of its object is not there."""
    criterion = """Criterion("Bare.twice", (Call("Bare.twice", ("x",), ("y",)),), ("y",), (Behaviour("values", 1),),
        (Case("small", CASE, "values"),))"""
    folder = write(tmp_path, criterion, passes=BARE.format("", "return self.by * x"))
    notebook = json.loads(HANDOUT)
    notebook["cells"][0]["source"] = f"{BARE.format(more, 'pass')}\n{made}"
    (folder / "tiny.ipynb").write_text(json.dumps(notebook))
    notes = told_of(folder, sandbox)
    assert [note.partition(" in")[0] for note in notes] == ["Bare wants (by)"] * told
    assert all("new=('by',)" in note for note in notes)


def test_a_template_that_cannot_be_read_is_noted(tmp_path: Path, sandbox: Sandbox) -> None:
    """`c = ` to be filled in: nobody knows what untouched is, and the hand-out was told to have no such function."""
    stub = changed(STUB, "def minus(x, w):\n    pass", "def minus(x, w):\n    y = \n    return y")
    notes = told_of(handed_out(tmp_path, stub), sandbox)
    assert [note.partition(" (")[0] for note in notes] == ["the hand-out's minus cannot be read"]
    assert "cell 1, line 11)" in notes[0]


def test_keys_that_a_call_is_given_are_no_secret(tmp_path: Path, sandbox: Sandbox) -> None:
    """Whoever gives a dict of the same names as they were given needs no word for it."""
    passes = "def doubled(params):\n    return {name: 2 * one for name, one in params.items()}\n"
    call = """Call("doubled", ("params",), (own("new"),), leaves={"w": "new['w']"})"""
    criterion = (
        f"""Criterion("doubled", ({call},), ("w",), (Behaviour("values", 1),), (Case("small", CASE, "values"),))"""
    )
    folder = write(tmp_path, criterion, "lambda rng: {'params': draw(rng) | {'w': np.ones(2)}}", passes)
    notebook = json.loads(HANDOUT)
    notebook["cells"][0]["source"] = "def doubled(params):\n    pass"
    (folder / "tiny.ipynb").write_text(json.dumps(notebook))
    assert not told_of(folder, sandbox)


UNREAD = {
    "def f(x, n):\n    return x\n": {"f": (1,)},
    "def f(x, n):\n    return x + n\n": {},
    "def f(x, /, n, k):\n    return k\n": {"f": (0, 1)},
    "def f(x, n):\n    return locals()\n": {},
    "class L:\n    def f(self, x, dout):\n        return dout\n": {"L.f": (0,)},
    "def g(x):\n    return 1\n": {},
}


@pytest.mark.parametrize(("source", "unread"), UNREAD.items())
def test_what_a_function_never_reads_is_known_by_its_place(
    tmp_path: Path, source: str, unread: dict[str, tuple[int, ...]]
) -> None:
    """Of graded functions alone; an object that a method is asked of is no place, and all may read by their names."""
    (tmp_path / "passes.py").write_text(source)
    assert unread_in(tmp_path / "passes.py", ["f", "L.f"]) == unread
