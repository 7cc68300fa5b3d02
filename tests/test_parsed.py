"""What a class has in common is read once, and no two statements of one hand-in are ever taken for one."""

from __future__ import annotations

from grader.extract import extract
from grader.extract.parsed import Parser
from grader.memo import Memo


def test_cells_that_hand_ins_share_are_parsed_once() -> None:
    """Statements keep what was found out about them, for all hand-ins."""
    source = "import numpy as np\nshared = np.zeros(3)"
    assert Parser().parse(source) is Parser().parse(source)


def test_two_equal_cells_of_one_hand_in_have_statements_of_their_own() -> None:
    """A line that is given twice may be run in one place and left out in the other."""
    parser = Parser()
    one, other = parser.parse("total = 1"), parser.parse("total = 1")
    assert not {*one.statements} & {*other.statements}


def test_a_line_that_stands_twice_counts_in_each_place() -> None:
    """The first `sum = 3` is what the function reads; the second takes the name away, and is left out."""
    function = "def shift(x):\n    return sum(x)"
    script = f"sum = 3\n{function}\nsum = 3"
    above, below = (extract(text.encode(), "a.py", ("shift",)).left_out for text in (f"sum = 3\n{function}", script))
    assert (above, below) == (0, 1)


def test_a_text_and_what_stands_in_another_file_are_no_lines_that_are_left_out() -> None:
    """What a file begins with tries nothing, and of a file that is given nobody has to be told."""
    source = '"""A layer."""\nimport toy\n\ndef shift(x):\n    return toy.one(x)\n\nprint(shift(1))\n'
    toy = '"""Given."""\nprint(2)\n\ndef one(x):\n    return x + 1\n'
    assert extract(source.encode(), "a.py", ("shift",), {"toy": ("toy.py", toy)}.get).left_out == 1


def test_what_is_asked_for_again_and_again_is_never_made_twice() -> None:
    """However many others come in between, as long as they are fewer than the memo's measure."""
    made: list[str] = []

    def ask(memo: Memo[str], text: str) -> None:
        memo.of_text(text, lambda: made.append(text) or text)  # type: ignore[func-returns-value]

    memo: Memo[str] = Memo(most=4)
    for number in range(40):
        ask(memo, "import numpy as np")
        ask(memo, f"x = {number}")
    assert made.count("import numpy as np") == 1
    assert len(made) == 41


def test_what_is_never_asked_for_again_is_forgotten() -> None:
    """Never more than twice the memo's measure is kept."""
    made: list[int] = []
    memo: Memo[int] = Memo(most=4)
    for number in (*range(20), 0):
        memo.get(number, (), lambda number=number: made.append(number) or number)  # type: ignore[misc, func-returns-value]
    assert made.count(0) == 2
