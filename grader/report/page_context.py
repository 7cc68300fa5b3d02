"""What a run was, as its pages tell it, and the mark by which they are known.

takes: nothing.
gives: `PageContext`; `MARK`, the line that every page has.
must not know: how a page is made, templates: who only says what pages are to tell loads no engine for it.
"""

from __future__ import annotations

from dataclasses import dataclass

MARK = '<meta name="generator" content="grader">'  # by which a page is known that was written here


@dataclass(frozen=True)
class PageContext:
    """What the pages of one run have in common.

    `scope` is `grade`, or `check` where only the public checks were run. `sandbox` is the level's title,
    `sandbox_sentence` what it means.
    """

    title: str
    date: str
    key_digest: str
    grader_version: str
    sandbox: str = ""
    sandbox_sentence: str = ""
    scope: str = "grade"
