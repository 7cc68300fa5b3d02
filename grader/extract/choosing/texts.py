"""Which of a hand-in's files are graded before any Markdown is: that may be notes on the work that stands in them.

takes: the files that were read, by name, the graded names, and how the hand-out has its functions.
gives: the names of those among which the graded one is; `SubmissionError` where all is text, and none of it an answer.
must not know: points, how the best of them is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.errors import SubmissionError
from grader.extract.choosing.completing import with_work
from grader.extract.extracted import Extract
from grader.extract.formats.markdown import is_markdown
from grader.extract.work import Stubs


def before_texts(files: Mapping[str, Extract], wanted: Sequence[str], stubs: Stubs) -> list[str]:
    """Those that are no Markdown, if there is work in one; else the notebooks in Markdown as well.

    Who keeps a notebook as Markdown may have modules beside it, and the hand-out's empty functions in one.
    """
    code = [file for file in files if not is_markdown(file)]
    if any(with_work(files[file], wanted, stubs) for file in code):
        return code
    found = [file for file, extract in files.items() if file in code or extract.defined(wanted)]
    if not found:
        raise SubmissionError(
            f"{next(iter(files))} is text: none of the graded functions is in its blocks of code",
            "hand in the notebook itself (.ipynb), or its .py file",
        )
    return found
