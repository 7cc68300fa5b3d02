"""What people are called: when two spellings are the same call, and who is meant by one.

takes: calls, which are ids, e-mail addresses and names as layouts, rosters and sheets write them.
gives: `folded`, for comparing only, as what is shown stays as it was written; `Called`, which finds whose a call is.
must not know: where a call stands, what is done with whom it finds.

macOS writes an accented letter as two characters where others write one, and no platform tells accounts or e-mail
addresses apart by case. Two folders may still differ by case alone, so an exact match comes first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Generic, TypeVar

Who = TypeVar("Who")


def composed(text: str) -> str:
    """A text with each accented letter as one character."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """A call without case, and with each accented letter as one character."""
    return composed(composed(text).casefold())


def bare(text: str) -> str:
    """A call without case and accents: for saying who may be meant, never for deciding it."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


class Called(Generic[Who]):
    """Everybody by their calls. A call that two answer to is nobody's."""

    def __init__(self, calls: Iterable[tuple[str, Who]]) -> None:
        self._exactly: dict[str, list[Who]] = {}
        self._nearly: dict[str, list[Who]] = {}
        for text, who in calls:
            for known, call in ((self._exactly, text), (self._nearly, folded(text))):
                named = known.setdefault(call, [])
                if not any(other is who for other in named):
                    named.append(who)

    def find(self, text: str) -> Who | None:
        """Who is called exactly so; else the only one who is, but for case and the way accents are typed."""
        found = self._exactly.get(text) or self._nearly.get(folded(text), [])
        return found[0] if len(found) == 1 else None
