"""From a notebook or a Python file to the program inside it: definitions by cell, with a line -> cell map.

takes: bytes of a hand-in and the names of the graded functions.
gives: `Extract`; a file that is no notebook at all raises `SubmissionError` with a sentence and a next step.
must not know: answers, points, what the functions are for. Nothing here runs a student's code.
"""

from grader.extract.asserts import without_asserts
from grader.extract.by_lines import by_lines, giving_nothing, keeping_all
from grader.extract.choosing.choice import Chosen, choose
from grader.extract.choosing.refusing import refused_file
from grader.extract.definitions import extract, stub_digests
from grader.extract.extracted import Cell, Extract
from grader.extract.formats.notebook import read_cells
from grader.extract.imports.given import code_of, needed_of, with_given, words_of
from grader.extract.mask_making import makes_no_mask
from grader.extract.notes import said_of
from grader.extract.turned import last_put_first, put_in_number, with_gaps
from grader.extract.undone import undone, with_earlier

__all__ = [
    "Cell",
    "Chosen",
    "Extract",
    "by_lines",
    "choose",
    "code_of",
    "extract",
    "giving_nothing",
    "keeping_all",
    "last_put_first",
    "makes_no_mask",
    "needed_of",
    "put_in_number",
    "read_cells",
    "refused_file",
    "said_of",
    "stub_digests",
    "undone",
    "with_earlier",
    "with_gaps",
    "with_given",
    "without_asserts",
    "words_of",
]
