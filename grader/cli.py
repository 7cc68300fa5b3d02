"""The verbs: parse, call, print, exit. The one place where exceptions become sentences.

takes: the command line.
gives: exit 0 done · 1 done, with loss · 2 your input · 3 our fault.
must not know: how anything is judged. Heavy imports stand inside the verbs, so that --help costs nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.errors import GraderError, KeyFileError

if TYPE_CHECKING:
    from grader.answer_key import AnswerKey

LOSS, OUR_FAULT = 1, 3
_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path)


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


@main.command("compile")
@click.argument("assignment", type=_FOLDER)
@click.option("--out", type=_FOLDER, help="Where the keys go (default: the assignment's folder).")
@click.option("--hidden-seed", type=int, help="Draw hidden cases from this seed, which you keep to yourself.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run the reference without a sandbox where none can be had.")
def compile_(assignment: Path, out: Path | None, hidden_seed: int | None, unsafe_no_sandbox: bool) -> None:
    """Make the answer key of ASSIGNMENT, and the public key that students hold."""
    key, paths = _compile(assignment, out or assignment, hidden_seed, unsafe_no_sandbox)
    cases = {v: sum(e.visibility == v for e in key.plan.entries) for v in ("public", "hidden")}
    click.echo(f"{key.rubric.title}: {key.rubric.points} points, {len(key.rubric.criteria)} criteria")
    click.echo(f"questions: {cases['public']} public, {cases['hidden']} hidden; variants: {len(key.answers)}")
    click.echo(f"key:        {paths[0]}   (keep it to yourself)\npublic key: {paths[1]}   (for students)")


@main.command()
@click.argument("key", type=_FILE)
def show(key: Path) -> None:
    """Print the rubric, cases, limits and messages as KEY holds them."""
    from grader.answer_key import load_key
    from grader.report.rubric_view import print_rubric

    print_rubric(load_key(key))


@main.command()
@click.argument("submissions", type=_FILE)
@click.option("--assignment", type=_FOLDER, help="The assignment's folder (default: reference/<name of SUBMISSIONS>).")
@click.option("--key", "key_path", type=_FILE, help="A compiled key, instead of the assignment.")
@click.option("--out", type=_FOLDER, help="Where the reports go (default: reports/<name of SUBMISSIONS>).")
@click.option("--jobs", type=click.IntRange(1), default=lambda: os.cpu_count() or 1, help="Processes (default: cores).")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--quiet", is_flag=True, help="Print the summary only.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run notebooks without a sandbox: they can do what you can.")
def grade(
    submissions: Path, assignment: Path | None, key_path: Path | None, out: Path | None, jobs: int, force: bool,
    quiet: bool, unsafe_no_sandbox: bool,
) -> None:  # fmt: skip
    """Grade a class: a folder or zip of hand-ins, or one file. What has not changed is not graded again."""
    from grader.batch import Class, grade_all, records_of
    from grader.intake import submissions_in
    from grader.report.class_summary import summarise
    from grader.report.progress import progress_of
    from grader.report.terminal import print_class_summary

    found = submissions_in(submissions)
    name = submissions.resolve().stem
    key, source = _key_for(assignment, key_path, name, unsafe_no_sandbox)
    order = Class(key, source, out or Path("reports") / name, jobs, unsafe_no_sandbox, force)
    with progress_of(len(found), quiet) as tell:
        new, same = grade_all(order, found, tell)
    summary = summarise(records_of(order.out))
    click.echo(f"{new} graded now, {same} unchanged")
    print_class_summary(summary, order.out / "index.html")
    sys.exit(LOSS if summary.ungraded else 0)


@main.command()
@click.argument("notebook", type=_FILE)
@click.option("--key", "key_path", type=_FILE, help="The public key (default: found beside the notebook).")
@click.option("--html", type=_FILE, help="Write the page there too.")
def check(notebook: Path, key_path: Path | None, html: Path | None) -> None:
    """Check your own NOTEBOOK on the public cases: what is right, what is not, why, and what to try."""
    from grader.answer_key import load_key
    from grader.intake import one_submission
    from grader.pipeline import Desk, grade_one
    from grader.report.terminal import print_check
    from grader.sandbox import open_own_work

    submission = one_submission(notebook)
    key = load_key(key_path or _find_public_key(notebook)).public()
    with open_own_work() as sandbox:
        record = grade_one(Desk(key, sandbox), submission)
        level = sandbox.level
    print_check(record, f"{level.title}. {level.promise}")
    if html is not None:
        from grader.batch import page_of_check

        html.write_text(page_of_check(record, key, level), encoding="utf-8", errors="replace")
    passed = record.criteria and all(case.right for criterion in record.criteria for case in criterion.cases)
    sys.exit(0 if passed else 2 if record.status == "unreadable" else LOSS)


@main.command()
def doctor() -> None:
    """Say which sandbox this machine has, what it promises, and what would raise it."""
    from grader.sandbox import doctor as diagnose

    found = diagnose()
    click.echo(f"level {found.level.value}: {found.level.title}\n{found.promise}\n")
    for name, ok, sentence in found.checks:
        click.echo(f"  {'ok' if ok else 'no':<3} {name}: {sentence}")
    if found.raise_it:
        click.echo(f"\nto raise it: {found.raise_it}")
    sys.exit(0 if found.level.confines else LOSS)


@main.command()
@click.argument("assignment", type=_FOLDER)
@click.option("--cases", is_flag=True, help="Also list what each case is there for.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run the variants without a sandbox where none can be had.")
def selftest(assignment: Path, cases: bool, unsafe_no_sandbox: bool) -> None:
    """Prove the exam of ASSIGNMENT: right answers pass, hundreds of wrong ones do not, every case earns its place."""
    from grader.report.selftest_view import selftest_lines
    from grader.sandbox import open_sandbox
    from grader.selftest import prove

    key, _ = _key_for(assignment, None, "", unsafe_no_sandbox)
    with open_sandbox(unsafe=unsafe_no_sandbox) as sandbox:
        proof = prove(assignment, key, sandbox, lambda line: click.echo(f"trying {line} ...", err=True))
    for line in selftest_lines(proof.rows, proof.cases, cases):
        click.echo(line)
    sys.exit(0 if proof.holds else LOSS)


@main.command()
@click.argument("reports", type=_FOLDER)
@click.option("--assignment", type=_FOLDER, help="The assignment's folder (default: the one they were graded by).")
@click.option("--key", "key_path", type=_FILE, help="A compiled key, instead of the assignment.")
def rejudge(reports: Path, assignment: Path | None, key_path: Path | None) -> None:
    """Make verdicts and pages of REPORTS anew, from what is saved there: nobody's code is run."""
    from grader.batch import GRADEBOOK, Class, records_of, rejudge_all
    from grader.gradebook import Gradebook
    from grader.report.class_summary import summarise
    from grader.report.terminal import print_class_summary

    if assignment is None and key_path is None and (reports / GRADEBOOK).is_file():
        with Gradebook(reports / GRADEBOOK) as book:
            remembered = Path(book.latest_run()["key_source"])
        assignment, key_path = (remembered, None) if remembered.is_dir() else (None, remembered)
    key, source = _key_for(assignment, key_path, reports.resolve().name, unsafe=False)
    count = rejudge_all(Class(key, source, reports), lambda student, status, sentence: None)
    click.echo(f"{count} judged again from saved outcomes")
    print_class_summary(summarise(records_of(reports)), reports / "index.html")


# ---- keys ----------------------------------------------------------------------------------------------------


def _key_for(assignment: Path | None, key_path: Path | None, name: str, unsafe: bool) -> tuple[AnswerKey, str]:
    """The key to grade by, and where it came from."""
    from grader.answer_key import load_key

    if key_path is not None:
        key = load_key(key_path)
        if key.visibility != "full":
            raise KeyFileError(f"{key_path} is a public key: hidden cases are not in it", "grade by the full key")
        return key, str(key_path.resolve())
    folder = assignment or Path("reference") / name
    if not (folder / "assignment.py").is_file():
        raise KeyFileError(
            f"no assignment at {folder}", "name it with --assignment DIR, or give a compiled key with --key FILE"
        )
    from grader.compile_key import sources_digest

    try:
        key = load_key(_key_paths(folder, folder)[0])
        if key.sources == sources_digest(folder):
            return key, str(folder.resolve())
    except KeyFileError:
        pass  # none yet, or of an older format: it is compiled just below
    return _compile(folder, folder, None, unsafe)[0], str(folder.resolve())


def _key_paths(folder: Path, out: Path) -> tuple[Path, Path]:
    name = folder.resolve().name
    return out / f"{name}.key.npz", out / f"{name}.public.key.npz"


def _compile(folder: Path, out: Path, hidden_seed: int | None, unsafe: bool) -> tuple[AnswerKey, tuple[Path, Path]]:
    from grader.answer_key import save_key
    from grader.compile_key import compile_key
    from grader.sandbox import open_sandbox

    with open_sandbox(unsafe=unsafe) as sandbox:
        key = compile_key(folder, sandbox, hidden_seed)
    out.mkdir(parents=True, exist_ok=True)
    paths = _key_paths(folder, out)
    key = save_key(key, paths[0])
    save_key(key.public(), paths[1])
    return key, paths


def _find_public_key(notebook: Path) -> Path:
    """The public key nearest to a notebook: beside it, in a folder above it, or in the assignments here."""
    place = notebook.resolve().parent
    for folder in [place, *list(place.parents)[:3], Path.cwd()]:
        found = sorted(folder.glob("*.public.key.npz"))
        if len(found) == 1:
            return found[0]
        if found:
            raise KeyFileError(f"{folder} holds several public keys", "say which one with --key")
    found = sorted(Path.cwd().glob("reference/*/*.public.key.npz"))
    if len(found) == 1:
        return found[0]
    raise KeyFileError(
        "no public key was found beside the notebook",
        "it came with the hand-out and ends in .public.key.npz: put it beside the notebook, or name it with --key",
    )
