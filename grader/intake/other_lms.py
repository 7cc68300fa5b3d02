"""The layouts of LMSs whose names tell who handed in and when, and no more: Blackboard's and Brightspace's.

takes: the items of a class.
gives: `Reading`, or `None` where it is another layout.
must not know: what is in a hand-in, graded names, how claims become submissions.

Neither takes pages back by their names. The forms are those that scripts for these downloads read (several on GitHub).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from grader.intake.items import Item
from grader.intake.layouts import Claim, Hint, Reading, unknown
from grader.intake.submissions import text_of

# ---- Blackboard --------------------------------------------------------------------------------------------------

BLACKBOARD_FORM = "<assignment>_<username>_attempt_<time>_<file>"
# The first that looks like a time is Blackboard's: what comes behind it was chosen by who handed in.
_BLACKBOARD = re.compile(r"^(?P<head>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)$", re.DOTALL)


def blackboard(items: Sequence[Item], hint: Hint) -> Reading | None:
    """Flat files `<assignment>_<username>_attempt_<time>_<file>`, and a `….txt` of its own for each attempt."""
    matches = [None if item.is_folder else _BLACKBOARD.match(item.name) for item in items]
    found = {item.name: match for item, match in zip(items, matches, strict=True) if match}
    if not found or not (hint.named or 2 * len(found) > len(items)):
        return None
    users = _usernames({match["head"] for match in found.values()})
    claims = [_blackboard_claim(item, found[item.name], users) for item in items if item.name in found]
    others = [unknown(item, BLACKBOARD_FORM) for item in items if item.name not in found]
    why = f"{len(found)} of {len(items)} names match {BLACKBOARD_FORM}"
    return Reading("blackboard", "a Blackboard download", why, (*_last_attempts(claims), *others))


def _usernames(heads: Iterable[str]) -> Mapping[str, str]:
    """Of each `<assignment>_<username>` the second part: neither of the two is without `_` for sure."""
    listed = sorted(heads)
    last = {head: head.rpartition("_")[2] for head in listed}
    if len(set(last.values())) == len(listed):
        return last
    shared = next(n for n in range(len(listed[0]) + 1) if listed[0][: n + 1] != listed[-1][: n + 1])
    start = listed[0].rfind("_", 0, shared) + 1
    return {head: head[start:] for head in listed}


def _blackboard_claim(item: Item, match: re.Match[str], users: Mapping[str, str]) -> Claim:
    user = text_of(users[match["head"]])
    return Claim(
        item, user, ids={"blackboard": user}, entry=text_of(item.name), handed_in=match["time"],
        series=text_of(match["file"] or ""), said="" if match["file"] else "a text typed into Blackboard",
    )  # fmt: skip


def _last_attempts(claims: Sequence[Claim]) -> list[Claim]:
    """The files of everybody's last attempt; those of earlier ones are older than these, whatever their names.

    The text of an attempt with files says which files these are, and is nobody's work.
    """
    made: list[Claim] = []
    for _, own in groupby(sorted(claims, key=lambda one: one.student_id), key=lambda one: one.student_id):
        listed = sorted(own, key=lambda one: (one.handed_in, not one.said))
        files = [one for one in listed if not one.said] or listed[-1:]
        last = [one for one in files if one.handed_in == files[-1].handed_in]
        made += [replace(one, series=last[0].series, order=(0,)) for one in files if one not in last]
        made += [replace(one, order=(1,)) for one in last]
    return made


# ---- Brightspace -------------------------------------------------------------------------------------------------

BRIGHTSPACE_FORM = "<number>-<number> - <name> - <time>"
_BRIGHTSPACE = re.compile(
    r"^(?P<numbers>\d+-\d+) - (?P<name>.+?) - (?P<time>[^-]*\b\d{4} \d{3,4} [AP]M)(?: - (?P<file>.+))?$", re.DOTALL
)
_TIMES = ("%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p", "%d %b, %Y %I%M %p", "%d %B, %Y %I%M %p")
_ITS_OWN = "index.html"  # a list of what was downloaded


def brightspace(items: Sequence[Item], hint: Hint) -> Reading | None:
    """Folders or flat files `<number>-<number> - <name> - <time>`, one for each time that somebody handed in."""
    listed = [item for item in items if item.name != _ITS_OWN]
    matches = [_BRIGHTSPACE.match(item.name) for item in listed]
    found = [match for match in matches if match]
    if not found or not (hint.named or 2 * len(found) > len(listed)):
        return None
    numbers: dict[str, set[str]] = defaultdict(set)
    for match in found:
        numbers[match["name"]].add(match["numbers"])
    claims = tuple(
        _brightspace_claim(item, match, len(numbers[match["name"]]) > 1) if match else unknown(item, BRIGHTSPACE_FORM)
        for item, match in zip(listed, matches, strict=True)
    )
    why = f"{len(found)} of {len(listed)} names match {BRIGHTSPACE_FORM}"
    return Reading("brightspace", "a Brightspace download", why, claims)


def _brightspace_claim(item: Item, match: re.Match[str], is_shared: bool) -> Claim:
    """A name with two numbers may be that of two people: who would be one by mistake stands there as two."""
    name = text_of(match["name"])
    student = f"{name} {match['numbers']}" if is_shared else name
    return Claim(
        item, student, name, entry=text_of(item.name), handed_in=_moment(match["time"]),
        series=text_of(match["file"] or ""),
    )  # fmt: skip


def _moment(text: str) -> str:
    """`Sep 24, 2024 926 PM` as others write it; as it stands, where it is written in another way."""
    padded = re.sub(r"\b(\d{3}) ([AP]M)$", r"0\1 \2", text.strip())
    for form in _TIMES:
        try:
            return datetime.strptime(padded, form).isoformat()  # no zone is told
        except ValueError:
            continue
    return text_of(text)
