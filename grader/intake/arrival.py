"""Who handed something in, and when: ids, names and times, however platforms and people write them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec

MOST_ORIGINS = 12  # that are listed
NOT_READ = "Not read: "  # begins each note on a file that is there and cannot be read
Item = TypeVar("Item")
# Control characters, line separators and marks that change the direction of text.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ]+(?P<clock>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?|[-_T ](?P<in_a_name>\d\d-\d\d(?:-\d\d)?))?"
    r"\s*(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z][\w/+-]*)?"
)
_SPAN = re.compile(r"(?:(?P<days>\d{1,6})\s*d(?:ays?)?,?\s*)?(?P<h>\d{1,6}):(?P<m>\d\d)(?::(?P<s>\d\d)(?:\.\d+)?)?")


class Arrival(msgspec.Struct, frozen=True):
    """How one submission came in; saved, so that sheets can be filled in and pages returned when the zip is gone.

    `layout` is the one that its name fits ("": none), and `source` the folder or zip in the class that it was found in.
    `ids` are what the platform and a roster call the student, and `entry` is the name it came under, which a zip of
    feedback must repeat. `handed_in` is a time in ISO 8601 with its offset ("": unknown), `late_by` is in seconds, and
    `marked_late` a mark without a time. `absent` is a student of the roster who handed in nothing. `notes` are
    sentences for the student and the TA.
    """

    layout: str = ""
    ids: dict[str, str] = {}
    email: str = ""
    entry: str = ""
    handed_in: str = ""
    late_by: int | None = None
    marked_late: bool = False
    absent: bool = False
    notes: tuple[str, ...] = ()
    source: str = ""

    def all_ids(self, student_id: str) -> set[str]:
        """Everything that identifies this student; never the name alone, which two students may share."""
        return {text for text in (student_id, self.email, *self.ids.values()) if text}


_KINDS = {"folders": "folder", "flat": "single file", "": "unknown name", "absent": "without a file"}
_SPELT = {"github": "GitHub", "nbgrader": "nbgrader"}


def origins(arrivals: Sequence[Arrival]) -> str:
    """How many came from where: `9 students: 8 from canvas.zip (Canvas export), 1 single file`."""
    counts = Counter((one.source, "absent" if one.absent else one.layout) for one in arrivals)
    parts = []
    for (source, layout), count in sorted(counts.items(), key=lambda one: (not one[0][0], -one[1])):
        kind = _KINDS.get(layout) or f"{_SPELT.get(layout, layout.capitalize())} export"
        kind += "s" * (count > 1 and layout in ("folders", "flat", ""))
        came = f"from {source} ({kind})" if source else kind if layout in _KINDS else f"from a {kind}"
        parts.append(f"{count} {came}")
    listed = ", ".join([*parts[:MOST_ORIGINS], *["…"] * (len(parts) > MOST_ORIGINS)])
    return f"{len(arrivals)} student{'s' * (len(arrivals) != 1)}{f': {listed}' if set(counts) - {('', '')} else ''}"


def text_of(name: str) -> str:
    r"""A name as text that can be written anywhere: what is not UTF-8, and control characters, become `\xff` …"""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return _UNWRITABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def composed(text: str) -> str:
    """A text with each accented letter as one character; macOS writes two."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """An id without case, each accented letter as one character: for comparing only."""
    return composed(composed(text).casefold())


class NameIndex(Generic[Item]):
    """Finds things by their ids. An id that two of them have finds neither."""

    def __init__(self, named: Iterable[tuple[str, Item]]) -> None:
        self._exact = defaultdict[str, dict[int, Item]](dict)
        self._near = defaultdict[str, dict[int, Item]](dict)
        for text, item in named:
            self._exact[text][id(item)] = self._near[folded(text)][id(item)] = item

    def find(self, text: str) -> Item | None:
        """The one with exactly this id; else the only one with it but for case and the way accents are typed."""
        found = self._exact.get(text) or self._near.get(folded(text), {})
        return next(iter(found.values())) if len(found) == 1 else None


def read_time(text: str) -> datetime | None:
    """Read a time (`2026-11-20 23:59:00 Europe/Berlin`); one without a zone is in this machine's. None: not a time."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    clock = match["clock"] or (match["in_a_name"] or "23-59-59").replace("-", ":")  # file names have no colons
    zone = match["zone"]
    try:
        time = datetime.fromisoformat(f"{match['day']} {clock}")
        if zone is None:
            return time.astimezone()
        if zone[0] in "+-":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            return time.replace(tzinfo=timezone(offset if zone[0] == "+" else -offset))
        return time.replace(tzinfo=UTC if zone in ("Z", "UTC", "GMT") else ZoneInfo(zone))
    except (ValueError, OverflowError, OSError, LookupError):  # no such day, no such zone
        return None


def read_span(text: str, unit: int = 3600) -> int | None:
    """Read a time span in seconds: `H:M:S`, `1 day, 02:30:00`, or a number of `unit` seconds. None: not a span."""
    text = text.strip()
    if match := _SPAN.fullmatch(text):
        hours = int(match["days"] or 0) * 24 + int(match["h"])
        return hours * 3600 + int(match["m"]) * 60 + int(match["s"] or 0)
    return round(float(text.replace(",", ".")) * unit) if re.fullmatch(r"\d{1,9}(?:[.,]\d{1,9})?", text) else None
