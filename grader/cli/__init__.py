"""The verbs: parse, call, print, exit. The one place where exceptions become sentences.

takes: the command line.
gives: exit 0 done · 1 done, with loss · 2 your input · 3 our fault; 130 stopped, 141 nobody reads on.
must not know: how anything is judged. Heavy imports stand inside the verbs, so that --help costs nothing.
"""

from __future__ import annotations

import codecs
import io
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from grader.cli.authoring import compile_, selftest, show
from grader.cli.checking import check, doctor
from grader.cli.exits import OUR_FAULT
from grader.cli.explaining import explain
from grader.cli.exporting import export
from grader.cli.faults import NOBODY_READS, fault_of, forget_the_signal, has_no_reader
from grader.cli.grading import grade, rejudge
from grader.cli.machine import note_json, print_error, wants_json
from grader.cli.publishing import bundle, new, release, similar
from grader.cli.reviewing import review
from grader.cli.viewing import notebook
from grader.errors import GraderError, InterruptedRunError
from grader.garbage import look_seldom

# Who needs which verb, in the order of a first time; the words fit one line of a terminal.
READERS: dict[str, dict[click.Command, str]] = {
    "For students": {check: "Check your own notebook: what is right, what is not, and why."},
    "For teaching assistants": {
        grade: "Grade a class: a folder or zip of hand-ins, or one file.",
        review: "Go through a graded class in your browser; points, comments.",
        export: "Fill in your own sheet, hand pages back, results for systems.",
        rejudge: "Judge anew by changed points or words; nobody's code is run.",
        similar: "Find hand-ins that share code which hardly anybody else has.",
        explain: "Show what a student lost points for, in numbers: for appeals.",
        notebook: "Show a student's whole notebook with its saved outputs.",
    },
    "For authors of assignments": {
        new: "Begin an assignment: a small one that works as it is.",
        compile_: "Make the answer key, and the public key for students.",
        selftest: "Prove the exam: right answers pass, wrong ones do not.",
        show: "Print what an answer key holds: rubric, cases, messages.",
        release: "Make what students get: no solutions, no hidden numbers.",
        bundle: "Pack an assignment as an autograder, for Gradescope.",
    },
    "For everybody": {doctor: "Say which sandbox this machine has, and what it promises."},
}

_MARKS = {"≈": "~", "–": "-", "─": "-", "…": "."}  # of ours; each has one letter, since tables are laid out before


class _Verbs(click.Group):
    """Turns our exceptions into a sentence, a next step and an exit code."""

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs under the names of those who need them."""
        widest = max(len(name) for name in self.commands)
        for reader, verbs in READERS.items():
            with formatter.section(reader):
                formatter.write_dl([(f"{verb.name:<{widest}}", words) for verb, words in verbs.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        note_json(ctx, args)
        with _faults_told(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _faults_told(ctx):
            return super().invoke(ctx)


@contextmanager
def _faults_told(ctx: click.Context) -> Iterator[None]:
    try:
        yield
    except (click.exceptions.Exit, click.Abort):
        raise
    except GraderError as error:
        _tell(ctx, str(error), error.hint, error.exit_code, error.others)
    except click.ClickException as error:
        if not wants_json(ctx):
            raise
        _tell(ctx, error.format_message(), "grader --help lists the verbs and what they take", error.exit_code)
    except (OSError, MemoryError) as error:
        _end_without_reader(error)
        fault = fault_of(error)
        _tell(ctx, fault.sentence, fault.hint, fault.exit_code)
    except KeyboardInterrupt:
        forget_the_signal()
        # Of verbs that know nothing better to say: each can be run again, and none changes what it was given.
        _tell(ctx, "stopped before it was done", "run the same command again", InterruptedRunError.exit_code)
    except Exception as error:
        from grader.feedback.own_fault import say_own_fault

        traceback.print_exc()  # for whoever is to mend it
        _tell(
            ctx,
            say_own_fault(error, ""),
            "it is no fault of yours: send the lines above to whoever gave you the grader",
            OUR_FAULT,
        )


def _end_without_reader(error: OSError | MemoryError) -> None:
    if has_no_reader(error):
        sys.exit(NOBODY_READS)


def _tell(ctx: click.Context, sentence: str, hint: str, exit_code: int, others: Sequence[GraderError] = ()) -> NoReturn:
    """Say it, as a document where a machine listens; where that cannot be written, as the disk is full, in words."""
    for say in (print_error, _say) if wants_json(ctx) else (_say,):
        try:
            say(sentence, hint, exit_code)
            for other in others if say is _say else ():
                _say(str(other), other.hint, exit_code)
            break
        except OSError as error:
            _end_without_reader(error)
    sys.exit(exit_code)


def _say(sentence: str, hint: str, _exit_code: int) -> None:
    click.echo(f"grader: {sentence}", err=True)
    if hint:
        click.echo(f"  next: {hint}", err=True)


def _print_version(ctx: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    """Tell which grader this is, to the letter: of one version there may be two."""
    if not is_asked or ctx.resilient_parsing:
        return
    from grader.edition import edition

    click.echo(f"grader, version {edition()}")
    ctx.exit()


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show it and exit."
)
def main() -> None:
    """Grade student notebooks: safely, fairly, and with the reason why.

    grader VERB --help tells what a verb takes.
    """
    if click.get_current_context().invoked_subcommand != check.name:
        look_seldom()  # a check of one hand-in ends before there is anything to collect
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            # A terminal may know fewer letters than names have: those are spelt out, and nothing ends by them.
            output.reconfigure(errors=_SPELT)


def _spelt(error: UnicodeError) -> tuple[str | bytes, int]:
    """What stands for letters that the terminal does not know: for a mark of ours its like, else its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_MARKS.get(one) or one.encode("ascii", "backslashreplace").decode() for one in letters), error.end


_SPELT = "grader.spelt"
codecs.register_error(_SPELT, _spelt)

for verb in (verb for verbs in READERS.values() for verb in verbs):
    main.add_command(verb)
