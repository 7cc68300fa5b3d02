"""A class that replaces an earlier one, and does not run as it is written: in a kernel the earlier one stays.

takes: an `Extract`, and what failed when its program was run.
gives: `Undone`, of which classes that is true; the same `Extract` without the later ones.
must not know: answers, points. Code is parsed, never run.

Only what fails for everybody: a name that nothing in the hand-in gives, or a base that is none. A package, a file or a
version that is missing here may have been there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.extract.extracted import Extract
from grader.extract.flow.statements import first_line
from grader.extract.nodes import DEFINITIONS, IMPORTS
from grader.extract.notes import Place
from grader.extract.repairs.patience import parse
from grader.wire import Piece, Trouble

_NAMED = re.compile(r"^name '(\w+)' is not defined")
_ANY = "*"


@dataclass(frozen=True)
class Undone:
    """A class, where that of its definitions stands which a kernel has in the end, and where the later ones do."""

    name: str
    stays: Place
    fail: tuple[Place, ...]


def undone(found: Extract, failed: Sequence[Trouble]) -> Iterator[Undone]:
    """The classes of which an earlier one stands in a kernel, as all later ones fail there."""
    made: dict[str, dict[Place, None]] = {}
    for one in found.history:
        if "." not in one.name:
            made.setdefault(one.name, {})[one.statement] = None
    again = {name: list(places) for name, places in made.items() if len(places) > 1}
    if not again or not failed:
        return
    fail = _failing(found.program.definitions, failed, _names_in(found))
    for name, places in again.items():
        stays = max((n for n, place in enumerate(places) if place not in fail), default=len(places))
        if later := places[stays + 1 :]:
            yield Undone(name, places[stays], tuple(later))


def _failing(pieces: Sequence[Piece], failed: Sequence[Trouble], there: Collection[str]) -> set[Place]:
    """The classes that fail for everybody."""
    lines = {(one.cell, one.line) for one in failed if _fails_for_all(one, there)}
    classes = [found for piece in pieces for found in _classes(piece)]
    return {
        (cell, line) for (cell, line), node in classes if any((cell, line + n) in lines for n in range(_length(node)))
    }


def _length(node: ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def with_earlier(found: Extract, places: Collection[Place]) -> Extract:
    """The same without the classes at these places, and with what they replaced."""
    definitions, every = (
        tuple(_without(piece, places) for piece in pieces)
        for pieces in (found.program.definitions, found.program.every)
    )
    gone = {one.name for one in found.history if one.statement in places}
    owners = {name.split(".")[0] for name in gone}
    untrue = {one.sentence for one in found.on_names if one.name.split(".")[0] in owners}
    left = {one.name: one for one in found.history if one.statement not in places}
    before = {name: left[name] for name in gone if name in left}
    places_now = {name: place for name, place in found.places.items() if name not in gone}
    digests = {name: digest for name, digest in found.digests.items() if name not in gone}
    return replace(
        found,
        program=replace(found.program, definitions=definitions, every=every),
        places=places_now | {name: one.place for name, one in before.items()},
        digests=digests | {name: one.digest for name, one in before.items() if "." in name},
        notes=tuple(note for note in found.notes if note not in untrue),
        history=tuple(one for one in found.history if one.statement not in places),
        on_names=tuple(one for one in found.on_names if one.name.split(".")[0] not in owners),
        asides=tuple(one for one in found.asides if one.name.split(".")[0] not in owners),
    )


def _names_in(found: Extract) -> set[str]:
    """Whatever is given anywhere in the program, `*` where that may be any name."""
    names: set[str] = set()
    for node in (node for piece in found.program.every for one in _body(piece) for node in ast.walk(one)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, DEFINITIONS):
            names.add(node.name)
        elif isinstance(node, IMPORTS):
            names.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
    return names


def _fails_for_all(trouble: Trouble, there: Collection[str]) -> bool:
    if trouble.type_name != "NameError":
        return trouble.type_name == "TypeError"
    named = _NAMED.match(trouble.message)
    return named is not None and _ANY not in there and named[1] not in there


def _classes(piece: Piece) -> Iterator[tuple[Place, ast.ClassDef]]:
    """The classes of a piece, each with its cell and line."""
    for node in _body(piece):
        if isinstance(node, ast.ClassDef):
            yield (piece.cell, node.lineno + piece.first - 1), node


def _without(piece: Piece, places: Collection[Place]) -> Piece:
    lines = piece.source.split("\n")
    for place, node in _classes(piece) if any(cell == piece.cell for cell, _ in places) else ():
        if place in places:
            begins, ends = first_line(node) - 1, node.end_lineno or node.lineno
            lines[begins:ends] = [""] * (ends - begins)
    return replace(piece, source="\n".join(lines))


def _body(piece: Piece) -> list[ast.stmt]:
    tree = parse(piece.source)
    return tree.body if isinstance(tree, ast.Module) else []
