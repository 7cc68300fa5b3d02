"""Times and spans as the places hand-ins come from write them.

takes: text such as `2026-11-20 23:59:00 Europe/Berlin`, `2026-11-20-23-59-00`, `1 day, 02:30:00` or `26:30:00`.
gives: a time with its offset, or seconds; `None` for what cannot be read, which is never taken for a time.
must not know: who handed in what, policies.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_TIME = re.compile(
    r"^(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ]+(?P<clock>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?|[-_T ](?P<in_a_name>\d\d-\d\d(?:-\d\d)?))?"
    r"\s*(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z][\w/+-]*)?$"
)
_SPAN = re.compile(r"^(?:(?P<days>\d+)\s*d(?:ays?)?,?\s*)?(?P<h>\d+):(?P<m>\d\d)(?::(?P<s>\d\d)(?:\.\d+)?)?$")


def read_time(text: str) -> datetime | None:
    """Read a time; one without a zone is of this machine's, as the person who typed it means it."""
    match = _TIME.match(text.strip())
    if match is None:
        return None
    try:
        clock = match["clock"] or (match["in_a_name"] or "23-59-59").replace("-", ":")  # a file's name takes no colon
        plain = datetime.fromisoformat(f"{match['day']} {clock}")
        return _in_zone(plain, match["zone"])
    except (ValueError, OverflowError, OSError, LookupError):  # no such day, no such zone
        return None


def _in_zone(plain: datetime, zone: str | None) -> datetime:
    if zone is None:
        return plain.astimezone()
    if zone in ("Z", "UTC", "GMT"):
        return plain.replace(tzinfo=UTC)
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        return plain.replace(tzinfo=timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes)))
    return plain.replace(tzinfo=ZoneInfo(zone))


def read_span(text: str, unit: int = 3600) -> int | None:
    """Read a span as seconds: `H:M:S`, with days before it or not; a bare number counts units of that many seconds."""
    text = text.strip()
    if not text:
        return None
    if match := _SPAN.match(text):
        hours = int(match["days"] or 0) * 24 + int(match["h"])
        return hours * 3600 + int(match["m"]) * 60 + int(match["s"] or 0)
    if re.fullmatch(r"\d{1,9}(?:[.,]\d{1,9})?", text):
        return round(float(text.replace(",", ".")) * unit)
    return None
