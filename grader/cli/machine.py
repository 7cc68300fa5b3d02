"""What a machine reads on standard output where `--json` was given: one document, and nothing else.

takes: a value, or an error of ours.
gives: the option `--json`; JSON on standard output.
must not know: what the value is about.
"""

from __future__ import annotations

import json

import click

_ASKED = "grader.json"


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines, errors too.")
"""The option of a verb that machines may read."""


def note_json(context: click.Context, arguments: list[str]) -> None:
    """Note beforehand whether a machine is listening: what is wrong with the other words is told as JSON too."""
    context.meta[_ASKED] = "--json" in arguments


def wants_json(context: click.Context) -> bool:
    """Whether the caller of this command line is a machine."""
    return bool(context.meta.get(_ASKED))


def print_json(value: object) -> None:
    """One document in one line, in ASCII: nothing about the terminal can spoil it."""
    click.echo(json.dumps(value))


def print_error(sentence: str, hint: str, exit_code: int) -> None:
    """An error as a document: what is wrong, the next step, and the exit code that follows."""
    print_json({"error": {"sentence": sentence, "next_step": hint, "exit_code": exit_code}})
