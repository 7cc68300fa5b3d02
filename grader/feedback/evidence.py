"""What is known of a hand-in beside its outcomes: kept, so that it can be judged again.

takes: what was extracted, and what happened when it was run.
gives: `Evidence`, as JSON and back; what the judge is to know beforehand.
must not know: scores, words.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader.answer_key import AnswerKey
from grader.feedback.missing_wording import STOPPED, UNREADABLE
from grader.feedback.next_step.names_wording import near_miss
from grader.judge import Circumstance
from grader.wire import RUN_AGAIN, WITHOUT, WITHOUT_PART, Trouble

_NOT_IMPORTED = ("ModuleNotFoundError", "ImportError")
_IN_ITS_BODY = " (in line "  # behind what a line of a class raises that is not its first


@dataclass(frozen=True)
class Evidence:
    """What is known of a hand-in beside its outcomes; kept in the gradebook, to judge again from.

    `digests` are of its functions' texts, `places` where they are defined, `lost` why some could not be read,
    `failed` what went wrong when its definitions were run, `notes` what is to be said of the file; `files` are the
    names of those that stand behind its cells, by their number. `on_names` has of a graded name why what was written
    for it does not count, and what to do about it; `asides` the same of what counts, should that not be right.
    `below_stubs` has of one that replaces a stub where that begins: should it not run, the stub is what was called.
    `lent` has of what was asked with right results in the place of wrong ones which functions these would be of;
    `turned` the forwards that are right but for the order of what they give.
    """

    is_script: bool
    digests: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    lost: Mapping[str, Trouble] = field(default_factory=dict)
    failed: tuple[Trouble, ...] = ()
    notes: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    on_names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    asides: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    below_stubs: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    lent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    turned: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON. By hand, as `dataclasses.asdict` copies all that it meets."""
        lost = {name: vars(trouble) for name, trouble in self.lost.items()}
        return {**vars(self), "lost": lost, "failed": [vars(trouble) for trouble in self.failed]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evidence:
        """Read what `to_json` wrote."""
        on_names, asides = (
            {name: (found, to_do) for name, (found, to_do) in data.get(field, {}).items()}
            for field in ("on_names", "asides")
        )
        return cls(
            data["is_script"],
            dict(data["digests"]),
            {name: (place[0], place[1]) for name, place in data["places"].items()},
            {name: Trouble(**trouble) for name, trouble in data["lost"].items()},
            tuple(Trouble(**trouble) for trouble in data["failed"]),
            tuple(data["notes"]),
            dict(data.get("files", {})),
            on_names,
            asides,
            {name: tuple((at[0], at[1]) for at in places) for name, places in data.get("below_stubs", {}).items()},
            {name: tuple(called) for name, called in data.get("lent", {}).items()},
            tuple(data.get("turned", ())),
        )

    def says_all_of(self, before: Evidence) -> bool:
        """Whether nothing is missing that was said before: no note, and nothing that was lent or turned then."""
        return (
            set(before.notes) <= set(self.notes)
            and before.lent.items() <= self.lent.items()
            and set(before.turned) <= set(self.turned)
        )

    def circumstances(self, key: AnswerKey) -> dict[str, Circumstance]:
        """What the judge is to know beforehand of each criterion's function."""
        stubs = dict(key.rubric.stubs)
        if any(not self._is_untouched(name, of) for name, of in stubs.items() if name not in key.rubric.whole):
            # What is given whole is worked on by writing what it calls.
            stubs.update(dict.fromkeys(key.rubric.whole, ()))
        return {
            rule.name: self._circumstance(rule.name, stubs.get(rule.name, ()), key.rubric.spelt)
            for rule in key.rubric.criteria
        }

    def _is_untouched(self, name: str, stubs: Sequence[str]) -> bool:
        """Whether nothing is written there, or nothing is there at all."""
        return name not in self.lost and self.digests.get(name, "empty") in ("empty", *stubs)

    def _circumstance(self, name: str, stubs: Sequence[str], spelt: Container[str]) -> Circumstance:
        digest = self.digests.get(name, "")
        not_run = {(t.cell, t.line): t for t in self.failed if RUN_AGAIN not in t.message}
        if (below := self.below_stubs.get(name)) and all(place in not_run for place in below):
            return Circumstance(trouble=not_run[below[-1]], is_stub=True, lent=self.lent.get(name, ()))
        if "." in name and name in self.lost and name not in self.places:
            # What is called all the same stands in a base class, as the hand-out has it, or nowhere that was read.
            return Circumstance(trouble=self.lost[name], is_stub=True, lent=self.lent.get(name, ()))
        untouched = name not in self.lost and (digest == "empty" or digest in stubs)
        trouble = self.lost.get(name) or self.lost.get(name.split(".")[0])
        owner = self.places.get(name.split(".")[0])
        if trouble is None and owner is not None:
            # The definition was read but raised when it was run: `class Relu(Base)` without Base.
            own = not_run.get(self.places.get(name, owner))
            trouble = not_run.get(owner) or own or self._without_its_base(name, owner, spelt)
        trouble = trouble or self._refused(name)
        if trouble is None:
            # Should nothing of that name be found, what had to be stopped on the way may well be why.
            trouble = next((t for t in self.failed if t.type_name in STOPPED), None)
        return Circumstance(untouched, trouble, lent=self.lent.get(name, ()), turned=name in self.turned)

    def _without_its_base(self, name: str, owner: tuple[int, int], spelt: Container[str]) -> Trouble | None:
        """Why a method is not there that the file has not: a class that it may have come from is not there.

        It does not come from one of a package that is missing, nor from one that was found in the end.
        """
        is_package = any(trouble.type_name in _NOT_IMPORTED for trouble in self.failed)
        if is_package or name in self.places or near_miss(name, self.places, spelt):
            return None
        of_it = (t for t in self.failed if (t.cell, t.line) == owner and _is_of_head(t))
        return next((replace(t, message=t.message.partition(RUN_AGAIN)[0]) for t in of_it), None)

    def _refused(self, name: str) -> Trouble | None:
        """What the compiler refused in the lines from where a name is defined up to the next definition."""
        refused = [t for t in self.failed if t.type_name in UNREADABLE]
        place = self.places.get(name) if refused else None
        if place is None:
            return None
        end = min((line for cell, line in self.places.values() if cell == place[0] and line > place[1]), default=None)
        theirs = (t for t in refused if t.cell == place[0] and t.line >= place[1])
        return next((t for t in theirs if end is None or t.line < end), None)


def _is_of_head(trouble: Trouble) -> bool:
    """Whether a class was run without a part of its head, and not without what a line of its body raised."""
    if not trouble.message.endswith(WITHOUT):
        return WITHOUT_PART in trouble.message
    return trouble.type_name == "NameError" and _IN_ITS_BODY not in trouble.message
