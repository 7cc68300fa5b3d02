"""Scores and words made into the record of a hand-in: what every page and sheet is written from.

takes: a key, the evidence of a hand-in (what was extracted, what happened), and its scores.
gives: a `Record`; the same evidence gives the same record.
must not know: HTML, files, how anything was run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.feedback.absence import absent_in, demands_in, given_in, raising_in
from grader.feedback.case_wording import Place
from grader.feedback.evidence import Evidence
from grader.feedback.file_notes import FAILED_IN_PART, NOTHING_PUBLIC, notes_on_failed, notes_on_unseen
from grader.feedback.in_the_code.by_text import told_by_text
from grader.feedback.in_the_code.called_too import told_by_called_too
from grader.feedback.in_the_code.uncalled import told_by_uncalled
from grader.feedback.in_the_code.unread_keys import told_by_unread
from grader.feedback.late_wording import late_notes
from grader.feedback.missing_wording import note_on_nothing, say_inherited, say_slid_out, say_uncounted
from grader.feedback.next_step.error_wording import Absent
from grader.feedback.next_step.module_wording import told_by_module
from grader.feedback.next_step.names_wording import is_that_it
from grader.feedback.take_home import take_home
from grader.feedback.wording import Feedback, feedback, place_in
from grader.gradebook import BehaviourRecord, CaseRecord, CellRecord, CriterionRecord, Record
from grader.intake import Arrival
from grader.judge import RIGHT, Finding, Flaw, Kind, Verdict
from grader.lateness import after_deduction, late_deduction, seconds_late
from grader.memo import Memo
from grader.score import Earned, Score, Standing


@dataclass(frozen=True)
class Identity:
    """Who handed in which file."""

    student_id: str
    name: str
    file: str = ""
    sha256: str = ""
    folder: str = ""
    arrival: Arrival = field(default_factory=Arrival)

    @classmethod
    def of(cls, record: Record) -> Identity:
        """Of a hand-in that is on record."""
        return cls(record.student_id, record.name, record.file, record.sha256, record.folder, record.arrival)


def unreadable_record(identity: Identity, key: AnswerKey, sentence: str, next_step: str) -> Record:
    """A hand-in that could not be read: a row with its reason, and no points, not even zero."""
    return _record(identity, key, "unreadable", None, sentence=sentence, next_step=next_step)


def ungraded_record(identity: Identity, key: AnswerKey, sentence: str) -> Record:
    """A hand-in that we failed to grade: our fault, and never a zero."""
    return _record(identity, key, "ungraded", None, sentence=sentence, next_step="run the grader again")


def ungraded_again(record: Record, key: AnswerKey, sentence: str) -> Record:
    """A hand-in that was graded and cannot be judged any more: its code is still shown, and grading it mends it."""
    record = replace(ungraded_record(Identity.of(record), key, sentence), cells=record.cells)
    return replace(record, next_step="run 'grader grade' again")  # to judge it again would find the same


def _absent(key: AnswerKey, scores: Sequence[Score], evidence: Evidence, cells: Sequence[CellRecord]) -> Absent:
    """What was not there when it was run, for words about what failed by that."""
    raised = [f.trouble for one in scores for f in one.verdict.findings if f.trouble]
    # Only where they may be told: what is said is remembered by all of this, and these are each hand-in's own.
    names = evidence.places if any(one.type_name.endswith("NameError") for one in raised) else ()
    return replace(
        absent_in(evidence, place_in(evidence.is_script, evidence.files), cells, key.rubric.files),
        raising=raising_in(raised, cells), demands=demands_in(raised, cells), given=given_in(key.rubric.files),
        is_all=evidence.places.keys().isdisjoint(rule.name for rule in key.rubric.criteria),
        defined=tuple(name for name in names if "." not in name),
    )  # fmt: skip


def graded_record(
    identity: Identity, key: AnswerKey, scores: Sequence[Score], evidence: Evidence,
    cells: tuple[CellRecord, ...] = (), **rest: Any,
) -> Record:  # fmt: skip
    """Make the record of a hand-in that was judged."""
    place = place_in(evidence.is_script, evidence.files)
    rules, absent = key.rubric.criteria, _absent(key, scores, evidence, cells)
    told = [_criterion(key, rule, one, evidence, place, absent) for rule, one in zip(rules, scores, strict=True)]
    beside = {**key.rubric.files, **{cell.file: cell.source for cell in cells if cell.file}}
    by_text = (told_by_text(one, rule, cells, place) for one, rule in zip(told, rules, strict=True))
    told = [told_by_module(one, beside) for one in by_text]
    told = [told_by_unread(told_by_uncalled(one, cells, key), key, cells) for one in told]
    told = told_by_called_too(told, cells, key)
    unseen = key.not_asked
    criteria = _one_cause_once([one for one in told if one.name not in unseen], place)
    graded = [c.points for c in criteria if c.points is not None]
    status = "graded" if len(graded) == len(criteria) else "partly graded" if graded else "ungraded"
    points = sum(graded, Fraction(0)) if graded else None
    if status != "graded":
        rest = {"sentence": FAILED_IN_PART, "next_step": "run the grader again"} | rest
    if unseen and not criteria:
        rest = {"sentence": NOTHING_PUBLIC, "next_step": "hand it in: all of it is checked then"} | rest
    headlines = {one.name: one.headline for one in criteria}
    told_there = {
        f"{found}: {to_do}." for name, (found, to_do) in evidence.on_names.items() if found in headlines.get(name, "")
    }
    of_file = (note for note in evidence.notes if note not in told_there)
    none_there = note_on_nothing(criteria, key.rubric.title, absent)
    notes = (*none_there, *notes_on_unseen(unseen), *of_file, *notes_on_failed(evidence.failed, place))
    return _record(
        identity, key, status, points, criteria=criteria, cells=cells, notes=notes,
        evidence=evidence.to_json(), **rest,
    )  # fmt: skip


def _record(identity: Identity, key: AnswerKey, status: str, points: Fraction | None, **rest: Any) -> Record:
    """The record with what is said of how it came, and with what lateness costs taken off."""
    rule, arrival, most = key.rubric.late, identity.arrival, key.rubric.points
    late_by = seconds_late(rule, arrival.handed_in, arrival.late_by)
    deduction = late_deduction(rule, most, late_by)
    notes = (*arrival.notes, *late_notes(rule, arrival, late_by, most, points), *rest.pop("notes", ()))
    points = None if points is None else after_deduction(points, deduction)
    return Record(
        identity.student_id, identity.name, identity.file, identity.sha256, status, points, most,
        identity.folder, notes=notes, arrival=arrival, deduction=deduction, **rest,
    )  # fmt: skip


def _one_cause_once(criteria: Sequence[CriterionRecord], place: Place) -> tuple[CriterionRecord, ...]:
    """Where one line explains several failures, the first tells it and the others point there."""
    seen: dict[tuple[int, int], str] = {}
    told: list[CriterionRecord] = []
    for criterion in criteria:
        where = (criterion.trouble_cell, criterion.trouble_line)
        if criterion.verdict not in ("missing", "crashed") or not criterion.trouble_line:
            told.append(criterion)
        elif where in seen:
            headline = f"The same cause as in {seen[where]}: {place(*where)}."
            told.append(replace(criterion, headline=headline, next_step=f"Mend {seen[where]} first."))
        else:
            seen[where] = criterion.name
            told.append(criterion)
    return tuple(told)


@dataclass(frozen=True)
class _Said:
    """All of a criterion that follows from its score, wherever its function stands."""

    feedback: Feedback
    behaviours: tuple[BehaviourRecord, ...]
    cases: tuple[CaseRecord, ...]
    trouble: tuple[int, int]
    take_home: tuple[str, ...]


_said: Memo[_Said] = Memo()


def _criterion(
    key: AnswerKey, rule: CriterionRule, one: Score, evidence: Evidence, place: Place, absent: Absent
) -> CriterionRecord:
    verdict = one.verdict
    how_told = (evidence.is_script, tuple(evidence.files.items()), absent)
    said = _said.get(how_told, (key, rule, one), lambda: _say(key, rule, one, place, absent))
    headline, next_step, notes = said.feedback.headline, said.feedback.next_step, said.feedback.notes
    if verdict.kind is Kind.NOT_ATTEMPTED or (verdict.kind is Kind.MISSING and verdict.trouble is None):
        if rule.name in evidence.on_names:
            headline, next_step = say_uncounted(rule, verdict, *evidence.on_names[rule.name])
        elif verdict.kind is Kind.NOT_ATTEMPTED and evidence.asides.get(rule.name, ("", ""))[1]:
            headline, next_step = say_slid_out(*evidence.asides[rule.name])
        else:
            next_step += is_that_it(rule.name, evidence.places, key.rubric.spelt)
    elif _is_inherited_stub(rule.name, verdict, evidence):
        next_step = say_inherited(rule) + is_that_it(rule.name, evidence.places, key.rubric.spelt)
    elif rule.name in evidence.asides and verdict.kind in _NOT_RIGHT:
        found, to_do = evidence.asides[rule.name]
        notes = (f"{found}.", *notes)
        if to_do and verdict.reading is None and not verdict.mistake:  # what its numbers show comes first
            next_step = f"{to_do[0].upper()}{to_do[1:]}. If it is not right then: {next_step}"
    cell, line = evidence.places.get(rule.name) or evidence.places.get(rule.name.split(".")[0]) or (0, 0)
    return CriterionRecord(
        rule.name, str(verdict.kind), one.points, one.max_points, verdict.mistake, headline, next_step,
        notes, said.behaviours, said.cases, cell, line, *said.trouble, verdict.alternative,
        () if _is_without_class(rule.name, evidence) else said.take_home,
    )  # fmt: skip


def _is_without_class(name: str, evidence: Evidence) -> bool:
    """Whether a method stands in no class of the hand-in, so that lines which call one fail below its own code."""
    return name in evidence.places and name.split(".")[0] not in evidence.places


_NOT_RIGHT = (Kind.PARTLY, Kind.WRONG, Kind.KNOWN_MISTAKE, Kind.CONSISTENT, Kind.CRASHED, Kind.TIMED_OUT)


def _is_inherited_stub(name: str, verdict: Verdict, evidence: Evidence) -> bool:
    """Whether its class is there without it, and what was called gives nothing, or says that it is not implemented."""
    if name in evidence.places or name.split(".")[0] not in evidence.places:
        return False
    told = [(f.problem and f.problem.flaw, f.trouble and f.trouble.type_name) for f in verdict.findings]
    return bool(told) and all(flaw is Flaw.NONE or raised == "NotImplementedError" for flaw, raised in told)


def _say(key: AnswerKey, rule: CriterionRule, one: Score, place: Place, absent: Absent) -> _Said:
    verdict = one.verdict
    told = feedback(rule, verdict, place, absent)
    trouble = (verdict.trouble if verdict.kind is Kind.MISSING else None) or next(
        (f.before or f.trouble for f in verdict.findings if (f.before or f.trouble) and not f.right), None
    )
    return _Said(
        told,
        tuple(_behaviour(earned, _waits_for(rule, one, earned)) for earned in one.earned),
        tuple(_case(f, detail) for f, detail in zip(verdict.findings, told.details, strict=True)),
        (trouble.cell, trouble.line) if trouble else (0, 0),
        _take_home(key, rule, verdict),
    )


def _take_home(key: AnswerKey, rule: CriterionRule, verdict: Verdict) -> tuple[str, ...]:
    """Code for a case that ran and failed; what is missing or untouched has nothing to run."""
    if verdict.kind in (*RIGHT, Kind.NOT_ATTEMPTED, Kind.MISSING, Kind.UNGRADED):
        return ()
    failing = [finding.case for finding in verdict.findings if not finding.right]
    return take_home(key, rule, failing, verdict.alternative or REFERENCE)


def _case(finding: Finding, detail: str) -> CaseRecord:
    if not finding.right:
        return CaseRecord(finding.case, finding.visibility, finding.behaviour, str(finding.status), False, detail)
    return _right_case(finding.case, finding.visibility, finding.behaviour, str(finding.status), detail)


@lru_cache(maxsize=4096)
def _right_case(name: str, visibility: str, behaviour: str, outcome: str, detail: str) -> CaseRecord:
    """The same object for a whole class, which spares time here and memory wherever records are kept."""
    return CaseRecord(name, visibility, behaviour, outcome, True, detail)


def _waits_for(rule: CriterionRule, one: Score, lost: Earned) -> str:
    """What a behaviour needs and has not, where all its own cases are right."""
    own = [finding.right for finding in one.verdict.findings if finding.behaviour == lost.behaviour]
    if lost.standing is not Standing.LOST or not all(own):
        return ""
    needs = next(behaviour.needs for behaviour in rule.behaviours if behaviour.name == lost.behaviour)
    return ", ".join(e.behaviour for e in one.earned if e.behaviour in needs and e.standing is Standing.LOST)


def _behaviour(earned: Earned, waits_for: str) -> BehaviourRecord:
    points, whole, standing = earned.points, earned.max_points, str(earned.standing)
    parts = (points.numerator, points.denominator, whole.numerator, whole.denominator)
    return _behaviour_record(earned.behaviour, *parts, standing, waits_for)


@lru_cache(maxsize=1024)
def _behaviour_record(
    name: str, part: int, of: int, whole: int, whole_of: int, standing: str, waits_for: str
) -> BehaviourRecord:
    """Likewise; asked for by whole numbers, since to hash a fraction takes longer than to make one."""
    return BehaviourRecord(name, Fraction(part, of), Fraction(whole, whole_of), standing, waits_for)
