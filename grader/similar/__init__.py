"""Which hand-ins share code that hardly anybody else has: something for a person to look at, never part of a score.

takes: a graded class, and the assignment it was graded by, whose hand-out and solution are nobody's own code.
gives: pairs, the most telling first, each with the places they share; files for other tools.
must not know: points, verdicts, HTML.

How it works. tree-sitter reads each function into tokens, without comments and docstrings, and reads on where a cell is
broken. A *fragment* is `LENGTH` tokens in a row; names in it are numbered by their first use, so renaming changes
nothing, while names after a dot (`np.exp`) stay. Fragments do not cross functions, so their order does not matter.
Fragments of the hand-out and of the author's solution count nothing: a short function has one right form. All others
count by how few hand-ins hold them: what a third of the class wrote is chance, what two wrote is not. What a pair
is worth is the number of tokens that such fragments cover, each by its rarity.

The well-known winnowing tool for Python, copydetect, was not taken: it does not know how many others share a fragment,
its fingerprints differ from run to run, and it draws in matplotlib.
"""

from grader.similar.hand_ins import HandIn, OwnText, hand_ins_of, own_text_of
from grader.similar.pairing import LEAST_SHARED, Comparison, Pair, compare
from grader.similar.plain_files import write_plain_files
from grader.similar.showing import view_of

__all__ = [
    "LEAST_SHARED",
    "Comparison",
    "HandIn",
    "OwnText",
    "Pair",
    "compare",
    "hand_ins_of",
    "own_text_of",
    "view_of",
    "write_plain_files",
]
