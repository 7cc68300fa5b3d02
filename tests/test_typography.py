"""Characters and tabs that Python cannot read are read as what they say, where that is one thing.

takes: sources of cells as they come out of word processors, web pages and other keyboards.
gives: one promise a test.
must not know: notebooks, graded names.
"""

from __future__ import annotations

import pytest

from grader.extract.repairs.repair import MOST_FIXES, repair

TYPED = {
    "full-width signs": ("y \uff1d x\uff08\uff11\uff0c 2\uff09\uff0a 3", "y = x(1, 2)* 3"),
    "a full-width comment": ("y = 1 \uff03 so", "y = 1 # so"),
    "dashes": ("y = 1 \u2013 x \u2014 2 \u2012 3 \u2010 4 \u2011 5 \u2212 6", "y = 1 - x - 2 - 3 - 4 - 5 - 6"),
    "signs of arithmetic": ("y = 2 \u00d7 x \u00f7 3 \u2215 4 \u2217 5", "y = 2 * x / 3 / 4 * 5"),
    "comparisons": ("y = 1 \u2264 x, x \u2265 2, x \u2260 3", "y = 1 <= x, x >= 2, x != 3"),
    "what nobody sees": ("ca\u00adche\u200b = x\u200e\ufeff", "cache = x"),
    "blanks": ("y\u00a0=\u3000x\u2009+ 1", "y = x + 1"),
    "an end of a line": ("y = x\u2028", "y = x;"),
    "three dots": ("y = x[\u2026]", "y = x[...]"),
    "quotes": ("y = \u201ea\u201c + \u2018b\u2019 + \u2032c\u2032 + \u00abd\u00bb", "y = \"a\" + 'b' + 'c' + \"d\""),
    "a quote that is a text's own": ("y = 1 \u2013 x; s = 'it\u2019s'", "y = 1 - x; s = 'it\u2019s'"),
    "a text in three": ("\u201d\u201d\u201dSo it\u2019s.\u201d\u201d\u201d", '"""So it\u2019s."""'),
    "what a web page has": ("y = (x &gt; 0) &amp; (x &lt; &quot;1&quot;)", 'y = (x > 0) & (x < "1")'),
}


@pytest.mark.parametrize(("line", "read"), TYPED.values(), ids=TYPED.keys())
def test_what_is_typed_or_pasted_otherwise_is_read_as_what_it_says(line: str, read: str) -> None:
    """Where Python cannot read a character, and there is one that it stands for."""
    found = repair(f"x = 1\n{line}\nz = 2")
    assert found.source.replace("\u2019", "'").split("\n") == ["x = 1", read.replace("\u2019", "'"), "z = 2"]
    assert found.troubles == []
    assert found.remarks


@pytest.mark.parametrize("line", ["y = x \u00b7 2", "y = x\u00b2", "y = \u221ax", "y = x \u22c5 w"])
def test_what_may_be_meant_in_two_ways_is_left_as_it_is(line: str) -> None:
    """A point between two arrays may be either product."""
    assert [trouble.line for trouble, _ in repair(f"x = 1\n{line}").troubles] == [2]


def test_a_text_over_lines_is_closed_by_the_quotes_that_close_it() -> None:
    """The line that opens it is mended first, and the one that closes it is within it then."""
    source = (
        "def f(x):\n    \u201c\u201c\u201cSo it\u2019s.\n\n    It\u2019s all.\n    \u201d\u201d\u201d\n    return x"
    )
    found = repair(source)
    assert found.troubles == []
    assert found.source == source.replace("\u201c", '"').replace("\u201d", '"').replace("So it\u2019s", "So it's")


def test_margins_that_were_pasted_are_read_at_once() -> None:
    """Each line has them: mended one by one they would be too many."""
    lines = "".join(f"\u00a0   \u00a0y{n} = x\n" for n in range(MOST_FIXES + 50))
    found = repair(f"def f(x):\n{lines}     return x\n")
    assert (found.troubles, len(found.remarks)) == ([], 1)


TABS = {
    "as Python 2 had it": ("def f(x):\n        if x:\n\t    y = 1\n        return x", 8),
    "as an editor shows it": ("def f(x):\n    y = x\n\treturn y", 4),
    "for the sake of the return": ("class A:\n\tdef f(self):\n\t\ty = 1\n        return y", 4),
    "in no way": ("def f(x):\n   y = x\n\treturn y", 8),
}


@pytest.mark.parametrize(("source", "width"), TABS.values(), ids=TABS.keys())
def test_a_tab_among_blanks_is_as_wide_as_makes_python_of_it(source: str, width: int) -> None:
    """Eight, and four where eight makes none, or puts a return behind its function."""
    found = repair(source)
    assert found.remarks == [f"tabs and spaces are mixed: a tab was read as up to {width} spaces"]
    assert (found.source == source.expandtabs(width)) is (not found.troubles)
