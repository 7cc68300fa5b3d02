"""The verbs: parse, call, print, exit. The one place where exceptions become sentences.

takes: the command line.
gives: exit 0 done · 1 done, with loss · 2 your input · 3 our fault.
must not know: how anything is judged. Heavy imports stand inside the verbs, so that --help costs nothing.
"""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from grader.cli.authoring import compile_, selftest, show
from grader.cli.checking import check, doctor
from grader.cli.exits import OUR_FAULT
from grader.cli.exporting import export
from grader.cli.grading import grade, rejudge
from grader.cli.machine import note_json, print_error, wants_json
from grader.cli.publishing import bundle, new, release, similar
from grader.cli.reviewing import review
from grader.cli.viewing import notebook
from grader.errors import GraderError


class _Verbs(click.Group):
    """Turns our exceptions into a sentence, a next step and an exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        note_json(ctx, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GraderError as error:
            _tell(ctx, str(error), error.hint, error.exit_code)
        except click.ClickException as error:
            if not wants_json(ctx):
                raise
            _tell(ctx, error.format_message(), "grader --help lists the verbs and what they take", error.exit_code)
        except (OSError, MemoryError) as error:
            hint = "free what is short (disk, memory, rights), then run the same command: it goes on."
            _tell(ctx, f"{type(error).__name__}: {error}", hint, OUR_FAULT)


def _tell(ctx: click.Context, sentence: str, hint: str, exit_code: int) -> NoReturn:
    if wants_json(ctx):
        print_error(sentence, hint, exit_code)
    else:
        click.echo(f"grader: {sentence}", err=True)
        if hint:
            click.echo(f"  next: {hint}", err=True)
    sys.exit(exit_code)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grader")
def main() -> None:
    """Grade student notebooks: safely, fairly, and with the reason why.

    Students: grader check NOTEBOOK. TAs: grader grade SUBMISSIONS. Authors: grader compile ASSIGNMENT.
    """


for verb in (
    grade,
    check,
    compile_,
    show,
    selftest,
    rejudge,
    export,
    review,
    new,
    release,
    bundle,
    similar,
    doctor,
    notebook,
):
    main.add_command(verb)
