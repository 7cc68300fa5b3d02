"""One hand-in on its way from a class to whoever grades it.

takes: a submission, its folder of pages, its fingerprint.
gives: `Piece`.
must not know: who grades, what is new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.intake import Submission

if TYPE_CHECKING:
    from grader.answering.sittings import Known


@dataclass(frozen=True)
class Piece:
    """One hand-in on its way: its folder of pages, and the fingerprint of all that its record depends on.

    `known` is what it answered before, where only some of its functions are asked again.
    """

    submission: Submission
    folder: str
    fingerprint: str
    known: Known | None = None
