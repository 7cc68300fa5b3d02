"""What a machine reads on standard output where `--json` was given: one document, and nothing else.

takes: a value, or an error of ours.
gives: the option `--json`; JSON on standard output.
must not know: what the value is about.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

_ASKED = "grader.json"


def json_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the option `--json`, known before any other option is read: errors are told as JSON too."""
    return click.option(
        "--json", "as_json", is_flag=True, is_eager=True, callback=_note,
        help="Print one JSON document for machines, errors too.",
    )(verb)  # fmt: skip


def _note(context: click.Context, _: click.Parameter, value: bool) -> bool:
    context.find_root().meta[_ASKED] = value
    return value


def wants_json(context: click.Context) -> bool:
    """Whether the caller of this command line is a machine."""
    return bool(context.find_root().meta.get(_ASKED))


def print_json(value: object) -> None:
    """One document in one line, in ASCII: nothing about the terminal can spoil it."""
    click.echo(json.dumps(value))


def print_error(sentence: str, hint: str, exit_code: int) -> None:
    """An error as a document: what is wrong, the next step, and the exit code that follows."""
    print_json({"error": {"sentence": sentence, "next_step": hint, "exit_code": exit_code}})
