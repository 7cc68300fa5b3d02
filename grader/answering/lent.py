"""A function that calls wrong ones: asked again with right results in the place of what these give.

takes: a key, a sandbox, what was extracted of a hand-in, and what it has answered.
gives: `Answered`, in which that counts where it earns more.
must not know: records, pages, what is lent for which call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.answer_key import AnswerKey
from grader.answering.answered import Answered, better_of, forwards_alone
from grader.answering.instead import lines_of, never_to_run, with_instead
from grader.answering.sittings import Known, pairs_of, sit_lent
from grader.extract import Chosen
from grader.feedback.evidence import Evidence
from grader.judge import RIGHT, Basis, Kind, Verdict, is_harmless
from grader.lending import called_within
from grader.sandbox import Clock, Sandbox


def with_lent_results(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock,
    of_lines: bool = False, of_others: bool = False, again_stopped: bool = False,
) -> Answered:  # fmt: skip
    """Ask what calls a wrong function again, with right results in the place of what that gives; or one that changes
    in place what it is called with, which may be needed afterwards.

    So is what calls a backward whose forward is wrong: it may be right, and has nothing right to work on. `of_lines`
    makes what comes to nothing of its lines, for what it keeps: what is lent for it may be looked into. `of_others`
    leaves its own to what is right by an alternative: beside right results of the reference it would be a mixture.
    `again_stopped` tells that what was stopped may not only have been so by what it calls.
    """
    if not key.lent:
        return first
    of = {one.verdict.criterion: one.verdict for one in first.scores}
    rules = key.rubric.criteria
    right = {name for name, verdict in of.items() if is_harmless(verdict) and verdict.basis is Basis.OWN_CACHE}
    # Behind a wrong forward right ones are lent, too: they may have nothing of their own to work on.
    behind_wrong = {rule.name for rule in rules if rule.forward and of[rule.forward].kind not in RIGHT}
    called = {
        rule.name: called_within(key, rule.name) - (set() if rule.name in behind_wrong else right) for rule in rules
    }
    # One that is right by a detour, as its forward is right for what that calls, is told better so.
    there = {name for name, one in of.items() if one.kind not in (Kind.MISSING, Kind.NOT_ATTEMPTED)}
    behind = {rule.name for rule in rules if rule.forward and of[rule.forward].basis is Basis.BUILT_ON} - right
    doubted = {name for name in there & (short | behind) if called[name]}
    otherwise = {name for name in right if of[name].alternative} if of_others else set[str]()
    if of_others:
        doubted = {name for name in doubted if not called_within(key, name).isdisjoint(otherwise)}
    pairs = [pair.criteria for pair in pairs_of(key) if not doubted.isdisjoint(pair.criteria)]
    if not pairs:
        return first
    asked = Known(frozenset().union(*pairs), first.outcomes)
    wanted = frozenset().union(*called.values())
    idle = never_to_run(key, chosen.extract, of, wanted)
    waiting = set[str]() if again_stopped else {name for name in idle if _waits_for_others(key, name, of)}
    idle = {name: piece for name, piece in idle.items() if name not in waiting}
    if of_lines:
        made = {name: piece for name in wanted - idle.keys() if (piece := lines_of(key, chosen.extract, of[name]))}
        if not made:
            return first
        idle |= made
    program = with_instead(chosen.extract.program, idle)
    again, whole, were_lent = sit_lent(key, sandbox, program, asked, clock, otherwise)
    answers = zip(key.plan.entries, again, first.outcomes, strict=True)
    again = tuple(before if entry.criterion in idle else now for entry, now, before in answers)

    # With what was lent for a function, what that calls is out of the way as well.
    through = {one: {one, *(name for name in of if one in called_within(key, name))} for one in of}

    def noted(evidence: Evidence, names: Sequence[str]) -> Evidence:
        wrong = [name for name in of if not is_harmless(of[name])]
        lent = {name: tuple(one for one in wrong if through[one] & were_lent[name]) for name in names if called[name]}
        return replace(evidence, lent={**evidence.lent, **lent})

    # One that was lent all it asked for is judged for certain, and so is what its backward makes of its cache.
    certain = [] if of_lines or of_others else [names for names in pairs if _first_to_call(key, names) in whole]
    best = forwards_alone(key, better_of(key, first, again, pairs, noted, certain), again, pairs, noted)
    stopped = {one.verdict.criterion for one in best.scores if one.verdict.kind is Kind.TIMED_OUT}
    if waiting & stopped:
        best = with_lent_results(key, sandbox, chosen, best, short, clock, of_lines, of_others, again_stopped=True)
    return best


def _waits_for_others(key: AnswerKey, name: str, of: Mapping[str, Verdict]) -> bool:
    """Whether what it calls was stopped, too: with right results of that it may come back by itself."""
    called = called_within(key, name) if name in of else ()
    return any(of[one].kind is Kind.TIMED_OUT for one in called)


def _first_to_call(key: AnswerKey, names: Sequence[str]) -> str:
    """Of a forward and its backward the first that is to call graded functions."""
    return next((name for name in names if called_within(key, name)), "")
