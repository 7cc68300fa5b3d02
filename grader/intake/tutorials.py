"""Tutorial groups: a folder or a zip for each, and in each of them the hand-ins of a part of the class.

takes: the items of a class, and what reads a group's own items.
gives: one `Reading` of all groups together; `SubmissionError` where that cannot be one class.
must not know: what forms of names there are, what is in a hand-in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from grader.errors import SubmissionError
from grader.intake.calling import composed
from grader.intake.items import Item, inner_items, items_in
from grader.intake.layouts import Reading
from grader.intake.submissions import text_of

BY_NAMES = ("folders", "flat")  # the layouts whose ids are no more than names, which two people may have
MOST_TOLD = 5  # groups

Reader = Callable[[Sequence[Item], str], Reading]
"""Reads the items of one group, which is called so."""


def grouped(items: Sequence[Item], read: Reader) -> Reading:
    """The claims of all groups; what lies beside the groups' folders is a student's, as in any class."""
    inside = {item.name: inner for item in items if (inner := _inside(item))}
    if not inside:
        raise SubmissionError(
            f"this cannot be read as groups: '{text_of(items[0].name)}' holds no hand-ins",
            "it must hold a folder or a zip for each group, and these a folder or a file for each student",
        )
    groups = {name: read(inner, name) for name, inner in inside.items()}
    _refuse_two_layouts(groups)
    if beside := [item for item in items if item.name not in inside]:
        groups[""] = read(beside, "")
    if next(iter(groups.values())).layout in BY_NAMES:
        _refuse_one_name_twice(groups)
    first = next(iter(groups.values()))
    counts = [f"{text_of(name)} {len({c.student_id for c in group.claims})}" for name, group in groups.items() if name]
    more = ", …" if len(counts) > MOST_TOLD else ""
    why = f"{len(counts)} groups ({', '.join(counts[:MOST_TOLD])}{more}), and in each {first.title}"
    return Reading(first.layout, "groups", why, tuple(chain.from_iterable(group.claims for group in groups.values())))


def _inside(item: Item) -> list[Item]:
    """The items of a group; a zip in a class's zip is one student's, as nothing is unpacked twice to look for more."""
    if item.is_folder:
        return inner_items(item)
    is_zip = item.members is None and item.path.suffix.lower() == ".zip"
    return items_in(item.path) if is_zip else []


def _refuse_two_layouts(groups: dict[str, Reading]) -> None:
    """Ids of two kinds in one class: nobody could say whom points and pages go to."""
    (one, first), *others = groups.items()
    for name, other in others:
        if other.layout != first.layout and not {first.layout, other.layout} <= set(BY_NAMES):
            raise SubmissionError(
                f"'{text_of(one)}' is {first.title}, and '{text_of(name)}' is {other.title}",
                "grade each kind by itself, with its own --out",
            )


def _refuse_one_name_twice(groups: dict[str, Reading]) -> None:
    seen: dict[str, str] = {}
    for name, group in groups.items():
        for student in dict.fromkeys(claim.student_id for claim in group.claims):
            before = seen.setdefault(composed(student), name)
            if before != name:
                raise SubmissionError(
                    f"'{student}' is in '{text_of(before)}' and in '{text_of(name)}'",
                    "if that is one person, remove one of the two; if not, rename one",
                )
