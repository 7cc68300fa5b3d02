"""Scripts in which a notebook's headings stand as comments: a bare method below one belongs to the class that it names.

takes: `.py` files as editors and converters write them, by hand.
gives: one promise a test, said in its docstring.
must not know: points, the sandbox.
"""

from __future__ import annotations

import json
import time

import pytest

from grader.extract import Extract, extract

WANTED = (
    "Sigmoid.forward", "Sigmoid.backward", "Relu.forward", "Relu.backward", "affine_forward", "affine_backward",
)  # fmt: skip
BARE = WANTED[:4]
FORWARD, BACKWARD = "def forward(self, x):\n    return x, x\n", "def backward(self, dout, cache):\n    return dout\n"
PARTS = [
    (owner, way, code) for owner in ("Sigmoid", "Relu") for way, code in (("Forward", FORWARD), ("Backward", BACKWARD))
]


def script(form: str) -> str:
    """Four bare methods, each below this form of a heading."""
    below = (f"{form.replace('TITLE', f'{owner} - {way}')}{code}\n" for owner, way, code in PARTS)
    return "import numpy as np\n\n" + "\n".join(below)


FORMS = {
    "percent": "# %% [markdown]\n# ### TITLE\n# In words.\n\n# %%\n",
    "percent, with tags": '# %% [markdown] tags=["a"]\n# ### TITLE\n\n# %% tags=["Relu", "Sigmoid"]\n',
    "percent, with strings": '# %% [markdown]\n"""\n### TITLE\n"""\n\n# %%\n',
    "percent, with magics": "#%% md\n# ### TITLE\n\n#%%\n# %matplotlib inline\n",
    "a title": "# %% TITLE\n",
    "a title, and a TODO": "# %% TITLE\n# TODO: your code\n\n",
    "light": "# ### TITLE\n\n# +\n",
    "light, with tags": '# ### TITLE\n\n# + tags=["a"]\n',
    "light, code that needs no mark": "# ### TITLE\n\n",
    "nbconvert": "# ### TITLE\n\n# In[3]:\n\n\n",
    "nbconvert, not run": "# ### TITLE\n\n# In[ ]:\n\n\n",
    "sphinx": "#" * 79 + "\n# ### TITLE\n#\n# In words.\n\n",
    "a box": "#" * 20 + "\n# TITLE\n" + "#" * 20 + "\n\n",
    "a box of another sort": "# ======\n# TITLE\n# ======\n",
    "a comment right above": "# TITLE\n",
    "a comment of several lines right above": "# TODO: the TITLE pass,\n# for every x.\n",
    "a comment by itself": "# TITLE\n\n",
    "a string": '"""TITLE"""\n\n',
    "a heading of the class alone": "# ## TITLE\n\n# ### Solution\n\n# 1. Think of its shape.\n\n",
}


def bound(found: Extract) -> list[str]:
    return [piece.bind for piece in found.program.definitions if piece.bind]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_bare_method_belongs_to_the_class_of_the_heading_above_it(form: str, ends: str) -> None:
    """A method without its class is found in a script as it is in a notebook, and its lines are those of the file."""
    text = script(form)
    found = extract(text.replace("\n", ends).encode(), "a.py", WANTED)
    assert bound(found) == list(BARE)
    assert found.defined(WANTED) == list(BARE)
    lines = text.split("\n")
    assert all(lines[found.places[name][1] - 1].startswith("def ") for name in BARE)
    assert found.notes == ()


def test_one_that_cannot_be_read_is_lost_to_its_class() -> None:
    """The others keep theirs, and its page has the line that does not parse."""
    text = script(FORMS["percent"]).replace("    return dout\n", "    return (dout\n", 1)
    found = extract(text.encode(), "a.py", WANTED)
    assert set(bound(found)) == {*BARE} - {"Sigmoid.backward"}
    assert found.lost["Sigmoid.backward"].line == text[: text.index("(dout\n")].count("\n") + 1


NOBODYS = {
    "no heading": FORWARD,
    "code that was taken out": f"# def old():\n#     # Sigmoid\n#     return Relu\n\n{FORWARD}",
    "both": f"# Sigmoid or Relu\n\n{FORWARD}",
    "a text within a function": f"def f():\n    '''\n# ## Sigmoid\n    '''\n    return Relu\n\n{FORWARD}",
    "the heading of another class below it": f"# ## Sigmoid\n\n# ## Tanh\n\n{FORWARD}",
}


@pytest.mark.parametrize("text", NOBODYS.values(), ids=NOBODYS.keys())
def test_nothing_is_guessed(text: str) -> None:
    """Where no heading names one class, it is nobody's, and that is told."""
    found = extract(text.encode(), "a.py", WANTED)
    assert bound(found) == []
    assert "belongs to no class" in " ".join(found.notes)


def test_methods_that_stand_in_their_class_are_left_alone() -> None:
    """Comments in a script without bare methods change nothing."""
    text = f"# ## Relu\n\nclass Sigmoid:\n    # Relu\n    {FORWARD.replace(chr(10), chr(10) + '    ')}\n"
    found = extract(text.encode(), "a.py", WANTED)
    assert bound(found) == []
    assert found.defined(WANTED) == ["Sigmoid.forward"]


@pytest.mark.parametrize("between", ["", "# What follows is mine.\n\n", "# %%\n", "# +\n", "# ## Solution\n\n"])
def test_a_script_that_names_one_class_alone_needs_no_heading(between: str) -> None:
    """Wherever it names it: that was known before, and texts that name none take it from nobody."""
    text = f"import numpy as np\n{between}\n{FORWARD}\n{between}\nprint(Sigmoid().forward(1))\n"
    assert bound(extract(text.encode(), "a.py", WANTED)) == ["Sigmoid.forward"]


def test_two_methods_in_one_cell_are_told_apart_by_the_comments_above_them() -> None:
    """Pasted together into one cell of a notebook, too: its comments named two classes, and both counted for none."""
    text = f"# Sigmoid\n{FORWARD}\n# Relu\n{FORWARD}"
    notebook = json.dumps({"cells": [{"cell_type": "code", "source": text}], "nbformat": 4})
    for data, file in ((text, "a.py"), (notebook, "a.ipynb")):
        assert bound(extract(data.encode(), file, WANTED)) == ["Sigmoid.forward", "Relu.forward"]


def test_a_long_script_is_read_in_time() -> None:
    """Each line is looked at once."""
    began = time.perf_counter()
    extract((f"# ## Sigmoid\n\n# + Relu\n\n{FORWARD}\n" * 1500).encode(), "a.py", WANTED)
    assert time.perf_counter() - began < 20
