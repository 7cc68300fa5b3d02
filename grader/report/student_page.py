"""One student's page: the points, what was lost and why, what to try next, the code beside the verdict.

It is one self-contained file that can be read without script, on a phone, on paper, and in the dark. Code is shown
without parsing it: a hostile expression can bring a parser down, and a cell with a syntax error is shown too.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

from grader.extract import Cell
from grader.feedback.numbers import show_list, show_points
from grader.gradebook import CaseRecord, CriterionRecord, Record
from grader.key import Basis, Key, needed_by, unpack_outcomes
from grader.outcomes import Outcomes
from grader.report.arrays import case_tables, stages_of
from grader.report.page import Face, PageContext, clean, environment, face_of, render, sentence, shown
from grader.wire.program import Tree

# Characters of arrays, shared out evenly. The case that passes the limit is still shown whole, so that each function
# has at least one, until all take `MOST_OF_ALL`. These limits keep a page of ten functions below 150 KB.
MOST_ARRAYS, MOST_OF_ALL = 7_000, 30_000
MOST_CELLS = 26_000  # characters of all cells in the folded list
MOST_IN_CELL = 10_000
MOST_NAMES = 5_000  # characters of the names of right cases
MOST_LINES = 70  # of one function; the reference's longest has 12
MOST_IN_LINE = 240  # characters; twice what fits beside a verdict
AROUND = 3  # lines shown before and after a failing line that is not in the function itself
_WORDS = "|".join({*keyword.kwlist} - {"and", "in", "is", "not", "or"})
_BUILTINS = "|".join(name for name, value in vars(builtins).items() if name.islower() and callable(value))
# What has a colour, by the class of its span. A string without an end takes the rest of its line, or of all.
_COLOURED = re.compile(
    rf"""(?P<c>\#.*)
    | (?P<s>(?:\b[rRbBfFuU]{{1,2}})? (?: \"\"\"(?s:.*?)(?:\"\"\"|\Z) | \'\'\'(?s:.*?)(?:\'\'\'|\Z)
        | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? ))
    | (?P<k>\b(?:{_WORDS})\b)
    | (?P<nf>(?<=\bdef\ )(?!__)\w+ | (?<=\bclass\ )\w+ | (?m:^[ \t]*@[ \t]*\w+))
    | (?P<m>(?<!\w)(?:0[xXoObB]\w+ | (?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?j?))
    | (?P<nb>(?<!\.)\b(?:{_BUILTINS})\b)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Cases:
    """The public or the hidden cases of a criterion: each wrong one as HTML, and its behaviour; right ones by name."""

    wrong: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    right: list[str] = field(default_factory=list)

    @property
    def share(self) -> str:
        """How many are right."""
        return f"{len(self.right)}/{len(self.right) + len(self.wrong)}"

    def folded(self, kind: str, about: str) -> Markup:
        """All of them, to be unfolded."""
        if not self.wrong and not self.right:
            return Markup()
        right = f"<li class=good>Right: {shown('; '.join(self.right), MOST_NAMES)}" if self.right else ""
        head = f"<summary>{kind} cases: {self.share} right</summary>{f'<p class=small>{about}' if self.wrong else ''}"
        return Markup(f"<details>{head}\n<ul>{''.join(self.wrong)}{right}</ul></details>")  # noqa: S704 - escaped


@dataclass(frozen=True)
class Card:
    """One criterion with all that is shown of it; `basis` is a sentence where it is not the student's own results."""

    criterion: CriterionRecord
    face: Face
    basis: str
    code: Markup
    behaviours: Markup
    public: Cases
    hidden: Cases


def prepare() -> None:
    """Load what the first page needs: before a process is forked, so that its children need not."""
    environment().get_template("student.html")


def render_student_page(record: Record, key: Key, page: PageContext, outcomes: Outcomes | None = None) -> str:
    """The page of one submission: of a record with its overrides applied, and with its outcomes.

    Without any, those that it has saved are unpacked where arrays are shown.
    """
    absent, room, cells = record.identity.arrival.absent and record.points is None, MOST_CELLS, list[object]()
    on_cards = _shown_above(record)
    for cell in record.cells:
        if room > 0:
            html, omitted = plain_cell(cell.source, min(MOST_IN_CELL, room), on_cards.get(cell.number, {}))
            cells.append((cell, Markup(html), omitted))  # noqa: S704 - escaped
            room -= len(html) + 100  # a cell's frame
    return render(
        "student.html", ("page.css", "student.css"), record=record, identity=record.identity, key=key, page=page,
        cards=_cards(record, key, page, outcomes), cells=cells, is_check=page.scope == "check", absent=absent,
        status=face_of("absent" if absent else record.status),
    )  # fmt: skip


def _cards(record: Record, key: Key, page: PageContext, outcomes: Outcomes | None) -> list[Card]:
    shown = sum(map(_shows_arrays, record.criteria))
    if outcomes is None:
        outcomes = unpack_outcomes(record.evidence.outcomes) if shown and record.evidence.outcomes else {}
    cards, left = list[Card](), MOST_OF_ALL
    for one in record.criteria:
        room = min(left, MOST_ARRAYS // (shown or 1))
        cards.append(_card(record, key, one, outcomes if _shows_arrays(one) else {}, room, page))
        left -= sum(map(len, cards[-1].public.wrong))
    return cards


def _shows_arrays(criterion: CriterionRecord) -> bool:
    """Whether public cases are wrong; what an untouched template returned is no news."""
    wrong = (case for case in criterion.cases if case.visibility == "public" and not case.right)
    return criterion.verdict != "not attempted" and any(wrong)


def _card(record: Record, key: Key, one: CriterionRecord, outcomes: Outcomes, room: int, page: PageContext) -> Card:
    # Colours help to find a mistake; where there is none, they would take time and room.
    code = function_code(one, record.cells, coloured=one.points != one.max_points)
    is_right = all(case.right for case in one.cases)
    stages = [None] * len(one.cases) if is_right else stages_of(key, one, outcomes)
    public, hidden = Cases(), Cases()
    for case, stage in zip(one.cases, stages, strict=True):
        group, tables = public if case.visibility == "public" else hidden, ""
        if case.right:
            group.right.append(case.name)
            continue
        if room > 0 and stage and stage.outcomes and group is public and case.outcome == "returned":
            tables = case_tables(key, key.rule(one.name), stage, one.ruling.alternative, page.inputs)
            room -= len(tables)
        group.wrong.append(_wrong(case, stage.entry.inputs if stage and not tables else {}, tables))
        group.broken.add(case.behaviour)
    checked = _behaviours(one, public.broken | hidden.broken, page.scope == "check")
    basis, face = _basis(key, one), face_of(one.verdict, one.points)
    return Card(one, face, basis, Markup(code), Markup(checked), public, hidden)  # noqa: S704 - escaped where made


def _wrong(case: CaseRecord, inputs: Mapping[str, Tree], tables: str) -> str:
    """A wrong case: its name, what is checked, the sentence, and its arrays, or else the sizes of its inputs."""
    sizes = ", ".join(f"{name} {tree.shape}" for name, tree in inputs.items() if hasattr(tree, "shape"))
    about = f"{'wrong' if case.outcome == 'returned' else case.outcome}; checks: {case.behaviour}"
    about += f"; inputs: {sizes}" if sizes else ""
    return f"<li><b>{shown(case.name)}</b> <small>{shown(about)}</small><p>{sentence(case.detail)}{tables}\n"


def _behaviours(criterion: CriterionRecord, broken: Collection[str], is_check: bool) -> str:
    """What is checked: each behaviour with whether it holds, and its points."""
    lines, tried = list[str](), criterion.verdict != "not attempted"
    for one in criterion.behaviours if criterion.points is not None else ():
        held, half = one.standing == "held" and tried, "half" if one.points else "bad"
        tone = "good" if held else half if one.standing == "lost" and tried else "quiet"
        worth = f"{show_points(one.points)}/{show_points(one.max_points)} points"
        if one.standing == "not shown":
            worth = "checked after hand-in" if is_check else "not checked"
        elif is_check:
            worth = {"good": "holds", "half": "holds in part"}.get(tone, "does not hold")
        name = one.name
        if one.waits_for and tried and one.name not in broken:
            name += f" (its own cases are right, but it counts only together with: {one.waits_for})"
        lines.append(f"<li{'' if tone == 'good' else f' class={tone}'}>{shown(name)} <span>{worth}</span>\n")
    return "".join(lines)


def _basis(key: Key, criterion: CriterionRecord) -> str:
    """That a verdict rests on the reference's results, where no headline says so."""
    is_said = criterion.verdict == "missing" or "iven the reference's results" in criterion.words.headline
    if criterion.ruling.basis != Basis.GIVEN or is_said:
        return ""
    stages = [stage for stage in stages_of(key, criterion, {}) if stage and stage.entry.basis is Basis.GIVEN]
    needs = sorted({f"`{name}`" for stage in stages for name in needed_by(key, stage.number)})
    return f"Given the reference's results of {show_list(needs)}, in place of your own."


# ---- code ----------------------------------------------------------------------------------------------------------


def function_code(criterion: CriterionRecord, cells: Sequence[Cell], coloured: bool) -> str:
    """The function of a criterion, and the lines round the one that failed where that is somewhere else."""
    at, by_number, figures = criterion.places, {cell.number: cell for cell in cells}, ""
    own, failing = by_number.get(at.cell), by_number.get(at.trouble_cell)
    if own is not None and at.line:
        first, last = _span(own.source.split("\n"), at.line)
        here = at.trouble_line if own is failing and first <= at.trouble_line <= last else 0
        figures = _figure(f"Your {criterion.name}", own, (first, last), here, coloured)
        failing = None if here else failing
    if failing is not None and at.trouble_line:
        span = (max(1, at.trouble_line - AROUND), at.trouble_line + AROUND)
        figures += _figure("Where it stopped", failing, span, at.trouble_line, coloured)
    return figures


def _shown_above(record: Record) -> dict[int, dict[int, tuple[int, str]]]:
    """The functions whose code is on a card, by cell and first line: the last line, and the name."""
    found, sources = dict[int, dict[int, tuple[int, str]]](), {cell.number: cell.source for cell in record.cells}
    for one in record.criteria:
        if one.places.line and one.places.cell in sources:
            first, last = _span(sources[one.places.cell].split("\n"), one.places.line)
            found.setdefault(one.places.cell, {})[first] = (last, one.name)
    return found


def plain_cell(source: str, most: int, above: Mapping[int, tuple[int, str]]) -> tuple[str, int]:
    """A cell without colours, at most `most` characters of HTML; and how many lines were left out.

    A function that was shown above is replaced by a link to it.
    """
    lines, kept, number = source.split("\n"), list[str](), 1
    while number <= len(lines):
        last, name = above.get(number, (number, ""))
        html = escape(clean(lines[number - 1], MOST_IN_LINE), quote=False)
        if last > number:
            html = f'<a href="#{shown(name)}">lines {number} to {last}: {shown(name)}</a>'
        most -= len(html) + 1
        if most < 0:
            break
        kept.append(html)
        number = last + 1
    return "\n".join(kept), len(lines) - number + 1


def _span(lines: Sequence[str], header: int) -> tuple[int, int]:
    """The first and the last line of the block whose header is at `header`."""
    header = last = min(header, len(lines))
    margin, is_quoted = len(lines[header - 1]) - len(lines[header - 1].lstrip()), False
    for number, line in enumerate(lines[header - 1 : header + MOST_LINES], start=header):
        if bare := line.lstrip():
            if number > header and not is_quoted and len(line) - len(bare) <= margin and bare[0] not in ")#":
                break
            last = number
        is_quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return header, last


def _figure(title: str, cell: Cell, span: tuple[int, int], failing: int, coloured: bool) -> str:
    lines = [clean(line, MOST_IN_LINE) for line in cell.source.split("\n")[span[0] - 1 : span[1]]]
    pieces = highlighted("\n".join(lines)) if coloured else escape("\n".join(lines), quote=False).split("\n")
    rows = "\n".join(
        f"<mark><i>{n}</i>{html}<b> ◀ line {n}</b></mark>" if n == failing else f"<i>{n}</i>{html}"
        for n, html in enumerate(pieces, start=span[0])
    )
    place = shown(f"{cell.file or f'cell {cell.number}'}, lines {span[0]} to {span[0] + len(lines) - 1}")
    caption = f"<figcaption>{shown(title)} <small>{place}</small></figcaption>"
    return f"<figure>{caption}<pre tabindex=0>{rows}</pre></figure>"


def highlighted(source: str) -> list[str]:
    """One piece of HTML for each line; no tag spans two lines. Most words have no colour, which halves the page."""
    return _COLOURED.sub(_token, escape(source, quote=False)).split("\n")


def _token(found: re.Match[str]) -> str:
    name, text = found.lastgroup, found[0]
    return f"<span class={name}>{text.replace(chr(10), f'</span>{chr(10)}<span class={name}>')}</span>"
