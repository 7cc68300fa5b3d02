"""The verbs: parse, call, print, exit. This is the one place where exceptions become sentences.

Exit codes: 0 done · 1 done, with loss · 2 your input · 3 our fault; 130 stopped, 141 nobody reads the output any more.
Heavy imports are inside the verbs, so that --help costs nothing.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from grader.cli.authoring import bundle, compile_, new, release, selftest, show
from grader.cli.checking import check, doctor
from grader.cli.exporting import export
from grader.cli.grading import grade, rejudge
from grader.cli.looking import explain, notebook, review, similar
from grader.cli.options import CALLERS, OUR_FAULT, print_json
from grader.errors import GraderError, InterruptedRunError

# The verbs by who needs them, in the order of a first time; the words fit one line of a terminal.
READERS: dict[str, dict[click.Command, str]] = {
    "For students": {check: "Check your own notebook: what is right, what is not, and why."},
    "For teaching assistants": {
        grade: "Grade a class: a folder or zip of submissions, or one file.",
        review: "Review a graded class in your browser: points and comments.",
        export: "Fill in your own sheet, return pages, write results.",
        rejudge: "Re-score with a changed rubric, without re-running code.",
        similar: "Find submissions that share code that is rare in the class.",
        explain: "Show in numbers why a student lost points, for appeals.",
        notebook: "Show a student's whole notebook with its saved outputs.",
    },
    "For authors of assignments": {
        new: "Start an assignment from a small one that works.",
        compile_: "Make the answer key, and the public key for students.",
        selftest: "Prove the exam: right answers pass, wrong ones do not.",
        show: "Print what an answer key holds: rubric, cases, messages.",
        release: "Make the students' files: no solutions, no hidden numbers.",
        bundle: "Pack an assignment as an autograder, for Gradescope.",
    },
    "For everybody": {doctor: "Show which sandbox this machine has, and what it promises."},
}
_VERSION = "Show the version and exit."
_FOR_MACHINES = "grader.json"
NOBODY_READS = 141  # 128 + SIGPIPE, as shells have it
_WRONG_PLACE = (errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ENOENT, errno.ENAMETOOLONG)
_AGAIN = "then run the same command: what is done is kept"
_FREED = {
    errno.ENOSPC: "free some room", errno.EDQUOT: "free some room", errno.EMFILE: "give fewer --jobs",
    errno.ENOMEM: "close other programs or give fewer --jobs", errno.EAGAIN: "give fewer --jobs",
    errno.EACCES: "get the right or name another place", errno.EPERM: "get the right or name another place",
    errno.EROFS: "name another place",
}  # fmt: skip


class _Verbs(click.Group):
    """Turns our exceptions into a sentence, a next step and an exit code."""

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs by who needs them."""
        widest = max(len(name) for name in self.commands)
        for reader, verbs in READERS.items():
            with formatter.section(reader):
                formatter.write_dl([(f"{verb.name:<{widest}}", words) for verb, words in verbs.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_FOR_MACHINES] = "--json" in args  # what is wrong with the other words is reported as JSON too
        with _errors_as_sentences(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _errors_as_sentences(ctx):
            return super().invoke(ctx)


@contextmanager
def _errors_as_sentences(ctx: click.Context) -> Iterator[None]:
    try:
        yield
    except (click.exceptions.Exit, click.Abort):
        raise
    except GraderError as error:
        _end(ctx, str(error), error.hint, error.exit_code, error.others)
    except click.ClickException as error:
        if not ctx.meta[_FOR_MACHINES]:
            raise
        _end(ctx, error.format_message(), "grader --help lists the verbs and their options", error.exit_code)
    except (OSError, MemoryError) as error:
        if _has_no_reader(error):
            sys.exit(NOBODY_READS)
        _end(ctx, *fault_of(error))
    except KeyboardInterrupt:
        _end(ctx, "stopped before it was done", "run the same command again", InterruptedRunError.exit_code)
    except Exception as error:
        traceback.print_exc()  # for the person who will fix it
        place = traceback.extract_tb(error.__traceback__)[-1]
        name = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
        hint = "it is not your fault: send the lines above to whoever gave you the grader"
        _end(ctx, f"The grader itself failed ({name})", hint, OUR_FAULT)


def _end(ctx: click.Context, sentence: str, hint: str, exit_code: int, others: Sequence[GraderError] = ()) -> NoReturn:
    """Print the error and exit. On a full disk, what cannot be printed as a document is printed in words."""
    errors = [(sentence, hint), *((str(one), one.hint) for one in others)]
    words = "\n".join(f"grader: {text}" + (f"\n  next: {step}" if step else "") for text, step in errors)
    document = {"error": {"sentence": sentence, "next_step": hint, "exit_code": exit_code}}
    for_machines = [partial(print_json, document)] if ctx.meta[_FOR_MACHINES] else []
    for say in (*for_machines, partial(click.echo, words, err=True)):
        try:
            say()
            break
        except OSError as error:
            if _has_no_reader(error):
                sys.exit(NOBODY_READS)
    sys.exit(exit_code)


def _print_version(ctx: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    """Print the version with a digest of the package: two graders of one version may differ."""
    if is_asked and not ctx.resilient_parsing:
        from grader.edition import edition

        click.echo(f"grader, version {edition()}")
        ctx.exit()


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help=_VERSION)
def main() -> None:
    """Grade student notebooks: safely, fairly, and with the reason why.

    Run grader COMMAND --help to learn more about one command.
    """
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):  # a terminal may know fewer letters than names have
            output.reconfigure(errors="backslashreplace")


def fault_of(error: OSError | MemoryError) -> tuple[str, str, int]:
    """Say what the machine refused: the sentence, the next step, and the exit code. A wrong place is the caller's."""
    number = errno.ENOMEM if isinstance(error, MemoryError) else error.errno or 0
    name = None if isinstance(error, MemoryError) else error.filename2 or error.filename
    place = os.fsdecode(name).removesuffix(".part") if isinstance(name, str | bytes | os.PathLike) else ""
    if not place and number == errno.ENOENT:  # raised by what asks where we are
        return "the folder that this terminal is in is gone", f"go into another (cd ..), {_AGAIN}", CALLERS
    what = os.strerror(number) if number else f"{type(error).__name__}: {error}"
    sentence = f"{place}: {what}" if place else what
    if place and number in _WRONG_PLACE:
        return sentence, "name another place", CALLERS
    return sentence, f"{_FREED.get(number, 'look at what it names')}, {_AGAIN}", OUR_FAULT


def _has_no_reader(error: OSError | MemoryError) -> bool:
    """Whether nobody reads our output any more; what is printed from here on is then thrown away.

    A pipe to one of our own processes breaks with the same error: so the output itself is asked.
    """
    if not isinstance(error, BrokenPipeError) or not hasattr(select, "poll"):
        return False
    poll = select.poll()
    for output in (1, 2):
        poll.register(output, 0)
    broken = [output for output, event in poll.poll(0) if event & (select.POLLERR | select.POLLHUP)]
    for output in broken:
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return bool(broken)


for verb in (verb for verbs in READERS.values() for verb in verbs):
    main.add_command(verb)
