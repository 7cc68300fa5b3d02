"""One case of an exam while it is asked: the outcomes of its stages so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from grader.outcomes import Outcome, Status
from grader.wire.program import Ask

_UNASKED = "the process wrote answers that it was not asked for"


@dataclass
class CaseRun:
    """What is known of one case. Without `names`, every stage that is yielded counts.

    `rest` says why the stages behind `ask.until` are not asked; `was_again`: it was asked a second time.
    """

    ask: Ask
    names: tuple[str, ...] | None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    rest: str = ""
    was_again: bool = False

    @property
    def in_progress(self) -> str:
        """The first stage that was not yielded; "" behind the last one."""
        return next((name for name in self.names or () if name not in self.outcomes), "")

    def expects(self, stage: str) -> bool:
        """Whether this stage counts: it is known, and was not yielded before."""
        return stage not in self.outcomes and (self.names is None or stage in self.names)

    def is_askable(self, stopped: Mapping[str, str]) -> bool:
        """Whether anything is left to ask; it is asked up to the first stage that stopped a process before.

        `stopped` maps those to the reason why they are not asked again.
        """
        if not self.names or not stopped:
            return True
        first = next((number for number, name in enumerate(self.names) if name in stopped), len(self.names))
        if first < len(self.names):
            self.rest = stopped[self.names[first]]
        if not first:
            self.end("")
            return False
        self.ask = replace(self.ask, until=self.names[first - 1])
        return True

    def end(self, reason: str, outcome: Outcome | None = None) -> None:
        """Give the stage in progress this outcome, if any, and those behind it one with the reason."""
        if outcome is not None and (self.names is None or self.in_progress):
            self.outcomes[self.in_progress] = outcome
        for name in self.names or ():
            self.outcomes.setdefault(name, Outcome(Status.NOT_REACHED, reason=self.rest or reason))

    def void(self) -> None:
        """Believe nothing that was said of it."""
        self.outcomes = dict.fromkeys(self.names or self.outcomes, Outcome(Status.KILLED, reason=_UNASKED))
