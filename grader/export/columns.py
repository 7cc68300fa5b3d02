"""Which column of somebody else's sheet is meant: by the name the caller gives, or by a match that is clear.

takes: a sheet's titles, and what is looked for.
gives: the number of a column, or `SheetError` that lists the candidates. A title is never added to a sheet.
must not know: records, what is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from grader.errors import SheetError
from grader.intake.table import Table

MOST_LISTED = 15  # candidates in an error
_NUMBERED = re.compile(r"(?<!\s)\s*+\(\d+\)\s*$")  # Canvas ends a title with its assignment's id


def plain_title(title: str) -> str:
    """A title without case, punctuation, and the number Canvas puts behind it: for comparing only."""
    text = unicodedata.normalize("NFKC", _NUMBERED.sub("", title)).casefold()
    return "".join(c for c in text if c.isalnum())


def column_named(table: Table, wanted: str, option: str) -> int:
    """The column the caller names: by its whole title, its number in brackets, a part of its title, or `#7`."""
    titles = table.titles
    if re.fullmatch(r"#\d{1,4}", wanted) and 0 < int(wanted[1:]) <= len(titles):
        return int(wanted[1:]) - 1
    ways: list[Callable[[str], bool]] = [
        lambda title: title == wanted.strip(),
        lambda title: title.casefold() == wanted.strip().casefold(),
        lambda title: title.endswith(f"({wanted.strip()})"),
        lambda title: wanted.strip().casefold() in title.casefold(),
    ]
    for way in ways:
        found = [n for n, title in enumerate(titles) if way(title)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = listed_titles(titles, found)
            raise SheetError(f"{option} '{wanted}' fits {len(found)} columns of {table.path}: {listed}", "say #N")
    raise SheetError(
        f"{table.path} has no column '{wanted}'",
        f"its columns are {listed_titles(titles, range(len(titles)))}; a new one is never added",
    )


def clear_column(table: Table, names: Sequence[str], candidates: Sequence[int]) -> int:
    """The one candidate called like one of the names; where it is not clear, an error that lists them."""
    wanted = {plain_title(name) for name in names} - {""}
    found = [n for n in candidates if plain_title(table.titles[n]) in wanted]
    if len(found) == 1:
        return found[0]
    shown = found or list(candidates)
    if not shown:
        raise SheetError(
            f"{table.path} has no column that points could go to",
            f"its columns are {listed_titles(table.titles, range(len(table.titles)))}; name one with --column",
        )
    why = "several columns could be meant" if found else f"no column of {table.path} is called '{names[0]}'"
    raise SheetError(f"{why}", f"name it with --column; candidates: {listed_titles(table.titles, shown)}")


def listed_titles(titles: Sequence[str], numbers: Sequence[int]) -> str:
    """Titles with their numbers, for an error."""
    told = [f"#{n + 1} '{titles[n][:60]}'" for n in list(numbers)[:MOST_LISTED]]
    return ", ".join(told) + (", …" if len(numbers) > MOST_LISTED else "")


def titled(table: Table, *names: str) -> int | None:
    """The column with one of these exact titles, whatever their case; `None` where there is none."""
    wanted = {name.casefold() for name in names}
    return next((n for n, title in enumerate(table.titles) if title.casefold() in wanted), None)
