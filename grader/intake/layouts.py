"""What is in a class: a platform's export, submissions under people's own names, or folders and zips of these.

An export is known by its names, however deep it lies; what lies beside it are further students. Where names do not tell
whether a folder or zip is one student's or several people's, nothing is guessed: the error offers the layouts that fit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from grader.errors import SubmissionError
from grader.intake import tree
from grader.intake.arrival import composed, folded, text_of
from grader.intake.exports import PLATFORMS
from grader.intake.platforms import Claim, ClassReading, Hint, by_pattern, plain
from grader.intake.tree import Item

BY_NAMES = ("folders", "flat")  # the layouts whose ids are only names, which two people may share
LAYOUTS = (*PLATFORMS, *BY_NAMES, "groups")
MOST_DEEP = 4  # folders and zips around an export: the download's, a group's, and its own
MOST_LOOKED = 50_000  # entries, and kilobytes of zips in zips, of one item that are looked through for exports
MANY = 3  # notebooks, folders or zips under names of their own: so many may be of so many people
MOST_SHOWN = 5  # names in a sentence


def read_class(
    items: Sequence[Item], hint: Hint, layout: str = "", pattern: str = "", in_zip: bool = False
) -> list[ClassReading]:
    """The class as its exports, and what lies beside these; as `layout` or `pattern` says, where there is one."""
    inner = _unwrapped(items) if in_zip else items
    if pattern:
        return [by_pattern(inner, pattern)]
    if layout in ("groups", *BY_NAMES):
        return _groups(inner, hint) if layout == "groups" else [plain(inner)]
    found = _Search(layout).exports(items, hint)
    if layout and not found:
        said = f"none of {len(items)} names has its form, such as '{text_of(items[0].name)}'"
        advice = "leave --layout out, or read the names by --pattern"
        raise SubmissionError(f"this cannot be read as {layout}: {said}", advice)
    if layout:
        return found
    try:
        return [part for one in found or [plain(inner)] for part in _looked(one, hint)]
    except _UnclearError as unclear:
        said, packed = unclear.args
        offered = {"groups": "each name in a folder or zip is a student's"} if not packed else {}
        offered |= {"folders": "each folder or zip is one student's"} if not found else {}
        fits = [f"unpack {packed} (each name in it is a student's)"] if packed else []
        fits += [f"--layout {name} ({why})" for name, why in offered.items() if _can_be(items, hint, name, in_zip)]
        advice = f"say which: {'; or '.join(fits)}" if fits else "take it out, and grade it with its own --out"
        raise SubmissionError(said, advice) from None


def by_student(readings: Sequence[ClassReading]) -> dict[str, list[Claim]]:
    """The claims by student; raises `SubmissionError` where two people have one id, or ids are of two platforms."""
    found, platforms = defaultdict[str, list[Claim]](list), dict[str, Claim]()
    for claim in (claim for reading in readings for claim in reading.claims):
        found[composed(claim.student_id)].append(claim)
        platforms |= {} if is_by_name(claim) else {claim.arrival.layout: claim}
    if len(platforms) > 1:
        listed = (f"'{one.arrival.source or one.place}' is from {layout}" for layout, one in platforms.items())
        raise SubmissionError(" and ".join(listed), "grade each kind by itself, with its own --out")
    for first, *others in found.values():
        for other in others:
            named = first.name and other.name and folded(first.name) != folded(other.name)
            # Two files of which one has a platform's id by chance, or one name in two groups, are two people's.
            apart = first.arrival.layout in BY_NAMES and first.item.way[:-1] != other.item.way[:-1]
            if named or apart or is_by_name(first) != is_by_name(other):
                said = f"two submissions have the id '{first.student_id}': {first.place} and {other.place}"
                hint = "if they are of one person, remove one; if not, rename one, or read the names by --pattern"
                raise SubmissionError(said, hint)
    return found


def is_by_name(claim: Claim) -> bool:
    """Whether its id is only a name, and no platform's."""
    return claim.arrival.layout in ("", *BY_NAMES)


def _can_be(items: Sequence[Item], hint: Hint, layout: str, in_zip: bool) -> bool:
    """Whether a layout reads all of it, without two people under one id."""
    with suppress(SubmissionError):
        return bool(by_student(read_class(items, hint._replace(named=True), layout, in_zip=in_zip)))
    return False


def _unwrapped(items: Sequence[Item]) -> Sequence[Item]:
    """The items below the folders around a zipped class; an empty folder alone makes no class."""
    outside = [item for item in items if all(str(file.refusal).endswith(tree.LEADS_OUT) for file in item.within)]
    within = [item for item in items if item not in outside]
    inner = within[0].inside() if len(within) == 1 and within[0].is_folder else []
    full = [item for item in inner if any(file.way[-1] and not file.noise for file in item.within)]
    if len(full) > 1:
        return [*inner, *outside]
    return _unwrapped([*inner, *outside]) if full and full[0].is_folder else items


def _from(item: Item, readings: Sequence[ClassReading]) -> list[ClassReading]:
    """What was read in a folder or zip, with its name as the source of all that has none."""

    def sourced(claim: Claim) -> Claim:
        source = claim.arrival.source or text_of("/".join(item.way))
        return claim._replace(arrival=replace(claim.arrival, source=source))

    return [one._replace(claims=[*map(sourced, one.claims)]) for one in readings]


def _only(reading: ClassReading, claims: Sequence[Claim]) -> list[ClassReading]:
    """The reading with some of its claims; nothing without any."""
    why = plain([claim.item for claim in claims]).why if reading.layout in BY_NAMES else reading.why
    return [reading._replace(why=why, claims=claims)] if claims else []


class _Search:
    """Looks for exports, all the way in; each item of a class has its own limit of what is looked through in it."""

    def __init__(self, layout: str = "") -> None:
        self._recognisers = [PLATFORMS[layout]] if layout else [*PLATFORMS.values()]
        self._left = MOST_LOOKED

    def exports(self, items: Sequence[Item], hint: Hint, deeper: int = MOST_DEEP) -> list[ClassReading]:
        """The exports here and further in, and the names beside them; nothing where there is no export."""
        found = next((found for one in self._recognisers if items and (found := one(items, hint))), None)
        reading, inner, beside = found or plain(items), list[ClassReading](), list[Claim]()
        for claim in reading.claims:
            self._left = MOST_LOOKED if deeper == MOST_DEEP else self._left
            within = self._within(claim.item, hint, deeper, len(items) == 1) if is_by_name(claim) else []
            inner += within
            beside += [] if within else [claim]
        rest = _only(reading, beside)
        return [*rest, *inner] if found else [*inner, *rest] if inner else []

    def _within(self, item: Item, hint: Hint, deeper: int, is_alone: bool) -> list[ClassReading]:
        """The exports in a folder or zip. One of a single student is an export only where nothing lies beside it."""
        # There is nothing to be found in what holds one piece of work, and no zip.
        work = sum(1 + file.ends(".zip") for file in item.within if file.ends(*tree.ENDINGS, ".zip"))
        inner = item.inside() if deeper and self._left > 0 and work > 1 else []
        self._left -= tree.ZIP_WORK * item.is_zip + len(item.within) + len(inner) + item.within[0].size // 1000
        try:
            found = self.exports(inner, hint._replace(class_name=item.stem), deeper - 1) if inner else []
        except SubmissionError:
            if is_alone:
                raise
            return []  # a student's own files may look like anything
        students = {claim.student_id for one in found for claim in one.claims}
        return _from(item, found) if is_alone or len(students) > 1 else []


def _groups(items: Sequence[Item], hint: Hint) -> list[ClassReading]:
    """A folder or zip for each group, each read by itself; what is beside them is a student's."""
    readings, beside = list[ClassReading](), list[Item]()
    for item in items:
        if inner := item.inside() if item.is_folder else _unwrapped(item.inside()):
            known = hint._replace(class_name=item.stem, named=False)
            readings += _from(item, _Search().exports(inner, known, MOST_DEEP - 1) or [plain(inner)])
        else:
            beside.append(item)
    if not readings:
        needed = "it must hold a folder or a zip for each group, and these a folder or a file for each student"
        raise SubmissionError(f"'{text_of(items[0].name)}' holds no submissions, so it is not a group", needed)
    return [*readings, *([plain(beside)] if beside else [])]


# ---- one student's, or several people's ------------------------------------------------------------------------------


class _UnclearError(Exception):
    """Some folders or zips may be one student's or several people's: the sentence, and zips that no layout opens."""


def _looked(reading: ClassReading, hint: Hint) -> list[ClassReading]:
    """The reading. What holds several people's work is opened if that is sure, and refused if it is not."""
    items = [claim.item for claim in reading.claims if is_by_name(claim)]
    task = folded(hint.assignment)
    # Also in zips within zips: what is opened at last decides whose it all is.
    has_notebooks = any(file.ends(*tree.NOTEBOOKS) for item in items for file in item.files())
    endings = tree.NOTEBOOKS if has_notebooks else (".py",)
    levels = [_level(item, endings) for item in items]
    users = Counter(stem for _, parts in levels for stem in {folded(part.stem) for part in parts})
    # Names that two students use, or that are the assignment's, are the hand-out's; those of people are their own.
    own = [[one for one in parts if users[folded(one.stem)] == 1 and (not task or task not in folded(one.stem))]
           for _, parts in levels]  # fmt: skip
    # Nothing but names that nobody else uses may be people's: many, or two folders of one hand-out.
    alone = [n for n, (_, parts) in enumerate(levels) if len(own[n]) == len(parts)]
    several = [n for n in alone if len(own[n]) >= MANY or (len(own[n]) == 2 and _have_in_common(own[n]))]
    if not several:
        return [reading]
    groups = {n for n, (_, parts) in enumerate(levels) if parts}
    if any(len(own[n]) < max(MANY, len(levels[n][1])) or not _have_in_common(own[n]) for n in groups):
        names, inner = (
            ", ".join([*(text_of(one.name) for one in some[:MOST_SHOWN]), *(["…"] if len(some) > MOST_SHOWN else [])])
            for some in ([items[n] for n in several], own[several[0]])
        )
        said = f"it is not clear whose work this is, one student's or several people's: {names}"
        packed = [f"{path} in the place of {text_of(items[n].name)}"
                  for n in several if (path := _zip_around(own[n][0], len(items[n].way)))]  # fmt: skip
        raise _UnclearError(f"{said} (with {inner}{' in the first' if several[1:] else ''})", ", ".join(packed))
    gone = {items[n].way for n in groups}
    opened = [one for n in sorted(groups) for one in _from(items[n], [plain(levels[n][0])])]
    return [*_only(reading, [claim for claim in reading.claims if claim.item.way not in gone]), *opened]


def _level(item: Item, endings: Sequence[str]) -> tuple[list[Item], list[Item]]:
    """What is below all folders around it, and of that what may be a submission each (notebooks, zips, folders)."""
    for _ in range(MOST_DEEP):
        inner = item.inside()
        parts = [one for one in inner if _work_in(one, (*endings, ".zip"))]
        if len(parts) != 1 or not (parts[0].is_folder or parts[0].is_zip):
            break
        item = parts[0]
    return inner, parts


def _zip_around(item: Item, depth: int) -> str:
    """The innermost zip that an item is in, below this depth; "" where there is none."""
    zips = [n for n in range(depth + 1, len(item.way)) if item.way[n - 1].lower().endswith(".zip")]
    return text_of("/".join(item.way[: zips[-1]])) if zips else ""


def _work_in(item: Item, endings: Sequence[str]) -> set[str]:
    """The names of the files that may be somebody's work."""
    files = (file for file in item.within if file.way[-1] and not file.noise and not file.refusal)
    return {file.way[-1].lower() for file in files if file.ends(*endings) and not file.way[-1].startswith("__")}


def _have_in_common(parts: Sequence[Item]) -> bool:
    """Whether they are folders with one file of the same name in all: that of the hand-out."""
    return bool(set.intersection(*(_work_in(one, tree.ENDINGS) if one.is_folder else set() for one in parts)))
