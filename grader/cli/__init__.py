"""The verbs: parse, call, print, exit. The one place where exceptions become sentences.

takes: the command line.
gives: exit 0 done · 1 done, with loss · 2 your input · 3 our fault.
must not know: how anything is judged. Heavy imports stand inside the verbs, so that --help costs nothing.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from grader.cli.authoring import compile_, selftest, show
from grader.cli.checking import check, doctor
from grader.cli.exits import OUR_FAULT
from grader.cli.grading import grade, rejudge
from grader.cli.publishing import release
from grader.errors import GraderError


class _Verbs(click.Group):
    """Turns our exceptions into a sentence, a next step and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GraderError as error:
            click.echo(f"grader: {error}", err=True)
            if error.hint:
                click.echo(f"  next: {error.hint}", err=True)
            sys.exit(error.exit_code)
        except (OSError, MemoryError) as error:
            click.echo(f"grader: {type(error).__name__}: {error}", err=True)
            click.echo(
                "  next: free what is short (disk, memory, rights), then run the same command: it goes on.", err=True
            )
            sys.exit(OUR_FAULT)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grader")
def main() -> None:
    """Grade student notebooks: safely, fairly, and with the reason why.

    Students: grader check NOTEBOOK. TAs: grader grade SUBMISSIONS. Authors: grader compile ASSIGNMENT.
    """


for verb in (grade, check, compile_, show, selftest, rejudge, release, doctor):
    main.add_command(verb)
