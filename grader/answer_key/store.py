"""The key's file: an npz with two plain members, `header` (JSON) and `data` (the arrays' bytes).

takes: an `AnswerKey` and a path; or a path.
gives: a file that is the same bytes for the same key; an `AnswerKey`, or `KeyFileError` with the next step.
must not know: what the answers mean.

Two members rather than one for each array: a key holds a thousand small arrays, and a zip entry each would
take longer to open than the whole of a student's check.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from grader.answer_key.given import with_files
from grader.answer_key.key import SCHEMA, SCHEMA_BEFORE, AnswerKey
from grader.answer_key.lent import FORM, lent_from_json, lent_to_json
from grader.answer_key.rubric_json import rubric_from_json, rubric_to_json
from grader.answer_key.unread import Unread
from grader.errors import KeyFileError
from grader.plan import CallPlan, Entry, Purpose
from grader.wire import (
    Question,
    WireError,
    encode_outcome,
    in_order,
    step_from_json,
    step_to_json,
)

KEY_CAP = 256 << 20  # bytes; a key of Exercise 5 has under one megabyte
MOST_NAMED = 5  # keys of a folder
# Both who may hold a key read these: students cannot compile one, and authors were given none.
_AGAIN = "get the file again from where the exercise was given out; its author makes it anew with 'grader compile'"
_OTHER_VERSION = "get today's key and the version of grader that goes with it; an author compiles the key again"
_SPELLING = "check the spelling; a public key comes with the hand-out, and 'grader compile' makes both of an assignment"


def save_key(key: AnswerKey, path: Path) -> AnswerKey:
    """Write the key, whole or not at all; gives it back with its digest."""
    header, data = _pack(key)
    digest = _digest(header, data)
    # Who made it is no part of what it is: of two graders that ask and expect the same, both make the same key.
    made = {"compiled_by": key.compiled_by} if key.compiled_by else {}
    text = json.dumps({**header, "digest": digest, **made}, sort_keys=True).encode()
    buffer = io.BytesIO()
    np.savez_compressed(buffer, header=np.frombuffer(text, np.uint8), data=np.frombuffer(data, np.uint8))
    part = path.with_name(path.name + ".part")
    part.write_bytes(buffer.getvalue())
    part.replace(path)
    return replace(key, digest=digest)


def plan_digest(key: AnswerKey) -> str:
    """A digest of the questions alone: outcomes can be judged again by any key that asks the same ones.

    Files that are given with the exercise belong to them: what a hand-in answers depends on what it imports.
    """
    shelf = _Shelf()
    asked: list[object] = [_pack_entry(entry, shelf) for entry in key.plan.entries]
    text = json.dumps([*asked, *([dict(key.rubric.files)] if key.rubric.files else [])], sort_keys=True)
    return hashlib.sha256(text.encode() + b"".join(shelf.parts)).hexdigest()


def lent_digest(key: AnswerKey) -> str:
    """A digest of what may be lent: what a hand-in answers where it calls a function that is wrong depends on it."""
    shelf = _Shelf()
    text = json.dumps(lent_to_json(key.lent, shelf.lay), sort_keys=True)
    return hashlib.sha256(text.encode() + b"".join(shelf.parts)).hexdigest()


def load_key(path: Path) -> AnswerKey:
    """Read a key; every way in which it can be wrong has a sentence of its own."""
    header, data = _open(path)
    schema = header.get("schema")
    if schema not in (SCHEMA, SCHEMA_BEFORE):
        raise KeyFileError(
            f"{path} has format {schema}, this grader reads format {SCHEMA}",
            _OTHER_VERSION,
        )
    if header.get("lent") and header.get("lent_form") != FORM:
        raise KeyFileError(
            f"{path} was compiled by another grader, and tells what may be lent otherwise", _OTHER_VERSION
        )
    digest, compiled_by = header.pop("digest", ""), header.pop("compiled_by", "")
    if digest != _digest(header, data):
        raise KeyFileError(f"{path} is damaged: its content is not what its digest says", _AGAIN)
    try:
        return replace(_unpack(header, data), digest=digest, compiled_by=str(compiled_by))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError, WireError) as error:
        raise KeyFileError(f"{path} is not a whole answer key ({error})", _AGAIN) from error


def was_seeded(path: Path) -> bool:
    """Whether a key has hidden cases of a seed that its author alone holds; also one that is not read any more."""
    try:
        return bool(_open(path)[0].get("seeded"))
    except KeyFileError:
        return False


def _open(path: Path) -> tuple[dict[str, Any], bytes]:
    if path.is_dir() and (there := sorted(path.glob("*.key*.npz"))):
        more = ", …" if len(there) > MOST_NAMED else ""
        raise KeyFileError(f"{path} is a folder", f"name a key in it: {', '.join(map(str, there[:MOST_NAMED]))}{more}")
    if not path.is_file():
        raise KeyFileError(f"there is no answer key at {path}", _SPELLING)
    if path.stat().st_size > KEY_CAP:
        raise KeyFileError(f"{path} is too large to be an answer key", _AGAIN)
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as members:
            header = json.loads(members["header"].tobytes())
            return dict(header), members["data"].tobytes()
    except Exception as error:  # zip, zlib, numpy and json each raise what they like for damaged bytes
        raise KeyFileError(f"{path} is not an answer key, or is damaged", _AGAIN) from error


def _digest(header: dict[str, Any], data: bytes) -> str:
    return hashlib.sha256(json.dumps(header, sort_keys=True).encode() + b"\0" + data).hexdigest()


class _Shelf:
    """Arrays laid end to end, and where each lies."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0

    def lay(self, array: np.ndarray) -> list[object]:
        self.parts.append(array.tobytes())
        self.length += array.nbytes
        return [array.dtype.str, list(array.shape), self.length - array.nbytes]


def _take(data: bytes, spec: Sequence[Any]) -> np.ndarray:
    dtype, shape, offset = np.dtype(spec[0]), tuple(spec[1]), spec[2]
    return np.frombuffer(data, dtype, math.prod(shape), offset).reshape(shape)


def _pack(key: AnswerKey) -> tuple[dict[str, Any], bytes]:
    shelf = _Shelf()
    header: dict[str, Any] = {
        "schema": _schema(key),
        "visibility": key.visibility,
        "sources": key.sources,
        "seeded": key.seeded,
        "rubric": rubric_to_json(key.rubric),
        "plan": [_pack_entry(entry, shelf) for entry in key.plan.entries],
        "answers": {
            # In a fixed order, as equal keys must be equal files.
            variant: {str(n): shelf.lay(np.frombuffer(encode_outcome(o), np.uint8)) for n, o in sorted(given.items())}
            for variant, given in sorted(key.answers.items())
        },
    }
    if key.lent:
        header |= {"lent": lent_to_json(key.lent, shelf.lay), "lent_form": FORM}
    return header, b"".join(shelf.parts)


def _schema(key: AnswerKey) -> int:
    """The version of the format that it needs: an older one has neither names of arguments nor errors that are due."""
    entries = key.plan.entries
    named = (step.named or step.new_named for entry in entries for step in entry.question.steps)
    return SCHEMA if any(named) or any(entry.raises for entry in entries) else SCHEMA_BEFORE


def _unpack(header: dict[str, Any], data: bytes) -> AnswerKey:
    answers = {variant: Unread(data, given) for variant, given in header["answers"].items()}
    rubric = rubric_from_json(header["rubric"])
    plan = CallPlan(tuple(_unpack_entry(entry, data) for entry in header["plan"]))
    plan = with_files(plan, rubric.files) if rubric.files else plan
    return AnswerKey(
        plan, rubric, answers, header["visibility"], header["sources"],
        seeded=bool(header.get("seeded")), lent=lent_from_json(header.get("lent", {}), partial(_take, data)),
    )  # fmt: skip


def _pack_entry(entry: Entry, shelf: _Shelf) -> dict[str, Any]:
    question = entry.question
    return {
        "criterion": entry.criterion, "name": entry.name, "visibility": entry.visibility,
        "purpose": str(entry.purpose), "grade": list(entry.grade), "behaviour": entry.behaviour,
        "echo": entry.echo, "argument": entry.argument, "sign": entry.sign,
        "inputs": {name: shelf.lay(question.inputs[name]) for name in sorted(question.inputs)},
        "layouts": dict(question.layouts),
        "steps": [step_to_json(step) for step in question.steps],
        **({"raises": entry.raises} if entry.raises else {}),
    }  # fmt: skip


def _unpack_entry(entry: dict[str, Any], data: bytes) -> Entry:
    steps = tuple(step_from_json(step) for step in entry["steps"])
    inputs = {name: _take(data, spec) for name, spec in entry["inputs"].items()}
    question = Question(in_order(inputs, steps), steps, entry["layouts"])
    return Entry(
        entry["criterion"], entry["name"], entry["visibility"], Purpose(entry["purpose"]), tuple(entry["grade"]),
        question, entry["behaviour"], entry["echo"], entry["argument"], entry["sign"], entry.get("raises", ""),
    )  # fmt: skip
