"""How a hand-in came: from which place, under which ids, when.

takes: what a layout, a roster and the command line tell.
gives: `Arrival`, kept in the gradebook, so that sheets can be filled in and pages handed back long after the zip.
must not know: what is in a file, points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

NOT_READ = "Not read: "
"""How each note begins on files that are there and cannot be read."""


@dataclass(frozen=True)
class Arrival:
    """How one hand-in came.

    `layout` is the name of the layout whose form it has ("": of none). `ids` is what the place it came from, and
    a roster, call this student. `entry` is the name it came under, which a zip of feedback must repeat.
    `handed_in` is a time in ISO 8601 with its offset ("": unknown); `late_by` seconds where somebody told us;
    `marked_late` is a mark without a time. `absent` is somebody of the roster who handed in nothing.
    `notes` are sentences for the student and the teaching assistant.
    """

    layout: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    email: str = ""
    entry: str = ""
    handed_in: str = ""
    late_by: int | None = None
    marked_late: bool = False
    absent: bool = False
    notes: tuple[str, ...] = ()

    def calls(self, student_id: str) -> set[str]:
        """Everything this student may be called by; never the name alone, which two may have."""
        return {text for text in (student_id, self.email, *self.ids.values()) if text}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Arrival:
        """Read what `to_json` wrote; `None` is of a gradebook from before there were arrivals."""
        return cls(**{**data, "ids": dict(data["ids"]), "notes": tuple(data["notes"])}) if data else cls()
