"""The rubric as JSON, and back.

takes: a `Rubric`; or the JSON of a key.
gives: plain JSON; a `Rubric`.
must not know: files, what the rules mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from grader.answer_key.rubric import (
    AlternativeRule,
    BehaviourRule,
    CriterionRule,
    FollowThroughRule,
    LateRule,
    MistakeRule,
    Rubric,
)
from grader.assignment import Limits, Tolerance


def rubric_to_json(rubric: Rubric) -> dict[str, Any]:
    """Plain JSON; fractions become text (`"15/2"`). Parts that came later are left out where nothing is in them."""
    plain = _plain(asdict(rubric))
    assert isinstance(plain, dict)
    for criterion in plain["criteria"]:
        for part in ("put", "calls", "named"):
            if not criterion[part]:
                del criterion[part]  # so that a key is what it was before there was such a part
    for part in ("given", "whole", "unread"):
        if not plain[part]:
            del plain[part]
    return plain


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def rubric_from_json(data: Mapping[str, Any]) -> Rubric:
    """Read what `rubric_to_json` wrote; raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    return Rubric(
        data["name"],
        data["title"],
        tuple(_criterion_from_json(entry) for entry in data["criteria"]),
        Limits(**data["limits"]),
        {name: tuple(digests) for name, digests in data["stubs"].items()},
        _late_from_json(data.get("late")),
        {name: tuple(cases) for name, cases in data["given_away"].items()},
        dict(data["files"]),
        tuple(data.get("given", ())),
        tuple(data.get("whole", ())),
        {name: tuple(places) for name, places in data.get("unread", {}).items()},
    )


def _late_from_json(data: Mapping[str, Any] | None) -> LateRule | None:
    """Keys from before there were late policies say nothing of one."""
    if data is None:
        return None
    return LateRule(**{**data, "per_day": Fraction(data["per_day"]), "cap": Fraction(data["cap"])})


def _mistake_from_json(data: Mapping[str, Any]) -> MistakeRule:
    return MistakeRule(**{**data, "credit": Fraction(data["credit"]), "forms": tuple(data["forms"])})


def _follow_through_from_json(data: Mapping[str, Any] | None) -> FollowThroughRule | None:
    if data is None:
        return None
    lists = {name: tuple(data[name]) for name in ("averaged", "output", "upstream")}
    return FollowThroughRule(**{**data, **lists, "credit": Fraction(data["credit"])})


def _criterion_from_json(data: Mapping[str, Any]) -> CriterionRule:
    return CriterionRule(
        data["name"],
        data["signature"],
        tuple(data["results"]),
        tuple(BehaviourRule(b["name"], Fraction(b["points"]), tuple(b["needs"])) for b in data["behaviours"]),
        Tolerance(**data["tolerance"]),
        tuple(AlternativeRule(**entry) for entry in data["alternatives"]),
        tuple(map(_mistake_from_json, data["mistakes"])),
        _follow_through_from_json(data["follow_through"]),
        {name: (size[0], size[1]) for name, size in data["sizes"].items()},
        data.get("left", {}),
        data.get("made", ""),
        tuple(data.get("put", ())),
        tuple(data.get("calls", ())),
        tuple(data.get("named", ())),
        tuple(data.get("drawn", ())),
    )
