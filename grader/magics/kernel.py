"""In the student's kernel: `%check` and `grader.check()`.

takes: names of functions, and what the kernel has run.
gives: a card in the cell.
must not know: numpy, the key, how anything is checked: a process beside the kernel does all of that. A file of the
student's that is called like a library (`numpy.py`) is in the kernel's way, and never in that process'.
"""

from __future__ import annotations

import html
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.magics.cells import notebook_of, own_folders

TIME_LIMIT = 300  # seconds; a check has limits of its own, this one is for a machine that stands still
_USAGE = "%check, or %check NAME ... [--key FILE]; a name is a function's or a class's"
_PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])
_BOOT = f"import sys; sys.path.append({_PACKAGE_FOLDER!r}); from grader.magics.checking import main; main()"


def add_magic(ipython: Any) -> None:
    """Add the line magic `%check`."""
    ipython.register_magic_function(_magic, "line", "check")


def _magic(line: str) -> None:
    """Check the functions of this notebook on the public cases: `%check`, or `%check NAME ... [--key FILE]`."""
    try:
        words = shlex.split(line)
    except ValueError:
        words = ["--"]
    key = ""
    if "--key" in words[:-1]:
        place = words.index("--key")
        key = words[place + 1]
        del words[place : place + 2]
    if any(word.startswith("-") for word in words):
        _show_error(f"that is not how %check is used: {line.strip()}", _USAGE)
        return
    check_kernel(words, key)


def check_kernel(names: Sequence[str], key: str = "") -> None:
    """Check what this kernel has run; with names, show these functions only."""
    ipython = _running()
    if ipython is None:
        from grader.errors import GraderError

        raise GraderError("grader.check() works in a notebook", "here, run: grader check NOTEBOOK")
    folder = Path.cwd()
    sources = list(ipython.history_manager.input_hist_raw)[1:]
    order = {
        "notebook": notebook_of(sources), "names": list(names), "key": str(folder / key) if key else "",
        "places": _places(folder, ipython.user_ns), "folders": own_folders(sys.path, folder),
    }  # fmt: skip
    _show_reply(_ask(order))


def _running() -> Any:
    """The IPython that this runs in, if any. Not imported: where there is one, it is loaded."""
    loaded = sys.modules.get("IPython")
    return loaded.get_ipython() if loaded else None


def _places(folder: Path, namespace: dict[str, Any]) -> list[str]:
    """Where the notebook may lie: the kernel's folder, and what VS Code and Jupyter's server say."""
    told = (namespace.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME"))
    return [
        str(folder),
        *(str(Path(text).parent) for text in told if isinstance(text, str) and Path(text).is_absolute()),
    ]


def _ask(order: dict[str, Any]) -> dict[str, str]:
    """Have another process check it; it starts in an empty folder, and looks for modules nowhere near the notebook."""
    with tempfile.TemporaryDirectory(prefix="grader-") as empty:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and words
                [sys.executable, "-P", "-c", _BOOT],
                input=json.dumps(order), capture_output=True, text=True, encoding="utf-8", errors="replace",
                cwd=empty, timeout=TIME_LIMIT, env=_environment(),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"error": f"the check did not come to its end in {TIME_LIMIT} seconds", "hint": "run it again"}
    try:
        reply = json.loads(done.stdout.splitlines()[-1])
        assert isinstance(reply, dict)
    except (ValueError, IndexError, AssertionError):
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        return {"error": f"the check itself failed: {last[0]}", "hint": "this is not your code's fault; run it again"}
    return reply


def _environment() -> dict[str, str]:
    """Ours, but for places in the notebook's own folder that modules would be looked for in."""
    here = Path.cwd().resolve()
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [place for place in places if place and not Path(place).resolve().is_relative_to(here)]
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(kept)}


def _show_reply(reply: dict[str, str]) -> None:
    if "error" in reply:
        _show_error(reply["error"], reply.get("hint", ""))
    else:
        _show(reply["html"], reply["text"])


def _show_error(sentence: str, hint: str) -> None:
    text = f"grader: {sentence}" + (f"\n  next: {hint}" if hint else "")
    told = f"<b>Not checked:</b> {html.escape(sentence)}" + (f"<br><b>Next:</b> {html.escape(hint)}" if hint else "")
    _show(f'<div style="border-left:4px solid #8250df;padding:.3em 1em">{told}</div>', text)


def _show(card: str, text: str) -> None:
    from IPython.display import display

    display({"text/html": card, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
